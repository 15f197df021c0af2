"""The contract of every probe, as tests to inherit.

::

    class TestMine(ProbeContract):
        name = "mine"
        settings = {"cost": 0.1}
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from cohear.base.registry import Registry
from cohear.base.tables import CURVE_CSV, PREDICTIONS_CSV
from cohear.probes.hearing import Hearing
from cohear.probes.network import TrainedNetwork
from cohear.probes.origin import ClipSounds, Origin
from cohear.probes.probe import PROBES, ROLES, Left, Measured, Probe, ProbeInputs
from cohear.runs.predictions import Predictions, predictions_text
from cohear.runs.run_folder import KEPT
from cohear.runs.task_data import TaskData
from cohear.tasks import ClipOutputs
from cohear.testing.named import NamedPartContract
from cohear.testing.plain import CLIPS, PlainPack, plain_run, plain_task
from cohear.training.device import Device
from cohear.training.loop import train_one
from cohear.training.networks import make_network
from cohear.training.settings import TrainingSettings
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec
from cohear.training.watched import Watch

_NAMES = {"task": ("one",), "ordered pair": ("one", "two"), "pair": ("one", "two"), "all": ("one", "two", "three")}


class ProbeContract(NamedPartContract):
    """What must hold for a probe; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Probe]]:
        """Probes."""
        return PROBES

    def make(self) -> Probe:
        """The probe."""
        probe: Probe = self.made()
        return probe

    def network(self, tasks: Sequence[TaskData]) -> TrainedNetwork:
        """A network of tasks with its first weights."""
        spec = plain_run([task.name for task in tasks], TrainingSettings(steps=10, batch=8, precision="float32"))
        network = make_network(spec, {task.name: task for task in tasks}).eval()
        return TrainedNetwork(spec, network, inputs_of(spec), Device())

    def file(self, name: str, tasks: Sequence[TaskData]) -> bytes:
        """What a run of tasks has left: a curve that falls and rises, or answers by chance."""
        if name == CURVE_CSV.file:
            rows = [
                {"task": task.name, "step": step, "part": part, "loss": 1 / step, "metric": 1 - 1 / step}
                for task in tasks
                for step in range(1, 11)
                for part in ("train", "validation")
            ]
            return CURVE_CSV.text(rows).encode("utf-8")
        assert name == PREDICTIONS_CSV.file, f"no {name} is made here; give it in a method of your own"
        draw, parts = np.random.default_rng(0), ("validation", "test")
        told: dict[str, dict[str, Predictions]] = {}
        for task in tasks:
            for part in parts:
                outputs = ClipOutputs.one_each(draw.normal(size=(12, task.outputs)).astype(np.float32))
                told.setdefault(task.name, {})[part] = Predictions(task.parts[part], outputs)
        return predictions_text({task.name: task for task in tasks}, told, parts).encode("utf-8")

    def tasks(self) -> tuple[TaskData, ...]:
        """Those of the subject."""
        return tuple(plain_task(name, seed) for seed, name in enumerate(_NAMES[self.make().subject]))

    def given(self) -> ProbeInputs:
        """The tasks of the subject, and what their runs left that the probe needs."""
        probe, tasks = self.make(), self.tasks()
        weights = {name: left for name, left in probe.needs.items() if left.file == KEPT["weights"]}
        return ProbeInputs(
            tasks=tasks,
            networks={name: self.network(_tasks_of(left, tasks)) for name, left in weights.items()},
            files={
                name: self.file(left.file, _tasks_of(left, tasks))
                for name, left in probe.needs.items()
                if name not in weights
            },
            draw=1,
            trained=lambda spec, watch: _train(spec, watch, tasks),
            hearings={task.name: _hearing(task) for task in tasks} if probe.rests_on == "features" else {},
            origins={task.name: _origin(task, number) for number, task in enumerate(tasks)}
            if probe.asks_origin
            else {},
        )

    def measured(self, given: ProbeInputs) -> list[Measured]:
        """All numbers."""
        return list(self.make().measure(given))

    def test_it_needs_what_its_subject_has(self) -> None:
        """A task alone has no partner, and nothing is trained beside it."""
        probe = self.make()
        assert {left.by for left in probe.needs.values()} <= set(ROLES[probe.subject])

    def test_it_gives_every_number_that_it_names(self) -> None:
        """And no other, once a place; finite ones where the tasks are as plain as these."""
        given = self.given()
        numbers = self.measured(given)
        assert self.make().measures
        assert {number.name for number in numbers} == set(self.make().measures)
        assert len({(number.name, number.task, number.partner) for number in numbers}) == len(numbers)
        assert all(np.isfinite(number.value) for number in numbers)

    def test_its_numbers_are_of_the_tasks_that_it_is_asked_of(self) -> None:
        """Of a task alone or beside another one."""
        given = self.given()
        names = {task.name for task in given.tasks}
        for number in self.measured(given):
            assert number.task in names
            assert number.partner in (names - {number.task} if len(names) > 1 else {""}) | {""}
        if self.make().subject == "ordered pair":
            assert {number.task for number in self.measured(given)} == {given.task.name}

    def test_the_same_gives_the_same(self) -> None:
        """What it draws, it draws from the stream that it is given."""
        assert self.measured(self.given()) == self.measured(self.given())

    def test_what_gains_are_scored_on_is_left_alone(self) -> None:
        """Other labels of the test part change nothing: luck there would be luck of the gain too."""
        given = self.given()
        order = np.arange(CLIPS)
        order[given.task.parts["test"]] = np.roll(given.task.parts["test"], 1)
        others = tuple(replace(task, targets=task.targets.take(order)) for task in given.tasks)
        assert self.measured(replace(given, tasks=others)) == self.measured(given)

    def test_clips_of_the_test_part_are_not_heard(self) -> None:
        """Or the names of its numbers say so."""
        given, probe = self.given(), self.make()
        if probe.hears_test:
            assert all("test" in name for name in probe.measures)
            return
        assert self.measured(replace(given, tasks=tuple(map(_other_test, given.tasks)))) == self.measured(given)

    def test_networks_are_left_as_they_are(self) -> None:
        """Their weights and their mode."""
        given = self.given()
        before = {
            name: {n: t.clone() for n, t in each.network.state_dict().items()} for name, each in given.networks.items()
        }
        self.measured(given)
        for name, each in given.networks.items():
            assert not each.network.training
            assert all(torch.equal(tensor, before[name][n]) for n, tensor in each.network.state_dict().items())


