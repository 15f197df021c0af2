"""What lies behind the samples of a file of chunks: more of them, or other files.

Recordings are put together by writing one file behind the other, and some recorders begin a new chunk of samples at
every pause. Decoders hear the first of them alone, or refuse it all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cohear.audio.chunk_headers import SampleBytes, known_size, read_header
from cohear.audio.chunk_walk import begins_chunk, chunks_up_to_samples, next_known
from cohear.audio.content import Content
from cohear.audio.other_files import file_at, not_heard
from cohear.audio.samples_end import has_no_samples, true_end

_MOST_SPANS = 10_000


class Behind(NamedTuple):
    """What lies behind samples.

    Attributes:
        spans: more samples of the same file, first byte and the byte behind.
        file: the file that follows, with where its samples are.
        oddities: what is odd there, a clause each.
    """

    spans: list[tuple[int, int]]
    file: tuple[Content, SampleBytes] | None = None
    oddities: tuple[str, ...] = ()


def behind_samples(content: Content, samples: SampleBytes, end: int) -> Behind:
    """Look behind the samples, which end at a byte.

    Raises:
        UnreadableAudio: samples there are cut short.
    """
    spans, oddities = list[tuple[int, int]](), list[str]()
    place = _place_behind(content, samples, samples.begin, end)
    while place is not None and len(spans) < _MOST_SPANS:
        if name := file_at(content, place):
            following = content.behind(place)
            inside = read_header(following)
            if inside is None or has_no_samples(following, inside):
                return Behind(spans, None, (*oddities, not_heard(name)))
            return Behind(spans, (following, inside), tuple(oddities))
        chunks = [*chunks_up_to_samples(content, place, samples.layout)] if samples.layout else []
        if not chunks:
            break
        last = chunks[-1]
        if not last.is_of_samples:
            place = last.following if file_at(content, last.following) else None
            continue
        begin = last.begin + samples.head
        more = replace(samples, begin=begin, stated=known_size(last.size - samples.head, begin, content), total=None)
        is_empty = not last.size and begins_chunk(content, last.begin, samples.layout)
        if is_empty or 0 < last.size < samples.head or has_no_samples(content, more):
            oddities.append("a chunk of samples behind them has none")
            place = last.following
            continue
        stop, oddity = true_end(content, more)
        spans.append((begin, stop))
        oddities += [oddity] if oddity else []
        place = _place_behind(content, samples, begin, stop)
    return Behind(spans, None, tuple(oddities))


def _place_behind(content: Content, samples: SampleBytes, begin: int, end: int) -> int | None:
    """Where something known begins behind samples; None where nothing does."""
    if end >= content.size:
        return None
    align = samples.layout.align if samples.layout else 1
    for place in (end + -(end - begin) % align, end):
        if file_at(content, place) or begins_chunk(content, place, samples.layout):
            return place
    return next_known(content, end, samples.layout)
