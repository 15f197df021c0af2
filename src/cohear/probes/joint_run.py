"""The probe ``joint-run``: what the gradients of tasks do to each other while one network learns all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from cohear.base.arrays import Array
from cohear.probes.probe import PROBES, Left, Measured, Probe, ProbeInputs, Subject
from cohear.training.curve import grid
from cohear.training.watched import Moment


@PROBES.register("joint-run")
class JointRun(Probe):
    """Cosines of gradients and of updates, and what one task's step does to another's loss (TAG, Fifty et al. 2021).

    The joint run is trained once more, with the same draws, and looked at ten times on the batches that it learns from:
    so each number costs a joint run, whatever the number of pairs. Tasks are looked at without dropout; where batch
    statistics are shared, they are those that the network has gathered. The means over the looks are told.
    """

    subject: ClassVar[Subject] = "all"
    needs: ClassVar[Mapping[str, Left]] = {"joint": Left("joint")}
    measures: ClassVar[tuple[str, ...]] = ("gradient_cosine", "update_cosine", "look_ahead")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """NaN where tasks share no parameter, or are never in a step together."""
        spec, watcher = given.networks["joint"].spec, Watcher()
        watcher.at = set(grid(spec.training.steps)) - {spec.training.steps}
        given.trained(spec, watcher)
        for task in given.tasks:
            for partner in given.tasks:
                if task.name != partner.name:
                    for name in self.measures:
                        seen = watcher.seen.get((name, task.name, partner.name), [])
                        value = float(np.mean(seen)) if seen else np.nan
                        yield Measured(name, value, task.name, partner.name)


class Watcher:
    """Looks at some moments of a training.

    Attributes:
        at: steps of the optimiser that are looked at.
        seen: by name of the number, task and partner, what was seen at each look.
    """

    def __init__(self) -> None:
        self.at: set[int] = set()
        self.seen: dict[tuple[str, str, str], list[float]] = {}

    def __call__(self, moment: Moment) -> None:
        """Look, where it is time to."""
        shared = moment.shared()
        if moment.step not in self.at or not shared:
            return
        losses = moment.losses()
        gradients = {
            task: torch.autograd.grad(loss, shared, allow_unused=True, materialize_grads=True)
            for task, loss in losses.items()
        }
        updates = {
            task: [as_updated(*pair, moment) for pair in zip(shared, own, strict=True)]
            for task, own in gradients.items()
        }
        before = {task: float(loss.detach()) for task, loss in losses.items()}
        names = list(losses)
        for name, parts in (("gradient_cosine", gradients), ("update_cosine", updates)):
            cosines = cosines_of([flat(parts[task]) for task in names])
            for row, task in enumerate(names):
                for column, partner in enumerate(names):
                    self._saw(name, task, partner, float(cosines[row, column]))
        for partner, update in updates.items():
            for task, after in losses_behind(moment, shared, update).items():
                ahead = 1 - after / before[task] if before[task] else float("nan")
                self._saw("look_ahead", task, partner, ahead)

    def _saw(self, name: str, task: str, partner: str, value: float) -> None:
        if task != partner and np.isfinite(value):
            self.seen.setdefault((name, task, partner), []).append(value)


def flat(parts: Iterable[Tensor]) -> Tensor:
    """As one vector."""
    return torch.cat([part.detach().flatten() for part in parts])


def cosines_of(vectors: list[Tensor]) -> Array:
    """Of every two of K vectors, ``[K, K]``; NaN of one without length."""
    rows = torch.stack(vectors).double()
    unit = rows / rows.norm(dim=1, keepdim=True)
    return np.asarray((unit @ unit.T).cpu().numpy(), np.float64)


def as_updated(parameter: Tensor, gradient: Tensor, moment: Moment) -> Tensor:
    """The step that the optimiser would make of a gradient: at its rate, scaled by the run's own second moments.

    Of an optimiser that keeps none, a step along the gradient. Momentum and decay, which are of no task, are left out.
    """
    group = next(each for each in moment.optimiser.param_groups if any(parameter is one for one in each["params"]))
    state = moment.optimiser.state.get(parameter, {})
    step: Tensor = group["lr"] * gradient.detach()
    if "exp_avg_sq" not in state:
        return step
    unbiased: Tensor = state["exp_avg_sq"] / (1 - group["betas"][1] ** float(state["step"]))
    step /= unbiased.sqrt() + group["eps"]
    return step


def losses_behind(moment: Moment, shared: list[torch.nn.Parameter], update: Iterable[Tensor]) -> dict[str, float]:
    """Losses of the batch, had the shared parameters made a step; they are left as they were."""
    before = [parameter.detach().clone() for parameter in shared]
    with torch.no_grad():
        for parameter, step in zip(shared, update, strict=True):
            parameter.sub_(step)
        found = {task: float(loss) for task, loss in moment.losses().items()}
        for parameter, was in zip(shared, before, strict=True):
            parameter.copy_(was)
    return found
