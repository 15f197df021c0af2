"""The page's parts that change with features, encoder, arm and metric: answer, matrix, intervals, scores."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.in_setting import in_setting
from cohear.analysis.tables.log_loss import BITS
from cohear.analysis.tables.units import units_of
from cohear.base.setting import Setting
from cohear.base.tables import NLL
from cohear.base.units import Unit
from cohear.findings.finding import StudyFinding
from cohear.findings.kind import Said
from cohear.findings.not_learnt import MARK
from cohear.findings.study_findings import cure_words, missing_of, said
from cohear.findings.verdict_words import in_another_metric
from cohear.findings.words import NOTHING, Words
from cohear.report.folder import FolderContent
from cohear.report.numbers import level, tick_texts
from cohear.report.parts.answer import SettingAnswer, answer_of
from cohear.report.parts.axis_ticks import Axis, axis_over
from cohear.report.parts.groupings import Groupings, groupings_of
from cohear.report.parts.metrics import PRIMARY, gains_by_metric
from cohear.report.parts.scores import ScoreRows, task_scores
from cohear.report.parts.shown_gains import ShownGain, cells_of
from cohear.report.parts.task_orders import orders

FIRST_POINTS = 2
"""Of a decision, before what is sure and what is open."""
MOST_NARROW = 4
"""Labels of an axis that a telephone has room for."""


@dataclass(frozen=True)
class MatrixRow:
    """One task, or one larger group.

    Attributes:
        name: of the task, or the group's tasks.
        place: of a task in the study's order.
        single: score alone, of a task.
        mark: beside it, where the task is not learnt.
        cells: one a column; None: not measured, or the task itself.
        whole: the cell beside all other tasks, of a task.
    """

    name: str
    place: int
    single: str
    metric: str
    cells: list[ShownGain | None]
    whole: ShownGain | None = None
    mark: str = ""


@dataclass(frozen=True)
class DotChart:
    """Dots with intervals, all cells of one unit on one axis.

    Attributes:
        ticks: place, text, and whether a narrow screen has room for it.
    """

    unit: str
    axis: Axis
    ticks: list[tuple[float, str, bool]]
    tasks: list[tuple[str, list[ShownGain]]]

    @property
    def figure_width(self) -> int:
        """Digits that the widest gain and its sign have room in, bold as they are."""
        return 4 + max(len(cell.gain_text) for _, cells in self.tasks for cell in cells)

    @property
    def value_width(self) -> int:
        """The same with the verdict in a word."""
        return self.figure_width + 1 + max(len(cell.verdict) for _, cells in self.tasks for cell in cells)


@dataclass(frozen=True)
class MatrixView:
    """The gains of one features x encoder x arm in one metric.

    Attributes:
        metric: ``PRIMARY``, or the name of another one.
        cells: all, in the order that their numbers on the page refer to.
        rows: one a task; ``groups``: one a larger group but the whole study, with a cell for each task in ``grouped``.
        orders: of the tasks, see :func:`cohear.report.parts.task_orders.orders`.
        missing: why there is no cell, where there is none.
    """

    features: str
    encoder: str
    arm: str
    metric: str
    tasks: list[str]
    cells: list[ShownGain]
    rows: list[MatrixRow]
    groups: list[MatrixRow]
    grouped: list[str]
    charts: list[DotChart]
    orders: dict[str, list[int]]
    missing: Words

    @property
    def metric_name(self) -> str:
        """Of the metric, in words."""
        return f"{PRIMARY} metric" if self.metric == PRIMARY else self.metric

    @property
    def note(self) -> Words:
        """What must stand above verdicts that are not the study's; nothing where they are."""
        return NOTHING if self.metric in (PRIMARY, NLL) else in_another_metric(self.metric)

    @property
    def pairs(self) -> bool:
        """Whether any two tasks were compared, so that there is a column a partner."""
        return any(cell for row in self.rows for cell in row.cells)

    @property
    def whole(self) -> bool:
        """Whether all tasks were trained in one network."""
        return any(row.whole for row in self.rows)

    def number(self, cell: ShownGain) -> int:
        """Which of the cells it is."""
        return next(place for place, one in enumerate(self.cells) if one is cell)


