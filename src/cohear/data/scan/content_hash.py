"""The name of a clip's sound: a hash of its samples, whatever the file and its format."""

import hashlib

import numpy as np
from numpy.typing import NDArray


def content_hash(*blocks: NDArray[np.float32]) -> str:
    """Hash of samples that is equal for equal numbers (``-0.0`` and ``0.0`` are equal), however they are cut.

    Args:
        blocks: float32 ``[samples]`` each, one after the other.
    """
    hashing = ContentHash()
    for samples in blocks:
        hashing.add(samples)
    return hashing.hexdigest()


class ContentHash:
    """`content_hash` of samples that come a block at a time."""

    def __init__(self) -> None:
        self._short = hashlib.blake2b(digest_size=16, person=b"int16")  # 16-bit audio, as most is: half the bytes
        self._full = hashlib.blake2b(digest_size=16)
        self._all_short = True
        self._last: NDArray[np.float32] | None = None

    def add(self, samples: NDArray[np.float32]) -> None:
        """Hash a block; the last one waits, since a clip of a single block needs one hash alone."""
        if self._last is not None:
            self._add_short(self._last)
            self._add_full(self._last)
        self._last = samples

    def hexdigest(self) -> str:
        """The hash of all blocks; nothing can be added after it."""
        if self._last is not None:
            self._add_short(self._last)
            if not self._all_short:
                self._add_full(self._last)
        return (self._short if self._all_short else self._full).hexdigest()

    def _add_short(self, samples: NDArray[np.float32]) -> None:
        if self._all_short:
            with np.errstate(invalid="ignore"):  # full scale does not fit, and is then found not to be equal
                scaled = samples * np.float32(32768)
                short = scaled.astype(np.int16)
            self._all_short = np.array_equal(short, scaled)
            self._short.update(short.data)

    def _add_full(self, samples: NDArray[np.float32]) -> None:
        self._full.update(np.add(samples, 0, dtype=np.float32).data)