def _tasks_of(left: Left, tasks: Sequence[TaskData]) -> Sequence[TaskData]:
    """Those of the network that has left something."""
    return {"task": tasks[:1], "partner": tasks[1:2], "joint": tasks}[left.by]


def _train(spec: RunSpec, watch: Watch, tasks: Sequence[TaskData]) -> None:
    """On these tasks."""
    train_one(spec, PlainPack([task.name for task in tasks]), watch=watch)


def _hearing(task: TaskData) -> Hearing:
    """As a plain run hears it."""
    return Hearing(inputs_of(plain_run([task.name], TrainingSettings(precision="float32")))[task.name])


def _origin(task: TaskData, number: int) -> Origin:
    """Of a dataset of its own, a speaker every six clips; each clip is a little longer and louder than the last."""
    clips = np.arange(len(task.clips), dtype=np.float64)
    sounds = ClipSounds(-30 + clips / 4, -20 - clips / 8, 7000 - 10 * clips, clips % 12 == 1)
    groups = [f"speaker {clip // 6}" for clip in range(len(clips))]
    return Origin(f"dataset {number}", "speech", groups, 1 + clips / 10, 16000 + 0 * clips, sounds)


def _other_test(task: TaskData) -> TaskData:
    """A task whose test clips sound otherwise; in a store of its own, since what is made of one is kept by its key."""
    frames, offsets = task.store.frames.copy(), task.store.offsets
    for row in task.rows[task.parts["test"]]:
        frames[offsets[row] : offsets[row + 1]] += 5
    return replace(task, store=replace(task.store, key=f"{task.store.key}, other test", frames=frames))
