"""Run a study: prepare, train what is missing, write the tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cohear.base.files import cache_folder, make_folder, write_json
from cohear.runs.job import files_kept
from cohear.study import local  # noqa: F401 - enters the launcher
from cohear.study.again import why_lacking, why_lost, why_replaced
from cohear.study.data_facts import data_facts
from cohear.study.environment import environment
from cohear.study.folder import StudyFolder
from cohear.study.launcher import LAUNCHERS, Event, Launcher, Work
from cohear.study.plan import PlannedRun
from cohear.study.prepare import Prepared, make_stores, prepare, write_splits
from cohear.study.progress import NoProgress, Progress
from cohear.study.repeats import Judge
from cohear.study.rounds import rounds
from cohear.study.spec import StudySettings
from cohear.study.tables import write_arms, write_tables
from cohear.study.time_left import TimeLeft
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
        for sentence in [*prepared.warnings, *why_replaced(folder, prepared.plan), *why_lost(folder, prepared.plan)]:
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
                done = _done(
                    folder, {key: files_kept(specs[key], settings.keep) for key in wanted}, settings.keep, progress
                )
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
            time_left.trained(key, record.seconds)
    return time_left


def _done(
    folder: StudyFolder, wanted: Mapping[str, frozenset[str]], keep: Sequence[str], progress: Progress
) -> set[str]:
    """The runs that are finished with all files that are wanted of them."""
    recorded = {key: files for key, files in wanted.items() if folder.record(key)}
    done = {key for key, files in recorded.items() if folder.is_done(key, files)}
    if lacking := {key: files for key, files in recorded.items() if key not in done}:
        progress.say(why_lacking(folder, lacking, keep))
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
