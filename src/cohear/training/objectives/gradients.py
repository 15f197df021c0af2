"""Gradients of each task on its own: a matrix of those in what several have in common, and what each has for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cohear.training.objectives.objective import Step


@dataclass(frozen=True)
class TaskGradients:
    """Of one step, by a backward pass a task.

    Attributes:
        shared: parameters that the losses of several tasks come through; where norms mix rows of tasks, what one of
            them has for itself in front of a norm is such a parameter too.
        rows: ``[tasks, numbers]`` gradients of each loss in all of these, flat, one behind the other.
        own: the gradient of each other parameter, which one loss alone comes through.
    """

    shared: list[nn.Parameter]
    rows: Tensor
    own: dict[nn.Parameter, Tensor]

    @classmethod
    def of(cls, step: Step) -> TaskGradients:
        """They cost as many backward passes as there are tasks: norms mix rows, so that each goes through all of them.

        Args:
            step: its graph is freed.
        """
        learnt, losses = _learnt(step.network), list(step.losses.values())
        last = len(losses) - 1
        found = [
            torch.autograd.grad(loss, learnt, retain_graph=place < last, allow_unused=True)
            for place, loss in enumerate(losses)
        ]
        shared: list[nn.Parameter] = []
        rows: list[list[Tensor]] = [[] for _ in losses]
        own: dict[nn.Parameter, Tensor] = {}
        for parameter, each in zip(learnt, zip(*found, strict=True), strict=True):
            reached = [gradient for gradient in each if gradient is not None]
            if len(reached) > 1:
                shared.append(parameter)
                for row, gradient in zip(rows, each, strict=True):
                    row.append((torch.zeros_like(parameter) if gradient is None else gradient).flatten())
            elif reached:
                own[parameter] = reached[0]
        matrix = torch.stack([torch.cat(row) for row in rows]) if shared else torch.empty(len(losses), 0)
        return cls(shared, matrix, own)

    def fill(self, combined: Tensor) -> None:
        """Write ``.grad`` of all parameters: each task's own as it is, and in common what was made of the rows.

        Args:
            combined: ``[numbers]``.
        """
        for parameter, gradient in self.own.items():
            parameter.grad = gradient
        first = 0
        for parameter in self.shared:
            part = combined[first : first + parameter.numel()]
            first += parameter.numel()
            parameter.grad = part.view_as(parameter).to(parameter.dtype)


def fill_weighted(step: Step, shared: Sequence[nn.Parameter], weights: Tensor) -> None:
    """Write what `TaskGradients.fill` would for a weighted sum of the rows, without the rows: in one pass through all.

    Args:
        step: its graph is freed.
        shared: parameters that several tasks have in common.
        weights: ``[tasks]``, in the order of the losses.
    """
    losses, common = list(step.losses.values()), set(shared)
    own = [parameter for parameter in _learnt(step.network) if parameter not in common]
    if own:
        torch.autograd.backward(losses, inputs=own, retain_graph=bool(common))
    if common:
        weighted = [loss * weight for loss, weight in zip(losses, weights, strict=True)]
        torch.autograd.backward(weighted, inputs=list(shared))


def _learnt(network: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in network.parameters() if parameter.requires_grad]
