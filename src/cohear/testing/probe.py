"""The contract of every probe, as tests to inherit.

::

    class TestMine(ProbeContract):
        name = "mine"
        settings = {"cost": 0.1}
"""

from dataclasses import replace

import numpy as np
import torch

from cohear.base.registry import Registry
from cohear.features.front_end import build_front_end
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import head_of
from cohear.models.sharing import SHARING, Draws
from cohear.probes.probe import PROBES, Probe, ProbeInputs, Role
from cohear.probes.single import Single
from cohear.runs.task_data import TaskData
from cohear.testing.named import NamedPartContract
from cohear.testing.plain import BANDS, CLIPS, FRAMES, plain_task


class ProbeContract(NamedPartContract):
    """What must hold for a probe; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Probe]]:
        """Probes."""
        return PROBES

    def make(self) -> Probe:
        """The probe."""
        probe: Probe = self.made()
        return probe

    def single(self, task: TaskData) -> Single:
        """A network of that task with its first weights."""
        given = TaskInput(build_front_end({"name": "summary", "bands": BANDS}), FRAMES)
        encoder = EncoderChoice("dnn", settings={"hidden": 16, "layers": 1})
        inputs, heads = {task.name: given.width}, {task.name: head_of(task.kind, task.labels)}
        network = SHARING["multihead"](inputs, heads, encoder.build, Draws((0, 0, 0)))
        return Single(task.name, network.eval(), given)

    def given(self) -> ProbeInputs:
        """Two tasks and the networks that the probe needs."""
        tasks: dict[Role, TaskData] = {"task": plain_task("one", 0), "partner": plain_task("two", 1)}
        networks = {role: self.single(tasks[role]) for role in self.make().needs}
        return ProbeInputs(tasks["task"], tasks["partner"], networks, draw=1)

    def test_it_gives_every_number_that_it_names(self) -> None:
        """And no other; finite ones where the tasks are as plain as these."""
        told = self.make().measure(self.given())
        assert self.make().measures
        assert set(told) == set(self.make().measures)
        assert all(np.isfinite(value) for value in told.values())

    def test_the_same_gives_the_same(self) -> None:
        """What it draws, it draws from the stream that it is given."""
        assert self.make().measure(self.given()) == self.make().measure(self.given())

    def test_what_gains_are_scored_on_is_left_alone(self) -> None:
        """Other labels of the test part change nothing: luck there would be luck of the gain too."""
        given = self.given()
        order = np.arange(CLIPS)
        order[given.task.parts["test"]] = np.roll(given.task.parts["test"], 1)
        other = replace(given, task=replace(given.task, targets=given.task.targets.take(order)))
        assert self.make().measure(other) == self.make().measure(given)

    def test_networks_are_left_as_they_are(self) -> None:
        """Their weights and their mode."""
        given = self.given()
        before = {
            role: {n: t.clone() for n, t in each.network.state_dict().items()} for role, each in given.networks.items()
        }
        self.make().measure(given)
        for role, single in given.networks.items():
            assert not single.network.training
            assert all(torch.equal(tensor, before[role][name]) for name, tensor in single.network.state_dict().items())
