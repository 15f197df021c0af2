"""Tables for the terminal, readable in 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.units import common_unit, units_of
from cohear.base.units import POINTS, Unit
from cohear.findings.missing import NO_GAIN, Compare
from cohear.findings.verdict_words import readings, signed_verdict
from cohear.report.numbers import counted_in
from cohear.report.parts.shown_gains import ShownGain, cells_of
from cohear.report.parts.verdict_looks import LOOKS

_NAME_WIDTH = 12


def gains_shown(statistics: Statistics) -> RenderableType:
    """The table of gains, or why there is none."""
    gains = statistics.gains
    return no_gain() if gains.empty else gains_table(gains, statistics.units, statistics.on_one_part)


def no_gain() -> Text:
    """Why nothing is known of gains, and what would change that."""
    return Text(f"{NO_GAIN.text} {Compare().words.plain}")


def gains_table(
    gains: pd.DataFrame, units: Mapping[str, Unit] | None = None, one_part: pd.DataFrame | None = None
) -> Group:
    """The table of gains, one for each features, encoder and arm; names are shown as they are (no markup).

    A line is a task and its partners, the largest gain of a task first.

    Args:
        gains: the table.
        units: of each metric, where more is known than their names and scores tell.
        one_part: its cells with one test part, as of ``Statistics.on_one_part``; None where none is.
    """
    units = units or units_of(gains)
    tasks = list(dict.fromkeys(name for names in gains["combination"] for name in names.split("+")))
    return Group(*(_gains_of(name, rows, units, tasks, one_part) for name, rows in _settings(gains)))


def _gains_of(
    setting: str, gains: pd.DataFrame, units: Mapping[str, Unit], tasks: list[str], one_part: pd.DataFrame | None
) -> Table:
    metrics = set(gains["metric"])
    fractions = {name for name in metrics if units[name].points}
    unit = counted_in(POINTS if metrics & fractions else common_unit(units[name] for name in metrics))
    table = _table(f"Gain by sharing, {unit} · {setting}", {"task": _longest(gains["task"]), "with": 0})
    for name in ("single", "shared", "gain", "95 % interval", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    ordered = gains.sort_values(["task", "gain"], ascending=[True, False])
    previous = None
    cells = cells_of(ordered, units, tasks, one_part=one_part)
    for cell in cells:
        if previous not in (None, cell.task):
            table.add_section()
        table.add_row(Text(cell.task if cell.task != previous else ""), Text(cell.with_whom), *_figures(cell))
        previous = cell.task
    mixed = metrics & fractions and not metrics <= fractions
    mind = ["metrics that are not fractions are in their own unit"] if mixed else []
    if any(cell.here_in_short for cell in cells):
        mind.append(readings(one_part=not all(cell.for_new for cell in cells)))
    table.caption = "\n".join(mind) or None
    return table


def _figures(cell: ShownGain) -> Iterable[Text]:
    style = LOOKS[cell.verdict].style
    yield Text(cell.single_text)
    yield Text(cell.shared_text)
    yield Text(cell.gain_text, style=style)
    yield Text(cell.interval_text)
    yield Text(str(cell.repeats))
    verdict = Text("\n".join(filter(None, (signed_verdict(cell.verdict), cell.when))), style=style)
    if cell.here_in_short:
        verdict.append(f"\n{cell.here_in_short}", LOOKS[cell.here].style)
    yield verdict


def _table(title: str, names: Mapping[str, int]) -> Table:
    """A table whose columns of names (with the length of the longest) may break, but not down to single letters."""
    table = Table(box=box.SIMPLE_HEAD, title=Text(title), title_justify="left", pad_edge=False, collapse_padding=True)
    for name, longest in names.items():
        table.add_column(name, overflow="fold", min_width=min(_NAME_WIDTH, longest))
    return table


def plain_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, grouped: bool = False) -> Table:
    """Cells of text; the first column may break.

    Args:
        title: above it.
        columns: names.
        rows: of cells.
        grouped: rows that follow each other with the same first cell are a group, which has it once.
    """
    table = _table(title, {columns[0]: max((len(row[0]) for row in rows), default=0)})
    for name in columns[1:]:
        table.add_column(name, overflow="fold")
    previous: str | None = None
    for first, *rest in rows:
        same_group = grouped and first == previous
        if grouped and not same_group and previous is not None:
            table.add_section()
        table.add_row(*map(Text, ["" if same_group else first, *rest]))
        previous = first
    return table


def _longest(names: pd.Series[str]) -> int:
    return max((len(name) for name in names), default=0)


def _settings(table: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    """The rows of each features, encoder and arm, with a name for the three; an empty table once."""
    if table.empty:
        yield "nothing to show", table
    for setting, rows in table.groupby(list(SETTING), sort=False):
        yield ", ".join(map(str, setting)), rows
