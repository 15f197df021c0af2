"""What is heard of a waveform: frames that are louder than a floor, by the samples that each sees.

The floor is a level, not zero: a recorder's last bit, dither and a codec's rest are silence too. A constant offset,
which nobody hears, is none of the level.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SILENCE_DB = -80.0
"""Of full scale: root mean square, without the mean. The last bit of 16 is at -90 dB and below."""
FLOOR = 10.0 ** (SILENCE_DB / 10)
"""The same as a mean square."""


def heard_frames(samples: NDArray[np.float32], hop: int, before: int = 0, after: int = 0) -> NDArray[np.bool_]:
    """Which frames of a waveform are heard, ``[ceil(samples / hop)]``.

    Args:
        samples: ``[samples]``, within -1..1.
        hop: samples from one frame to the next.
        before: hops before its own whose samples a frame sees too.
        after: the same behind it.

    >>> heard_frames(np.array([0.1, -0.1, 0.3, 0.3, 0, 0], np.float32), 2).tolist()
    [True, False, False]
    """
    frames = -(-len(samples) // hop)
    whole = np.zeros(frames * hop)  # double: an offset may be ten thousand times as large as what is on it
    whole[: len(samples)] = samples
    blocks = whole.reshape(frames, hop)
    counts = np.full(frames, hop)
    counts[-1:] -= frames * hop - len(samples)
    count, total, squares = (
        _added(each, before, after) for each in (counts, blocks.sum(axis=1), np.einsum("fh,fh->f", blocks, blocks))
    )
    return np.asarray(squares / count - (total / count) ** 2 >= FLOOR, dtype=np.bool_)


def _added(blocks: NDArray[np.float64], before: int, after: int) -> NDArray[np.float64]:
    """Of each block the sum over it and the blocks around it, as far as there are some."""
    padded = np.pad(blocks.astype(np.float64), (before, after))
    return np.asarray(sum(padded[shift : shift + len(blocks)] for shift in range(before + after + 1)))
