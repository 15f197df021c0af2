"""Windows: fixed-length excerpts of clips in a feature store."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats, Integers
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


def hop_in_scoring(window: int) -> int:
    """Frames from one window of ``window`` frames to the next when clips are scored: they overlap by half."""
    return max(window // 2, 1)


def scored_windows(store: FeatureStore, clips: Integers, window: int) -> tuple[Integers, Integers]:
    """The windows whose results are pooled for clips: they overlap by half, and those of pure silence are left out.

    Silence is what `cohear.audio.silence` says, in answers as in scores. A clip that is silent throughout keeps all of
    its windows.

    Args:
        store: where the frames are.
        clips: positions of the clips ``[N]``.
        window: frames of a window.

    Returns:
        Of each window the clip, as a place in 0..N-1, and its first frame in that clip: int64 ``[windows]`` both.
    """
    starts = [window_starts(int(frames), window, hop_in_scoring(window)) for frames in store.lengths[clips]]
    clip_of_window = np.repeat(np.arange(len(clips), dtype=np.int64), [len(each) for each in starts])
    first = np.concatenate([np.zeros(0, dtype=np.int64), *starts])
    sounding = _sounding(store, clips[clip_of_window], first, window)
    any_sounding = np.bincount(clip_of_window, weights=sounding, minlength=len(clips)) > 0
    kept = sounding | ~any_sounding[clip_of_window]
    return clip_of_window[kept], first[kept]


def _sounding(store: FeatureStore, clips: Integers, starts: Integers, window: int) -> NDArray[np.bool_]:
    """Windows that are not silent, ``[windows]``."""
    return np.array([heard.any() for heard in _heard(store, clips, starts, window)], dtype=np.bool_)


def heard_frames_of(store: FeatureStore, clips: Integers, starts: Integers, window: int) -> NDArray[np.bool_]:
    """In which frames of windows there is more than silence, ``[B, W]``; in none beyond a clip's end.

    Args:
        store: where the frames are.
        clips: positions of the clips ``[B]``.
        starts: first frame of each window inside its clip ``[B]``.
        window: frames W of a window.
    """
    found = np.zeros((len(clips), window), np.bool_)
    for row, heard in zip(found, _heard(store, clips, starts, window), strict=True):
        row[: len(heard)] = heard
    return found


def _heard(store: FeatureStore, clips: Integers, starts: Integers, window: int) -> Iterator[NDArray[np.bool_]]:
    """Which frames of each window are heard, as far as its clip goes."""
    first = store.offsets[clips] + starts
    last = np.minimum(first + window, store.offsets[clips + 1])
    return (store.heard[begin:end] for begin, end in zip(first.tolist(), last.tolist(), strict=True))


def lengths_of(store: FeatureStore, clips: Integers, starts: Integers, window: int) -> Integers:
    """Valid frames of windows ``[B]``; the arguments are those of `gather`.

    Raises:
        IndexError: a window starts outside its clip.
    """
    clip_frames = store.lengths[clips]
    if ((starts < 0) | (starts >= clip_frames)).any():
        raise IndexError("a window must start inside its clip")
    lengths: Integers = np.minimum(clip_frames - starts, window)
    return lengths


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
    lengths = lengths_of(store, clips, starts, window)
    firsts = store.offsets[clips] + starts
    windows = np.zeros((len(clips), window, store.frame_width), np.float32)
    # slices copy rows in one go: faster than one fancy index of [B, W] rows
    for row, first, length in zip(windows, firsts.tolist(), lengths.tolist(), strict=True):
        row[:length] = store.frames[first : first + length]
    return windows, lengths
