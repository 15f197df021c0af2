"""Sums of losses with weights: given, drawn, learnt, or from how losses go. One backward pass, as a plain sum has."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from cohear.training.objectives.objective import OBJECTIVES, Objective, Step


@OBJECTIVES.register("weighted")
class Weighted(Objective):
    """Weights that are given, which as good a search finds as any method does (Kurin et al. 2022, Xin et al. 2022).

    Args:
        tasks: see `Objective`.
        weights: of some tasks; the others have 1. A task alone has none.
    """

    def __init__(self, tasks: Sequence[str], *, weights: Mapping[str, float] | None = None) -> None:
        super().__init__(tasks)
        self.weights = {str(task): _number(task, weight) for task, weight in (weights or {}).items()}

    def knows(self, tasks: Sequence[str]) -> None:
        """Every name is a task's."""
        for name in self.weights:
            if name not in tasks:
                raise ValueError(f"weights: there is no task {name!r} ({', '.join(tasks)})")

    def backward(self, step: Step) -> None:
        """One backward pass of the weighted sum."""
        several = len(self.tasks) > 1
        weighted = [loss * (self.weights.get(task, 1.0) if several else 1.0) for task, loss in step.losses.items()]
        torch.autograd.backward(weighted)


SPEED = 8.0
"""How much faster than a weight of the network what a softmax of weights is made of moves.

Its authors give it a learning rate of its own, eight times that of our networks; steps of Adam are of one size.
"""


@OBJECTIVES.register("uncertainty")
class Uncertainty(Objective):
    """Each loss over a variance that is learnt beside the network (Kendall et al. 2018, equation 10)."""

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__(tasks)
        self.log_variances = nn.Parameter(torch.zeros(len(tasks)), requires_grad=len(tasks) > 1)

    def backward(self, step: Step) -> None:
        """The weighted sum, and what keeps the variances from growing."""
        logarithms = dict(zip(self.tasks, self.log_variances, strict=True))
        terms = [loss * (-logarithms[task]).exp() + logarithms[task] / 2 for task, loss in step.losses.items()]
        torch.autograd.backward([torch.stack(terms).sum()])


@OBJECTIVES.register("imtl-l")
class ImtlL(Objective):
    """Each loss times a weight that is learnt so that all count alike, without a bias (Liu et al. 2021, equation 5)."""

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__(tasks)
        self.logarithms = nn.Parameter(torch.zeros(len(tasks)), requires_grad=len(tasks) > 1)

    def backward(self, step: Step) -> None:
        """The weighted sum, less the logarithms of the weights."""
        logarithms = dict(zip(self.tasks, self.logarithms, strict=True))
        terms = [loss * logarithms[task].exp() - logarithms[task] for task, loss in step.losses.items()]
        torch.autograd.backward([torch.stack(terms).sum()])


@OBJECTIVES.register("geometric")
class Geometric(Objective):
    """The geometric mean of the losses (Chennupati et al. 2019), which does not see their scales.

    Times their number, so that it is a sum's size where all are 1.
    """

    def backward(self, step: Step) -> None:
        """One backward pass."""
        losses = torch.stack([loss.clamp(min=1e-8) for loss in step.losses.values()])
        torch.autograd.backward([len(losses) * losses.log().mean().exp()])


@OBJECTIVES.register("random-weights")
class RandomWeights(Objective):
    """New weights each step, from a softmax of normal draws, which add up to the number of tasks (Lin et al. 2022)."""

    def backward(self, step: Step) -> None:
        """One backward pass of the weighted sum."""
        weights = len(self.tasks) * torch.randn(len(self.tasks)).softmax(dim=0)
        _weighted(dict(zip(self.tasks, weights, strict=True)), step)


