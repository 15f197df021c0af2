"""Raw samples in bytes: no header tells what they are, and whoever sends them does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.audio.no_samples import HEAD_BYTES, file_in
from cohear.base.errors import DataError, UserError
from cohear.base.registry import did_you_mean
from cohear.runtime.files_within import LONGEST, file_within

PCM_FORMATS: Mapping[str, np.dtype[Any]] = MappingProxyType(
    {
        name: np.dtype(kind)
        for name, kind in {"s16le": "<i2", "s32le": "<i4", "f32le": "<f4", "mulaw": "u1", "alaw": "u1"}.items()
    }
)
"""Raw samples as FFmpeg names them, and as numpy does."""


def _from_mulaw() -> NDArray[np.int16]:
    """What each code of mu-law stands for (ITU-T G.711): telephony in North America and Japan."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (code >> 4 & 7).astype(int), (code & 15).astype(int)
    size = ((2 * mantissa + 33) << (exponent + 2)) - 132
    return np.asarray(np.where(code & 0x80, -size, size), np.int16)


def _from_alaw() -> NDArray[np.int16]:
    """The same of A-law: telephony elsewhere."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent, mantissa = (code >> 4 & 7).astype(int), (code & 15).astype(int)
    size = np.where(exponent == 0, 2 * mantissa + 1, (2 * mantissa + 33) << np.maximum(exponent - 1, 0)) << 3
    return np.asarray(np.where(code & 0x80, size, -size), np.int16)


_COMPANDED: Mapping[str, NDArray[np.int16]] = MappingProxyType({"mulaw": _from_mulaw(), "alaw": _from_alaw()})


def check_no_file(samples: NDArray[Any], *, begins: bool = True) -> None:
    """Whether integers may be sound, and are no bytes of a file: ``numpy.fromfile("a.wav", "int16")`` reads any file.

    Args:
        samples: of a waveform, of any type and shape.
        begins: whether they are the first ones, which in the order in which they lie in memory tell more.

    Raises:
        DataError: they are a file, or one begins among them.
    """
    size = samples.dtype.itemsize
    if samples.dtype.kind not in "iu":
        return
    found = file_in(_first(samples, HEAD_BYTES // size).tobytes(), bytes_a_sample=size) if begins else ""
    if found := found or file_within(samples.tobytes()):
        raise DataError(
            f"samples are the bytes of {found}: decode it first, as with soundfile, or give it to `cohear classify`"
        )


def _first(samples: NDArray[Any], count: int) -> NDArray[Any]:
    """So many numbers at least, if there are as many, in the order of memory; no more are copied than those."""
    if samples.ndim != 2 or not samples.size:
        return samples.ravel(order="K")[:count]
    is_by_row = abs(samples.strides[0]) >= abs(samples.strides[1])
    rows = samples if is_by_row else samples.T
    return rows[: -(-count // rows.shape[1])].ravel()[:count]


class RawSamples:
    """Bytes of one stream, in pieces of any size, to samples.

    Args:
        form: one of `PCM_FORMATS`.
        channels: interleaved.

    Raises:
        UserError: an unknown form.
    """

    def __init__(self, form: str, channels: int = 1) -> None:
        if form not in PCM_FORMATS:
            raise UserError(f"raw samples have no form {form!r}{did_you_mean(form, PCM_FORMATS)}")
        self._form, self._kind, self._channels = form, PCM_FORMATS[form], channels
        self._head = self._tail = b""  # of all that came
        self._rest = b""

    @property
    def frame(self) -> int:
        """Bytes of one sample of every channel."""
        return self._kind.itemsize * self._channels

    @property
    def left(self) -> int:
        """Bytes that came and are no whole frame yet."""
        return len(self._rest)

    def push(self, content: bytes) -> NDArray[Any]:
        """The samples ``[frames, channels]`` that are whole now.

        Raises:
            DataError: what came is a file, or a file begins in it, and these are no samples.
        """
        if found := self._file_in(content):
            raise DataError(
                f"these are the bytes of {found}, and no raw samples ({self._form}): hand over the file as a file, "
                "or decode it first"
            )
        content = self._rest + content if self._rest else content
        whole = len(content) // self.frame * self.frame
        self._rest = content[whole:]
        samples = np.frombuffer(content, self._kind, whole // self._kind.itemsize).reshape(-1, self._channels)
        table = _COMPANDED.get(self._form)
        return samples if table is None else table[samples]

    def _file_in(self, content: bytes) -> str:
        """What file the stream is, by its first bytes, or which begins in what comes now; empty where none."""
        if missing := HEAD_BYTES - len(self._head):
            self._head += content[:missing]
            if found := file_in(self._head, bytes_a_sample=self._kind.itemsize):
                return found
        at_seam, self._tail = self._tail + content[:LONGEST], (self._tail + content[-LONGEST:])[-LONGEST:]
        return file_within(at_seam) or file_within(content)
