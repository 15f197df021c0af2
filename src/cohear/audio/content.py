"""A file's bytes by place, and files that are put together from pieces of it."""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MAPPED_BYTES = 1 << 24  # a larger file is mapped, not read: no more of it is in memory than is looked at
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class ByteSpan:
    """A stretch of a file, in bytes."""

    begin: int
    end: int

    def __len__(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True)
class Zeros:
    """So many bytes of zero."""

    count: int

    def __len__(self) -> int:
        return self.count


Bytes = bytes | mmap.mmap
"""What is read of a file: in memory, or as it lies on disk."""

FilePiece = bytes | ByteSpan | Zeros
"""A part of a file that is put together: bytes of its own, a stretch of the file on disk, or nothing."""


class Content:
    """An open file.

    Args:
        path: its name, for what is said of it.
        descriptor: it is open there, and stays open as long as this is used.
        status: of the file.
        begin: the byte that is the first one here: what is in front of it is another file, put before this one.
    """

    def __init__(self, path: Path, descriptor: int, status: os.stat_result, begin: int = 0) -> None:
        self.path = path
        self.descriptor = descriptor
        self.begin = begin
        self.size = status.st_size - begin
        self._status = status
        self.state = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        self.changed_ns = (status.st_mtime_ns, status.st_ctime_ns)
        self._whole: bytes | mmap.mmap | None = None
        self.head = b""
        self.head = self.at(0, _HEAD_BYTES)

    def at(self, begin: int, count: int) -> bytes:
        """Bytes from a place on, fewer where the file ends."""
        if 0 <= begin <= begin + count <= len(self.head):
            return self.head[begin : begin + count]
        if begin < 0 or count <= 0 or begin >= self.size:
            return b""
        return os.pread(self.descriptor, min(count, self.size - begin), self.begin + begin)

    def behind(self, place: int) -> Content:
        """What follows from a place on, as a file of its own."""
        return Content(self.path, self.descriptor, self._status, self.begin + place)

    def span(self, begin: int, end: int) -> ByteSpan:
        """A stretch of it, as one of the file on disk."""
        return ByteSpan(self.begin + begin, self.begin + end)

    @property
    def whole(self) -> bytes | mmap.mmap:
        """All bytes."""
        if self._whole is None:
            is_small = self.size <= _MAPPED_BYTES
            self._whole = (
                self.at(0, self.size)
                if is_small or self.begin
                else mmap.mmap(self.descriptor, 0, access=mmap.ACCESS_READ)
            )
        return self._whole


class PiecedFile(io.RawIOBase):
    """A file to read that consists of pieces, one after the other.

    Args:
        content: the file on disk.
        pieces: what is in the file.
    """

    def __init__(self, content: Content, pieces: Sequence[FilePiece]) -> None:
        super().__init__()
        self._content = content
        self._pieces = [piece for piece in pieces if len(piece)]
        self._begins = [0]
        for piece in self._pieces:
            self._begins.append(self._begins[-1] + len(piece))
        self._place = 0
        self._index = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """Every place can be gone to."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._begins[-1]}[whence]
        self._place = max(base + offset, 0)
        return self._place

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        """Fill a buffer; less only at the end."""
        view = memoryview(buffer).cast("B")
        filled = 0
        try:
            while filled < len(view) and (part := self._next(len(view) - filled)):
                view[filled : filled + len(part)] = part
                filled += len(part)
                self._place += len(part)
        except OSError:
            return filled  # C code asks, and cannot take an error: for it the file ends here
        return filled

    def _next(self, most: int) -> bytes:
        """Bytes of the piece at the place, at most so many; nothing at the end."""
        if self._place >= self._begins[-1]:
            return b""
        if self._place < self._begins[self._index]:
            self._index = 0
        while self._begins[self._index + 1] <= self._place:
            self._index += 1
        piece, inside = self._pieces[self._index], self._place - self._begins[self._index]
        if isinstance(piece, bytes):
            return piece[inside : inside + most]
        if isinstance(piece, Zeros):
            return bytes(min(most, piece.count - inside))
        begin = piece.begin + inside
        return self._content.at(begin, min(most, piece.end - begin))
