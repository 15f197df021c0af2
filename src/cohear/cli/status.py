"""``cohear status``: how far a study has come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cohear.cli.console import output

if TYPE_CHECKING:
    from cohear.study.folder.status import Status

EXAMPLES = """
[bold]Example[/bold]

  cohear status out/first
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("status", epilog=EXAMPLES)(status)


def status(folder: Annotated[Path, typer.Argument(help="Study folder.", show_default=False)]) -> None:
    """Show how many runs are done, failed and left, and about how long the rest takes."""
    from cohear.study.folder.folder import StudyFolder
    from cohear.study.folder.status import read_status

    state = read_status(StudyFolder(folder))
    for line in status_lines(state):
        output.print(line, markup=False, highlight=False, soft_wrap=True)
    for run, error in state.failed.items():
        output.print(f"failed   {run}: {error}", style="red", markup=False, highlight=False, soft_wrap=True)


def status_lines(state: Status) -> list[str]:
    """A line for each thing that there is to say; what failed is among what is left, for it is tried again."""
    from cohear.cli.progress import clock

    left = state.planned - state.done
    most = "" if state.wanted is None else "at most "
    among = " with those that failed" if state.failed else ""
    lines = [
        f"study    {state.study}",
        f"runs     {state.done} of {most}{state.planned} done, {len(state.failed)} failed, {most}{left} left{among}",
        f"process  {'working on it now' if state.working else 'none is working on it'}",
        f"trained  {clock(state.seconds_spent)} of core time",
    ]
    if left and state.seconds_left is not None:
        lines.append(f"left     {most or 'about '}{clock(state.seconds_left)} on this machine's cores")
    if state.cells:
        told = ", ".join(f"{count} {name}" for name, count in state.cells.items() if any(state.cells.values()))
        lines.append(f"cells    {told or 'not looked at yet'} (repeats until decided)")
    return lines
