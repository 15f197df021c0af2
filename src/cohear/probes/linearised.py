"""The probe ``linearised``: the gain of every pair, from gradients of the joint network alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

import numpy as np
import torch

from cohear.base.arrays import Array, Integers
from cohear.base.streams import stream
from cohear.probes.network import TrainedNetwork
from cohear.probes.probe import PROBES, Left, Measured, Probe, ProbeInputs, Subject
from cohear.runs.task_data import TaskData

CLIPS = 100
"""Of each task, at most; half of them are learnt from, the other half are judged."""
DIRECTIONS = 64
"""That gradients are projected to."""
PENALTY = 1e-2
"""Of squared weights, a clip."""


@PROBES.register("linearised")
class Linearised(Probe):
    """What a task loses by learning from its clips, and from the partner's too, near the weights of the joint network.

    There a loss is about linear in the weights, so that learning a pair again is a logistic regression on gradients,
    projected to few directions at random (Grad-TAG, Li et al. 2024). Of each clip the margin of its label over the
    other labels is learnt; the number is the log loss of the other half of the task's clips, learnt from one half of
    them, less the same learnt from both tasks: plus is better.
    """

    subject: ClassVar[Subject] = "all"
    needs: ClassVar[Mapping[str, Left]] = {"joint": Left("joint")}
    measures: ClassVar[tuple[str, ...]] = ("linearised_affinity",)

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """In nats a clip; NaN beside a task that gives no clip one class."""
        network = given.networks["joint"]
        known = at_one_scale(
            {task.name: margins_of(network, task, *_asked(given, task), given.draw) for task in given.tasks}
        )
        for task in given.tasks:
            own = known[task.name]
            alone = None if own is None else own.loss(solved([own.learnt()]))
            for partner in given.tasks:
                if partner.name != task.name:
                    other, value = known[partner.name], float("nan")
                    if own is not None and other is not None and alone is not None:
                        value = alone - own.loss(solved([own.learnt(), other.learnt()]))
                    yield Measured("linearised_affinity", value, task.name, partner.name)


def _asked(given: ProbeInputs, task: TaskData) -> tuple[Integers, Integers]:
    """Some training clips, in an order that is drawn: halves are no halves of whatever clips are ordered by."""
    clips, classes = given.clips_with_class(task)
    order = stream(given.draw, "task", task.name, "linearised").permutation(len(clips))[:CLIPS]
    return clips[order], classes[order]


class Margins(NamedTuple):
    """Of N clips of a task: margins of their labels ``[N]``, and the margins' gradients ``[N, DIRECTIONS]``."""

    margins: Array
    gradients: Array

    def learnt(self) -> Margins:
        """Every other clip."""
        return Margins(self.margins[::2], self.gradients[::2])

    def loss(self, weights: Array) -> float:
        """Mean log loss of the clips that are not learnt, at weights that are so far from those of the network."""
        return float(np.logaddexp(0, -(self.margins[1::2] + self.gradients[1::2] @ weights)).mean())


def margins_of(
    network: TrainedNetwork, task: TaskData, clips: Integers, classes: Integers, draw: int
) -> Margins | None:
    """Of some clips of a task, at the network's weights; None where they have no classes or nothing is shared.

    Each number of a gradient is added to one of the directions, with a sign, both drawn once for all tasks: lengths and
    angles stay about what they were (Weinberger et al. 2009).
    """
    shared = network.shared()
    if len(clips) < 4 or not shared:
        return None
    size = sum(parameter.numel() for parameter in shared)
    rng = stream(draw, "directions")
    bucket = torch.from_numpy(rng.integers(0, DIRECTIONS, size))
    sign = torch.from_numpy(rng.choice(np.array([-1.0, 1.0], np.float32), size))
    margins, gradients = [], []
    for windows, label in zip(network.windows_of(task, clips), classes.tolist(), strict=True):
        logits = network.network({task.name: windows})[task.name].float().mean(dim=0)  # of the clip
        margin = logits[label] - torch.cat([logits[:label], logits[label + 1 :]]).logsumexp(dim=0)
        parts = torch.autograd.grad(margin, shared, allow_unused=True, materialize_grads=True)
        flat = torch.cat([part.flatten() for part in parts]).cpu()
        gradients.append(torch.zeros(DIRECTIONS).index_add_(0, bucket, sign * flat).double().numpy())
        margins.append(float(margin.detach()))
    return Margins(np.array(margins), np.stack(gradients))


def at_one_scale(known: Mapping[str, Margins | None]) -> dict[str, Margins | None]:
    """Gradients of all tasks over their common root mean square length, so that a penalty is of no unit."""
    lengths = [np.square(each.gradients).sum(axis=1) for each in known.values() if each is not None]
    scale = float(np.sqrt(np.concatenate(lengths).mean())) if lengths else 1.0
    return {
        task: None if each is None else Margins(each.margins, each.gradients / (scale or 1.0))
        for task, each in known.items()
    }


def solved(parts: list[Margins], penalty: float = PENALTY) -> Array:
    """Weights of least mean log loss over tasks, each counted alike, by Newton's method."""
    size = parts[0].gradients.shape[1]
    weights = np.zeros(size)
    for _ in range(30):
        slope, curvature = 2 * penalty * weights, 2 * penalty * np.eye(size)
        for part in parts:
            wrong = 1 / (1 + np.exp(np.clip(part.margins + part.gradients @ weights, -500, 500)))
            slope = slope - part.gradients.T @ wrong / len(wrong)
            bent = wrong * (1 - wrong) / len(wrong)
            curvature = curvature + part.gradients.T @ (bent[:, None] * part.gradients)
        step = np.linalg.solve(curvature, slope)
        length = np.linalg.norm(step)
        weights = weights - step * min(1.0, 10 / max(float(length), 1e-12))
        if length < 1e-8:
            break
    return weights
