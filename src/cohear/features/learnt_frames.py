"""What front-ends have in common whose frames a network gives that was trained elsewhere, and learns no more."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from cohear.base.arrays import Floats, Integers
from cohear.base.layout import Layout
from cohear.features.front_end import WaveformFrontEnd
from cohear.features.pooling import FramePooling, pooled, pooled_width


class LearntFrames(WaveformFrontEnd):
    """Frames of a clip, and what their ``pool`` makes of windows of them."""

    pool: FramePooling

    @abstractmethod
    def _of_clip(self, clip: Floats) -> Floats:
        """``[T, frame_width]`` of a clip."""

    @property
    def layout(self) -> Layout:
        """A vector where frames are pooled."""
        return "sequence" if self.pool == "none" else "vector"

    @property
    def input_width(self) -> int:
        """The frame's, or mean and deviation of each of its numbers."""
        return pooled_width(self.frame_width, self.pool)

    def frames(self, clips: Sequence[Floats]) -> list[Floats]:
        """``[T, frame_width]`` of each clip."""
        return [self._of_clip(clip) for clip in clips]

    @property
    def sees_frames(self) -> bool:
        """Where they are not pooled."""
        return self.pool == "none"

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """The frames, or what ``pool`` makes of them."""
        return pooled(windows, lengths, self.pool)
