"""``cohear advise``: which tasks to train together within a budget, and what to run next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear advise out/first

  cohear advise out/first --networks 3 --floor digit=.8    [dim]three networks at most, digit no worse than .8[/dim]

  cohear advise out/first --parameters 200000 --bytes 1e6 --json

  cohear advise out/first --judge    [dim]how well measurements would have foretold the gains of its pairs[/dim]

  cohear advise out/first --milliseconds 2    [dim]for a second of audio, as `cohear bench out/first` measured it[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("advise", epilog=EXAMPLES)(advise)


def advise(
    folder: Annotated[Path, typer.Argument(help="Study folder, or any folder with a results.csv.", show_default=False)],
    networks: Annotated[int | None, typer.Option(help="Networks at most.", show_default=False)] = None,
    parameters: Annotated[
        float | None, typer.Option(help="Parameters at most, of all networks.", show_default=False)
    ] = None,
    milliseconds: Annotated[
        float | None,
        typer.Option(help="Milliseconds at most, of all networks for a second of audio.", show_default=False),
    ] = None,
    size: Annotated[
        float | None, typer.Option("--bytes", help="Bytes at most, of all networks' files.", show_default=False)
    ] = None,
    floors: Annotated[
        list[str] | None,
        typer.Option("--floor", metavar="TASK=X", help="The worst score that a task may have; may be repeated."),
    ] = None,
    prior: Annotated[
        Path | None,
        typer.Option(help="What is expected of gains where none was measured. [default: what ships]"),
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Judge predictors and measurements on the gains instead.")
    ] = False,
    joint: Annotated[
        bool, typer.Option("--joint", help="With --judge: measurements that need joint runs too.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, with the same keys always.")
    ] = False,
) -> None:
    """Say what tasks can be expected to gain, which to train together within a budget, and which runs teach most."""
    from cohear.advice.budget import GroupingBudget, read_floors

    if judge:
        _judge(folder, joint=joint, as_json=as_json)
        return
    from cohear.api import advise as advice_of
    from cohear.report.terminal.advice import advice_shown

    budget = GroupingBudget(networks, parameters, milliseconds, size, read_floors(floors or []))
    found = advice_of(folder, budget, prior)
    if as_json:
        print_json(found)
    else:
        output.print(advice_shown(found))


def _judge(folder: Path, *, joint: bool, as_json: bool) -> None:
    from cohear.api import judge_predictors
    from cohear.report.terminal.predictors import predictors_shown

    found = judge_predictors(folder, joint=joint)
    if as_json:
        rows = found.astype(object).where(found.notna(), None).to_dict("records")
        print_json({"predictors": rows})
    else:
        output.print(predictors_shown(found))
