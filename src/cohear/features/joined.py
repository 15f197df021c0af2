"""Several front-ends as one: their numbers side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.base.errors import UserError
from cohear.base.layout import Layout
from cohear.features.front_end import FRONT_ENDS, FrontEnd, WaveformFrontEnd

LONGEST = 1.0
"""Seconds of a joined frame at most: it is as long as the least common multiple of its parts' hops."""


@dataclass(frozen=True)
class JoinedPart:
    """One of the front-ends in the joined frames.

    Attributes:
        front_end: it.
        times: of its frames stand in a joined one.
        begin, end: where its numbers stand in a joined frame.
    """

    front_end: WaveformFrontEnd
    times: int
    begin: int
    end: int


@FRONT_ENDS.register("joined")
@dataclass(frozen=True)
class Joined(WaveformFrontEnd):
    """What several front-ends give of the same sound: vectors a window side by side, or frames.

    A joined frame holds all frames of its parts that begin in it. Where a part has none left at the end of a clip its
    last one stands again.

    Args:
        of: two or more front-ends that hear waveforms, of one rate; all give vectors, or all sequences.
    """

    name: ClassVar[str] = "joined"
    version: ClassVar[int] = 1

    of: tuple[FrontEnd, ...]

    def __post_init__(self) -> None:
        names = ", ".join(each.name for each in self.of)
        for each in self.of:
            if not isinstance(each, WaveformFrontEnd):
                raise UserError(
                    f"front-end 'joined': {each.name!r} knows clips by their names; join it outside, in its file"
                )
        if len(self.of) < 2:
            raise UserError("front-end 'joined': of must name two front-ends or more")
        for what, values in (
            ("rates", {each.rate for each in self.of}),
            ("layouts (a vector a window, a sequence)", {each.layout for each in self.of}),
        ):
            if len(values) > 1:
                raise UserError(f"front-end 'joined': its parts ({names}) have several {what}; give them one")
        if self.layout == "samples":
            raise UserError(f"front-end 'joined': its parts ({names}) give samples, which one of them has all of")
        if self.hop > LONGEST * self.rate:
            raise UserError(
                f"front-end 'joined': frames of its parts ({names}) begin together only every "
                f"{self.hop / self.rate:g} s; give them hops of which one is a multiple of the others, {LONGEST:g} s "
                "at most"
            )

    @cached_property
    def parts(self) -> tuple[JoinedPart, ...]:
        """The front-ends and where their numbers stand."""
        found, begin = [], 0
        for each in self.of:
            assert isinstance(each, WaveformFrontEnd)  # checked when it was made
            times = self.hop // each.hop
            found.append(JoinedPart(each, times, begin, begin + times * each.frame_width))
            begin += times * each.frame_width
        return tuple(found)

    @property
    def rate(self) -> int:
        """That of all."""
        return self.of[0].rate

    @property
    def hop(self) -> int:
        """Least common multiple of the parts' hops."""
        return math.lcm(*(each.hop for each in self.of))

    @property
    def layout(self) -> Layout:
        """That of all."""
        return self.of[0].layout

    @property
    def reach(self) -> int | None:
        """The farthest of the parts'; None where one does not state it."""
        found = [part.front_end.reach for part in self.parts]
        return None if None in found else max(each for each in found if each is not None)

    @property
    def context(self) -> tuple[int, int]:
        """The most of the parts', in joined frames."""
        found = [(part.front_end.context, part.times) for part in self.parts]
        before, after = (max(-(-each[side] // times) for each, times in found) for side in (0, 1))
        return before, after

    @property
    def frame_width(self) -> int:
        """The parts' numbers, as many frames of each as stand in a joined one."""
        return self.parts[-1].end

    @property
    def input_width(self) -> int:
        """The parts' numbers."""
        vector = self.layout == "vector"
        return sum(part.front_end.input_width * (1 if vector else part.times) for part in self.parts)

    def frames_of(self, samples: int) -> int:
        """``ceil(samples / hop)``."""
        return -(-samples // self.hop)

    def frames(self, clips: Sequence[Floats]) -> list[Floats]:
        """``[T, frame_width]`` of each clip."""
        by_part = [part.front_end.frames(clips) for part in self.parts]
        return [self._side_by_side(self.frames_of(len(clip)), own) for clip, *own in zip(clips, *by_part, strict=True)]

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """What each part gives of its own frames, side by side."""
        rows, width = windows.shape[:2]
        given = []
        for part in self.parts:
            own = windows[:, :, part.begin : part.end].reshape(rows, width * part.times, part.front_end.frame_width)
            made = part.front_end.window_input(own, lengths * part.times)
            given.append(made if self.layout == "vector" else made.reshape(rows, width, -1))
        return np.concatenate(given, axis=-1)

    def _side_by_side(self, count: int, own: Sequence[Floats]) -> Floats:
        joined = []
        for part, frames in zip(self.parts, own, strict=True):
            places = np.minimum(np.arange(count * part.times), len(frames) - 1)
            joined.append(frames[places].reshape(count, -1))
        return np.concatenate(joined, axis=1)
