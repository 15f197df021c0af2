"""The interface of an objective, and the plain sum."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from cohear.base.registry import Registry
from cohear.models.sharing import Network
from cohear.models.windows import Embedding


@dataclass(frozen=True)
class Step:
    """What a step of the optimiser begins with: a batch that went through the network.

    Attributes:
        losses: scalar loss of each task that learns and is in the batch, over its own known windows.
        embeddings: what each of these tasks' heads read. The gradient of a loss in its own task's embedding goes
            through the head alone, and costs next to nothing beside one in the weights of an encoder.
        network: whose encoders and heads the losses came through.
    """

    losses: Mapping[str, Tensor]
    embeddings: Mapping[str, Embedding]
    network: Network

    def shared(self) -> list[nn.Parameter]:
        """Parameters of encoders that several of these tasks are behind; some may be of one task all the same."""
        behind: dict[nn.Parameter, int] = {}
        for task in self.losses:
            for parameter in self.network.encoder_of(task).parameters():
                behind[parameter] = behind.get(parameter, 0) + 1
        return [parameter for parameter, tasks in behind.items() if tasks > 1 and parameter.requires_grad]


class Objective(nn.Module, ABC):
    """Fills the gradients of a network from the losses of its tasks.

    Keyword-only arguments of a subclass are its settings. It is made once a run and may keep what it has seen; its
    parameters are trained beside those of the network, and are no part of what is kept of it.

    Args:
        tasks: those that learn, in order.
    """

    version: ClassVar[int] = 1
    """Goes up when the gradients change."""

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__()
        self.tasks = list(tasks)

    @classmethod
    def made_of(cls) -> dict[str, str]:
        """Versions of packages that its numbers come from, by name; here none."""
        return {}

    def knows(self, tasks: Sequence[str]) -> None:
        """See that what is set of tasks by name is of these, all of a study; here nothing is.

        Raises:
            ValueError: there is no such task.
        """

    @abstractmethod
    def backward(self, step: Step) -> None:
        """Write ``.grad`` of every parameter, its own with them; what it draws comes from torch's current generator."""


def fill_gradients(objective: Objective, step: Step) -> None:
    """Those of a step's losses as the objective has them, and on top what the network itself has a price on."""
    objective.backward(step)
    price = step.network.price()
    if price is not None:
        torch.autograd.backward(price)


OBJECTIVES: Registry[type[Objective]] = Registry("objective")


@OBJECTIVES.register("sum")
class Sum(Objective):
    """The sum of the losses: equal weights, which well-tuned are hard to beat (Kurin et al. 2022)."""

    def backward(self, step: Step) -> None:
        """One backward pass of the sum."""
        torch.autograd.backward(list(step.losses.values()))
