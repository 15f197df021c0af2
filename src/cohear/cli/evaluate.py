"""``cohear evaluate``: a bundle on labelled clips that it was not trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cohear.cli.console import errors, note, output, print_json, printable

if TYPE_CHECKING:
    from cohear.evaluation.evaluated import Evaluated

EXAMPLES = """
[bold]Examples[/bold]

  cohear evaluate bundle new-recordings/

  cohear evaluate bundle clinic.csv --target emotion=mood    [dim]the column has another name there[/dim]

  cohear evaluate bundle new-recordings/ --by gender --by device --json > evaluated.json
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("evaluate", epilog=EXAMPLES)(evaluate)


def evaluate(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle.", show_default=False)],
    tables: Annotated[
        list[Path], typer.Argument(metavar="TABLE...", help="Clip tables, or folders of datasets.", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TASK=COLUMN", help="Column of a task's truth. [default: the study's]", show_default=False
        ),
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Of the groups. [default: the one that says so]")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Scores by its values too: speaker, gender.", show_default=False),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Files read at once. [default: one a core]")] = None,
) -> None:
    """Score a bundle on labelled clips that it was not trained on, beside what its card promises."""
    from cohear.api import evaluate as evaluated_of
    from cohear.cli.progress import TerminalProgress

    progress = TerminalProgress(errors)
    try:
        found = evaluated_of(
            bundle, tables, targets=_targets(target or []), group=group, by=by or [], jobs=jobs, progress=progress
        )
    finally:
        progress.close()
    if as_json:
        print_json(found.to_json())
        return
    for sentence in found.remarks:
        note(printable(sentence))
    _show(found)


def _targets(wishes: list[str]) -> dict[str, str]:
    """Columns by task."""
    from cohear.base.errors import UserError

    for each in wishes:
        if not all(part.strip() for part in each.partition("=")):
            raise UserError(f"--target takes TASK=COLUMN, as in 'emotion=mood', not {each!r}")
    return {name.strip(): column.strip() for name, _, column in (each.partition("=") for each in wishes)}


def _show(found: Evaluated) -> None:
    from rich.text import Text

    from cohear.evaluation.sentences import sentences_of
    from cohear.report.terminal.evaluated import by_column_table, evaluated_table

    output.print(evaluated_table(found))
    for name, task in found.tasks.items():
        for sentence in sentences_of(name, task):
            output.print(Text(printable(sentence)), soft_wrap=True)
        for column in task.by_column:
            output.print(by_column_table(name, task, column))
    for name, why in found.not_asked.items():
        note(printable(f"{name} is not asked: {why}"))
