"""The contract of every front-end that finds frames by the names of clips, as tests to inherit.

::

    class TestMine(ClipFrontEndContract):
        def make(self) -> ClipFrontEnd:
            return Mine(Asset.at(a_file))

        def clips(self) -> list[ClipName]:
            return [ClipName("birds", "owl.wav"), ClipName("birds", "wren.wav")]
"""

from abc import abstractmethod

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.base.errors import UserError
from cohear.data.tables.clip_name import ClipName
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.front_end import FrontEnd
from cohear.testing.any_front_end import AnyFrontEndContract

_MORE = 3  # frames of a window behind those that a clip has


class ClipFrontEndContract(AnyFrontEndContract):
    """What must hold for such a front-end; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> ClipFrontEnd:
        """A front-end to test."""

    @abstractmethod
    def clips(self) -> list[ClipName]:
        """Clips that it knows, two at least."""

    def some_frames(self, front_end: FrontEnd) -> Floats:
        """Of the first clip."""
        assert isinstance(front_end, ClipFrontEnd)
        return front_end.frames(self.clips()[:1])[0]

    def windows(self) -> tuple[FrontEnd, Floats, Integers]:
        """Longer than what was cut from the clip: a window is, where a clip has one frame alone."""
        front_end, windows, lengths = super().windows()
        return front_end, np.pad(windows, ((0, 0), (0, _MORE), (0, 0))), lengths

    def test_shapes_and_types(self) -> None:
        """Each clip has the frames that were announced, of the announced width, finite."""
        front_end, clips = self.make(), self.clips()
        for clip, frames in zip(clips, front_end.frames(clips), strict=True):
            assert frames.shape == (front_end.frames_of(clip), front_end.frame_width)
            assert frames.dtype == np.float32
            assert np.isfinite(frames).all()
            assert len(frames) >= 1

    def test_a_clip_has_its_own_frames(self) -> None:
        """Whichever others are asked for, in whatever order."""
        front_end, clips = self.make(), self.clips()
        for clip, frames in zip(clips[::-1], front_end.frames(clips[::-1]), strict=True):
            np.testing.assert_array_equal(self.make().frames([clip])[0], frames)
        assert list(front_end.frames([])) == []

    def test_a_clip_that_it_does_not_know_is_told(self) -> None:
        """By its name, before anything is written: no clip gets the frames of another."""
        unknown = ClipName(self.clips()[0].dataset, "no such clip.wav")
        for ask in (self.make().frames_of, lambda clip: self.make().frames([clip])):
            try:
                ask(unknown)
            except UserError as error:
                assert unknown.clip in str(error)
            else:
                raise AssertionError("it was given frames")
