"""What is left of a plan, priced: processor time, memory and disk, from trials made on the spot."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cohear.base.errors import CohearError
from cohear.base.files import make_folder
from cohear.base.pool import available_cores
from cohear.baselines.spec import BaselineSpec
from cohear.probes.spec import ProbeSpec
from cohear.runs.in_place import PackInPlace
from cohear.runs.place import RunPlace
from cohear.runs.spec import Spec
from cohear.study.estimate.baselines import Fits, fits_of, tried_fits
from cohear.study.estimate.networks import NetworkKind, kind_of, tried
from cohear.study.estimate.probes import probes_of, tried_probe
from cohear.study.estimate.sizes import Sizes
from cohear.study.estimate.stand_in import StandIns
from cohear.study.estimate.trials import Trial, Trials
from cohear.study.estimate.vectors import vector_seconds
from cohear.study.launch.needs import Wanted
from cohear.study.launch.progress import Progress
from cohear.study.plan.plan import PlannedRun
from cohear.study.prepare import Prepared
from cohear.training.spec import RunSpec

MOST_KINDS = 16
"""Kinds of networks that are tried, those with most to do first; others are told by the most similar of them."""
TABLES, A_CELL = 6.0, 0.07
"""Processor seconds of statistics, figures and page, and a cell more (docs/results/estimates.md); not tried."""


@dataclass(frozen=True)
class Price:
    """Runs of one kind in one setting.

    Attributes:
        features, encoder, arm: the setting; of a baseline its name stands for the encoder.
        tasks: in each run.
        role: name of the control or the probe; empty for ordinary runs.
        runs: planned.
        done: of them.
        left: priced here: a run that stands in several settings is priced with the first.
        seconds: of the processor, of those that are left.
        bytes: that those leave.
    """

    features: str
    encoder: str
    arm: str
    tasks: int
    role: str
    runs: int
    done: int
    left: int
    seconds: float
    bytes: float


@dataclass(frozen=True)
class PlanEstimate:
    """What is left to do. Seconds are of the processor, bytes of the disk unless they are said to be of memory.

    Attributes:
        prices: of all runs.
        features: seconds that missing features take, by front-end.
        vectors: seconds of vectors of windows, which the worker makes once for all runs.
        worker: seconds that a worker takes to begin.
        tables: seconds of statistics, figures and page.
        feature_bytes: of missing features.
        memory: bytes that a worker takes at most.
        untried: kinds of networks that were told by similar ones.
        failed: why a trial failed, as its run would; then nothing but the runs is known.
        tried: seconds that the trials took.
    """

    prices: list[Price]
    features: dict[str, float] = field(default_factory=dict)
    vectors: float = 0.0
    worker: float = 0.0
    tables: float = 0.0
    feature_bytes: int = 0
    memory: int = 0
    untried: int = 0
    tried: float = 0.0
    failed: str = ""

    @property
    def run_seconds(self) -> float:
        """Of all runs that are left."""
        return sum(price.seconds for price in self.prices)

    @property
    def seconds(self) -> float:
        """Of everything."""
        return self.run_seconds + sum(self.features.values()) + self.vectors + self.worker + self.tables

    @property
    def bytes(self) -> float:
        """Of everything that is written."""
        return self.feature_bytes + sum(price.bytes for price in self.prices)

    def by_the_clock(self, jobs: int | None) -> float:
        """Seconds on a machine that does nothing else, with so many runs at once (None: one a core)."""
        cores = available_cores()
        at_once = min(jobs or cores, cores)
        features = sum(self.features.values()) / at_once
        return features + self.run_seconds / at_once + self.vectors + self.worker + self.tables


def estimate(
    prepared: Prepared,
    wanted: Mapping[str, Wanted],
    done: Collection[str],
    *,
    source_folder: Path,
    cache: Path,
    progress: Progress,
) -> PlanEstimate:
    """Try what is left of a study; nothing of it is kept.

    Args:
        prepared: the study.
        wanted: its runs by key, with the files that are kept of them.
        done: keys of those that are done.
        source_folder: the study file's, for modules of users.
        cache: of feature stores.
        progress: told of the trials.
    """
    left = {key: run for key, run in wanted.items() if key not in done}
    if not left:
        return PlanEstimate(_prices(prepared.plan, done))
    began = time.process_time()
    with tempfile.TemporaryDirectory(prefix="cohear-") as name:
        folder = Path(name)
        for part in ("cache", "runs", "splits"):
            make_folder(folder / part)
        sizes = Sizes(prepared)
        with progress.stage("trials of features"):
            stores = StandIns(prepared, sizes, cache, folder / "cache")
        pack = PackInPlace.of(
            [run.spec for run in left.values()],
            splits=folder / "splits",
            cache=folder / "cache",
            code=source_folder,
            runs=[folder / "runs"],
            plugins=prepared.settings.plugins,
        )
        trials = Trials(pack, folder, sizes, RunPlace(prepared.settings.device))
        try:
            found = _Tried([run.spec for run in left.values()], left, trials, sizes, progress)
        except CohearError as error:
            return PlanEstimate(_prices(prepared.plan, done), failed=str(error))
        finally:
            worker = trials.close()
    features: dict[str, float] = defaultdict(float)
    for key, seconds in stores.missing.items():
        features[sizes.stores[key].front_end.name] += seconds
    return PlanEstimate(
        _prices(prepared.plan, done, found.of),
        dict(features),
        vectors=vector_seconds((run.spec for run in left.values()), trials.made, sizes),
        worker=worker,
        tables=TABLES + A_CELL * _cells(prepared.plan),
        feature_bytes=stores.bytes,
        memory=found.memory,
        untried=found.untried,
        tried=time.process_time() - began + sum(trial.seconds + trial.beforehand for trial in trials.made) + worker,
    )


class _Tried:
    """What trials of each kind of run told."""

    def __init__(
        self, specs: Sequence[Spec], runs: Mapping[str, Wanted], trials: Trials, sizes: Sizes, progress: Progress
    ) -> None:
        self._sizes, self._kinds, self._fits = sizes, dict[str, NetworkKind](), dict[str, Fits]()
        self._probes: dict[str, Trial] = {}
        networks: dict[str, list[RunSpec]] = defaultdict(list)
        fits: dict[str, list[BaselineSpec]] = defaultdict(list)
        probes: dict[str, ProbeSpec] = {}
        for spec in specs:
            if isinstance(spec, RunSpec):
                networks[kind_of(spec)].append(spec)
            elif isinstance(spec, BaselineSpec):
                fits[fits_of(spec)].append(spec)
            elif isinstance(spec, ProbeSpec):
                probes.setdefault(probes_of(spec), spec)
        self._names = {kind: of[0].encoder["name"] for kind, of in networks.items()}

        def files(spec: Spec) -> frozenset[str]:
            return runs[spec.key].files

        by_work = sorted(networks, key=lambda kind: -sum(_work(spec, sizes) for spec in networks[kind]))[:MOST_KINDS]
        total, made = len(by_work) + len(fits) + len(probes), 0
        with progress.stage("trials of runs") as advance:
            for kind in by_work:
                self._kinds[kind] = tried(networks[kind], trials, sizes, files)
                advance(made := made + 1, total)
            for each, some in fits.items():
                self._fits[each] = tried_fits(some, trials, sizes, files)
                advance(made := made + 1, total)
            for each, probe in probes.items():
                self._probes[each] = tried_probe(probe, trials, files)
                advance(made := made + 1, total)
        self.untried = len(networks) - len(by_work)
        self.memory = max(
            [0]
            + [self._kinds[kind].memory + _mapped(networks[kind], sizes) for kind in self._kinds]
            + [fit.memory for fit in self._fits.values()]
            + [trial.memory for trial in self._probes.values()]
        )

    def of(self, spec: Spec) -> tuple[float, float]:
        """Seconds and bytes of a run."""
        if isinstance(spec, RunSpec):
            kind, load = self._similar(kind_of(spec)), self._sizes.load(spec)
            return kind.pace.seconds(load), kind.traces.bytes(load)
        if isinstance(spec, BaselineSpec):
            fits = self._fits[fits_of(spec)]
            return fits.seconds(spec, self._sizes), fits.bytes
        if isinstance(spec, ProbeSpec):
            trial = self._probes[probes_of(spec)]
            return trial.seconds, sum(trial.bytes.values())
        return 0.0, 0.0

    def _similar(self, kind: str) -> NetworkKind:
        """The kind, or the first that was tried of the same encoder with other settings, or of any."""
        same = [each for each in self._kinds if self._names[each] == self._names[kind]]
        return self._kinds.get(kind) or self._kinds[next(iter(same or self._kinds))]


def _work(spec: RunSpec, sizes: Sizes) -> float:
    load = sizes.load(spec)
    return load.steps * load.width


def _mapped(specs: Sequence[RunSpec], sizes: Sizes) -> int:
    """Bytes of features that the run with most of them maps."""
    return max(sum(sizes.bytes(key) for key in {task.store for task in spec.tasks}) for spec in specs)


def _cells(plan: Sequence[PlannedRun[Spec]]) -> int:
    """Cells of gains that a page will show: a task in a combination, setting by setting."""
    shared = {
        (run.features, run.encoder, run.arm, run.combination)
        for run in plan
        if "+" in run.combination and not (run.control or run.probe)
    }
    return sum(names[-1].count("+") + 1 for names in shared)


def _prices(
    plan: Sequence[PlannedRun[Spec]],
    done: Collection[str],
    of: Callable[[Spec], tuple[float, float]] = lambda spec: (0.0, 0.0),
) -> list[Price]:
    """A row per setting, number of tasks and role, ordinary runs first."""
    rows: dict[tuple[str, str, str, int, str], dict[str, Spec]] = {}
    for run in plan:
        size = run.combination.count("+") + 1
        row = rows.setdefault((run.features, run.encoder, run.arm, size, run.control or run.probe), {})
        row[run.key] = run.spec
    prices, priced = [], set[str](done)
    for names, specs in sorted(rows.items(), key=lambda row: bool(row[0][-1])):
        asked = [of(spec) for key, spec in specs.items() if key not in priced]
        priced |= set(specs)
        seconds, size_on_disk = (sum(column) for column in zip(*asked, strict=True)) if asked else (0.0, 0.0)
        prices.append(Price(*names, len(specs), sum(key in done for key in specs), len(asked), seconds, size_on_disk))
    return prices
