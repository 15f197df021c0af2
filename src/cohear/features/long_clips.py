"""A clip that is too long to be held in memory, a piece at a time, each with all that its frames see."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from cohear.base.arrays import Floats
from cohear.features.front_end import WaveformFrontEnd


class Passage(NamedTuple):
    """A stretch of a waveform: ``samples`` begin with a frame; ``own`` are those of its frames that are its own."""

    samples: Floats
    own: slice


def pieces(front_end: WaveformFrontEnd, blocks: Iterable[Floats]) -> Iterator[Passage]:
    """A waveform in stretches that have as much around their own frames as these see.

    A front-end that does not state its `WaveformFrontEnd.reach` needs the whole waveform at once, and gets it.

    Args:
        front_end: whose frames these are.
        blocks: the waveform at the front-end's rate, float32 ``[samples]`` each, one after the other.
    """
    if front_end.reach is None:
        yield Passage(np.concatenate(list(blocks)), slice(None))
        return
    hop = front_end.hop
    around = max(-(-front_end.reach // hop), 1, *front_end.context)  # frames on either side that hold all that one sees
    held: Floats = np.empty(0, np.float32)
    given = 0  # frames at the beginning of what is held that were given before
    for block in blocks:
        held = np.concatenate([held, block])
        whole = len(held) // hop - around  # frames that see nothing of what is to come
        if whole > given:
            yield Passage(held[: (whole + around) * hop], slice(given, whole))
            first = max(whole - around, 0)
            held, given = held[first * hop :], whole - first
    yield Passage(held, slice(given, None))
