"""The loss of labels that do not exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cohear.tasks.targets import WindowTargets

if TYPE_CHECKING:
    from torch import Tensor


def binary_loss(out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None) -> Tensor:
    """Binary cross-entropy of logits ``[B, ..., labels]``, mean over the known entries.

    Args:
        out: logits.
        targets: 0 or 1 each, of the same shape.
        smoothing: label smoothing in [0, 1): the share of a target that is one half.
        teacher: logits of a network that knows the task, whose probabilities take the place of all targets.
    """
    from torch.nn import functional as F  # noqa: PLC0415 - keeps torch out of commands that never train

    if teacher is not None:
        return F.binary_cross_entropy_with_logits(out, teacher.sigmoid())
    soft = targets.values * (1 - smoothing) + smoothing / 2
    each = F.binary_cross_entropy_with_logits(out, soft, reduction="none")
    return (each * targets.known).sum() / targets.known.sum().clamp(min=1)
