"""Windows: fixed-length excerpts of clips in a feature store."""

import numpy as np

from cohear.features.front_end import Floats, Integers
from cohear.features.store import FeatureStore


def window_starts(frames: int, window: int, hop: int) -> Integers:
    """First frames of the windows that cover a clip.

    Args:
        frames: of the clip.
        window: frames of a window.
        hop: frames from one window to the next.

    Returns:
        Int64 ``[windows]``: every hop, and a last one that ends with the clip; a single 0 for a shorter clip.
    """
    last = max(frames - window, 0)
    starts = np.arange(0, last + 1, hop, dtype=np.int64)
    return starts if starts[-1] == last else np.append(starts, last)


def gather(store: FeatureStore, clips: Integers, starts: Integers, window: int) -> tuple[Floats, Integers]:
    """Read windows out of a store.

    Args:
        store: where the frames are.
        clips: positions of the clips ``[B]``.
        starts: first frame of each window inside its clip ``[B]``.
        window: frames W of a window.

    Returns:
        Float32 ``[B, W, frame_width]``, zero beyond the clip's end, and int64 valid frames ``[B]``.

    Raises:
        IndexError: a window starts outside its clip.
    """
    clip_frames = store.offsets[clips + 1] - store.offsets[clips]
    if ((starts < 0) | (starts >= clip_frames)).any():
        raise IndexError("a window must start inside its clip")
    lengths = np.minimum(clip_frames - starts, window)
    firsts = store.offsets[clips] + starts
    windows = np.zeros((len(clips), window, store.frame_width), np.float32)
    # slices copy rows in one go: faster than one fancy index of [B, W] rows
    for row, first, length in zip(windows, firsts.tolist(), lengths.tolist(), strict=True):
        row[:length] = store.frames[first : first + length]
    return windows, lengths
