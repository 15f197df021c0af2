"""The contract of every front-end that hears waveforms, as tests to inherit.

::

    class TestMine(FrontEndContract):
        def make(self) -> WaveformFrontEnd:
            return Mine(bands=12)
"""

from abc import abstractmethod

import numpy as np

from cohear.base.arrays import Floats
from cohear.features.front_end import FrontEnd, WaveformFrontEnd
from cohear.features.long_clips import pieces
from cohear.testing.any_front_end import TOLERANCE, AnyFrontEndContract


class FrontEndContract(AnyFrontEndContract):
    """What must hold for a front-end; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> WaveformFrontEnd:
        """A front-end to test."""

    def clips(self) -> list[Floats]:
        """Noise of several lengths, one of a single sample and one about two frames long, and silence."""
        front_end, noise = self.make(), np.random.default_rng(7)
        lengths = [1, front_end.rate, 2 * front_end.hop + 1, front_end.rate // 3]
        waveforms = [noise.uniform(-0.5, 0.5, length).astype(np.float32) for length in lengths]
        return [*waveforms, np.zeros(front_end.rate // 2, np.float32)]

    def some_frames(self, front_end: FrontEnd) -> Floats:
        """Of a second of noise."""
        assert isinstance(front_end, WaveformFrontEnd)
        return front_end.frames([self.clips()[1]])[0]

    def test_shapes_and_types(self) -> None:
        """Each clip has the frames that were announced, of the announced width, finite even for silence."""
        front_end, clips = self.make(), self.clips()
        for clip, frames in zip(clips, front_end.frames(clips), strict=True):
            assert frames.shape == (front_end.frames_of(len(clip)), front_end.frame_width)
            assert frames.dtype == np.float32
            assert np.isfinite(frames).all()
            assert len(frames) >= 1

    def test_same_input_gives_same_frames(self) -> None:
        """Nothing is random, and clips are not written to."""
        front_end, clips = self.make(), self.clips()
        copies = [clip.copy() for clip in clips]
        for first, second in zip(front_end.frames(clips), self.make().frames(clips), strict=True):
            np.testing.assert_array_equal(first, second)
        for clip, copy in zip(clips, copies, strict=True):
            np.testing.assert_array_equal(clip, copy)

    def test_frames_do_not_depend_on_other_clips(self) -> None:
        """A clip alone gives what it gives among others."""
        front_end, clips = self.make(), self.clips()
        together = front_end.frames(clips)
        for clip, frames in zip(clips, together, strict=True):
            np.testing.assert_allclose(front_end.frames([clip])[0], frames, rtol=TOLERANCE, atol=TOLERANCE)

    def test_frames_in_pieces(self) -> None:
        """A waveform that comes in pieces of any size has the same frames."""
        front_end, clips = self.make(), self.clips()
        for clip, frames in zip(clips, front_end.frames(clips), strict=True):
            for size in (len(clip), front_end.hop, 3 * front_end.hop + 1, front_end.rate // 4):
                blocks = [clip[first : first + size] for first in range(0, len(clip), size)]
                found = [front_end.frames([samples])[0][own] for samples, own in pieces(front_end, blocks)]
                np.testing.assert_allclose(np.concatenate(found), frames, rtol=TOLERANCE, atol=TOLERANCE)

    def test_no_clips_give_no_frames(self) -> None:
        """An empty batch is not an error."""
        assert list(self.make().frames([])) == []
