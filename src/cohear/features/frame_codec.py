"""Frames as bytes for another machine: the same numbers to the last bit, in as few bytes as they take.

Frames are stored in the first of these forms that holds every number exactly: multiples of 1/8 or 1/16 in 16 bits,
float16, bfloat16, float32. Of multiples, what neighbours do not tell is stored (`cohear.features.band_prediction`).
Bytes of one rank are laid side by side, band by band along time, and compressed: sign and exponent hardly change from
frame to frame, the last digits are noise and stay as long as they are.
"""

from __future__ import annotations

import bz2
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.features.band_prediction import residuals, restored
from cohear.features.rounding import STEPS

_SAMPLE = 1 << 12
"""Numbers that are tried first: most frames are in no short form, and show it at once."""

_Bits = NDArray[np.uint16] | NDArray[np.uint32]


@dataclass(frozen=True)
class _Form:
    """How numbers are written.

    Attributes:
        write, read: float32 to unsigned integers, and back.
        compress: bytes of one rank.
    """

    write: Callable[[Floats], _Bits]
    read: Callable[[_Bits], Floats]
    compress: Callable[[bytes], bytes]


def _multiples(steps: int) -> _Form:
    """Of one ``steps``-th, in 16 bits."""

    def write(frames: Floats) -> _Bits:
        with np.errstate(invalid="ignore"):
            whole: NDArray[np.int16] = np.clip(frames * np.float32(steps), -32768, 32767).astype(np.int16)
        return whole.view(np.uint16)

    return _Form(write, lambda packed: packed.view(np.int16).astype(np.float32) / np.float32(steps), bz2.compress)


def _half(frames: Floats) -> _Bits:
    with np.errstate(over="ignore"):
        return frames.astype(np.float16).view(np.uint16)


_FORMS = {
    **{name: _multiples(steps) for name, steps in STEPS.items()},
    "float16": _Form(_half, lambda packed: packed.view(np.float16).astype(np.float32), zlib.compress),
    "bfloat16": _Form(
        lambda frames: (frames.view(np.uint32) >> 16).astype(np.uint16),
        lambda packed: (packed.astype(np.uint32) << 16).view(np.float32),
        zlib.compress,
    ),
    "float32": _Form(lambda frames: frames.view(np.uint32), lambda packed: packed.view(np.float32), zlib.compress),
}
_UNPACK = dict.fromkeys(STEPS, bz2.decompress)


def encoded(frames: Floats, heard: NDArray[np.bool_]) -> bytes:
    """Frames, and which of them are heard, as bytes.

    Args:
        frames: float32 ``[T, D]``.
        heard: ``[T]``.
    """
    bands = np.ascontiguousarray(frames.T)  # [D, T]
    form = next(name for name in _FORMS if _holds(name, bands))
    numbers, weights = _FORMS[form].write(bands), list[list[int]]()
    if form in STEPS:
        numbers, weights = residuals(numbers.view(np.int16))
    ranks = numbers.reshape(-1).view(np.uint8).reshape(-1, numbers.itemsize).T  # [bytes of a number, D * T]
    parts = [zlib.compress(np.packbits(heard).tobytes()), *(_FORMS[form].compress(rank.tobytes()) for rank in ranks)]
    lengths = [len(part) for part in parts]
    head = {"form": form, "frames": len(frames), "width": frames.shape[1], "parts": lengths, "weights": weights}
    return json.dumps(head).encode() + b"\n" + b"".join(parts)


def decoded(content: bytes) -> tuple[Floats, NDArray[np.bool_]]:
    """What ``encoded`` was given.

    Raises:
        ValueError: the bytes are something else.
    """
    line, _, rest = content.partition(b"\n")
    try:
        head = json.loads(line)
        shape, unpack = (head["width"], head["frames"]), _UNPACK.get(head["form"], zlib.decompress)
        ends = np.cumsum(head["parts"]).tolist()
        heard, *ranks = [rest[end - length : end] for end, length in zip(ends, head["parts"], strict=True)]
        planes = np.stack([np.frombuffer(unpack(rank), np.uint8) for rank in ranks], axis=1)  # [D * T, bytes]
        numbers = np.ascontiguousarray(planes).view(np.uint16 if len(ranks) == 2 else np.uint32).reshape(shape)
        if head["form"] in STEPS:
            numbers = restored(numbers.view(np.uint16), head["weights"]).view(np.uint16)
        bits = np.frombuffer(zlib.decompress(heard), np.uint8)
        mask = np.unpackbits(bits, count=shape[1]).astype(np.bool_)
        return np.ascontiguousarray(_FORMS[head["form"]].read(numbers).T), mask
    except (KeyError, TypeError, ValueError, OSError, EOFError, zlib.error) as error:
        raise ValueError(f"these are no frames: {error}") from error


def _holds(name: str, bands: Floats) -> bool:
    """Whether a form gives every number back, to the bit: also zeros below zero, and what is no number."""
    form = _FORMS[name]
    return all(
        np.array_equal(form.read(form.write(part)).view(np.uint32), part.view(np.uint32))
        for part in (bands.reshape(-1)[:_SAMPLE], bands)
    )
