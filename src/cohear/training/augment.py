"""Augmentation of windows of log energies: tempo, vocal-tract length, level, colour and masks.

All of it is drawn beforehand from streams of the task's own, so a task sees the same augmented windows beside any
partner. Levels are natural logarithms of energy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cohear.base.arrays import Integers
from cohear.base.streams import NamePart, stream
from cohear.features.augmentation import LogEnergies
from cohear.features.store import FeatureStore

TEMPO = 0.1  # largest |ln| of the factor
LEVEL = 1.0  # standard deviation, nat
COLOUR = 0.4  # standard deviation of each cosine, nat
COSINES = 4
BANDS_MASKED = 10 / 64  # at most, as a share of the bands
FRAMES_MASKED = 0.15  # at most, as a share of the window
MOST_OF_A_CLIP = 0.25  # masked in time


class Augmentation:
    """What is done to each window of a task, ``[steps, batch]``.

    - tempo: frames are read at another pace (linear interpolation);
    - vocal-tract length (Jaitly & Hinton 2013): bands are read at warped frequencies;
    - level and colour: a constant and a smooth curve over the bands are added, as another microphone would;
    - masks (SpecAugment, Park et al. 2019): one over bands, one over frames, filled with the window's mean.

    Args:
        shape: steps and windows a step.
        fitting: what the front-end says of its frames.
        name: the task's stream.
        send: brings what is drawn to where the windows are.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        fitting: LogEnergies,
        *name: NamePart,
        send: Callable[[Tensor], Tensor] = lambda tensor: tensor,
    ) -> None:
        bands = fitting.bands
        self._bands, self._send = bands, send
        self._tempo = np.exp(stream(*name, "tempo").uniform(-TEMPO, TEMPO, shape))
        self._warps = None if fitting.warps is None else send(torch.from_numpy(fitting.warps))
        warps = 1 if fitting.warps is None else len(fitting.warps)
        self._warp = stream(*name, "warp").integers(0, warps, shape)
        levels = stream(*name, "level")
        self._level = levels.normal(0, LEVEL, (*shape, 1)).astype(np.float32)
        self._colour = levels.normal(0, COLOUR, (*shape, COSINES)).astype(np.float32)
        self._cosines = np.cos(np.pi * (np.arange(bands) + 0.5) * np.arange(1, COSINES + 1)[:, None] / bands)
        masks = stream(*name, "masks")
        self._bands_masked = masks.integers(0, round(BANDS_MASKED * bands) + 1, shape)
        self._first_band = masks.random(shape)
        self._frames_masked = masks.random(shape)
        self._first_frame = masks.random(shape)

    def frames_after_tempo(self, frames: Integers) -> Integers:
        """Frames ``[steps, batch]`` that clips of so many have at the pace drawn for them; at least one."""
        return np.maximum(np.ceil(frames / self._tempo), 1).astype(np.int64)

    def tempo(self, step: int) -> NDArray[np.float64]:
        """How much faster than its clip each window ``[batch]`` is played."""
        return np.asarray(self._tempo[step])

    def gather(
        self,
        step: int,
        store: FeatureStore,
        clips: Integers,
        starts: Integers,
        window: int,
        read: Callable[[Integers], Tensor],
    ) -> Tensor:
        """Read windows at the pace drawn for them.

        Args:
            step: of the training.
            store: where the frames are.
            clips: rows of the store, ``[batch]``.
            starts: first frames, counted after tempo.
            window: frames W.
            read: gives the store's frames at places of any shape.

        Returns:
            ``[batch, W, bands]``; what is beyond the lengths is arbitrary.
        """
        last = store.offsets[clips + 1] - store.offsets[clips] - 1
        at = (starts[:, None] + np.arange(window)) * self._tempo[step][:, None]
        at = np.minimum(at, last[:, None])
        before = at.astype(np.int64)
        after = np.minimum(before + 1, last[:, None])
        first = store.offsets[clips][:, None]
        weight = self._send(torch.from_numpy((at - before).astype(np.float32)))[..., None]
        frames = read(np.stack([first + before, first + after]))
        return torch.lerp(frames[0], frames[1], weight)

    def apply(self, step: int, windows: Tensor, lengths: Integers) -> Tensor:
        """Warp, colour and mask windows ``[batch, W, bands]``; zeros beyond the lengths."""
        if self._warps is not None:
            windows = torch.bmm(windows, self._warps[self._send(torch.from_numpy(self._warp[step]))])
        shift = self._level[step] + self._colour[step] @ self._cosines.astype(np.float32)
        windows = windows + self._send(torch.from_numpy(shift))[:, None]
        kept = self._kept(step, windows.shape[1], lengths)
        valid = self._send(torch.from_numpy(np.arange(windows.shape[1]) < lengths[:, None]))[..., None]
        windows = windows * valid
        numbers = self._send(torch.from_numpy(lengths * self._bands))
        mean = windows.sum(dim=(1, 2), keepdim=True) / numbers[:, None, None]
        return torch.where(kept, windows, mean.to(windows.dtype)) * valid

    def _kept(self, step: int, window: int, lengths: Integers) -> Tensor:
        """What no mask covers, bool ``[batch, W, bands]``."""
        first = (self._first_band[step] * (self._bands - self._bands_masked[step] + 1)).astype(np.int64)
        in_bands = _within(self._bands, first, self._bands_masked[step])
        most = np.minimum(FRAMES_MASKED * window, MOST_OF_A_CLIP * lengths)
        frames = (self._frames_masked[step] * (most + 1)).astype(np.int64)
        frames = np.minimum(frames, most.astype(np.int64))
        in_frames = _within(window, (self._first_frame[step] * (lengths - frames + 1)).astype(np.int64), frames)
        over_bands, over_frames = (self._send(torch.from_numpy(each)) for each in (in_bands, in_frames))
        return ~(over_bands[:, None, :] | over_frames[:, :, None])


def _within(size: int, first: Integers, count: Integers) -> NDArray[np.bool_]:
    """Which of ``size`` places lie in ``[first, first + count)``, a row each."""
    places = np.arange(size)
    return (places >= first[:, None]) & (places < (first + count)[:, None])
