"""Fingerprints of clips, and which clips share them.

The fingerprint is that of Haitsma and Kalker (2002, "A highly robust audio fingerprinting system"): a code of 32 bits a
frame, each bit the sign of how the difference between two neighbouring bands changes over time. It does not see gain
and hardly sees coding. Codes that are equal, but for the bits that were least sure, propose a pair of clips and an
offset; the share of bits that agree there decides whether it is worth a look at the samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats, Integers
from cohear.data.audit.spectrum import HASH_BANDS, HOP_SECONDS, decibel

Codes = NDArray[np.uint32]

MOST_ERRORS = 0.32
"""Largest share of bits that differ; unrelated clips differ in half of them."""
FEWEST_FRAMES = 6
"""Frames with a code that must lie beside each other."""

_SMOOTH = 4  # frames: a code sees 112 ms, so that a copy that begins half a frame later has nearly the same
_QUIET = 1e-4  # of the loudest frame: below it there is noise that no copy keeps
_MOST_IN_BUCKET = 24  # a code that so many frames share says nothing
_UNSURE = 4  # bits a code that may be turned in the search: sixteen variants
_SILENT = HASH_BANDS * 1e-9
_BITS = np.uint32(1) << np.arange(32, dtype=np.uint32)


def codes_of(hashed: Floats) -> Codes:
    """The fingerprint of a clip.

    Args:
        hashed: band powers ``[frames, HASH_BANDS]``.

    Returns:
        ``[2, max(frames - 4, 0)]``: a code a frame, 0 where the clip is too quiet, and a mask of its unsure bits.
    """
    frames = len(hashed) - _SMOOTH + 1
    if frames < 2:
        return np.zeros((2, 0), np.uint32)
    smooth = hashed[:frames].copy()
    for shift in range(1, _SMOOTH):
        smooth += hashed[shift : shift + frames]  # [frames, HASH_BANDS]
    change = np.diff(np.diff(decibel(smooth), axis=1), axis=0)  # [frames - 1, 32]
    codes = ((change > 0) * _BITS).sum(axis=1, dtype=np.uint32)
    unsure = np.argpartition(np.abs(change), _UNSURE, axis=1)[:, :_UNSURE]
    masks = _BITS[unsure].sum(axis=1, dtype=np.uint32)
    loud = smooth.sum(axis=1)
    codes[loud[1:] <= max(loud.max() * _QUIET, _SILENT)] = 0
    return np.stack([codes, masks])


@dataclass(frozen=True)
class Candidate:
    """Two clips that may hold the same sound.

    Attributes:
        first, second: positions of the clips, the smaller first.
        offset: seconds by which the sound lies later in the second clip.
        errors: share of bits that differ, or of landmarks that have no match.
        seconds: how long both have codes beside each other, or sound.
        coded: whether codes propose the pair; else landmarks do, or a third clip.
        octave: where the octave begins that both are high sounds of, in Hz; None of other sounds.
    """

    first: int
    second: int
    offset: float
    errors: float
    seconds: float
    coded: bool = True
    octave: int | None = None


def candidates(fingerprints: Sequence[Codes]) -> list[Candidate]:
    """Pairs of clips whose fingerprints agree at some offset, each with its best one."""
    lengths = np.array([codes.shape[1] for codes in fingerprints], dtype=np.int64)
    if not lengths.sum():
        return []
    flat = np.concatenate(list(fingerprints), axis=1)
    clip = np.repeat(np.arange(len(lengths)), lengths)
    frame = np.arange(flat.shape[1]) - (np.cumsum(lengths) - lengths)[clip]
    found = [np.empty((0, 3), np.int64)]
    for left, right in _matches(flat):
        other = clip[left] != clip[right]
        one, two = left[other], right[other]
        swap = clip[one] > clip[two]
        one, two = np.where(swap, two, one), np.where(swap, one, two)
        found.append(np.unique(np.stack([clip[one], clip[two], frame[two] - frame[one]], axis=1), axis=0))
    best: dict[tuple[int, int], Candidate] = {}
    for first, second, offset in np.unique(np.concatenate(found), axis=0).tolist():
        errors, frames = _errors(fingerprints[first][0], fingerprints[second][0], offset)
        if errors <= MOST_ERRORS and ((first, second) not in best or errors < best[first, second].errors):
            best[first, second] = Candidate(first, second, offset * HOP_SECONDS, errors, frames * HOP_SECONDS)
    return list(best.values())


def _matches(flat: Codes) -> Iterator[tuple[Integers, Integers]]:
    """Frames whose codes are equal when unsure bits of one of them are turned, for each way to turn them.

    Args:
        flat: ``[2, frames]`` codes and masks of all clips.
    """
    useful = np.flatnonzero(flat[0])
    order = useful[np.argsort(flat[0, useful])]
    ordered = flat[0, order]
    masks = flat[1, useful]
    bits = []
    for _ in range(_UNSURE):
        lowest = masks & (~masks + np.uint32(1))
        bits.append(lowest)
        masks = masks ^ lowest
    for turned in range(1 << _UNSURE):
        asked = flat[0, useful].copy()
        for number, bit in enumerate(bits):
            if turned >> number & 1:
                asked ^= bit
        begin = np.searchsorted(ordered, asked, side="left")
        sizes = np.searchsorted(ordered, asked, side="right") - begin
        sizes[sizes > _MOST_IN_BUCKET] = 0
        left = np.repeat(useful, sizes)
        inside = np.arange(len(left)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        yield left, order[np.repeat(begin, sizes) + inside]


def _errors(first: Codes, second: Codes, offset: int) -> tuple[float, int]:
    """Share of bits that differ where the second clip is ``offset`` frames late, and of how many frames.

    The share is 1 where too little overlaps.
    """
    begin, end = max(0, -offset), min(len(first), len(second) - offset)
    one, two = first[begin:end], second[begin + offset : end + offset]
    both = (one != 0) & (two != 0)
    count = int(both.sum())
    if count < FEWEST_FRAMES or 2 * count < min(np.count_nonzero(first), np.count_nonzero(second)):
        return 1.0, count
    return float(_popcount(one[both] ^ two[both]).sum()) / (32 * count), count


def _popcount(words: Codes) -> NDArray[np.uint8]:
    """Bits that are set in each word; as `numpy.bitwise_count`, which needs numpy 2."""
    bits = np.unpackbits(words.view(np.uint8).reshape(-1, 4), axis=1)
    return np.asarray(bits.sum(axis=1), np.uint8)
