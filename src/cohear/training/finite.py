"""A loss or a logit of training that is not a finite number ends the run."""

from __future__ import annotations

import torch
from torch import Tensor

from cohear.base.errors import RunFailed
from cohear.runs.finite import NETWORK_CURE
from cohear.training.device import Device, to_numpy


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
                raise RunFailed(f"{what} of task {task!r} is not a finite number at step {step}: {NETWORK_CURE}")
        self._seen.clear()
        self._finite.clear()
