"""``cohear answers``: when do tasks that learn together improve each other?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear answers out/first

  cohear answers out/first --related digit+keyword --related event+urban    [dim]tells related pairs apart[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("answers", epilog=EXAMPLES)(answers)


def answers(
    folder: Annotated[Path, typer.Argument(help="Study folder, or any folder with a results.csv.", show_default=False)],
    related: Annotated[
        list[str] | None, typer.Option("--related", metavar="A+B", help="Two tasks that are related; may be repeated.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, with the same keys always.")
    ] = False,
) -> None:
    """Say in figures which tasks improve each other, what goes with it, and how many can be combined."""
    from cohear.api import answers as answers_of
    from cohear.report.terminal.answers import answers_text

    found = answers_of(folder, related or [])
    if as_json:
        print_json(found)
    else:
        output.print(answers_text(found))
