"""Stretches of a waveform whose windows are answered at once, so that any length fits in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cohear.audio.silence import HopSums
from cohear.base.arrays import Floats
from cohear.runtime.card import Windowing
from cohear.runtime.resampled import Resampled

WINDOWS_A_STRETCH = 64


@dataclass(frozen=True)
class Stretch:
    """Consecutive windows, with the samples around them that their frames see.

    Attributes:
        samples: ``[samples]``, from ``before`` frames before the first window on.
        starts: first frame of each window, counted from the waveform's beginning.
        before, after: frames of the samples that are no window's.
        seen: samples of the waveform that have come so far; all of them in the last stretch.
        hears: number of the input whose windows they are.
        own: sums over the recording's own samples in these hops; None where they are the same.
    """

    samples: Floats
    starts: list[int]
    before: int
    after: int
    seen: int
    hears: int = 0
    own: HopSums | None = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Stretches with the same one can be answered in one batch."""
        return len(self.samples), self.before, self.after, self.hears


class Cutter:
    """Cuts a waveform that comes in pieces into stretches; each window comes as soon as its samples are there.

    Args:
        windowing: of an input.
        most: windows of a stretch.
        hears: number of the input.
    """

    def __init__(self, windowing: Windowing, most: int = WINDOWS_A_STRETCH, hears: int = 0) -> None:
        self._windowing, self._most, self._hears = windowing, most, hears
        self._kept = np.zeros(0, np.float32)
        self._own: HopSums | None = None  # of the hops from `_kept_from` on
        self._kept_from = 0  # sample that `_kept` begins with: a frame's first
        self._next = 0  # first frame of the next window on the grid

    @property
    def samples(self) -> int:
        """How many have come so far."""
        return self._kept_from + len(self._kept)

    def push(self, samples: Floats, own: HopSums | None = None) -> list[Stretch]:
        """Take in samples ``[samples]``, and what is known of the recording's own; gives what is complete now."""
        self._kept = np.concatenate([self._kept, samples])
        if own is not None:
            self._own = own if self._own is None else np.concatenate([self._own, own])
        made = []
        while windows := self._complete():
            made.append(self._stretch([self._next + number * self._windowing.step for number in range(windows)]))
            self._next += windows * self._windowing.step
            self._forget()
        return made

    def end(self) -> list[Stretch]:
        """Windows that are left when the waveform ends: those that nothing was known to follow, and the last one."""
        w = self._windowing
        starts = [start for start in w.starts(self.samples) if start >= self._next or start % w.step]
        if not self.samples or not starts:
            return []
        return [self._stretch(starts, ended=True)]

    def _complete(self) -> int:
        """Windows of the grid whose samples, and those after them that they see, are all there; at most ``most``."""
        w = self._windowing
        frames = self.samples // w.hop - w.frames - w.after - self._next
        return 0 if frames < 0 else min(frames // w.step + 1, self._most)

    def _stretch(self, starts: list[int], *, ended: bool = False) -> Stretch:
        """Samples of windows that begin at these frames; to the end of the waveform where it has ended."""
        w = self._windowing
        # From a start on the grid the model's windows lie on the whole waveform's grid, up to the last one, which ends
        # with the waveform; where that one alone is left, it is all that the samples hold.
        first = starts[0]
        before = min(w.before, first)
        begin = (first - before) * w.hop - self._kept_from
        after = 0 if ended else w.after
        end = None if ended else (starts[-1] + w.frames + after) * w.hop - self._kept_from
        hops = slice(begin // w.hop, None if end is None else end // w.hop)
        own = None if self._own is None else self._own[hops]
        return Stretch(self._kept[begin:end], starts, before, after, self.samples, self._hears, own)

    def _forget(self) -> None:
        """Drop samples that no later window sees; the last window of all may begin before the next of the grid."""
        w = self._windowing
        needed = max(self._next - w.step - w.before, 0) * w.hop
        self._kept = self._kept[needed - self._kept_from :]
        if self._own is not None:
            self._own = self._own[(needed - self._kept_from) // w.hop :]
        self._kept_from = needed


class Cutters:
    """Cuts a waveform that comes in pieces into the stretches of each input of a bundle.

    Args:
        windowings: of the inputs, by number.
    """

    def __init__(self, windowings: Sequence[Windowing]) -> None:
        self._cutters = [Cutter(windowing, hears=number) for number, windowing in enumerate(windowings)]

    @property
    def samples(self) -> int:
        """How many have come so far."""
        return self._cutters[0].samples

    def push(self, block: Resampled) -> list[Stretch]:
        """Take in samples; gives the windows that are complete now, input by input."""
        own = block.own or [None] * len(self._cutters)
        return [
            stretch
            for cutter, sums in zip(self._cutters, own, strict=True)
            for stretch in cutter.push(block.samples, sums)
        ]

    def end(self) -> list[Stretch]:
        """Windows that are left when the waveform ends."""
        return [stretch for cutter in self._cutters for stretch in cutter.end()]


def stretches(blocks: Iterable[Resampled], windowings: Sequence[Windowing]) -> Iterator[Stretch]:
    """All windows of a waveform that comes in blocks."""
    cutters = Cutters(windowings)
    for block in blocks:
        yield from cutters.push(block)
    yield from cutters.end()
