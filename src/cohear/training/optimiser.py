"""Optimisers, with a learning rate that warms up and then decays to nothing at the last step."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, TypedDict

from torch import nn
from torch.optim import SGD, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from cohear.base.named import make
from cohear.base.registry import Registry
from cohear.training.settings import TrainingSettings


class ParameterGroup(TypedDict):
    """Parameters that decay alike, as torch's optimisers take them."""

    params: list[nn.Parameter]
    weight_decay: float


class OptimiserKind(ABC):
    """Makes the optimiser of a run.

    Keyword-only arguments of a subclass's constructor are its settings. What it makes of a parameter turns on that one
    and its gradients alone: anything else would couple networks which share nothing.
    """

    version: ClassVar[int] = 1
    """Goes up when the steps change."""

    @abstractmethod
    def make(self, groups: Sequence[ParameterGroup], learning_rate: float) -> Optimizer:
        """An optimiser of torch's.

        Args:
            groups: all parameters.
            learning_rate: the peak.
        """


OPTIMISERS: Registry[type[OptimiserKind]] = Registry("optimiser")


@OPTIMISERS.register("adamw")
class WithAdamW(OptimiserKind):
    """AdamW (Loshchilov & Hutter 2019)."""

    def make(self, groups: Sequence[ParameterGroup], learning_rate: float) -> Optimizer:
        """With moments of ten and a hundred steps."""
        return AdamW([dict(group) for group in groups], lr=learning_rate, betas=(0.9, 0.99), fused=True)


@OPTIMISERS.register("sgd")
class WithSGD(OptimiserKind):
    """Stochastic gradient descent with momentum; a gradient is as long as it is, so that its learning rate is larger.

    Args:
        momentum: share of the last direction in the next.
    """

    def __init__(self, *, momentum: float = 0.9) -> None:
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum is from 0 to below 1, not {momentum:g}")
        self._momentum = momentum

    def make(self, groups: Sequence[ParameterGroup], learning_rate: float) -> Optimizer:
        """Torch's."""
        return SGD([dict(group) for group in groups], lr=learning_rate, momentum=self._momentum)


def make_optimiser(settings: TrainingSettings, steps: int, *modules: nn.Module) -> tuple[Optimizer, LambdaLR]:
    """The optimiser that settings name, weight decay on weights of layers alone, cosine decay after a warm-up.

    Nothing is clipped by a norm over all parameters.

    Args:
        settings: optimiser, rate, decay and warm-up.
        steps: that it will take.
        modules: whose parameters are trained.
    """
    parameters = [each for module in modules for each in module.parameters() if each.requires_grad]
    weights, others = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim <= 1]
    return optimiser_of(settings, steps, weights, others)


def optimiser_of(
    settings: TrainingSettings, steps: int, weights: list[nn.Parameter], others: list[nn.Parameter]
) -> tuple[Optimizer, LambdaLR]:
    """The same of parameters of which it is told which are weights of layers, and decay.

    Args:
        settings: see `make_optimiser`.
        steps: that it will take.
        weights: of layers.
        others: biases, and what norms have learnt.
    """
    groups: list[ParameterGroup] = [
        {"params": weights, "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    optimiser = make(OPTIMISERS, settings.optimiser).make(groups, settings.learning_rate)
    return optimiser, LambdaLR(optimiser, lambda step: learning_rate_factor(step, steps, settings.warmup))


def learning_rate_factor(step: int, steps: int, warmup: float) -> float:
    """Share of the peak learning rate at a step, counted from 0: linear up over the warm-up, then a cosine down to 0.

    Args:
        step: of the optimiser.
        steps: that it takes in all.
        warmup: share of them.
    """
    rising = max(1, round(warmup * steps))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))
