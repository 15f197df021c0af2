"""Run a study: prepare, train what is missing, write the tables."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from cohear.base.errors import FolderError
from cohear.base.files import cache_folder, make_folder, write_json
from cohear.base.pool import available_cores
from cohear.study import local  # noqa: F401 - enters the launcher
from cohear.study.folder import StudyFolder
from cohear.study.launcher import LAUNCHERS, Event, Launcher, Work
from cohear.study.plan import PlannedRun
from cohear.study.prepare import Prepared, data_facts, make_stores, prepare, write_splits
from cohear.study.progress import NoProgress, Progress
from cohear.study.repeats import Judge
from cohear.study.rounds import rounds
from cohear.study.spec import StudySettings
from cohear.study.tables import lost_runs, write_arms, write_tables
from cohear.study.time_left import TimeLeft
from cohear.training.loop import processor_precision
from cohear.training.run_folder import RECORD
from cohear.training.spec import RunSpec


@dataclass(frozen=True)
class Outcome:
    """How a study ended.

    Attributes:
        planned: different runs that are wanted: those of the plan, or of the repeats that verdicts need.
        done: runs that are finished now, those from before included.
        trained: runs that this call trained.
        failed: errors by run.
        warnings: what a reader of the results should know.
    """

    planned: int
    done: int
    trained: int
    failed: dict[str, str]
    warnings: list[str]


def run_study(
    settings: StudySettings,
    source_folder: Path,
    out: Path,
    *,
    launcher: str = "local",
    jobs: int | None = None,
    progress: Progress | None = None,
    judge: Judge | None = None,
) -> Outcome:
    """Train every run of a study that is not done yet; ends with the tables written.

    It can be killed at any moment and called again: what is finished is never repeated, and the numbers are those of
    an unbroken study. Where repeats stop when verdicts are decided, runs are trained in rounds, one a look.

    Args:
        settings: with absolute dataset paths.
        source_folder: the study file's.
        out: the study folder.
        launcher: where runs are trained.
        jobs: how many at once.
        progress: told of everything.
        judge: says which cells are open, for a study whose repeats stop when verdicts are decided.

    Raises:
        UserError: a mistake in the study, the data or the folder; nothing that was done is lost.
    """
    progress = progress or NoProgress()
    train_with = LAUNCHERS[launcher]()
    folder, cache = StudyFolder(out), make_folder(cache_folder())
    folder.claim(settings)
    with folder.locked():
        folder.sweep()
        prepared = prepare(settings, source_folder, cache=cache, jobs=jobs, progress=progress)
        for sentence in [*prepared.warnings, *trained_again(folder, prepared.plan), *_lost(folder, prepared.plan)]:
            progress.say(sentence)
        make_stores(prepared, cache=cache, jobs=jobs, progress=progress)
        write_inputs(folder, prepared)
        work = Work(
            folder.runs,
            folder.splits,
            cache,
            tuple(settings.keep),
            str(source_folder),
            tuple(map(str, settings.plugins)),
        )
        specs = {run.key: run.spec for run in prepared.plan}
        failed: dict[str, str] = {}
        wanted: list[str] = []
        trained = 0
        try:
            for wanted, at_most in rounds(folder, settings.repeats.looks(), judge, progress):
                done = _done(folder, wanted, settings.keep, progress)
                progress.runs_planned(set(wanted), done, at_most, _time_left(folder, prepared.plan, done))
                missing = [specs[key] for key in wanted if key not in done and key not in failed]
                failed_now = _train(missing, work, train_with, jobs, progress)
                trained += len(missing) - len(failed_now)
                failed |= failed_now
        finally:
            write_tables(folder)
    return Outcome(len(wanted), len(wanted) - len(failed), trained, failed, prepared.warnings)


def _time_left(folder: StudyFolder, plan: Sequence[PlannedRun], done: Collection[str]) -> TimeLeft:
    """What the finished runs tell of how long others will take."""
    time_left = TimeLeft.of_plan([run.to_json() for run in plan])
    for key in done:
        record = folder.record(key)
        if record is not None:
            time_left.trained(key, record["seconds"])
    return time_left


def _done(folder: StudyFolder, wanted: Sequence[str], keep: Sequence[str], progress: Progress) -> set[str]:
    """The runs that are finished with all that is kept of them."""
    recorded = {key for key in wanted if folder.record(key)}
    done = {key for key in recorded if folder.is_done(key, keep)}
    if recorded - done:
        progress.say(_why_again(folder, recorded - done, keep))
    return done


def _train(
    specs: Sequence[RunSpec], work: Work, launcher: Launcher, jobs: int | None, progress: Progress
) -> dict[str, str]:
    """Train runs; returns the errors of those that failed, which are kept in their folders too."""
    failed: dict[str, str] = {}
    if not specs:
        return failed
    with closing(launcher.launch(specs, work, jobs)) as events:
        for event in events:
            progress.run_event(event)
            if event.kind == "failed":
                failed[event.run] = event.error
                _keep_error(work.runs / event.run, event)
    return failed


def _keep_error(folder: Path, event: Event) -> None:
    make_folder(folder)
    write_json(folder / "error.json", {"error": event.error, "traceback": event.detail})


def _lost(folder: StudyFolder, plan: Sequence[PlannedRun]) -> list[str]:
    """Sentences on runs that the table has and whose records are gone or damaged, where there are any."""
    try:
        lost = lost_runs(folder) & {run.key for run in plan}
    except FolderError:  # of a damaged plan, which is about to be written anew
        return []
    damaged = {key for key in lost if (folder.runs / key / RECORD).exists()}
    told = {"no record is left of": len(lost - damaged), "the record is damaged of": len(damaged)}
    return [
        f"{why} {number} {'run' if number == 1 else 'runs'} of results.csv, trained again now"
        for why, number in told.items()
        if number
    ]


def _why_again(folder: StudyFolder, keys: Iterable[str], keep: Sequence[str]) -> str:
    """A sentence on finished runs of which something is to be kept that was not."""
    lacking = [folder.lacks(key, keep) for key in keys]
    names = ", ".join(kept for kept in keep if any(kept in lacks for lacks in lacking))
    return f"{_finished(len(lacking))} trained again, to the same numbers: they left no {names} (see keep)"


def _finished(runs: int) -> str:
    return "1 finished run is" if runs == 1 else f"{runs} finished runs are"


def write_inputs(folder: StudyFolder, prepared: Prepared) -> None:
    """Write what the runs and the report read: settings, environment, splits, plan and facts of the data."""
    folder.write_plan(prepared.settings.study, [run.to_json() for run in prepared.plan])  # first: it claims the folder
    for part in (folder.runs, folder.splits):
        make_folder(part)
    folder.write_settings(prepared.settings)
    write_json(folder.root / "environment.json", environment())
    write_splits(prepared, folder)
    write_arms(folder, prepared.settings)
    write_json(folder.root / "data.json", data_facts(prepared))


def trained_again(folder: StudyFolder, plan: Sequence[PlannedRun]) -> list[str]:
    """Sentences on finished runs of the plan before that this plan replaces, with what changed."""
    try:
        before = {_cell(cell): cell["run"] for cell in folder.read_plan()}
    except FolderError:  # a damaged plan tells nothing of what was planned, and is about to be written anew
        return []
    reasons: dict[str, set[str]] = {}
    for run in plan:
        old_key = before.get(_cell(run.to_json()))
        if old_key is None or old_key == run.key or folder.record(run.key):
            continue
        record = folder.record(old_key)
        if record is None:
            continue
        for reason in _differences(record["specification"], run.spec.model_dump(mode="json")):
            reasons.setdefault(reason, set()).add(run.key)
    return [f"{_finished(len(runs))} trained again: {reason}" for reason, runs in sorted(reasons.items())]


def _cell(run: dict[str, Any]) -> tuple[Any, ...]:
    names = ("features", "encoder", "arm", "combination", "control", "fold", "seed")
    return (*(run[name] for name in names), run.get("focal", ""))


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    before = {task["name"]: task["split"] for task in old["tasks"]}
    changed = [task["name"] for task in new["tasks"] if before.get(task["name"]) != task["split"]]
    reasons = [
        f"the clips of task {task!r} changed (other data or labels, or the leakage rule sets other clips aside now)"
        for task in changed
    ]
    reasons += [f"{name} changed" for name in sorted(new) if name != "tasks" and old.get(name) != new[name]]
    return reasons or ["the audio of a dataset changed"]


def environment() -> dict[str, Any]:
    """Versions, hardware and revision that a study ran with."""
    packages = ("cohear", "torch", "numpy", "scipy", "scikit-learn", "pandas", "soundfile", "soxr")
    return {
        "written": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cores": available_cores(),
        "memory_bytes": _memory(),
        "precision": processor_precision(),
        "torch_capability": torch.backends.cpu.get_cpu_capability(),
        "git": _git_revision(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _git_revision() -> str:
    """Revision of the folder that the command was called in, with a + where it has uncommitted changes."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"], check=False, capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""
