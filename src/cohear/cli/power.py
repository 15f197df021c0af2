"""``cohear power``: what a design can find, before and after it is run, and what would decide the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear power out/first

  cohear power study.yaml    [dim]before anything is trained[/dim]

  cohear power tables/ --json    [dim]a folder with nothing but a results.csv, wherever it came from[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("power", epilog=EXAMPLES)(power)


def power(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|STUDY",
            help="Study folder, any folder with a results.csv, or a study file.",
            show_default=False,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show the smallest gain that a design finds, and what would decide the rest; of a study file, before it is run."""
    if folder.is_file():
        _foresee(folder, as_json)
        return
    from cohear.api import power as power_of
    from cohear.report.terminal.power import power_tables

    found = power_of(folder)
    if as_json:
        print_json(found)
    else:
        output.print(power_tables(found))


def _foresee(file: Path, as_json: bool) -> None:
    from cohear.api import Study
    from cohear.cli.console import errors
    from cohear.cli.progress import TerminalProgress
    from cohear.report.terminal.foreseen import foreseen_shown

    progress = TerminalProgress(errors)
    try:
        found = Study.load(file).foresee(progress=progress)
    finally:
        progress.close()
    if as_json:
        print_json(found)
    else:
        output.print(foreseen_shown(found))
