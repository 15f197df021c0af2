"""What somebody sees who watches a network while it learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from cohear.models.sharing import Network
from cohear.runs.task_data import TaskData
from cohear.training.batches import Rows
from cohear.training.objectives import Step


@dataclass(frozen=True)
class Moment:
    """Before a step of the optimiser.

    Attributes:
        step: from 0.
        steps: that there will be.
        network: as it is.
        optimiser: of all of its parameters.
        tasks: of the run.
        batch: that the step will be made of, for each task that is in it.
    """

    step: int
    steps: int
    network: Network
    optimiser: Optimizer
    tasks: Mapping[str, TaskData]
    batch: Mapping[str, Rows]

    def losses(self) -> dict[str, Tensor]:
        """Of the batch, each task apart, by its labels alone and without what draws at random (dropout)."""
        was_training = self.network.training
        self.network.eval()
        found = {}
        for task, rows in self.batch.items():
            logits = self.network({task: rows.windows})[task]
            found[task] = self.tasks[task].kind.loss(logits.float(), rows.targets)
        self.network.train(was_training)
        return found

    def shared(self) -> list[nn.Parameter]:
        """Parameters that several tasks of the batch are behind."""
        return Step(dict.fromkeys(self.batch, torch.zeros(())), {}, self.network).shared()


Watch = Callable[[Moment], None]
"""Is called before each step; what it changes, it changes back."""


def unwatched(moment: Moment) -> None:
    """Nobody looks."""
