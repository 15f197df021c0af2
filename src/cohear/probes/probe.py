"""What a probe is: a question to a task and a partner, and to the networks that each of them has alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from cohear.base.registry import Registry
from cohear.probes.single import Single
from cohear.runs.task_data import TaskData

Role = Literal["task", "partner"]


@dataclass(frozen=True)
class ProbeInputs:
    """What a probe measures on.

    Attributes:
        task: that the measurement is of. Its test part is what gains are scored on: a measurement that is to foretell
            them leaves it alone.
        partner: that the task might be trained beside.
        networks: the single networks that the probe needs, by the role of their task.
        draw: seeds what the probe draws.
    """

    task: TaskData
    partner: TaskData
    networks: Mapping[Role, Single]
    draw: int


class Probe(ABC):
    """Measures something of an ordered pair of tasks. Keyword-only arguments are settings of the study file.

    Inherit `cohear.testing.probe.ProbeContract` to test one of your own.
    """

    version: ClassVar[int] = 1
    """Raise it when the numbers change."""
    needs: ClassVar[frozenset[Role]] = frozenset()
    """Whose single networks it looks at, of the same fold; they are trained first, and their weights kept."""
    measures: ClassVar[tuple[str, ...]]
    """Names of its numbers."""

    @abstractmethod
    def measure(self, given: ProbeInputs) -> Mapping[str, float]:
        """The numbers, by name; NaN where something cannot be told of these tasks."""


PROBES: Registry[type[Probe]] = Registry("probe", {"transfer": "cohear.probes.transfer"})