@dataclass(frozen=True)
class SettingView:
    """What one features x encoder x arm says, in each task's own metric.

    Attributes:
        grouping: which tasks to train together, and ``groupings``: all that no other beats, where there are any.
        unlearnt: tasks that are in no grouping, since they are not learnt.
        ways: which way of sharing is recommended, where there are several.
    """

    features: str
    encoder: str
    arm: str
    answer: SettingAnswer
    grouping: StudyFinding
    groupings: Groupings | None
    scores: list[ScoreRows]
    unlearnt: list[str]
    ways: Words = NOTHING

    @property
    def together(self) -> Said:
        """Which tasks to train together, in words."""
        return said(self.grouping)

    @property
    def gains_first(self) -> bool:
        """Whether the first of its points is the gain to expect."""
        return self.groupings is not None and bool(self.groupings.best.shared)

    @property
    def points(self) -> Sequence[tuple[str, Words]]:
        """What is told of the decision at once: gain and size, what is sure, what is open, what would decide it."""
        first = self.together.details[:FIRST_POINTS] if self.gains_first else ()
        asked = (
            ("Sure:", self.answer.certain_short),
            ("Open:", self.answer.still_open),
            (self.together.ask, self.would_settle),
        )
        return (*first, *(one for one in asked if one[1]))

    @property
    def more_points(self) -> Sequence[tuple[str, Words]]:
        """What else is told of it."""
        return self.together.details[FIRST_POINTS if self.gains_first else 0 :]

    @property
    def would_settle(self) -> Words:
        """What would decide what is open: of the effects of pairs, or of the grouping where that is not known."""
        return self.answer.open or cure_words(self.grouping)


@dataclass(frozen=True)
class Views:
    """Everything that the page can be switched between."""

    tasks: list[str]
    settings: list[SettingView]
    matrices: list[MatrixView]
    gains: dict[str, pd.DataFrame]
    """Table of gains by metric, ``PRIMARY`` first."""

    def choices(self) -> dict[str, list[str]]:
        """What varies, with its values."""
        found = {
            name: list(dict.fromkeys(getattr(view, name) for view in self.matrices)) for name in (*SETTING, "metric")
        }
        return {name: values for name, values in found.items() if len(values) > 1}


def study_order(folder: FolderContent) -> list[str]:
    """The tasks in the study's order, as far as the folder tells it."""
    names: list[str] = list(folder.data.tasks)
    # a combination is named in the study's order, so the largest one tells most of it
    for combination in sorted(folder.results["combination"].unique(), key=lambda name: (-name.count("+"), name)):
        names += combination.split("+")
    measured = set(folder.results["task"])
    return [name for name in dict.fromkeys(names) if name in measured]


def setting_order(folder: FolderContent) -> list[Setting]:
    """Each features x encoder x arm that has ordinary runs, the arm ``base`` first, then as planned."""
    keys = folder.ordinary[list(SETTING)].drop_duplicates().itertuples(index=False, name=None)
    rank = {key: place for place, key in enumerate(folder.order)}
    return sorted(keys, key=lambda key: (key[2] != "base", rank.get(key, len(rank)), key))


def setting_label(setting: Sequence[str], settings: Sequence[Sequence[str]]) -> str:
    """A setting by what it has of its own among those of the study."""
    varied = [len({one[place] for one in settings}) > 1 for place in range(len(SETTING))]
    parts = [part for part, differs in zip(setting, varied, strict=True) if differs]
    return " · ".join(parts or list(setting)[1:2])


