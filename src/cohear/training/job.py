"""The job ``network``: trains one network for one or several tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import ClassVar

from cohear.features.build import runs_code_of_others
from cohear.runs import NETWORK
from cohear.runs.cost import Cost
from cohear.runs.job import JOBS, Job, Result
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Spec
from cohear.training.at_once.alike import alike
from cohear.training.spec import RunSpec


@JOBS.register(NETWORK)
class NetworkJob(Job[RunSpec]):
    """Deterministic on one core; torch is loaded where it is warmed up or run."""

    specification: ClassVar[type[Spec]] = RunSpec
    leaves: ClassVar[frozenset[str]] = frozenset(KEPT.values())

    def cost(self, spec: RunSpec) -> Cost:
        """Windows that it trains on, as long as the run's; one costs one encoder many times what it costs another.

        In a batch all are as long as its longest.
        """
        pace = json.dumps([spec.front_end, spec.encoder], sort_keys=True)
        longest = max(spec.window_of(task) for task in spec.tasks)
        windows = len(spec.tasks) * spec.training.steps * spec.training.batch
        return Cost(pace, windows * longest / spec.window)

    def modules(self, spec: RunSpec) -> frozenset[str]:
        """That of a user's own encoder."""
        module = spec.encoder.get("module")
        return frozenset() if module is None else frozenset([module.partition(":")[0]])

    def warm_up(self) -> None:
        """Load what torch loads at a network's first step, seconds that each run would pay again."""
        import torch  # noqa: PLC0415

        import cohear.training.record  # noqa: F401, PLC0415

        torch.set_num_threads(1)
        torch.optim.AdamW([torch.zeros(1, requires_grad=True)], fused=True).zero_grad()

    def share(self, spec: RunSpec, pack: Pack) -> None:
        """Make front-ends, and vectors of all windows; where they run code of others, runs do so for themselves."""
        if any(runs_code_of_others(spec.heard(task)) for task in spec.tasks):
            return
        from cohear.training.sources import inputs_of  # noqa: PLC0415

        inputs = inputs_of(spec)
        for task in spec.tasks:
            inputs[task.name].make_vectors(task.store, pack.store)

    def run(self, spec: RunSpec, pack: Pack, files: frozenset[str], place: RunPlace) -> Result:
        """Train and score it."""
        from cohear.training.loop import train_one  # noqa: PLC0415
        from cohear.training.record import as_result  # noqa: PLC0415

        _settle(place)
        return as_result(train_one(spec, pack, place), files)

    def alike(self, spec: RunSpec) -> str | None:
        """Networks that differ in seed, fold and data alone, of parts of which it is known that they can be stacked."""
        return alike(spec)

    def run_together(
        self, asked: Sequence[tuple[RunSpec, frozenset[str]]], pack: Pack, place: RunPlace
    ) -> Iterator[tuple[RunSpec, Result | Exception]]:
        """Train them as one, and score each."""
        from cohear.training.at_once.train import train_together  # noqa: PLC0415
        from cohear.training.record import as_result  # noqa: PLC0415

        _settle(place)
        files = {spec.key: wanted for spec, wanted in asked}
        for spec, ended in train_together([spec for spec, _ in asked], pack, place):
            yield spec, ended if isinstance(ended, Exception) else as_result(ended, files[spec.key])


def _settle(place: RunPlace) -> None:
    """Have torch keep to a place."""
    import torch  # noqa: PLC0415

    from cohear.training.device import Device  # noqa: PLC0415

    torch.set_num_threads(place.threads)
    Device.of(place.device).settle()
