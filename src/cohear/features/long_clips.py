"""Frames of a clip that is too long to be held in memory, from its waveform a piece at a time."""

from collections.abc import Iterable, Iterator

import numpy as np

from cohear.base.arrays import Floats
from cohear.features.front_end import WaveformFrontEnd


def frames_in_pieces(front_end: WaveformFrontEnd, blocks: Iterable[Floats]) -> Iterator[Floats]:
    """What ``front_end.frames`` gives of the whole waveform, a piece at a time.

    Each piece is computed with as much of its surroundings as its frames see. A front-end that does not state its
    `WaveformFrontEnd.reach` needs the whole waveform at once, and gets it.

    Args:
        front_end: makes the frames.
        blocks: the waveform at the front-end's rate, float32 ``[samples]`` each, one after the other.

    Yields:
        Float32 ``[frames, frame_width]``, consecutive.
    """
    if front_end.reach is None:
        yield front_end.frames([np.concatenate(list(blocks))])[0]
        return
    hop = front_end.hop
    around = max(-(-front_end.reach // hop), 1)  # frames on either side that hold all that a frame sees
    held: Floats = np.empty(0, np.float32)
    given = 0  # frames at the beginning of what is held that were given before
    for block in blocks:
        held = np.concatenate([held, block])
        whole = len(held) // hop - around  # frames that see nothing of what is to come
        if whole > given:
            yield front_end.frames([held[: (whole + around) * hop]])[0][given:whole]
            first = max(whole - around, 0)
            held, given = held[first * hop :], whole - first
    yield front_end.frames([held])[0][given:]
