"""The study's tables, made from the records of the current plan alone."""

from __future__ import annotations

import csv
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from cohear.base.files import remove_file, says, write_text
from cohear.base.tables import (
    ARMS_CSV,
    BASELINE,
    CONTROLS_CSV,
    CONTROLS_NLL_CSV,
    GAINS_CSV,
    GAINS_NLL_CSV,
    JOB,
    METRICS_CSV,
    RESULTS_CSV,
    SINGLES_CSV,
    Row,
    Table,
)
from cohear.runs.record import Record
from cohear.study.folder.devices import write_devices
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.log_losses import log_loss_rows
from cohear.study.folder.measurements import write_measurements
from cohear.study.plan.row import PlanRow

if TYPE_CHECKING:
    from cohear.study.file import StudySettings


def write_tables(folder: StudyFolder) -> None:
    """Write ``results.csv``, ``metrics.csv`` and what probes measured; tables of gains that are of other results go."""
    plan = folder.read_plan()
    records = {key: folder.record(key) for key in dict.fromkeys(row.run for row in plan)}
    table = RESULTS_CSV if all(row.job != BASELINE for row in plan) else RESULTS_CSV.with_columns(JOB)
    results = table.text(_results(table, plan, records))
    if not says(folder.root / RESULTS_CSV.file, results):
        for judged in (GAINS_CSV, GAINS_NLL_CSV, CONTROLS_CSV, CONTROLS_NLL_CSV, SINGLES_CSV):
            remove_file(folder.root / judged.file)
        write_text(folder.root / RESULTS_CSV.file, results)
    write_text(folder.root / METRICS_CSV.file, METRICS_CSV.text(chain(_metrics(records), log_loss_rows(plan, records))))
    write_measurements(folder, plan)
    write_devices(folder, records.values())


def rows_of_results(folder: StudyFolder, runs: Collection[str]) -> list[Row]:
    """Rows of ``results.csv`` of some runs, those that have a record, with their jobs."""
    plan = [row for row in folder.read_plan() if row.run in runs]
    records = {key: folder.record(key) for key in runs}
    table = RESULTS_CSV.with_columns(JOB)
    rows = table.rows(_results(table, plan, records))
    return [dict(zip(table.names, row, strict=True)) for row in rows]


def write_arms(folder: StudyFolder, settings: StudySettings) -> None:
    """Write ``arms.csv``."""
    write_text(folder.root / ARMS_CSV.file, ARMS_CSV.text(_arms(settings)))


def lost_runs(folder: StudyFolder) -> set[str]:
    """Runs of the plan that ``results.csv`` has and that no record tells of any more."""
    try:
        with (folder.root / RESULTS_CSV.file).open(encoding="utf-8", newline="") as file:
            in_table = {str(row.get("run")) for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, csv.Error):
        return set()
    return {key for key in {row.run for row in folder.read_plan()} & in_table if folder.record(key) is None}


def _results(table: Table, plan: Sequence[PlanRow], records: Mapping[str, Record | None]) -> Iterable[Row]:
    """A row per run and task: what has a column's name in the plan, the task's part of the record, or the record."""
    for row in plan:
        record = records[row.run]
        if record is None:
            continue
        for task, scored in record.tasks.items():
            own = {"task": task, "value": scored.score()}
            known = ChainMap(own, vars(scored), vars(row), vars(record))
            yield {name: known.get(name) for name in table.names}


def _metrics(records: Mapping[str, Record | None]) -> Iterable[Row]:
    for key, record in records.items():
        for task, scored in record.tasks.items() if record else ():
            for part, by_selection in scored.scores.items():
                for selection, scores in by_selection.items():
                    for metric, value in scores.items():
                        names = {"run": key, "task": task, "part": part, "selection": selection, "metric": metric}
                        yield {**names, "value": value}


def _arms(settings: StudySettings) -> Iterable[Row]:
    for arm in settings.arms:
        training, window = settings.arm(arm)
        labels = settings.arms[arm].model_dump(mode="json")["labels"]
        normalise = settings.arms[arm].normalise or settings.normalise
        told = {
            "window": window,
            **({} if labels is None else {"labels": labels}),
            **({} if normalise == "none" else {"normalise": normalise}),
            **training.model_dump(mode="json"),
        }
        for name, value in told.items():
            yield {"arm": arm, "setting": name, "value": value}