@OBJECTIVES.register("dwa")
class DynamicAverage(Objective):
    """Weights from how fast losses fall: dynamic weight average (Liu et al. 2019, equation 7).

    Its epochs are stretches of steps here, since passes over tasks of several sizes end at several times.

    Args:
        tasks: see `Objective`.
        temperature: of the softmax over how fast they fall; the larger, the more alike the weights.
        stretch: steps over which losses are averaged; weights are 1 in the first two.
    """

    def __init__(self, tasks: Sequence[str], *, temperature: float = 2.0, stretch: int = 25) -> None:
        super().__init__(tasks)
        if temperature <= 0 or stretch < 1:
            raise ValueError(f"temperature is more than 0 and stretch 1 or more, not {temperature:g} and {stretch}")
        self._temperature, self._stretch = temperature, stretch
        self._seen: dict[str, list[Tensor]] = {task: [] for task in tasks}
        self._means: dict[str, deque[Tensor]] = {task: deque(maxlen=2) for task in tasks}

    def backward(self, step: Step) -> None:
        """One backward pass of the weighted sum."""
        _weighted(self._weights(), step)
        for task, loss in step.losses.items():
            self._seen[task].append(loss.detach())
            if len(self._seen[task]) == self._stretch:
                self._means[task].append(torch.stack(self._seen[task]).mean())
                self._seen[task].clear()

    def _weights(self) -> dict[str, Tensor]:
        """By the means of the last two stretches, once all tasks have two."""
        if any(len(means) < 2 for means in self._means.values()):
            return {task: torch.ones(()) for task in self.tasks}
        falls = torch.stack([last / before for before, last in self._means.values()])
        return dict(zip(self.tasks, len(falls) * (falls / self._temperature).softmax(dim=0), strict=True))


@OBJECTIVES.register("famo")
class Famo(Objective):
    """Weights by which all losses fall at one pace, from losses alone (Liu et al. 2023, algorithm 1).

    How far a loss has fallen is seen at the next batch there is of it, in place of a second pass of the same.

    Args:
        tasks: see `Objective`.
        decay: of what weights are made of, towards weights that are alike.
    """

    def __init__(self, tasks: Sequence[str], *, decay: float = 0.001) -> None:
        super().__init__(tasks)
        self._decay = decay
        self.logits = nn.Parameter(torch.zeros(len(tasks)), requires_grad=len(tasks) > 1)
        self._before: dict[str, Tensor] = {}

    def backward(self, step: Step) -> None:
        """One backward pass of a weighted sum of the logarithms, a sum's size."""
        losses = {task: loss.clamp(min=1e-8) for task, loss in step.losses.items()}
        now = {task: loss.detach().log() for task, loss in losses.items()}
        shares = (SPEED * self.logits).softmax(dim=0)
        if self.logits.requires_grad:
            still = torch.zeros_like(shares[0])
            seen = self._before.keys() & now.keys()
            fallen = [self._before[task] - now[task] if task in seen else still for task in self.tasks]
            self.logits.grad = torch.autograd.grad(shares, self.logits, torch.stack(fallen), retain_graph=True)[0]
            self.logits.grad += self._decay * self.logits.detach()
        share_of = dict(zip(self.tasks, shares.detach(), strict=True))
        pulls = {task: share_of[task] / loss.detach() for task, loss in losses.items()}
        size = len(losses) / torch.stack(list(pulls.values())).sum()
        torch.autograd.backward([size * pulls[task] * loss for task, loss in losses.items()])
        self._before |= now


def _weighted(weights: Mapping[str, Tensor], step: Step) -> None:
    """One backward pass of a weighted sum; a weight of the processor goes along without being waited for."""
    torch.autograd.backward([loss * weights[task] for task, loss in step.losses.items()])


def _number(task: str, weight: object) -> float:
    """A weight of a file, from 0 on."""
    try:
        number = float(str(weight))
    except ValueError:
        number = -1.0
    if isinstance(weight, bool) or not 0 <= number < float("inf"):
        raise ValueError(f"weights.{task} must be a number from 0 on, not {weight!r}")
    return number
