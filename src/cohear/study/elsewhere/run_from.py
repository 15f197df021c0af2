"""Run a study from its pack: no dataset is read, and runs that are finished there are taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from cohear.base.errors import FolderError
from cohear.base.files import cache_folder, make_folder, write_bytes, write_json
from cohear.base.named import as_named, make
from cohear.base.url_folder import UrlFolder
from cohear.runs.carried import Carried
from cohear.runs.place import RunPlace
from cohear.runs.spec import Spec
from cohear.study.advised_rounds import AdvisedRuns
from cohear.study.elsewhere.finished_runs import take_finished
from cohear.study.elsewhere.pack_study import ARMS, ENVIRONMENT, FACTS, PLAN, SAME_STUDY
from cohear.study.elsewhere.same_study import demand_same_study
from cohear.study.file import StudySettings
from cohear.study.folder.environment import environment
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.trained_again import why_lost, why_replaced
from cohear.study.launch.choice import check_launcher
from cohear.study.launch.device import device_here
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.progress import NoProgress, Progress
from cohear.study.plan.plan import PlannedRun
from cohear.study.plan.repeats import Judge
from cohear.study.plan.row import PlanRow
from cohear.study.run import StudyOutcome, tell_other_devices, train, wanted_of


def run_from_pack(
    settings: StudySettings,
    url: str,
    out: Path,
    *,
    launcher: str | Mapping[str, object] = "local",
    jobs: int | None = None,
    at_once: int | None = None,
    progress: Progress | None = None,
    judge: Judge | None = None,
    advised: AdvisedRuns | None = None,
) -> StudyOutcome:
    """Train every run of a packed study that is finished neither here nor there; ends with the tables written.

    Args:
        settings: of the study file that was packed; its datasets need not be here.
        url: of the pack.
        out: the study folder.
        launcher: where runs are trained: its name, or a mapping of ``name`` and settings.
        jobs: how many at once.
        at_once: how many networks that are alike each of them may train as one; None for as many as pay for themselves.
        progress: told of everything.
        judge: says which cells are open, for a study whose repeats stop when verdicts are decided.
        advised: a budget, and who says which combinations are worth it; None for all runs.

    Raises:
        UserError: the pack is not whole, is another study's or of other code; nothing that was done is lost.
    """
    progress, where = progress or NoProgress(), as_named(launcher)
    here = check_launcher(where, at_once).here
    device = device_here(settings.device, progress).called if here else settings.device
    folder = StudyFolder(out)
    carried = Carried.at(url, make_folder(cache_folder()), [folder.runs])
    demand_same_study(settings, carried.beside(SAME_STUDY), url)
    plan = _plan_of(carried)
    folder.claim(settings)
    with folder.locked():
        folder.sweep()
        for sentence in [*why_replaced(folder, plan), *why_lost(folder, plan)]:
            progress.say(sentence)
        _write_inputs(folder, settings, carried, device)
        runs = wanted_of(plan, settings.keep, folder)
        with progress.stage(f"finished runs of {url}"):
            take_finished(UrlFolder(url), runs, folder.runs)
        if here:
            tell_other_devices(folder, runs, device, progress)
        with closing(
            make(LAUNCHERS, where, carried, folder.runs, jobs, RunPlace(settings.device, together=at_once))
        ) as pool:
            return train(folder, settings, runs, pool, [], progress=progress, judge=judge, advised=advised)


def _plan_of(carried: Carried) -> list[PlannedRun[Spec]]:
    """The plan of a pack: rows of its ``plan.json`` with the specifications of their runs."""
    try:
        specs = carried.specs()
        rows = [PlanRow.from_json(row) for row in json.loads(carried.beside(PLAN))["runs"]]
        return [_planned(row, specs[row.run]) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise FolderError(
            f"the plan in the pack {carried.url} cannot be read: {error}; pack the study again"
        ) from error


def _planned(row: PlanRow, spec: Spec) -> PlannedRun[Spec]:
    cell = (row.features, row.encoder, row.arm, row.combination, row.control)
    return PlannedRun(spec, *cell, row.fold, row.seed, row.focal, row.probe)


def _write_inputs(folder: StudyFolder, settings: StudySettings, carried: Carried, device: str) -> None:
    """What a study folder has before its first run, from the pack; environment and paths are of this machine."""
    write_bytes(folder.plan_file, carried.beside(PLAN))  # first: it claims the folder
    for part in (folder.runs, folder.splits):
        make_folder(part)
    folder.write_settings(settings)
    write_json(folder.environment_file, environment(json.loads(carried.beside(ENVIRONMENT))["precision"], device))
    for name, blob in carried.index.splits.items():
        if not (folder.splits / f"{name}.json").exists():
            write_bytes(folder.splits / f"{name}.json", carried.fetched(blob))
    for file in (ARMS, FACTS):
        write_bytes(folder.root / file, carried.beside(file))
