"""Run a study: prepare, train what is missing, write the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import UserError
from cohear.base.files import cache_folder, make_folder, write_json
from cohear.base.named import as_named, make
from cohear.base.study_facts import write_facts
from cohear.probes.probe import PROBES
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import files_kept
from cohear.runs.place import RunPlace
from cohear.runs.spec import Spec
from cohear.study.advised_rounds import AdvisedRuns, advised_rounds
from cohear.study.data_facts import data_facts
from cohear.study.file import StudySettings
from cohear.study.folder.devices import trained_elsewhere
from cohear.study.folder.environment import environment
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.measurements import write_measurements
from cohear.study.folder.tables import write_arms, write_tables
from cohear.study.folder.trained_again import why_lacking, why_lost, why_replaced
from cohear.study.launch.choice import check_launcher
from cohear.study.launch.device import device_here
from cohear.study.launch.driver import ensure
from cohear.study.launch.launcher import LAUNCHERS, Pool
from cohear.study.launch.needs import Wanted, with_needs
from cohear.study.launch.progress import NoProgress, Progress
from cohear.study.measure import measure_prepared
from cohear.study.plan.plan import PlannedRun
from cohear.study.plan.repeats import Judge
from cohear.study.prepare import Prepared, make_stores, prepare, write_splits
from cohear.study.rounds import rounds


@dataclass(frozen=True)
class StudyOutcome:
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
    launcher: str | Mapping[str, object] = "local",
    jobs: int | None = None,
    at_once: int | None = None,
    progress: Progress | None = None,
    judge: Judge | None = None,
    advised: AdvisedRuns | None = None,
) -> StudyOutcome:
    """Train every run of a study that is not done yet; ends with the tables written.

    It can be killed at any moment and called again: what is finished is never repeated, and the numbers are those of
    an unbroken study. Where repeats stop when verdicts are decided, runs are trained in rounds, one a look.

    Args:
        settings: with absolute dataset paths.
        source_folder: the study file's.
        out: the study folder.
        launcher: where runs are trained: its name, or a mapping of ``name`` and settings.
        jobs: how many at once.
        at_once: how many networks that are alike each of them may train as one; None for as many as pay for themselves.
        progress: told of everything.
        judge: says which cells are open, for a study whose repeats stop when verdicts are decided.
        advised: a budget, and who says which combinations are worth it; None for all runs.

    Raises:
        UserError: a mistake in the study, the data or the folder, or a device that is not here; nothing that was done
            is lost.
    """
    progress = progress or NoProgress()
    where = as_named(launcher)
    here = check_launcher(where, at_once).here  # before anything is read
    device = device_here(settings.device, progress).called if here else settings.device
    folder, cache = StudyFolder(out), make_folder(cache_folder())
    folder.claim(settings)
    with folder.locked():
        folder.sweep()
        prepared = prepare(
            settings,
            source_folder,
            cache=cache,
            jobs=jobs,
            progress=progress,
            precision=folder.precision(),
            trains=here,
        )
        for sentence in [*prepared.warnings, *why_replaced(folder, prepared.plan), *why_lost(folder, prepared.plan)]:
            progress.say(sentence)
        make_stores(prepared, cache=cache, jobs=jobs, progress=progress)
        write_inputs(folder, prepared, device)
        runs = wanted_of(prepared.plan, settings.keep, folder)
        if here:
            tell_other_devices(folder, runs, device, progress)
        pack = PackInPlace.of(
            [run.spec for run in runs.values()],
            splits=folder.splits,
            cache=cache,
            code=source_folder,
            runs=[folder.runs],
            plugins=settings.plugins,
        )
        with closing(
            make(LAUNCHERS, where, pack, folder.runs, jobs, RunPlace(settings.device, together=at_once))
        ) as pool:
            outcome = train(
                folder, settings, runs, pool, prepared.warnings, progress=progress, judge=judge, advised=advised
            )
        beside = [name for name in PROBES if PROBES[name].beside_runs]
        measure_prepared(prepared, folder, pack, RunPlace(), beside, cache=cache, jobs=jobs, progress=progress)
        write_measurements(folder, folder.read_plan())
        return outcome


def train(
    folder: StudyFolder,
    settings: StudySettings,
    runs: Mapping[str, Wanted],
    pool: Pool,
    warnings: list[str],
    *,
    progress: Progress,
    judge: Judge | None,
    advised: AdvisedRuns | None,
) -> StudyOutcome:
    """Train what is missing of a study whose inputs are written; ends with the tables written.

    Args:
        folder: of the study; its lock is held.
        settings: of the study.
        runs: all that it may come to want, by key.
        pool: carries them out.
        warnings: what a reader of the results should know.
        progress: told of everything.
        judge: see `run_study`.
        advised: see `run_study`.

    Raises:
        UserError: repeats stop when verdicts are decided, and runs are advised too.
    """
    looks = settings.repeats.looks()
    if advised is not None and looks:
        raise UserError(
            "--advise runs every repeat of what it asks for, and does not go with `repeats: {until: decided}`: "
            "leave one out"
        )
    wanted: list[str] = []
    trained: set[str] = set()
    failed: Mapping[str, str] = {}
    try:
        by_look = rounds(folder, looks, judge, progress)
        for wanted, at_most in by_look if advised is None else advised_rounds(folder, advised, progress):
            now = {key: runs[key] for key in wanted}
            _tell_lacking(folder, now, settings.keep, progress)
            ended = ensure(
                now.values(),
                pool,
                folder.run_folders,
                progress=progress,
                failed=failed,
                at_most=at_most,
            )
            trained, failed = trained | ended.trained, ended.failed
    finally:
        write_tables(folder)
    return StudyOutcome(len(wanted), len(wanted) - len(failed), len(trained), dict(failed), warnings)


def wanted_of(plan: Iterable[PlannedRun[Spec]], keep: Sequence[str], folder: StudyFolder) -> dict[str, Wanted]:
    """Each run of a plan, by key, with the files that the study keeps of it or another run needs of it."""
    return with_needs([Wanted(run.spec, files_kept(run.spec, keep)) for run in plan], folder.run_folders)


def _tell_lacking(folder: StudyFolder, wanted: Mapping[str, Wanted], keep: Sequence[str], progress: Progress) -> None:
    """Say which finished runs are trained again, because something is to be kept of them that was not."""
    recorded = {key: run.files for key, run in wanted.items() if folder.record(key)}
    if lacking := {key: files for key, files in recorded.items() if folder.lacks(key, files)}:
        progress.say(why_lacking(folder, lacking, keep))


def tell_other_devices(folder: StudyFolder, runs: Mapping[str, Wanted], device: str, progress: Progress) -> None:
    """Say where finished runs were trained on another device than those that are to come."""
    records = {key: folder.record(key) for key in runs}
    if None in records.values():
        for sentence in trained_elsewhere(records.values(), device):
            progress.say(sentence)


def write_inputs(folder: StudyFolder, prepared: Prepared, device: str) -> None:
    """Write what the runs and the report read: settings, environment, splits, plan and facts of the data.

    Args:
        folder: of the study.
        prepared: the study.
        device: that it is trained on.
    """
    folder.write_plan(prepared.settings.study, [run.row for run in prepared.plan])  # first: it claims the folder
    for part in (folder.runs, folder.splits):
        make_folder(part)
    folder.write_settings(prepared.settings)
    write_json(folder.environment_file, environment(prepared.precision, device))
    write_splits(prepared, folder)
    write_arms(folder, prepared.settings)
    write_facts(folder.root, data_facts(prepared))
