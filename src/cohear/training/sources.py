"""What a network's run reads beside the data of its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cohear.features.front_end import FrontEnd, build_front_end
from cohear.features.task_input import TaskInput
from cohear.training.spec import RunSpec


def inputs_of(spec: RunSpec) -> dict[str, TaskInput]:
    """What each task of a run gives its encoder: its own front-end and window, or those of the run."""
    return {
        task.name: TaskInput.of(
            _front_end(spec.front_end if task.front_end is None else task.front_end),
            spec.window if task.window is None else task.window,
        )
        for task in spec.tasks
    }


def _front_end(told: Mapping[str, Any]) -> FrontEnd:
    """The front-end of a name, with its settings."""
    return build_front_end({name: value for name, value in told.items() if name != "version"})
