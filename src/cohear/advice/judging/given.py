"""Gains and measurements as tables hold them, made ready to be foretold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cohear.advice.judging.joint import needs_joint_run
from cohear.advice.judging.resampling import FEWEST_DATASETS
from cohear.advice.predictors.cells import Cells, KnownGains, MeasuredNumbers
from cohear.advice.predictors.measured import numbers_of, rows_in_setting
from cohear.analysis.gains.pairs import first_half
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.of_study import FolderTables
from cohear.analysis.tables.text import read_table
from cohear.base.arrays import Array
from cohear.base.errors import UserError
from cohear.base.setting import Setting
from cohear.base.study_facts import StudyFacts
from cohear.base.tables import GAINS_CSV, GAINS_NLL_CSV, MEASUREMENTS_CSV, NLL, RESULTS_CSV

SIGNS = {"helps": 1, "hurts": -1}
_Place = tuple[str, str]
"""A task and its combination."""


@dataclass(frozen=True)
class GivenSetting:
    """Gains of one front-end, encoder and arm, with what was measured.

    Attributes:
        setting: features, encoder and arm.
        score: ``nll``, or ``metric``.
        unit: what is left out and resampled, ``dataset`` or ``task``.
        pairs: cells of two tasks.
        groups: cells of more.
        halves: gains of the pairs on either half of the seeds, ``(2, pairs)``; NaN where it is not known.
        labelled: clips whose labels the task has in each pair, ``(pairs,)``; NaN where arms are no label budgets.
        single: the task's mean score alone in each pair, ``(pairs,)``.
        cost: of all measurements, in trainings of one task; NaN where nobody says.
        cost_of: the same of each measurement.
    """

    setting: Setting
    score: str
    unit: str
    pairs: KnownGains
    groups: KnownGains
    halves: Array
    labelled: Array
    single: Array
    cost: float
    cost_of: Mapping[str, float]


def read_given(folders: Sequence[Path], measured: Path | None = None, *, joint: bool = False) -> list[GivenSetting]:
    """What folders of tables give.

    Args:
        folders: each with ``gains_nll.csv``, ``gains.csv`` or ``results.csv``; several are one study, as where groups
            were trained apart from pairs.
        measured: the folder with ``measurements.csv``; None for the first that has one.
        joint: whether measurements that need joint runs count too.

    Returns:
        One a setting that has gains of pairs.

    Raises:
        UserError: a table is missing or broken, or there is no pair.
    """
    gains = pd.concat([_gains(folder) for folder in folders], ignore_index=True)
    numbers = _measurements(folders, measured, joint=joint)
    dataset_of = _datasets(folders)
    facts = [FolderTables(folder).data for folder in folders]
    halves = _halves(folders)
    found = []
    for names, rows in gains.groupby(list(SETTING), sort=True):
        setting = (str(names[0]), str(names[1]), str(names[2]))
        own = rows[rows["gain"].notna()]
        is_pair = (own["combination"].str.count(r"\+") == 1).to_numpy(bool)
        if not is_pair.any():
            continue
        tasks = {task for combination in own["combination"] for task in combination.split("+")}
        known = {task: dataset_of[task] for task in tasks if dataset_of.get(task)}
        # of fewer none can be left out and still be told of: each task then counts as a dataset of its own
        enough = len(set(known.values())) >= FEWEST_DATASETS and len(known) == len(tasks)
        here, cost_of, cost = _in_setting(numbers, setting, tasks)
        every = _trained(own, here, known if enough else {})
        places = list(zip(own["task"], own["combination"], strict=True))
        pairs = [place for place, kept in zip(places, is_pair, strict=True) if kept]
        found.append(
            GivenSetting(
                setting=setting,
                score=NLL if set(own["metric"]) == {NLL} else "metric",
                unit="dataset" if enough else "task",
                pairs=every.take(is_pair),
                groups=every.take(~is_pair),
                halves=np.array([[half.get((setting, place), np.nan) for place in pairs] for half in halves]),
                labelled=np.array([_labelled(facts, setting[2], task) for task, _ in pairs]),
                single=own["single"].to_numpy(dtype=np.float64)[is_pair],
                cost=cost,
                cost_of=cost_of,
            )
        )
    if not found:
        raise UserError(f"{folders[0]} has no gain of a pair of tasks; train singles and pairs first")
    return found


def _gains(folder: Path) -> pd.DataFrame:
    """Of log loss where they are known; made of the results where no table of gains is there."""
    for table in (GAINS_NLL_CSV, GAINS_CSV):
        path = folder / table.file
        if path.exists() and len(rows := read_table(path, table)):
            return rows
    statistics = Statistics.of_folder(folder)
    return (statistics.log_loss or statistics).gains


def _datasets(folders: Sequence[Path]) -> dict[str, str]:
    """The dataset of each task, as far as the folders' facts tell."""
    facts = [FolderTables(folder).data.tasks for folder in reversed(folders)]
    return {task: own.dataset for tasks in facts for task, own in tasks.items() if own.dataset}


