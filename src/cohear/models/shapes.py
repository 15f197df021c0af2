"""Shapes between the stages of an encoder, which nobody knows before windows have gone through it."""

from __future__ import annotations

import torch

from cohear.models.encoder import Encoder
from cohear.models.windows import Span, Windows

FRAMES = 64
"""Of the window that is looked at, where windows have frames."""


def shapes_between(encoder: Encoder, task: str, width: int) -> list[torch.Size]:
    """Shape of a row of a task behind each stage but the last, rows left out: ``[C, T, D]``, ``[D]``.

    A window of zeros goes through the encoder in evaluation, which leaves it as it is. T is that of a window of 64
    frames; what else there is does not depend on how long a window is.

    Args:
        encoder: perhaps of several tasks.
        task: one of them.
        width: of its input.
    """
    was_training = encoder.training
    encoder.eval()
    rows = torch.zeros((1, FRAMES, width) if encoder.layout != "vector" else (1, width))
    windows, shapes = Windows(rows, None, (Span(task, 1),)), []
    with torch.no_grad():
        for stage in encoder.stages()[:-1]:
            windows = stage(windows)
            shapes.append(windows.features.shape[1:])
    encoder.train(was_training)
    return shapes
