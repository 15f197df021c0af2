"""What an encoder sees of windows of frames that were learnt or made elsewhere: the frames, or statistics over time."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cohear.base.arrays import Floats, Integers

FramePooling = Literal["none", "mean", "mean+std"]
"""``none`` leaves a sequence; the others give a vector a window."""


def pooled_width(width: int, pool: FramePooling) -> int:
    """Numbers that an encoder sees for a frame, or for a window."""
    return 2 * width if pool == "mean+std" else width


def pooled(windows: Floats, lengths: Integers, pool: FramePooling) -> Floats:
    """Frames of windows, or their statistics.

    Args:
        windows: ``[B, W, D]``; nothing beyond a length is looked at.
        lengths: valid frames ``[B]``, from 1 to W.
        pool: how.

    Returns:
        Float32 ``[B, W, D]``, zero beyond lengths, or ``[B, pooled_width(D)]``; the deviation is the population's.
    """
    inside = (np.arange(windows.shape[1]) < lengths[:, None])[:, :, None]  # [B, W, 1]
    valid = windows if inside.all() else np.where(inside, windows, np.float32(0))
    if pool == "none":
        return valid
    count = lengths[:, None].astype(np.float32)
    mean: Floats = valid.sum(axis=1) / count  # [B, D]
    if pool == "mean":
        return mean
    deviation = (valid - mean[:, None]) * inside
    std = np.sqrt(np.square(deviation).sum(axis=1) / count)
    return np.concatenate([mean, std], axis=1, dtype=np.float32)
