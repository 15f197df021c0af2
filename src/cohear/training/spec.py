"""The specification of the job ``network``: one network, trained for one or several tasks."""

from __future__ import annotations

from typing import Any

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
    """

    job: str = NETWORK
    front_end: dict[str, Any]
    encoder: dict[str, Any]
    window: float
    training: TrainingSettings

    def alone(self, task: TaskReference) -> RunSpec:
        """Of the network that knows one of its tasks alone, in the same fold."""
        training = self.training.of_single()
        return self.model_copy(update={"tasks": (task,), "needs": {}, "training": training})

    def window_of(self, task: TaskReference) -> float:
        """The window of one of its tasks, seconds: the task's own, else the run's."""
        return self.window if task.window is None else task.window

    def heard(self, task: TaskReference) -> dict[str, Any]:
        """The front-end of one of its tasks: the task's own, else the run's."""
        return self.front_end if task.front_end is None else task.front_end


def teacher_of(task: str) -> str:
    """What the weights of a task's single run are to a run that learns from them."""
    return f"teacher of {task}"
