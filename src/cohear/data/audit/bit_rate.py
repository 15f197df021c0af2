"""How many bits a second files were stored with, where that was chosen and does not follow from what is heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cohear.audio.segment import Segment
from cohear.data.scan.facts import ClipFacts

_CODED = {".mp3": (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320)}
"""Constant rates in kbit/s that encoders offer (ISO 11172-3 and 13818-3, layer III), by suffix."""
_WHOLE = (".wav", ".wave", ".aif", ".aiff", ".au", ".w64", ".rf64", ".caf")
_BITS = (8, 16, 24, 32, 64)  # of a sample
_NEAR = 0.03
_HEADER_BYTES = 4096  # tags and headers may be as large beside the sound


def bit_rates(segments: Sequence[Segment], facts: Sequence[ClipFacts]) -> NDArray[np.float64]:
    """Kilobits a second of each clip's file ``[clips]``; 0 where the rate varies with the sound, or is not known.

    Known is the constant rate of an MP3 file, and that of samples which are stored as they are (so that 16 and 24 bits
    differ), by the size of a file and the length that was decoded. Of a segment nothing is known.
    """
    return np.array([_bit_rate(*one) for one in zip(segments, facts, strict=True)])


def _bit_rate(segment: Segment, fact: ClipFacts) -> float:
    suffix = segment.path.suffix.lower()
    is_whole_file = segment.start is None and segment.end is None
    if not is_whole_file or not fact.samples or suffix not in (*_CODED, *_WHOLE):
        return 0.0
    try:
        size = segment.path.stat().st_size
    except OSError:
        return 0.0
    one_bit = fact.rate * fact.channels / 1000  # kilobits a second of a bit a sample
    offered = _CODED.get(suffix) or [bits * one_bit for bits in _BITS]
    least, most = (8 * max(bytes_of, 0) / fact.seconds / 1000 for bytes_of in (size - _HEADER_BYTES, size))
    near = [rate for rate in offered if least / (1 + _NEAR) <= rate <= most * (1 + _NEAR)]
    return float(near[0]) if len(near) == 1 else 0.0
