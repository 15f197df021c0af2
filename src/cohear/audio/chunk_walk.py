"""Chunks one after the other, whatever their sizes say.

Each of them has a name and a size, and the next one begins where it ends. Writers that were killed leave sizes of zero
or of all ones, and some leave out the byte behind an odd size; then the next chunk that is known, or the next file, is
looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from cohear.audio.content import Content
from cohear.audio.other_files import file_at, next_file

_MOST_CHUNKS = 10_000
_BLOCK_BYTES = 1 << 20
_KNOWN = re.compile(rb"fmt |data|ds64|COMM|SSND|desc|BODY")
_SAMPLES = (b"data", b"SSND", b"BODY")

Order = Literal["little", "big"]


class ChunkLayout(NamedTuple):
    """How chunks are written.

    Attributes:
        order: of the bytes of a number.
        name_bytes, size_bytes: of a chunk's head.
        is_whole: whether a size counts the head too.
        align: chunks begin at multiples of it, counted from the content of the one before.
    """

    order: Order
    name_bytes: int
    size_bytes: int
    is_whole: bool
    align: int

    @property
    def head(self) -> int:
        """Bytes of a chunk's head."""
        return self.name_bytes + self.size_bytes


class Chunk(NamedTuple):
    """A part of a file with a name.

    Attributes:
        name: a few bytes.
        begin: the first byte of its content.
        size: bytes of content, as stated.
        field: where the size is written.
        end: the byte behind its content.
        following: where the next chunk begins.
    """

    name: bytes
    begin: int
    size: int
    field: int
    end: int
    following: int

    @property
    def is_of_samples(self) -> bool:
        """Whether it holds samples."""
        return self.name[:4] in _SAMPLES

    @property
    def has_known_size(self) -> bool:
        """Whether it ends where it says."""
        return self.end == self.begin + self.size


def chunk_at(content: Content, place: int, layout: ChunkLayout) -> Chunk | None:
    """The chunk whose head is at a place, by what it states; None where the file ends before its head does."""
    head = layout.head
    read = content.head[place : place + head] if place + head <= len(content.head) else content.at(place, head)
    if len(read) < head:
        return None
    stated = int.from_bytes(read[layout.name_bytes :], layout.order)
    size = max(stated - (head if layout.is_whole else 0), 0)
    begin, end = place + head, place + head + size
    following = end + -size % layout.align
    return Chunk(read[: layout.name_bytes], begin, size, place + layout.name_bytes, end, following)


def chunks_up_to_samples(content: Content, place: int, layout: ChunkLayout) -> Iterator[Chunk]:
    """Chunks up to another file, or up to one of samples and with it; where that one ends is not looked for."""
    for _ in range(_MOST_CHUNKS):
        chunk = chunk_at(content, place, layout)
        if chunk is None or file_at(content, place):
            return
        if not chunk.is_of_samples:
            chunk = _to_true_end(content, chunk, layout)
        yield chunk
        if chunk.is_of_samples:
            return
        place = chunk.following


def begins_chunk(content: Content, place: int, layout: ChunkLayout | None) -> bool:
    """Whether a chunk begins at a place that ends inside the file, or states no size."""
    chunk = chunk_at(content, place, layout) if layout else None
    if layout is None or chunk is None or not is_chunk_name(chunk.name):
        return False
    return chunk.end <= content.size + 1 or _states_all_ones(content, chunk, layout)


def begins_followed_chunk(content: Content, place: int, layout: ChunkLayout | None) -> bool:
    """Whether a chunk begins at a place behind which another one, a file or the end comes."""
    chunk = chunk_at(content, place, layout) if layout else None
    if layout is None or chunk is None or not is_chunk_name(chunk.name):
        return False
    return any(_is_followed(content, end, layout) for end in (chunk.following, chunk.end))


def is_chunk_name(name: bytes) -> bool:
    """Whether the first letters of a name can be printed, as those of all chunks can."""
    return name[:4].isascii() and name[:4].decode("ascii").isprintable()


def next_known(content: Content, begin: int, layout: ChunkLayout | None) -> int | None:
    """Where the next chunk that is known, or the next file, begins."""
    chunk = _next_chunk(content, begin, layout) if layout else None
    file = next_file(content, begin, chunk)
    return chunk if file is None else file


def _to_true_end(content: Content, chunk: Chunk, layout: ChunkLayout) -> Chunk:
    """The chunk with the end that something follows; as it is where nothing does, or what has a name at least."""
    for place in (chunk.following, chunk.end):
        if _is_followed(content, place, layout):
            return chunk._replace(following=place)
    named = chunk_at(content, chunk.following, layout)
    if named is not None and is_chunk_name(named.name):
        return chunk
    known = next_known(content, chunk.begin, layout)
    return chunk if known is None else chunk._replace(end=known, following=known)


def _is_followed(content: Content, place: int, layout: ChunkLayout) -> bool:
    """Whether the file ends at a place, or a chunk or a file begins there."""
    if content.size <= place + 1:
        return place <= content.size + 1
    if begins_chunk(content, place, layout) or file_at(content, place):
        return True
    chunk = chunk_at(content, place, layout)
    return chunk is not None and chunk.is_of_samples


def _next_chunk(content: Content, begin: int, layout: ChunkLayout) -> int | None:
    """Where the first chunk of a known name begins that something follows, or that holds samples of no stated size."""
    for start in range(begin, content.size, _BLOCK_BYTES):
        for found in _KNOWN.finditer(content.at(start, _BLOCK_BYTES + layout.head)):
            if found.start() < _BLOCK_BYTES and _is_known(content, start + found.start(), layout):
                return start + found.start()
    return None


def _is_known(content: Content, place: int, layout: ChunkLayout) -> bool:
    chunk = chunk_at(content, place, layout)
    if chunk is None:
        return False
    if chunk.is_of_samples and (not chunk.size or _states_all_ones(content, chunk, layout)):
        return True
    return begins_followed_chunk(content, place, layout)


def _states_all_ones(content: Content, chunk: Chunk, layout: ChunkLayout) -> bool:
    return set(content.at(chunk.field, layout.size_bytes)) == {0xFF}
