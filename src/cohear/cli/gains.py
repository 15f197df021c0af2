"""``cohear gains``: what sharing did, from the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import note, output

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
    from cohear.api.gains import judged_folder
    from cohear.report.terminal.tables import gains_shown

    judged = judged_folder(folder, note)
    output.print(gains_shown(judged))
    if judged.log_loss is not None and len(judged.log_loss.gains):
        output.print(gains_shown(judged.log_loss))
