"""The page's parts that change with features, encoder and arm: answer, matrix, intervals, scores."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cohear.report.answer import Answer, answer
from cohear.report.cells import Cell, cells_of
from cohear.report.folder import FolderContent
from cohear.report.numbers import fraction_metrics, level, signed
from cohear.report.scores import TaskScores, task_scores
from cohear.report.ticks import Axis, axis_over


@dataclass(frozen=True)
class MatrixRow:
    """One task: its single score, a cell per partner (None: not measured, or itself) and per larger group."""

    task: str
    single: str
    metric: str
    partners: list[Cell | None]
    groups: list[Cell | None]


@dataclass(frozen=True)
class Chart:
    """Dots with intervals, all cells of one unit on one axis."""

    unit: str
    axis: Axis
    ticks: list[tuple[float, str]]
    tasks: list[tuple[str, list[Cell]]]


@dataclass(frozen=True)
class View:
    """All that is shown for one features x encoder x arm."""

    features: str
    encoder: str
    arm: str
    answer: Answer
    partners: list[str]
    groups: list[str]
    rows: list[MatrixRow]
    charts: list[Chart]
    scores: list[TaskScores]
    repeats: str


def study_order(folder: FolderContent) -> list[str]:
    """The tasks in the study's order, as far as the folder tells it."""
    names: list[str] = list(folder.data.get("tasks", {}))
    # a combination is named in the study's order, so the largest one tells most of it
    for combination in sorted(folder.results["combination"].unique(), key=lambda name: (-name.count("+"), name)):
        names += combination.split("+")
    measured = set(folder.results["task"])
    return [name for name in dict.fromkeys(names) if name in measured]


def views_of(folder: FolderContent) -> list[View]:
    """One view per features x encoder x arm, the arm ``base`` first."""
    tasks = study_order(folder)
    ordinary = folder.results[folder.results["control"] == ""]
    fractions = fraction_metrics(folder.results)
    keys = ordinary[["features", "encoder", "arm"]].drop_duplicates()
    rank = {key: place for place, key in enumerate(folder.order)}
    ordered = sorted(
        keys.itertuples(index=False, name=None),
        key=lambda key: (key[2] != "base", rank.get(key, len(rank)), key),
    )
    return [_view(folder, ordinary, fractions, tasks, key) for key in ordered]


def _view(
    folder: FolderContent,
    ordinary: pd.DataFrame,
    fractions: set[str],
    tasks: list[str],
    key: tuple[str, str, str],
) -> View:
    features, encoder, arm = key

    def here(table: pd.DataFrame) -> pd.DataFrame:
        same = (table["features"] == features) & (table["encoder"] == encoder) & (table["arm"] == arm)
        return table[same]

    results = here(ordinary)
    cells = cells_of(here(folder.gains), fractions, tasks)
    here_tasks = [task for task in tasks if task in set(results["task"])]
    groups = sorted({c.combination for c in cells if not c.pair}, key=lambda name: (-name.count("+"), name))
    repeats = sorted({cell.repeats for cell in cells})
    return View(
        features=features,
        encoder=encoder,
        arm=arm,
        answer=answer(cells),
        partners=here_tasks,
        groups=groups,
        rows=_matrix(cells, results, fractions, here_tasks, groups),
        charts=_charts(cells, here_tasks),
        scores=task_scores(results, folder.metrics, fractions, here_tasks),
        repeats=f"{repeats[0]} to {repeats[-1]}" if len(repeats) > 1 else str(repeats[0] if repeats else 0),
    )


def _matrix(
    cells: Sequence[Cell], results: pd.DataFrame, fractions: set[str], tasks: list[str], groups: list[str]
) -> list[MatrixRow]:
    by_partner = {(cell.task, cell.partners[0]): cell for cell in cells if cell.pair}
    by_group = {(cell.task, cell.combination): cell for cell in cells if not cell.pair}
    rows = []
    for task in tasks:
        alone = results[(results["task"] == task) & (results["combination"] == task)]
        metric = str(results.loc[results["task"] == task, "metric"].iloc[0])
        rows.append(
            MatrixRow(
                task=task,
                single=level(float(alone["value"].mean()) if len(alone) else math.nan, metric in fractions),
                metric=metric,
                partners=[by_partner.get((task, partner)) for partner in tasks],
                groups=[by_group.get((task, group)) for group in groups],
            )
        )
    return rows


def _charts(cells: Sequence[Cell], tasks: list[str]) -> list[Chart]:
    charts = []
    for unit in dict.fromkeys(cell.unit for cell in cells):
        some = [cell for cell in cells if cell.unit == unit]
        reach = 3 * max(0.01, *(abs(cell.gain) for cell in some))  # one wild interval must not squeeze all
        ends = [max(-reach, cell.low) for cell in some] + [min(reach, cell.high) for cell in some]
        axis = axis_over([0.0, *ends, *(cell.gain for cell in some)])
        fraction = some[0].fraction
        by_task = [(task, sorted((c for c in some if c.task == task), key=lambda cell: -cell.gain)) for task in tasks]
        charts.append(
            Chart(
                unit=unit,
                axis=axis,
                ticks=[(axis.at(tick), signed(tick, fraction)) for tick in axis.ticks()],
                tasks=[(task, rows) for task, rows in by_task if rows],
            )
        )
    return charts
