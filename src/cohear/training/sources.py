"""What a network's run reads beside the data of its tasks."""

from __future__ import annotations

from cohear.features.build import front_end_of
from cohear.features.task_input import TaskInput
from cohear.training.spec import RunSpec


def inputs_of(spec: RunSpec) -> dict[str, TaskInput]:
    """What each task of a run gives its encoder: its own front-end and window, or those of the run."""
    return {task.name: TaskInput.of(front_end_of(spec.heard(task)), spec.window_of(task)) for task in spec.tasks}
