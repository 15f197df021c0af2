"""``cohear gains``: what sharing did, from the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import NO_GAIN, note, output

EXAMPLES = """
[bold]Examples[/bold]

  cohear gains out/first

  cohear gains tables/    [dim]a folder with nothing but a results.csv, wherever it came from[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("gains", epilog=EXAMPLES)(gains)


def gains(
    folder: Annotated[Path, typer.Argument(help="Study folder, or any folder with a results.csv.", show_default=False)],
) -> None:
    """Compare shared with single-task runs: gains with intervals and verdicts; writes gains.csv."""
    from cohear.api import write_gains
    from cohear.report.terminal import gains_table

    table = write_gains(folder, note)
    if table.empty:
        output.print(NO_GAIN)
        return
    output.print(gains_table(table))
