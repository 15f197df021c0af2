"""Weights that are learnt so that all tasks pull alike at the last weights which they share."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cohear.training.objectives.objective import OBJECTIVES, Objective, Step
from cohear.training.objectives.weighting import SPEED


@OBJECTIVES.register("gradnorm")
class GradNorm(Objective):
    """Gradients of weighted losses are as long as their mean, longer for tasks that lag behind (Chen et al. 2018).

    They are looked at in the last stage that tasks share, where a gradient costs little. As there weights add up to the
    number of tasks; here they are a softmax of what is learnt.

    Args:
        tasks: see `Objective`.
        alpha: how much longer: the power of how much less than the others' a loss has fallen.
    """

    def __init__(self, tasks: Sequence[str], *, alpha: float = 1.5) -> None:
        super().__init__(tasks)
        self._alpha = alpha
        self.logits = nn.Parameter(torch.zeros(len(tasks)), requires_grad=len(tasks) > 1)
        self._first: dict[str, Tensor] = {}

    def backward(self, step: Step) -> None:
        """One backward pass of the weighted sum, and one a task through the last stage alone."""
        for task, loss in step.losses.items():
            self._first.setdefault(task, loss.detach())
        shared = _last_shared(step)
        if not shared:
            torch.autograd.backward(list(step.losses.values()))
            return
        all_weights = len(self.tasks) * (SPEED * self.logits).softmax(dim=0)
        weights = [all_weights[self.tasks.index(task)] for task in step.losses]
        lengths = [_length(loss, shared) for loss in step.losses.values()]
        pulls = torch.stack([weight * length for weight, length in zip(weights, lengths, strict=True)])
        left = torch.stack([loss.detach() / self._first[task] for task, loss in step.losses.items()])
        wanted = pulls.detach().mean() * (left / left.mean()) ** self._alpha
        weighted = [loss * weight.detach() for loss, weight in zip(step.losses.values(), weights, strict=True)]
        torch.autograd.backward([*weighted, (pulls - wanted).abs().sum()])


def _last_shared(step: Step) -> list[nn.Parameter]:
    """Parameters of the last stage in which several tasks have any in common."""
    common = set(step.shared())
    for stage in reversed(step.network.encoder_of(next(iter(step.losses))).stages()):
        if found := [parameter for parameter in stage.parameters() if parameter in common]:
            return found
    return []


def _length(loss: Tensor, parameters: Sequence[nn.Parameter]) -> Tensor:
    """Of the gradient of a loss in parameters of which some may be another task's."""
    found = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    return torch.cat([gradient.flatten() for gradient in found if gradient is not None]).square().sum().sqrt()
