"""Tables for the terminal, readable in 100 columns and without colour."""

from collections.abc import Iterable

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from cohear.report.cells import Cell, cells_of
from cohear.report.numbers import fraction_metrics, level

_STYLES = {"helps": "bold blue", "hurts": "bold red", "harmless": "green", "undecided": "dim"}
_SETTING = ("features", "encoder", "arm")


def gains_table(gains: pd.DataFrame) -> Table:
    """The table of gains, a line per task and partners, largest gain of a task first.

    Names are shown as they are (no markup); setting columns that never vary go into the title.
    """
    tasks = list(dict.fromkeys(name for names in gains["combination"] for name in names.split("+")))
    fractions = fraction_metrics(gains)
    varied, fixed = _varied(gains)
    table = Table(
        box=box.SIMPLE_HEAD, title=_title("Gain by sharing, in points (x 100)", fixed), title_justify="left"
    )
    table.add_column("task", overflow="fold")
    table.add_column("together with", overflow="fold")
    for name in varied:
        table.add_column(name, overflow="fold")
    for name in ("single", "shared", "gain"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    ordered = gains.sort_values(["task", *varied, "gain"], ascending=[True] * (1 + len(varied)) + [False])
    previous = None
    for row, cell in zip(ordered.to_dict("records"), cells_of(ordered, fractions, tasks), strict=True):
        if previous not in (None, cell.task):
            table.add_section()
        settings = [Text(row[name]) for name in varied]
        table.add_row(
            Text(cell.task if cell.task != previous else ""), Text(cell.with_whom), *settings, *_figures(cell)
        )
        previous = cell.task
    if not set(gains["metric"]) <= fractions:
        table.caption = "metrics that are not fractions are in their own unit"
    return table


def _figures(cell: Cell) -> Iterable[Text]:
    style = _STYLES[cell.verdict]
    yield Text(cell.single_text)
    yield Text(cell.shared_text)
    yield Text(cell.gain_text, style=style)
    yield Text(cell.interval_text)
    yield Text(str(cell.repeats))
    yield Text(f"{cell.sign} {cell.verdict}", style=style)


def scores_table(scores: pd.DataFrame) -> Table:
    """The table of :func:`cohear.analysis.scores.scores`, a line per task and combination."""
    fractions = {str(m) for m, rows in scores.groupby("metric") if rows["mean"].dropna().between(0, 1).all()}
    varied, fixed = _varied(scores)
    table = Table(
        box=box.SIMPLE_HEAD, title=_title("Test scores, in points (x 100)", fixed), title_justify="left"
    )
    for name in ("task", "combination", *varied, "metric"):
        table.add_column(name, overflow="fold")
    for name in ("mean", "sd", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in scores.to_dict("records"):
        names = [Text(row[name]) for name in ("task", "combination", *varied, "metric")]
        fraction = row["metric"] in fractions
        figures = [level(row["mean"], fraction), level(row["sd"], fraction), str(row["repeats"])]
        table.add_row(*names, *map(Text, figures))
    return table


def _varied(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    varied = [name for name in _SETTING if table[name].nunique() > 1]
    fixed = [str(table[name].iloc[0]) for name in _SETTING if name not in varied and len(table)]
    return varied, fixed


def _title(what: str, fixed: list[str]) -> Text:
    return Text(f"{what} · {', '.join(fixed)}" if fixed else what)
