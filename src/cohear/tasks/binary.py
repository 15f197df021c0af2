"""The losses of labels that do not exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cohear.tasks.targets import ClipOutputs, Targets, WindowTargets

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


def binary_log_losses(
    told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_], temperatures: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Minus the logarithm of the probability of what is true, in bits: the sum over what is known of a clip, its mean.

    Arguments and result are those of :meth:`cohear.tasks.kind.TargetKind.log_losses`; targets ``[R, labels]`` are 0 or
    1.
    """
    known = targets.known & scored
    clips = len(np.unique(told.clips[known.any(axis=1)]))
    if not clips:
        return np.full(len(temperatures), np.nan)
    against = np.where(targets.values[known] > 0.5, -1.0, 1.0) * told.values[known].astype(np.float64)
    return np.array([np.logaddexp(0, against / each).sum() / clips / np.log(2) for each in temperatures])
