"""Sentences on finished runs that are trained again, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cohear.base.errors import FolderError
from cohear.runs.record import RECORD
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Spec
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.tables import lost_runs
from cohear.study.plan.plan import PlannedRun
from cohear.study.plan.row import PlanRow

_WORDS = {"front_end": "features"}
"""What the study file calls a field of a specification."""


def why_replaced(folder: StudyFolder, plan: Sequence[PlannedRun[Spec]]) -> list[str]:
    """Sentences on finished runs of the plan before that this plan replaces, with what changed."""
    try:
        before = {_place(row): row.run for row in folder.read_plan()}
    except FolderError:  # a damaged plan tells nothing of what was planned, and is about to be written anew
        return []
    reasons: dict[str, set[str]] = {}
    for run in plan:
        old_key = before.get(_place(run.row))
        if old_key is None or old_key == run.key or folder.record(run.key):
            continue
        record = folder.record(old_key)
        if record is None:
            continue
        for reason in _differences(record.specification, run.spec.model_dump(mode="json")):
            reasons.setdefault(reason, set()).add(run.key)
    return [f"{_finished(len(runs))} trained again: {reason}" for reason, runs in sorted(reasons.items())]


def _place(row: PlanRow) -> PlanRow:
    """The row without what its specification says."""
    return replace(row, run="", cost=0, needs=(), pace="")


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What of a specification, as JSON, is another than it was; what is left out there holds its default."""
    reasons, before = [], {task["name"]: task for task in old["tasks"]}
    for task in new["tasks"]:
        was, name = before.get(task["name"], {}), task["name"]
        if was.get("split") != task["split"]:
            reasons.append(
                f"the clips of task {name!r} changed (other data or labels, or the leakage rule sets other clips "
                "aside now)"
            )
        changed = [key for key in ("front_end", "window", "labels") if was.get(key) != task.get(key)]
        reasons += [f"{_WORDS.get(key, key)} of task {name!r} changed" for key in changed]
    names = sorted({*old, *new} - {"tasks"})
    reasons += [f"{_WORDS.get(name, name)} changed" for name in names if old.get(name) != new.get(name)]
    return reasons or ["the audio of a dataset, or how its features are stored, changed"]


def why_lost(folder: StudyFolder, plan: Sequence[PlannedRun[Spec]]) -> list[str]:
    """Sentences on runs that the table has and whose records are gone or damaged, where there are any."""
    try:
        lost = lost_runs(folder) & {run.key for run in plan}
    except FolderError:  # of a damaged plan, which is about to be written anew
        return []
    damaged = {key for key in lost if (folder.runs / key / RECORD).exists()}
    numbers = {"no record is left of": len(lost - damaged), "the record is damaged of": len(damaged)}
    return [
        f"{why} {number} {'run' if number == 1 else 'runs'} of results.csv, trained again now"
        for why, number in numbers.items()
        if number
    ]


def why_lacking(folder: StudyFolder, wanted: Mapping[str, Iterable[str]], keep: Sequence[str]) -> str:
    """A sentence on finished runs of which something is to be kept that was not.

    Args:
        folder: theirs.
        wanted: files by run.
        keep: words of the study file.
    """
    lacking = [folder.lacks(key, files) for key, files in wanted.items()]
    words = {KEPT[word]: word for word in keep}
    lacks = {file for files in lacking for file in files}
    names = ", ".join([*(word for file, word in words.items() if file in lacks), *sorted(lacks - set(words))])
    return f"{_finished(len(lacking))} trained again, to the same numbers: they left no {names} (see keep)"


def _finished(runs: int) -> str:
    return "1 finished run is" if runs == 1 else f"{runs} finished runs are"
