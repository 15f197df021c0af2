"""``cohear report``: the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import note, output

EXAMPLES = """
[bold]Example[/bold]

  cohear report out/first
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("report", epilog=EXAMPLES)(report)


def report(
    folder: Annotated[Path, typer.Argument(help="Study folder, or any folder with a results.csv.", show_default=False)],
) -> None:
    """Write report/index.html: one page that opens from disk and loads nothing from a network."""
    from cohear.api import make_report

    output.print(str(make_report(folder, note)), markup=False, highlight=False, soft_wrap=True)
