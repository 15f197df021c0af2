"""What a probe is: a question to a task, to two, or to all that are trained together, and to what their runs left."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from cohear.base.registry import Registry
from cohear.probes.network import TrainedNetwork
from cohear.runs.run_folder import KEPT
from cohear.runs.task_data import TaskData

Subject = Literal["task", "ordered pair", "pair", "all"]
"""What one measurement is of: a task alone; a task and a partner, each way round; two tasks, once; all tasks."""
Role = Literal["task", "partner", "joint"]

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


@dataclass(frozen=True)
class ProbeInputs:
    """What a probe measures on.

    Attributes:
        tasks: of the subject. Their test part is what gains are scored on: a measurement that is to foretell them
            leaves it alone.
        networks: those whose weights the probe needs, by the names that it gives its needs.
        files: content of the other files that it needs, by these names.
        draw: seeds what the probe draws.
    """

    tasks: tuple[TaskData, ...]
    networks: Mapping[str, TrainedNetwork]
    files: Mapping[str, bytes]
    draw: int

    @property
    def task(self) -> TaskData:
        """The first task."""
        return self.tasks[0]

    @property
    def partner(self) -> TaskData:
        """The second task."""
        return self.tasks[1]

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
    needs: ClassVar[Mapping[str, Left]] = {}
    """What it reads of networks of the same cell and repeat, by names of its own; these are trained first."""
    measures: ClassVar[tuple[str, ...]]
    """Names of its numbers."""

    @abstractmethod
    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """The numbers; NaN where something cannot be told of these tasks."""


PROBES: Registry[type[Probe]] = Registry("probe", {"transfer": "cohear.probes.transfer"})
