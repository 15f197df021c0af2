"""What lies behind the samples of a file of chunks: more of them, or other files.

Recordings are put together by writing one file behind the other, and some recorders begin a new chunk of samples at
every pause. Decoders hear the first of them alone, or refuse it all.
"""

from __future__ import annotations

from typing import NamedTuple

from cohear.audio.chunk_headers import SampleBytes, chunk_at, is_chunk_file, is_chunk_name, read_header
from cohear.audio.content import Content
from cohear.audio.unreadable import UnreadableAudio

_MOST_CHUNKS = 10_000
_HEAD_OF_SAMPLES = {b"data": 0, b"SSND": 8}  # bytes in front of the samples of a chunk
_OTHERS = {b"fLaC": "a FLAC file", b"OggS": "an Ogg file"}


class Behind(NamedTuple):
    """What lies behind samples.

    Attributes:
        spans: more samples of the same file, first byte and the byte behind.
        file: the file that follows.
        oddity: what lies there and is left out, a clause.
    """

    spans: list[tuple[int, int]]
    file: Content | None = None
    oddity: str = ""


def behind_samples(content: Content, samples: SampleBytes, end: int) -> Behind:
    """Look behind the samples, which end at a byte.

    Raises:
        UnreadableAudio: samples there are cut short.
    """
    if end >= content.size:
        return Behind([])
    layout, spans = samples.layout, list[tuple[int, int]]()
    place = end + (-(end - samples.begin) % layout.align if layout else 0)
    if not begins_file(content, place) and (begins_file(content, end) or not _is_named(content, place)):
        place = end
    empty = ""
    for _ in range(_MOST_CHUNKS):
        if other := _OTHERS.get(content.at(place, 4)):
            return Behind(spans, oddity=f"{other} lies behind its samples, and is left out")
        if begins_file(content, place):
            return Behind(spans, content.behind(place), empty)
        chunk = chunk_at(content, place, layout) if layout else None
        if layout is None or chunk is None or not is_chunk_name(chunk.name):
            break
        reached = chunk.begin + chunk.size
        if chunk.name[:4] in _HEAD_OF_SAMPLES:
            if reached > content.size + 1:
                reason = f"it is cut short: {content.size - chunk.begin} of the {chunk.size} bytes of a chunk are there"
                raise UnreadableAudio(content.path, reason, "truncated")
            head = 4 if content.head[:4] == b"caff" else _HEAD_OF_SAMPLES[chunk.name[:4]]
            begin, end = chunk.begin + head, min(reached, content.size)
            if begin < end:
                spans.append((begin, end))
            else:
                empty = "a chunk of samples behind them has none"
        place = reached + -chunk.size % layout.align
    return Behind(spans, oddity=empty)


def begins_file(content: Content, place: int) -> bool:
    """Whether a file of chunks begins there, or another one that is known."""
    mark = content.at(place, 4)
    return mark in _OTHERS or (is_chunk_file(mark) and read_header(content.behind(place)) is not None)


def _is_named(content: Content, place: int) -> bool:
    return len(name := content.at(place, 4)) == 4 and is_chunk_name(name)
