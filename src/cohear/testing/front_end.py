"""The contract of every front-end, as tests to inherit.

::

    class TestMine(FrontEndContract):
        def make(self) -> FrontEnd:
            return Mine(bands=12)
"""

from abc import ABC, abstractmethod

import numpy as np

from cohear.base.arrays import Floats
from cohear.features.front_end import FRONT_ENDS, FrontEnd, build_front_end
from cohear.features.long_clips import frames_in_pieces

_TOLERANCE = 1e-5  # products of matrices of other shapes may round differently


class FrontEndContract(ABC):
    """What must hold for a front-end; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> FrontEnd:
        """A front-end to test."""

    def clips(self) -> list[Floats]:
        """Noise of several lengths, one of a single sample and one about two frames long, and silence."""
        front_end, noise = self.make(), np.random.default_rng(7)
        lengths = [1, front_end.rate, 2 * front_end.hop + 1, front_end.rate // 3]
        waveforms = [noise.uniform(-0.5, 0.5, length).astype(np.float32) for length in lengths]
        return [*waveforms, np.zeros(front_end.rate // 2, np.float32)]

    def windows(self) -> tuple[FrontEnd, Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """Windows ``[B, W, frame_width]`` cut from noise and their lengths ``[B]``, the first of them 1."""
        front_end = self.make()
        frames = front_end.frames([self.clips()[1]])[0]
        width = max(len(frames) // 4, 1)
        lengths = np.array([1, width, max(width // 2, 1), width], np.int64)
        batch = np.stack([frames[(first := i * len(frames) // 5) : first + width] for i in range(4)])
        return front_end, batch, lengths

    def test_is_registered_under_its_name(self) -> None:
        """A study file finds it, with the same settings."""
        front_end = self.make()
        assert FRONT_ENDS[front_end.name] is type(front_end)
        assert build_front_end({"name": front_end.name, **front_end.settings()}) == front_end

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
            np.testing.assert_allclose(front_end.frames([clip])[0], frames, rtol=_TOLERANCE, atol=_TOLERANCE)

    def test_frames_in_pieces(self) -> None:
        """A waveform that comes in pieces of any size has the same frames."""
        front_end, clips = self.make(), self.clips()
        for clip, frames in zip(clips, front_end.frames(clips), strict=True):
            for size in (len(clip), front_end.hop, 3 * front_end.hop + 1, front_end.rate // 4):
                blocks = [clip[first : first + size] for first in range(0, len(clip), size)]
                pieces = list(frames_in_pieces(front_end, blocks))
                np.testing.assert_allclose(np.concatenate(pieces), frames, rtol=_TOLERANCE, atol=_TOLERANCE)

    def test_no_clips_give_no_frames(self) -> None:
        """An empty batch is not an error."""
        assert list(self.make().frames([])) == []

    def test_window_input_shape(self) -> None:
        """The announced width; a sequence is zero beyond the lengths."""
        front_end, windows, lengths = self.windows()
        given = front_end.window_input(windows, lengths)
        assert given.dtype == np.float32
        assert np.isfinite(given).all()
        if front_end.layout == "vector":
            assert given.shape == (len(windows), front_end.input_width)
        else:
            assert given.shape == (*windows.shape[:2], front_end.input_width)
            beyond = np.arange(windows.shape[1]) >= lengths[:, None]
            assert not given[beyond].any()

    def test_window_input_does_not_depend_on_other_windows(self) -> None:
        """A window alone gives what it gives in a batch."""
        front_end, windows, lengths = self.windows()
        together = front_end.window_input(windows, lengths)
        for i in range(len(windows)):
            alone = front_end.window_input(windows[i : i + 1], lengths[i : i + 1])
            np.testing.assert_allclose(alone[0], together[i], rtol=_TOLERANCE, atol=_TOLERANCE)

    def test_window_input_does_not_look_beyond_lengths(self) -> None:
        """Whatever lies beyond a window's length, even NaN, changes nothing; windows are not written to."""
        front_end, windows, lengths = self.windows()
        beyond = np.arange(windows.shape[1]) >= lengths[:, None]
        expected = front_end.window_input(windows, lengths)
        for junk in (0.0, 1e6, -1e6, np.nan, np.inf):
            spoilt = windows.copy()
            spoilt[beyond] = junk
            before = spoilt.copy()
            np.testing.assert_array_equal(front_end.window_input(spoilt, lengths), expected)
            np.testing.assert_array_equal(spoilt, before)
