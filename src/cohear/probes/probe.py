"""What a probe is: a question to a task, to two, or to all that are trained together, and to what their runs left."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import RunFailed
from cohear.base.registry import Registry
from cohear.base.streams import stream
from cohear.probes.hearing import Hearing
from cohear.probes.network import TrainedNetwork
from cohear.probes.origin import Origin
from cohear.runs.run_folder import KEPT
from cohear.runs.task_data import TaskData
from cohear.training.spec import RunSpec
from cohear.training.watched import Watch

Subject = Literal["task", "ordered pair", "pair", "all"]
"""What one measurement is of: a task alone; a task and a partner, each way round; two tasks, once; all tasks."""
Role = Literal["task", "partner", "joint"]
Ground = Literal["data", "features", "networks"]
"""What numbers change with: clips and labels alone; the front-end too; the encoder and its training too."""
MOST_CLIPS = 500
"""Of a part that are looked at where all would take long."""

ROLES: Mapping[Subject, tuple[Role, ...]] = {
    "task": ("task",),
    "ordered pair": ("task", "partner", "joint"),
    "pair": ("task", "partner", "joint"),
    "all": ("joint",),
}
"""The runs of each subject: that of its first task alone, that of its second alone, that of all its tasks together."""


@dataclass(frozen=True)
class Left:
    """A file that a network's run leaves.

    Attributes:
        by: the run.
        file: its name.
    """

    by: Role
    file: str = KEPT["weights"]


@dataclass(frozen=True)
class Measured:
    """A number.

    Attributes:
        name: one of those that the probe ``measures``.
        value: NaN where it cannot be told.
        task: that it is of.
        partner: that the task might be trained beside; empty where it is of the task alone.
    """

    name: str
    value: float
    task: str
    partner: str = ""


def _nobody_trains(spec: RunSpec, watch: Watch) -> None:
    raise RunFailed("nothing is trained where these were given")


@dataclass(frozen=True)
class ProbeInputs:
    """What a probe measures on.

    Attributes:
        tasks: of the subject. Their test part is what gains are scored on: a measurement that is to foretell them
            leaves it alone.
        networks: those whose weights the probe needs, by the names that it gives its needs.
        files: content of the other files that it needs, by these names.
        draw: seeds what the probe draws.
        hearings: how each task is heard, for a probe that rests on features.
        origins: where the clips of each task come from, for a probe that asks for it.
        trained: trains a network of the study once more, with the same draws, and shows it to a watcher on the way.
    """

    tasks: tuple[TaskData, ...]
    networks: Mapping[str, TrainedNetwork]
    files: Mapping[str, bytes]
    draw: int
    hearings: Mapping[str, Hearing] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    trained: Callable[[RunSpec, Watch], None] = _nobody_trains

    @property
    def task(self) -> TaskData:
        """The first task."""
        return self.tasks[0]

    @property
    def partner(self) -> TaskData:
        """The second task."""
        return self.tasks[1]

    def heard(self, task: TaskData) -> NDArray[np.float32]:
        """Vectors ``[N, width]`` of a task's clips, as its front-end hears them."""
        return self.hearings[task.name].vectors(task)

    def some(self, task: TaskData, part: str = "train", most: int = MOST_CLIPS) -> NDArray[np.int64]:
        """Clips of a part of a task, positions in 0..N-1; of more than so many a draw, which is the same each time."""
        clips = task.parts[part]
        if len(clips) <= most:
            return clips
        drawn = stream(self.draw, "task", task.name, "some clips", part).choice(clips, most, replace=False)
        return np.sort(drawn)

    def clips_with_class(self, task: TaskData, part: str = "train") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Clips of `some` whose one label is known, and these labels by number, both ``[M]``; none of other kinds."""
        clips, classes = self.some(task, part), task.kind.classes(task.targets)
        clips = clips[task.targets.known[clips]] if classes is not None else clips[:0]
        return clips, np.zeros(0, np.int64) if classes is None else classes[clips]

    def both_ways(self, name: str, value: float) -> Iterable[Measured]:
        """A number that is the same of each of two tasks beside the other."""
        for task, partner in (self.tasks, self.tasks[::-1]):
            yield Measured(name, value, task.name, partner.name)

    def measured(self, name: str, value: float) -> Measured:
        """A number of the task alone, or of the task and its partner where there is one."""
        return Measured(name, value, *(task.name for task in self.tasks[:2]))


class Probe(ABC):
    """Measures something. Keyword-only arguments are settings of the study file.

    Inherit `cohear.testing.probe.ProbeContract` to test one of your own.
    """

    version: ClassVar[int] = 1
    """Raise it when the numbers change."""
    packages: ClassVar[tuple[str, ...]] = ()
    """Installed packages whose version changes the numbers."""
    on_validation: ClassVar[bool] = False
    """Whether it measures on validation parts, which a study need not have."""
    subject: ClassVar[Subject] = "ordered pair"
    """What it is asked of; with the joint network needed, only of tasks that the study trains together."""
    each: ClassVar[frozenset[Literal["arm", "seed"]]] = frozenset()
    """Of what it is asked anew beside each front-end, encoder and fold; else it is of the first arm and seed."""
    rests_on: ClassVar[Ground] = "networks"
    """What its numbers change with; it is asked once beside whatever they do not change with."""
    asks_origin: ClassVar[Literal["", "facts", "sounds"]] = ""
    """Whether it asks where clips come from, and then whether somebody must have listened to them. Such a probe is for
    `cohear measure`, which has the datasets at hand; runs have not."""
    beside_runs: ClassVar[bool] = False
    """Whether `cohear run` measures it too, at its end: what takes next to no time."""
    hears_test: ClassVar[bool] = False
    """Whether it hears clips of the test part, never their labels; its name must say so."""
    needs: ClassVar[Mapping[str, Left]] = {}
    """What it reads of networks of the same cell and repeat, by names of its own; these are trained first."""
    measures: ClassVar[tuple[str, ...]]
    """Names of its numbers."""

    @abstractmethod
    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """The numbers; NaN where something cannot be told of these tasks."""


PROBES: Registry[type[Probe]] = Registry(
    "probe",
    {
        "labels": "cohear.probes.labels",
        "durations": "cohear.probes.durations",
        "sounds": "cohear.probes.sounds",
        "feature-shape": "cohear.probes.feature_shape",
        "divergence": "cohear.probes.divergence",
        "curve": "cohear.probes.curves",
        "origin": "cohear.probes.kinship",
        "label-names": "cohear.probes.kinship",
        "distance": "cohear.probes.distance",
        "class-similarity": "cohear.probes.class_similarity",
        "dual-curve": "cohear.probes.curves",
        "transfer": "cohear.probes.transfer",
        "transferability": "cohear.probes.transferability",
        "similarity": "cohear.probes.similarity",
        "joint-run": "cohear.probes.joint_run",
        "linearised": "cohear.probes.linearised",
    },
)
"""All that can be measured; `cohear measure` asks each that needs no setting."""
