"""A measurement, from its specification to rows of its table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

import torch

from cohear.base.errors import RunFailed
from cohear.base.named import make, name_of
from cohear.base.streams import stream_seed
from cohear.base.tables import Row
from cohear.features.build import front_end_of
from cohear.features.task_input import TaskInput
from cohear.probes.hearing import Hearing
from cohear.probes.network import TrainedNetwork
from cohear.probes.origin import Origin
from cohear.probes.probe import PROBES, ProbeInputs
from cohear.probes.spec import ProbeSpec, check_probe_versions
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Need, TaskReference
from cohear.runs.task_data import TaskData, load_task
from cohear.training.device import Device
from cohear.training.loop import train_one
from cohear.training.spec import RunSpec
from cohear.training.watched import Watch


def device_of(place: RunPlace) -> Device:
    """The device that measures, in full precision.

    Raises:
        UserError: the place has no such device.
    """
    return Device.of(place.device, "float32")


class Workbench:
    """Measures one thing after another; tasks and networks are loaded, and clips are heard, once for all that ask.

    Args:
        pack: what is read from.
        place: what may be used.

    Raises:
        UserError: the place has no such device.
    """

    def __init__(self, pack: Pack, place: RunPlace) -> None:
        torch.set_num_threads(place.threads)
        self.device = device_of(place)
        self._pack, self._place = pack, place
        self._tasks: dict[TaskReference, TaskData] = {}
        self._networks: dict[Need, TrainedNetwork] = {}
        self._hearings: dict[str, Hearing] = {}

    def rows(self, spec: ProbeSpec, origins: Mapping[str, Origin] | None = None) -> list[Row]:
        """Rows of ``probe.csv``.

        What is drawn is the same for all seeds and arms of a fold, so that they differ by their networks alone.

        Args:
            spec: of the measurement.
            origins: where the clips of its tasks come from, for a probe that asks for it.

        Raises:
            OtherVersions: the specification was planned for other code than there is here.
            DataError: a split, or what a network left, is not there.
            FolderError: a feature store is not there.
            RunFailed: the probe measures something that it does not name.
        """
        check_probe_versions(spec)
        probe, name = make(PROBES, spec.probe), name_of(spec.probe)
        tasks = {reference.name: self.task(reference) for reference in spec.tasks}
        weights = {each: need for each, need in spec.needs.items() if need.file == KEPT["weights"]}
        given = ProbeInputs(
            tasks=tuple(tasks.values()),
            networks={each: self._network(spec.networks[each], need) for each, need in weights.items()},
            files={each: self._pack.file(need) for each, need in spec.needs.items() if each not in weights},
            draw=stream_seed(spec.study_seed, spec.fold, "task", *tasks, name) % 2**32,
            hearings={each.name: self._hearing(each) for each in spec.tasks} if probe.rests_on == "features" else {},
            origins=origins or {},
            trained=self._train,
        )
        numbers = list(probe.measure(given))
        if other := {number.name for number in numbers} - set(probe.measures):
            raise RunFailed(f"probe {name!r} measured {', '.join(sorted(other))}, which it does not name")
        return [asdict(number) for number in numbers]

    def task(self, reference: TaskReference) -> TaskData:
        """A task's clips."""
        if (known := self._tasks.get(key := _plain(reference))) is None:
            known = self._tasks[key] = load_task(reference, self._pack)
        return known

    def _train(self, spec: RunSpec, watch: Watch) -> None:
        train_one(spec, self._pack, self._place, watch)

    def _network(self, spec: RunSpec, weights: Need) -> TrainedNetwork:
        if weights not in self._networks:
            tasks = {reference.name: self.task(reference) for reference in spec.tasks}
            self._networks[weights] = TrainedNetwork.load(spec, tasks, weights, self._pack, self.device)
        return self._networks[weights]

    def _hearing(self, task: TaskReference) -> Hearing:
        key = json.dumps([task.front_end, task.window, task.normalise], sort_keys=True)
        if key not in self._hearings:
            assert task.front_end is not None and task.window is not None, "a probe on features is planned with both"
            given = TaskInput.of(front_end_of(task.front_end), task.window)
            self._hearings[key] = Hearing(given, task.normalise)
        return self._hearings[key]


def _plain(reference: TaskReference) -> TaskReference:
    """What of it names the clips; a front-end is told by a mapping, and no key of one."""
    return TaskReference(name=reference.name, split=reference.split, store=reference.store)


def probe_rows(spec: ProbeSpec, pack: Pack, place: RunPlace) -> list[Row]:
    """Rows of ``probe.csv``; errors are those of :class:`Workbench`."""
    return Workbench(pack, place).rows(spec)
