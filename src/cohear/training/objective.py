"""Objectives: how the losses of several tasks become one step of the network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from cohear.base.registry import Registry
from cohear.models.sharing import Network


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

    @abstractmethod
    def backward(self, losses: Mapping[str, Tensor], network: Network) -> None:
        """Write ``.grad`` of every parameter, its own among them; what it draws comes from torch's current generator.

        Args:
            losses: scalar loss of each task that is in the batch, over its own known windows.
            network: whose encoders and heads the losses came through.
        """


OBJECTIVES: Registry[type[Objective]] = Registry("objective")


@OBJECTIVES.register("sum")
class Sum(Objective):
    """The sum of the losses: equal weights, which well-tuned are hard to beat (Kurin et al. 2022)."""

    def backward(self, losses: Mapping[str, Tensor], network: Network) -> None:
        """One backward pass of the sum."""
        torch.autograd.backward(list(losses.values()))
