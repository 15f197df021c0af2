"""Keeps the notes of C libraries off the terminal.

libmpg123 writes a note about each flaw of a stream to the C library's ``stderr``, and libsndfile gives no way to ask
it not to. Moving file descriptor 2 would also swallow what other threads of this process write meanwhile (progress, a
traceback), so the C library's own stream is exchanged instead: Python does not write through it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_lock = threading.Lock()
_inside = 0
_before: int | None = None


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Inside the block, what C code writes to ``stderr`` goes nowhere; threads may be in such blocks at once.

    Where the C library's stream cannot be exchanged (Windows, musl), nothing happens.
    """
    streams = _streams()
    if streams is None:
        yield
        return
    _enter(*streams)
    try:
        yield
    finally:
        _leave(streams[0])


def _enter(stderr: Any, nowhere: int) -> None:  # noqa: ANN401 - a ctypes pointer
    global _inside, _before  # noqa: PLW0603 - the C library's stream is one for the process
    with _lock:
        if _inside == 0:
            _before = stderr.value
            stderr.value = nowhere
        _inside += 1


def _leave(stderr: Any) -> None:  # noqa: ANN401 - a ctypes pointer
    global _inside  # noqa: PLW0603
    with _lock:
        _inside -= 1
        if _inside == 0:
            stderr.value = _before


@cache
def _streams() -> tuple[Any, int] | None:
    """The C library's variable ``stderr`` (a pointer), and a stream into nothing; None where there is no such thing."""
    name = "__stderrp" if sys.platform == "darwin" else "stderr"
    if sys.platform != "darwin" and not _is_glibc():
        return None  # elsewhere the variable is a macro or lies in memory that must not be written
    try:
        library = ctypes.CDLL(None)
        stderr = ctypes.c_void_p.in_dll(library, name)
        library.fopen.restype = ctypes.c_void_p
        nowhere = library.fopen(os.fsencode(os.devnull), b"w")  # never closed: another thread may be writing to it
    except (OSError, ValueError, AttributeError):
        return None
    return (stderr, nowhere) if nowhere and stderr.value else None


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):
        return False
