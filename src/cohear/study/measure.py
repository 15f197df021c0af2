"""Measuring a prepared study: all that is not yet known, fold by fold, in this process."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from cohear.base.files import digest
from cohear.base.named import name_of
from cohear.data.audit.measures import VERSION, Measures
from cohear.data.audit.store import MeasureStore
from cohear.data.scan.dataset import Dataset, scan_dataset
from cohear.probes.measure import Workbench
from cohear.probes.origin import ClipSounds, Origin
from cohear.probes.probe import PROBES
from cohear.probes.spec import ProbeSpec
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.task_data import TaskData
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.journal_of_measurements import Measurement, MeasurementJournal, lines
from cohear.study.launch.progress import Progress
from cohear.study.plan.plan import PlannedRun
from cohear.study.plan.probe_runs import planned_probes
from cohear.study.prepare import Prepared
from cohear.training.spec import RunSpec

AT_ONCE = 50
"""Measurements that are written together; a kill costs as many at most."""


@dataclass(frozen=True)
class MeasuredNow:
    """What one call measured.

    Attributes:
        planned: measurements that there are to make.
        known: those of them that were made before.
        measured: that this call made.
        waiting: by probe, how many look at what no run has left.
        lacking: files that runs have finished without, as `keep` calls them or by their names.
    """

    planned: int
    known: int
    measured: int
    waiting: Mapping[str, int]
    lacking: Sequence[str]


def measure_prepared(
    prepared: Prepared,
    folder: StudyFolder,
    pack: Pack,
    place: RunPlace,
    probes: Collection[str],
    *,
    cache: Path,
    jobs: int | None,
    progress: Progress,
) -> MeasuredNow:
    """Measure what is not known of a study whose inputs are written; the lock of its folder is held.

    Args:
        prepared: the study, with its features made.
        folder: of the study.
        pack: what runs read.
        place: what may be used.
        probes: names of those that are asked.
        cache: where what was heard of clips is kept.
        jobs: threads that listen.
        progress: told of everything.

    Raises:
        UserError: the place has no such device.
    """
    networks = [
        cast(PlannedRun[RunSpec], run) for run in prepared.plan if isinstance(run.spec, RunSpec) and not run.control
    ]
    asked = planned_probes(prepared.settings, networks, list(probes))
    journal = MeasurementJournal(folder.measured_file)
    known = {each.key for each in journal.read()}
    origins = ClipOrigins(prepared, cache, jobs, progress)
    keys = {id(run): _key(run, origins) for run in asked}
    missing = [run for run in asked if keys[id(run)] not in known]
    ready, waiting, lacking = _parted(folder, missing)
    if any(PROBES[name_of(run.spec.probe)].asks_origin == "sounds" for run in ready):
        origins.listen()
    singles = _singles(networks)
    done = 0
    with progress.stage("measuring") as advance, journal.appending() as append:
        for fold in sorted({run.fold for run in ready}):
            bench = Workbench(pack, place)
            own = [run for run in ready if run.fold == fold]
            for first in range(0, len(own), AT_ONCE):
                together = own[first : first + AT_ONCE]
                append(lines(_measured(run, keys[id(run)], bench, origins, singles) for run in together))
                done += len(together)
                advance(done, len(ready))
    return MeasuredNow(len(asked), len(asked) - len(missing), done, waiting, lacking)


SingleKeys = Mapping[tuple[str, int, int, str], str]
"""Keys of single runs, by arm, fold, seed and task; where there are several cells, of the first."""


def _singles(networks: Sequence[PlannedRun[RunSpec]]) -> SingleKeys:
    found: dict[tuple[str, int, int, str], str] = {}
    for run in networks:
        if "+" not in run.combination and not run.focal:
            found.setdefault((run.arm, run.fold, run.seed, run.combination), run.key)
    return found


def _parted(
    folder: StudyFolder, runs: Sequence[PlannedRun[ProbeSpec]]
) -> tuple[list[PlannedRun[ProbeSpec]], dict[str, int], list[str]]:
    """Those whose needs are there; by probe the number of the others; and what finished runs have not left."""
    there: dict[tuple[str, str], bool] = {}
    ready, waiting, lacking = [], dict[str, int](), set[str]()
    for run in runs:
        for need in run.spec.needs.values():
            if (place := (need.run, need.file)) not in there:
                there[place] = folder.is_done(need.run, [need.file])
                if not there[place] and folder.is_done(need.run, []):
                    lacking.add(need.file)
        if all(there[need.run, need.file] for need in run.spec.needs.values()):
            ready.append(run)
        else:
            waiting[run.probe] = waiting.get(run.probe, 0) + 1
    return ready, waiting, sorted(lacking)


def _key(run: PlannedRun[ProbeSpec], origins: ClipOrigins) -> str:
    """Of all that its numbers depend on: what a specification says, and where clips come from if that is asked."""
    if not PROBES[name_of(run.spec.probe)].asks_origin:
        return run.key
    return digest([run.key, *(origins.key(task.name) for task in run.spec.tasks)], size=8)


def _measured(
    run: PlannedRun[ProbeSpec], key: str, bench: Workbench, origins: ClipOrigins, singles: SingleKeys
) -> Measurement:
    spec, clock = run.spec, bench.device.clock
    began = clock()
    asks = PROBES[name_of(spec.probe)].asks_origin
    known = {each.name: origins.of(bench.task(each)) for each in spec.tasks} if asks else {}
    rows = bench.rows(spec, known)
    tasks = tuple(each.name for each in spec.tasks)
    alone = {singles[run.arm, run.fold, run.seed, task] for task in tasks}
    return Measurement(
        key=key,
        probe=run.probe,
        features=run.features,
        encoder=run.encoder,
        arm=run.arm,
        fold=run.fold,
        seed=run.seed,
        tasks=tasks,
        runs=tuple(sorted({need.run for need in spec.needs.values()} | alone)),
        seconds=clock() - began,
        numbers=tuple((str(r["task"]), str(r["partner"]), str(r["name"]), float(str(r["value"]))) for r in rows),
    )


class ClipOrigins:
    """Where the clips of a study's tasks come from.

    Args:
        prepared: the study.
        cache: where what was heard is kept.
        jobs: threads that listen.
        progress: told of each dataset.
    """

    def __init__(self, prepared: Prepared, cache: Path, jobs: int | None, progress: Progress) -> None:
        self._prepared, self._cache, self._jobs, self._progress = prepared, cache, jobs, progress
        self._sounds: dict[str, ClipSounds] = {}
        splits = prepared.folds[next(iter(prepared.folds))]
        self._groups = {
            task: dict(zip(split.clips, split.groups or [""] * len(split.clips), strict=True))
            for task, split in splits.items()
        }

    def key(self, task: str) -> str:
        """Of what is told of a task's clips beside their content, which the task's split names."""
        name = self._prepared.settings.tasks[task].dataset_name
        return digest([name, self._prepared.datasets[name].table.about.domain, self._groups[task], VERSION])

    def listen(self) -> None:
        """Hear all clips that `cohear check` has not heard."""
        for name, dataset in self._prepared.datasets.items():
            if name not in self._sounds:
                self._sounds[name] = self._heard(name, dataset)

    def of(self, task: TaskData) -> Origin:
        """Of a task's clips."""
        name = self._prepared.settings.tasks[task.name].dataset_name
        dataset, groups = self._prepared.datasets[name], self._groups[task.name]
        facts = [dataset.facts[row] for row in task.rows]
        return Origin(
            dataset=name,
            domain=dataset.table.about.domain,
            groups=[groups.get(clip, "") for clip in task.clips],
            seconds=np.array([fact.seconds for fact in facts], np.float64),
            rates=np.array([fact.rate for fact in facts], np.float64),
            sounds=self._sounds[name].take(task.rows) if name in self._sounds else None,
        )

    def _heard(self, name: str, dataset: Dataset) -> ClipSounds:
        store = MeasureStore(self._cache, dataset.table.segments())
        with self._progress.stage(f"listening to {name}") as advance, store.open():
            scan_dataset(dataset.table, cache=self._cache, jobs=self._jobs, progress=advance, inspector=store)
        return clip_sounds(store.measures(dataset.facts), [fact.silent for fact in dataset.facts])


def clip_sounds(measures: Sequence[Measures], silent: Sequence[bool]) -> ClipSounds:
    """What measurements need of what the audit measures of clips."""
    return ClipSounds(
        level=np.array([each.level for each in measures], np.float64),
        noise=np.array([float((each.profile[2] - each.profile[0]).mean()) for each in measures], np.float64),
        bandwidth=np.array([each.bandwidth for each in measures], np.float64),
        silent=np.array(silent, np.bool_),
    )
