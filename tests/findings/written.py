"""Simulated studies as folders: with a plan and records, or tables alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from studies import FRACTIONS, SimulatedStudy, Task

from cohear.api.gains import judge_cells
from cohear.base.streams import stream
from cohear.base.study_facts import StudyFacts
from cohear.base.tables import METRICS_CSV, RESULTS_CSV
from cohear.runs.log_losses import TEMPERATURES
from cohear.runs.record import RECORD, Record, TaskRecord
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.tables import rows_of_results
from cohear.study.plan.repeats import Repeats
from cohear.study.plan.row import PlanRow

MAY_BE_LACKING = tuple(column.name for column in RESULTS_CSV.columns if column.may_be_missing)
"""What a bare table is without."""

Records = Mapping[str, Record]
"""By the key of the run."""


def write(study: SimulatedStudy, folder: Path) -> Path:
    """Leave a study as a folder."""
    folder.mkdir(parents=True)
    plan = study.plan()
    records = _records(study, plan)
    if not study.bare and study.facts:
        (folder / "data.json").write_text(json.dumps(facts(study)))
    if study.folder:
        _write_study(study, StudyFolder(folder), plan, records)
    else:
        _write_tables(study, folder, plan, records)
    return folder


def facts(study: SimulatedStudy) -> dict[str, object]:
    """Content of ``data.json``."""
    tasks: dict[str, dict[str, object]] = {}
    for task in study.tasks:
        test, chance = task.clips or 100, study.chance(task)
        tasks[task.name] = {
            **{"dataset": f"set of {task.name}", "target": "label", "kind": "multiclass", "metric": task.metric},
            **{"labels": ["a", "b"], "counts": {"a": 2 * test, "b": 3 * test}, "durations": {}},
            "folds": [
                {"fold": fold, "train": 3 * test, "validation": test // 2, "test": test, "set_aside": 0}
                | {"chance": {} if chance is None else {task.metric: chance}}
                for fold in range(study.folds)
            ],
        }
        if task.margin is not None:
            tasks[task.name]["margin"] = task.scale * task.margin
    names = [task.name for task in study.tasks]
    return {
        "datasets": {f"set of {name}": {"clips": 500, "seconds": 900.0} for name in names},
        "tasks": tasks,
        "related": [names[:2]] if study.related else [],
        "repeats": {"folds": study.folds, "seeds": study.seeds, "looks": list(study.looks)},
        "warnings": [],
    }


def _records(study: SimulatedStudy, plan: Sequence[PlanRow]) -> dict[str, Record]:
    """The record of every run that is done."""
    scores: dict[tuple[str, ...], np.ndarray] = {}
    records: dict[str, Record] = {}
    settings = {setting.names: setting for setting in study.settings}
    for row in plan:
        if row.run in records or study.fate(row.run) != "done":
            continue
        setting = settings[row.features, row.encoder, row.arm]
        tasks = {}
        for name in [row.focal] if row.control else row.tasks:
            key = (name, row.combination, *setting.names, row.control)
            if key not in scores:
                scores[key] = study.scores(name, row.combination, setting, row.control)
            tasks[name] = _scored(study, study.of_task[name], float(scores[key][row.fold, row.seed]), row.fold)
        seconds = round(10.0 + 4 * len(row.tasks) + stream("seconds", row.run).random(), 3)
        records[row.run] = Record(row.run, {}, tasks, seconds, setting.parameters + 500 * len(row.tasks), 600)
    return records


def _scored(study: SimulatedStudy, task: Task, value: float, fold: int) -> TaskRecord:
    drawn = stream("unscored", study.shape, study.number, task.name, fold).random()
    sign = 1 if task.higher_is_better else -1
    low, high = (0.0, task.scale) if task.metric in (*FRACTIONS, "eer") else (-np.inf, np.inf)
    parts: dict[str, float | None] = {
        "train": float(np.clip(value + sign * task.scale * study.gap, low, high)),
        "validation": float(np.clip(value + sign * task.scale * 0.02, low, high)),
        "test": None if drawn < study.unscored else value,
    }
    scores: dict[str, dict[str, dict[str, float | None]]] = {}
    for part, score in parts.items():
        by_metric = {task.metric: score}
        if study.more_metrics and task.metric == "uar":
            by_metric["accuracy"] = None if score is None else min(1.0, 1.1 * score)
        scores[part] = {"last": by_metric, "joint": by_metric, "own": by_metric}
    part_name = f"{task.name} {study.part(task, fold)}"
    losses = {} if parts["test"] is None or not study.more_metrics else _log_losses(sign * value / task.scale)
    return TaskRecord(task.metric, task.higher_is_better, task.clips, part_name, scores, log_losses=losses)


def _log_losses(goodness: float) -> dict[str, list[float]]:
    """Bits a clip that fall where the score gets better, least at a temperature of two."""
    steps = np.log2(np.array(TEMPERATURES) / 2)
    losses = (np.exp2(1.0 - 2 * goodness) + 0.05 * steps**2).tolist()
    return {"validation": losses, "test": losses}


def _write_study(study: SimulatedStudy, folder: StudyFolder, plan: Sequence[PlanRow], records: Records) -> None:
    folder.write_plan(study.name, plan)
    (folder.root / "study.yaml").write_text(f"study: {study.name}\n")
    if study.looks:
        records = _until_decided(study, folder, plan, records)
    for row in plan:
        if row.run in records:
            _write_run(study, folder, records[row.run])
        elif study.fate(row.run) == "failed":
            (folder.runs / row.run).mkdir(parents=True, exist_ok=True)
            (folder.runs / row.run / "error.json").write_text(json.dumps({"error": "RunFailed: the loss is NaN"}))


def _write_run(study: SimulatedStudy, folder: StudyFolder, record: Record) -> None:
    run = folder.runs / record.run
    run.mkdir(parents=True, exist_ok=True)
    (run / RECORD).write_text(json.dumps(asdict(record)))
    if study.curves:
        lines = ["task,step,part,loss,metric"]
        for name, told in record.tasks.items():
            end = told.score("validation") or 0.0
            lines += [f"{name},{step},validation,{1 / step},{end * step / (step + 60)}" for step in range(60, 601, 60)]
        (run / "curve.csv").write_text("\n".join(lines) + "\n")


def _until_decided(
    study: SimulatedStudy, folder: StudyFolder, plan: Sequence[PlanRow], records: Records
) -> dict[str, Record]:
    """Rounds as :func:`cohear.study.rounds.rounds` has them; the records of what was wanted."""
    repeats = Repeats(plan, study.looks)
    while True:
        wanted = repeats.wanted()
        for run in wanted & set(records):
            if folder.record(run) is None:
                _write_run(study, folder, records[run])
        cells = judge_cells(rows_of_results(folder, wanted), study.looks, StudyFacts.from_json(facts(study)))
        waiting = repeats.of_runs({run for run in wanted if run not in records})
        if not repeats.go_on(cells, waiting):
            folder.write_repeats(repeats.to_json(cells))
            return {run: records[run] for run in wanted if run in records}


def _write_tables(study: SimulatedStudy, folder: Path, plan: Sequence[PlanRow], records: Records) -> None:
    rows: list[dict[str, object]] = []
    metrics: dict[tuple[str, ...], dict[str, object]] = {}
    for row in plan:
        if row.run not in records:
            continue
        record = records[row.run]
        for name, told in record.tasks.items():
            known = {**asdict(told), **asdict(record), **asdict(row), "task": name, "value": told.score()}
            rows.append({column: known[column] for column in RESULTS_CSV.names})
            for part, by_selection in told.scores.items():
                for metric, score in by_selection["last"].items():
                    key = (row.run, name, part, "last", metric)
                    metrics[key] = {**dict(zip(METRICS_CSV.names, key, strict=False)), "value": score}
    if study.bare:
        names = [name for name in RESULTS_CSV.names if name not in MAY_BE_LACKING]
        pd.DataFrame(rows, columns=names).to_csv(folder / RESULTS_CSV.file, index=False)
        return
    (folder / RESULTS_CSV.file).write_text(RESULTS_CSV.text(rows), encoding="utf-8")
    (folder / METRICS_CSV.file).write_text(METRICS_CSV.text(list(metrics.values())), encoding="utf-8")
