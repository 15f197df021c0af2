"""The specification of the job ``network``: one network, trained for one or several tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count, takewhile
from typing import Any

from pydantic import JsonValue

from cohear.base.named import name_of
from cohear.runs import NETWORK
from cohear.runs.spec import Spec, TaskReference
from cohear.training.settings import TrainingSettings


class RunSpec(Spec):
    """The training of a network.

    Attributes:
        front_end: name and settings.
        encoder: ``EncoderChoice.key()``.
        window: seconds.
        training: all settings; ``precision`` is settled here, never ``auto``.
        versions: see ``versions.py``.
        teacher_encoder: ``EncoderChoice.key()`` of its teachers, where it is not the run's.
    """

    job: str = NETWORK
    front_end: dict[str, Any]
    encoder: dict[str, Any]
    window: float
    training: TrainingSettings
    teacher_encoder: dict[str, JsonValue] | None = None

    def alone(self, task: TaskReference) -> RunSpec:
        """Of the network that knows one of its tasks alone, in the same fold."""
        training = self.training.of_single()
        return self.model_copy(update={"tasks": (task,), "needs": {}, "training": training, "teacher_encoder": None})

    def teacher(self, task: TaskReference) -> RunSpec:
        """Of a network that teaches one of its tasks; ``seed`` aside it is that run's."""
        return self.alone(task).model_copy(update={"encoder": self.teacher_encoder or self.encoder})

    def beginning(self, task: str, source: str) -> RunSpec:
        """Of the network that one of its tasks begins with, in the same fold; ``needs`` aside it is that run's.

        Args:
            task: name.
            source: see `cohear.models.sharing.Beginning`.
        """
        names = who_begins(task, [each.name for each in self.tasks], source)
        together = tuple(each for each in self.tasks if each.name in names)
        if len(together) == 1:
            return self.alone(together[0])
        training = self.training.model_copy(update={"sharing": TrainingSettings().sharing})
        return self.model_copy(update={"tasks": together, "needs": {}, "training": training})

    def givers(self) -> dict[str, RunSpec]:
        """Of the networks that it needs, by what they are to it.

        They have the versions of this run, and several teachers of a task its seed: for the same network ``needs`` may
        name another key.
        """
        from cohear.models.sharing import SHARING  # noqa: PLC0415 - brings torch

        source = SHARING[name_of(self.training.sharing)].begins_with
        found: dict[str, RunSpec] = {}
        for task in self.tasks:
            found |= dict.fromkeys(teachers_of(task.name, self.needs), self.teacher(task))
            if source is not None and (name := beginning_of(task.name)) in self.needs:
                found[name] = self.beginning(task.name, source)
        return found

    def window_of(self, task: TaskReference) -> float:
        """The window of one of its tasks, seconds: the task's own, else the run's."""
        return self.window if task.window is None else task.window

    def heard(self, task: TaskReference) -> dict[str, Any]:
        """The front-end of one of its tasks: the task's own, else the run's."""
        return self.front_end if task.front_end is None else task.front_end


def who_begins(task: str, tasks: Sequence[str], source: str) -> tuple[str, ...]:
    """The tasks of the network that a task of a combination begins with.

    Args:
        task: one of them.
        tasks: of the combination.
        source: see `cohear.models.sharing.Beginning`.
    """
    if source == "joint":
        return tuple(tasks)
    return tuple(each for each in tasks if (each == task) == (source == "singles"))


def beginning_of(task: str) -> str:
    """What the weights of another run are to a run whose task begins with them."""
    return f"beginning of {task}"


def teacher_of(task: str, number: int = 0) -> str:
    """What the weights of a task's single run are to a run that learns from them; of several each has a number."""
    return f"teacher {number} of {task}" if number else f"teacher of {task}"


def teachers_of(task: str, needs: Collection[str]) -> list[str]:
    """Those among a run's needs that teach a task, in order."""
    named = (teacher_of(task, number) for number in count())
    return list(takewhile(lambda name: name in needs, named))