def views_of(folder: FolderContent) -> Views:
    """All views, those of the arm ``base`` first."""
    tasks, keys = study_order(folder), setting_order(folder)
    by_metric = gains_by_metric(folder)
    settings, matrices = [], []
    ways = folder.findings.of("best-way")
    for key in keys:
        results = in_setting(folder.ordinary, key)
        here = [task for task in tasks if task in set(results["task"])]
        units = folder.statistics.units
        unlearnt = folder.statistics.not_learnt.get(key, frozenset())
        one_part = folder.statistics.on_one_part
        cells = cells_of(in_setting(by_metric[PRIMARY], key), units, tasks, unlearnt, one_part)
        grouping = folder.findings.on_setting("grouping", key)
        settings.append(
            SettingView(
                *key,
                answer=answer_of(folder.findings, key, cells),
                grouping=grouping,
                groupings=groupings_of(grouping, here),
                scores=task_scores(results, folder.metrics, units, here, folder.statistics),
                unlearnt=[task for task in here if task in unlearnt],
                ways=said(ways).text if ways else NOTHING,
            )
        )
        missing = missing_of([folder.findings.on_setting("best-pair", key)])
        for metric, gains in by_metric.items():
            rows = in_setting(gains, key)
            if metric == PRIMARY or len(rows):
                own_units = (
                    units if metric == PRIMARY else units_of(rows, {**folder.statistics.design.units, NLL: BITS})
                )
                made = cells_of(rows, own_units, tasks, unlearnt, one_part)
                matrices.append(_matrix_view(key, metric, made, results, own_units, here, unlearnt, missing))
    return Views(tasks, settings, matrices, by_metric)


def _matrix_view(
    key: Setting,
    metric: str,
    cells: list[ShownGain],
    results: pd.DataFrame,
    units: Mapping[str, Unit],
    here: list[str],
    unlearnt: Collection[str],
    missing: Words,
) -> MatrixView:
    by_place = {(cell.task, cell.combination): cell for cell in cells}
    partner = {(cell.task, cell.partners[0]): cell for cell in cells if cell.pair}
    whole = {cell.task: cell for cell in cells if cell.whole}
    alone = results[results["combination"] == results["task"]].groupby("task")["value"].mean()
    own = dict(zip(results["task"], results["metric"], strict=True))
    single = {cell.task: (cell.single, cell.metric) for cell in cells}
    if metric == PRIMARY:
        single = {task: (float(alone.get(task, math.nan)), own[task]) for task in here}
    rows, place = [], {task: number for number, task in enumerate(here)}
    for task in here:
        value, name = single.get(task, (math.nan, metric))
        beside = [partner.get((task, other)) for other in here]
        score = level(value, name in units and units[name].points)
        rows.append(
            MatrixRow(task, place[task], score, name, beside, whole.get(task), MARK if task in unlearnt else "")
        )
    names = sorted(
        {cell.combination for cell in cells if not cell.whole and not (cell.pair and cell.partners[0] in here)},
        key=lambda name: (name.count("+"), [place.get(task, len(here)) for task in name.split("+")], name),
    )
    grouped = [task for task in here if any((task, name) in by_place for name in names)]
    groups = [
        MatrixRow(name, place, "", "", [by_place.get((task, name)) for task in grouped])
        for place, name in enumerate(names)
    ]
    gain = {names: cell.gain for names, cell in partner.items()}
    charts, ordered = _charts(cells, here), orders(here, gain)
    return MatrixView(*key, metric, here, cells, rows, groups, grouped, charts, ordered, missing)


def _charts(cells: Sequence[ShownGain], tasks: list[str]) -> list[DotChart]:
    charts = []
    for unit in dict.fromkeys(cell.unit for cell in cells):
        some = [cell for cell in cells if cell.unit == unit]
        reach = 3 * max(0.01, *(abs(cell.gain) for cell in some))  # one wild interval must not squeeze all
        ends = [max(-reach, cell.low) for cell in some] + [min(reach, cell.high) for cell in some]
        axis = axis_over([0.0, *ends, *(cell.gain for cell in some)])
        ticks = axis.ticks()
        texts = tick_texts(ticks, some[0].fraction)
        every = math.ceil(len(ticks) / MOST_NARROW)
        zero = min(range(len(ticks)), key=lambda place: abs(ticks[place]))
        by_task = [(task, sorted((c for c in some if c.task == task), key=lambda cell: -cell.gain)) for task in tasks]
        charts.append(
            DotChart(
                unit=unit,
                axis=axis,
                ticks=[
                    (axis.at(tick), text, (place - zero) % every == 0)
                    for place, (tick, text) in enumerate(zip(ticks, texts, strict=True))
                ],
                tasks=[(task, rows) for task, rows in by_task if rows],
            )
        )
    return charts
