"""Chunks at the end of a file whose header does not say where the samples end.

Each of them has a name that can be printed and a size that reaches to the next one, and the last one's reaches to the
end of the file. Among samples that is as good as impossible.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cohear.audio.chunk_walk import ChunkLayout, chunk_at, is_chunk_name
from cohear.audio.content import Content

_TAIL_BYTES = 1 << 26  # searched: pictures of covers are the largest chunks behind samples
_BLOCK_BYTES = 1 << 20


def before_last_chunks(content: Content, begin: int, end: int, layout: ChunkLayout) -> int:
    """The byte at which chunks begin that follow each other to an end; the end where there are none.

    Args:
        content: of the file.
        begin: the first byte of the samples.
        end: of the file, or where another one begins.
        layout: of chunks.
    """
    earliest, ends = end, {end}
    first = max(begin, end - _TAIL_BYTES)
    for stop in range(end, first, -_BLOCK_BYTES):
        start = max(first, stop - _BLOCK_BYTES)
        sizes = _low_words(content.at(start, stop - start + layout.head), layout)  # by the place of their chunk
        reached = start + np.arange(len(sizes)) + (0 if layout.is_whole else layout.head) + sizes
        new = ends
        while new:
            near = np.isin(reached, [each - more for each in new for more in range(layout.align)])
            found = {start + int(place) for place in np.flatnonzero(near)}
            new = {place for place in found - ends if _reaches(content, place, layout, ends)}
            ends |= new
            earliest = min(earliest, *new, end)
    return earliest


def _low_words(read: bytes, layout: ChunkLayout) -> NDArray[np.int64]:
    """The low 32 bits of the size of a chunk that would begin at each byte."""
    shift = layout.name_bytes + (layout.size_bytes - 4 if layout.order == "big" else 0)
    kind = np.dtype("<u4" if layout.order == "little" else ">u4")
    count = max(len(read) - layout.name_bytes - layout.size_bytes + 1, 0)
    words = np.empty(count, np.int64)
    for offset in range(min(4, count)):
        chosen = words[offset::4]
        chosen[:] = np.frombuffer(read, kind, len(chosen), shift + offset)
    return words


def _reaches(content: Content, place: int, layout: ChunkLayout, ends: set[int]) -> bool:
    """Whether a chunk is there that ends where another one begins, or the file ends."""
    chunk = chunk_at(content, place, layout)
    if chunk is None or not is_chunk_name(chunk.name):
        return False
    return bool(ends & {chunk.end, chunk.following})
