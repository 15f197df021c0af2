"""Keeps the notes of C libraries off the terminal.

libmpg123 writes a note on each flaw of a stream to the C library's ``stderr``, and libsndfile prints what it meets in
damaged sample dumps and ALAC on its ``stdout``, where JSON may be awaited; there is no way to ask either not to. Moving
file descriptors would also swallow what other threads of this process write meanwhile (progress, a traceback), so the C
library's own streams are exchanged instead: Python does not write through them.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

_NAMES = ("__stdoutp", "__stderrp") if sys.platform == "darwin" else ("stdout", "stderr")
_lock = threading.Lock()
_inside = 0
_before: list[int | None] = []


class _Quiet:
    """What is inside of its blocks is counted, and not kept here, so that one does for all; it is entered often."""

    def __enter__(self) -> None:
        if (found := _streams()) is not None:
            _enter(*found)

    def __exit__(self, *error: object) -> None:
        if (found := _streams()) is not None:
            _leave(found[0])


_QUIET = _Quiet()


def quiet_libraries() -> AbstractContextManager[None]:
    """Inside the block, what C code writes to its own streams goes nowhere; threads may be in such blocks at once.

    Where the C library's streams cannot be exchanged (Windows, musl), nothing happens.
    """
    return _QUIET


def _enter(streams: Sequence[Any], nowhere: int) -> None:  # ctypes pointers
    global _inside  # noqa: PLW0603 - the C library's streams are those of the process
    with _lock:
        if _inside == 0:
            _before[:] = [stream.value for stream in streams]
            for stream in streams:
                stream.value = nowhere
        _inside += 1


def _leave(streams: Sequence[Any]) -> None:
    global _inside  # noqa: PLW0603
    with _lock:
        _inside -= 1
        if _inside == 0:
            for stream, before in zip(streams, _before, strict=True):
                stream.value = before


@cache
def _streams() -> tuple[Sequence[Any], int] | None:
    """The C library's variables ``stdout`` and ``stderr`` (pointers), and a stream into nothing; None without them."""
    if sys.platform != "darwin" and not _is_glibc():
        return None  # elsewhere the variables are macros or lie in memory that must not be written
    try:
        library = ctypes.CDLL(None)
        streams = [ctypes.c_void_p.in_dll(library, name) for name in _NAMES]
        library.fopen.restype = ctypes.c_void_p
        nowhere = library.fopen(os.fsencode(os.devnull), b"w")  # never closed: another thread may be writing to it
    except (OSError, ValueError, AttributeError):
        return None
    return (streams, nowhere) if nowhere and all(stream.value for stream in streams) else None


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):
        return False
