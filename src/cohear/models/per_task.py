"""A layer of which each task has its own: a norm, a first stage for inputs of unequal width."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import nn

from cohear.base.streams import torch_stream
from cohear.models.inference import at_inference
from cohear.models.windows import Windows


class PerTask(nn.Module):
    """Gives each task's rows to that task's own layer.

    First weights are drawn from a stream of the task's own, so that they are the same beside any partner, and what is
    drawn after them does not depend on how many tasks there are.

    Args:
        tasks: names.
        make: makes a task's layer, from `Windows` to `Windows`.
    """

    def __init__(self, tasks: Iterable[str], make: Callable[[str], nn.Module]) -> None:
        super().__init__()
        self.tasks = list(tasks)
        # A list, not a dict by name: torch forbids dots in names of modules, and task names are the user's.
        self.layers = nn.ModuleList()
        place = int(torch.randint(1 << 62, ()))  # one draw, however many tasks; two such layers begin differently
        for task in self.tasks:
            with torch_stream(place, "task", task):
                self.layers.append(make(task))

    def forward(self, windows: Windows) -> Windows:
        """Layer by layer, the rows in the order in which they came."""
        parts: dict[str, Windows] = {task: self._of(task)(own) for task, own in windows.by_task()}
        return Windows.joined(parts)

    def plain(self, task: str) -> nn.Module:
        """The task's own layer."""
        return at_inference(self._of(task), task)

    def _of(self, task: str) -> nn.Module:
        return self.layers[self.tasks.index(task)]
