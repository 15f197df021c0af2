"""Mean and deviation that are taken out of features: of the training part, or of each clip's group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.base.moments import Moments


@dataclass(frozen=True)
class InputScale:
    """Mean and deviation that are taken out of what an encoder sees of each clip.

    Attributes:
        usual: moments of the training part.
        scales: ``[S, 2, D]`` mean and deviation of some sets of clips; the first is the training part.
        of_clip: ``[N]`` which of them each clip has.
        by_group: whether they are of groups, so that those of a new one may be given.
        of_frames: whether features are those of frames, or of windows.
    """

    usual: Moments
    scales: Floats
    of_clip: Integers
    by_group: bool
    of_frames: bool

    @classmethod
    def of_all(cls, usual: Moments, clips: int, *, of_frames: bool) -> InputScale:
        """The same for all clips, so many."""
        return cls(usual, usual.scale[None], np.zeros(clips, np.int64), by_group=False, of_frames=of_frames)

    @classmethod
    def of_groups(cls, usual: Moments, own: Sequence[Moments], of_clip: Integers, *, of_frames: bool) -> InputScale:
        """Each group's own, as far as it is known.

        Args:
            usual: of the training part.
            own: of the groups.
            of_clip: place of each clip's group among these, -1 where it has none.
            of_frames: whether features are those of frames, or of windows.
        """
        scales = np.stack([usual.scale, *(usual.adapted_to(each).scale for each in own)])
        return cls(usual, scales, of_clip + 1, by_group=True, of_frames=of_frames)

    def of_windows(self, clips: Integers) -> tuple[Floats, Floats]:
        """Mean and deviation ``[B, D]`` that are taken out of windows of clips, positions in 0..N-1 ``[B]``."""
        own = self.scales[self.of_clip[clips]]
        return own[:, 0], own[:, 1]

    def applied(self, features: Floats, lengths: Integers, clips: Integers) -> Floats:
        """What an encoder sees of windows.

        Args:
            features: of the front-end, ``[B, W, D]`` or ``[B, D]``.
            lengths: valid frames of each window ``[B]``; beyond them zeros stay zeros.
            clips: which clip each window is of ``[B]``, positions in 0..N-1.
        """
        mean, deviation = self.of_windows(clips)
        if not self.of_frames:
            vectors: Floats = (features - mean) / deviation
            return vectors
        frames: Floats = (features - mean[:, None]) / deviation[:, None]
        frames[np.arange(features.shape[1]) >= lengths[:, None]] = 0
        return frames