def _labelled(facts: Sequence[StudyFacts], arm: str, task: str) -> float:
    """Training clips whose labels a task has in an arm, mean over folds; NaN where no budget is told."""
    for each in facts:
        if (budget := each.label_budgets.get(arm)) and task in each.tasks and (folds := each.tasks[task].folds):
            return budget.share_of(task, focal=True) * float(np.mean([fold.train for fold in folds]))
    return float("nan")


def _measurements(folders: Sequence[Path], measured: Path | None, *, joint: bool) -> pd.DataFrame:
    """Rows of ``measurements.csv``; none where there is no such table, for some predictors go by names alone."""
    places = [measured] if measured is not None else list(folders)
    path = next((each / MEASUREMENTS_CSV.file for each in places if (each / MEASUREMENTS_CSV.file).exists()), None)
    if path is None and measured is not None:
        raise UserError(f"{measured} has no {MEASUREMENTS_CSV.file}: `cohear measure STUDY --out DIR` writes it")
    if path is None:
        return pd.DataFrame(columns=list(MEASUREMENTS_CSV.names))
    rows = read_table(path, MEASUREMENTS_CSV)
    kept = [joint or not needs_joint_run(name) for name in rows["name"]]
    return rows[pd.Series(kept, index=rows.index, dtype=bool) & rows["value"].notna()]


def _in_setting(
    numbers: pd.DataFrame, setting: Setting, tasks: Collection[str]
) -> tuple[MeasuredNumbers, Mapping[str, float], float]:
    """Numbers that hold in a setting, the cost of each measurement, and of all."""
    rows = rows_in_setting(numbers, setting, tasks)
    paid = rows.drop_duplicates(
        ["task", "partner", "cost"]
    )  # numbers of one probe are measured, and paid for, together
    cost_of = {str(name): float(own["cost"].sum(min_count=1)) for name, own in rows.groupby("name")}
    return numbers_of(rows), cost_of, float(paid["cost"].sum(min_count=1))


def _trained(rows: pd.DataFrame, measured: MeasuredNumbers, dataset_of: Mapping[str, str]) -> KnownGains:
    """Cells with their gains, and signs where a verdict on these clips decides them, else one for new clips."""
    cells = [
        (str(task), tuple(name for name in str(combination).split("+") if name != task))
        for task, combination in zip(rows["task"], rows["combination"], strict=True)
    ]
    here = rows["verdict_here"] if (rows["verdict_here"] != "").any() else rows["verdict"]
    signs = here.map(SIGNS).fillna(0).to_numpy(dtype=np.int64)
    return KnownGains(Cells.of(cells, measured, dataset_of), rows["gain"].to_numpy(dtype=np.float64), signs)


def _halves(folders: Sequence[Path]) -> list[dict[tuple[Setting, _Place], float]]:
    """Gains of pairs on the first and on the second half of the seeds; of the folds where there is one seed."""
    found: list[dict[tuple[Setting, _Place], float]] = [{}, {}]
    for folder in folders:
        if not (folder / RESULTS_CSV.file).exists():
            continue
        statistics = Statistics.of_folder(folder)
        pairs = (statistics.log_loss or statistics).pairs
        seeds = sorted(pairs["seed"].unique())
        early = pairs["seed"].isin(seeds[: len(seeds) // 2]) if len(seeds) > 1 else first_half(pairs)
        for half, rows in zip(found, (pairs[early], pairs[~early]), strict=True):
            for (task, combination, *setting), own in rows.groupby(["task", "combination", *SETTING])["difference"]:
                key = (str(setting[0]), str(setting[1]), str(setting[2])), (str(task), str(combination))
                half[key] = float(own.mean())
    return found
