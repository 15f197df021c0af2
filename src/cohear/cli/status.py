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
    from cohear.study.folder import status_words as words

    lines = [
        f"study    {state.study}",
        f"runs     {words.done(state)} done, {words.failed(len(state.failed))}, {words.left(state)}",
        f"process  {'working on it now' if state.working else words.idle('none')}",
        f"trained  {clock(state.seconds_spent)} of core time",
    ]
    if time := words.time_left(state, clock):
        lines.append(f"left     {time} on this machine's cores")
    if state.cells:
        lines.append(f"cells    {words.cells(state.cells) or 'not looked at yet'} (repeats until decided)")
    if state.label_free:
        lines.append(f"partners {', '.join(state.label_free)}: no labels, and so no score and no network of their own")
    return lines
