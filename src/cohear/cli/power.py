"""``cohear power``: what the design could find, and what would decide the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear power out/first

  cohear power tables/ --json    [dim]a folder with nothing but a results.csv, wherever it came from[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("power", epilog=EXAMPLES)(power)


def power(
    folder: Annotated[Path, typer.Argument(help="Study folder, or any folder with a results.csv.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show the parts of the spread, the smallest gain this design could find, and repeats that would decide."""
    from cohear.api import power as power_of
    from cohear.report.terminal.power import power_tables

    found = power_of(folder)
    if as_json:
        print_json(found)
    else:
        output.print(power_tables(found))
