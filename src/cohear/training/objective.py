"""Objectives: how the losses of several tasks become one step of the network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from cohear.base.registry import Registry
from cohear.models.sharing import Network


class Objective(ABC):
    """Fills the gradients of a network from the losses of its tasks."""

    version: ClassVar[int] = 1
    """Goes up when the gradients change."""

    @abstractmethod
    def backward(self, losses: Mapping[str, Tensor], network: Network) -> None:
        """Write ``.grad`` of every parameter.

        Args:
            losses: scalar loss of each task over its own known windows.
            network: whose encoders and heads the losses came through.
        """


OBJECTIVES: Registry[type[Objective]] = Registry("objective")


@OBJECTIVES.register("sum")
class Sum(Objective):
    """The sum of the losses: equal weights, which well-tuned are hard to beat (Kurin et al. 2022)."""

    def backward(self, losses: Mapping[str, Tensor], network: Network) -> None:
        """One backward pass of the sum."""
        torch.autograd.backward(list(losses.values()))
