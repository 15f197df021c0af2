"""What is not a finite number ends a run: argmax of NaN is the first class, and would be a score."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cohear.base.errors import RunFailed
from cohear.training.device import Device, to_numpy

CURE = "it is no result; a lower learning rate, or the encoder, may need mending"


class StepsWatched:
    """Looks at losses and logits of training.

    Where they are made on another device, nothing waits for them until `look` is called.

    Args:
        device: where they are made.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._seen: list[tuple[str, int]] = []
        self._finite: list[Tensor] = []

    def saw(self, task: str, step: int, loss: Tensor, logits: Tensor) -> None:
        """Take note of a step of a task.

        Args:
            task: its name.
            step: its number, from 1.
            loss: scalar.
            logits: of whatever shape.

        Raises:
            RunFailed: one of them is not finite, where that can be known at no cost.
        """
        self._seen.append((task, step))
        self._finite.append(torch.stack([loss.detach().isfinite(), logits.detach().isfinite().all()]))
        if self._device.is_processor:
            self.look()

    def look(self) -> None:
        """Wait for what was noted.

        Raises:
            RunFailed: some of it is not finite; names the first step that is so.
        """
        if not self._seen:
            return
        for (task, step), (loss, logits) in zip(self._seen, to_numpy(torch.stack(self._finite)), strict=True):
            if not (loss and logits):
                what = "a logit" if loss else "the loss"
                raise RunFailed(f"{what} of task {task!r} is not a finite number at step {step}: {CURE}")
        self._seen.clear()
        self._finite.clear()


def check_answers(task: str, part: str, step: int | None, logits: NDArray[np.float32], loss: float = 0.0) -> None:
    """Look at what a network says of a part of a task.

    Args:
        task: its name.
        part: ``train``, ``validation`` or ``test``.
        step: that the weights are of; None where they are not of a training step.
        logits: of whatever shape.
        loss: over the part.

    Raises:
        RunFailed: some of it is not finite.
    """
    what = "" if np.isfinite(loss) else "the loss"
    what = what if np.isfinite(logits).all() else "a logit"
    if what:
        when = "" if step is None else f" after step {step}"
        raise RunFailed(f"{what} of task {task!r} is not a finite number on the {part} part{when}: {CURE}")
