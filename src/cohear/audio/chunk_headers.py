"""The headers of files made of chunks: WAV (also RF64 and W64), AIFF, CAF; and of AU, which has a single one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple

from cohear.audio.content import Content

_UNKNOWN_NEAR = (1 << 31, 1 << 32, 1 << 63, 1 << 64)  # as large as a field can tell, signed or not
_UNKNOWN_LESS = 1 << 12  # less the header, or cut to a multiple: writers that could not know the length state these
_MOST_CHUNKS = 10_000  # in front of the samples
_PCM = frozenset({1, 3, 6, 7})  # integers, floats, A-law, mu-law: a fixed number of bytes a sample
_AU_BYTES: Mapping[int, int] = MappingProxyType({1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1})  # by encoding

Order = Literal["little", "big"]
Made = Callable[[int], bytes]
"""The bytes of a field, made from the true number of bytes of samples."""


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


class Chunk(NamedTuple):
    """A part of a file with a name.

    Attributes:
        name: a few bytes.
        begin: the first byte of its content.
        size: bytes of content.
        field: where the size is written.
    """

    name: bytes
    begin: int
    size: int
    field: int


@dataclass(frozen=True)
class SampleBytes:
    """Where a file's samples are, by its header.

    Attributes:
        begin: the first byte.
        stated: bytes of them; None where the header says nothing, or that they go on to the end.
        fields: what states sizes, by place.
        frame: bytes of one sample of all channels, 0 where that varies.
        total: bytes of the whole file, None where the header does not say.
        layout: of the chunks that may follow, None where none may.
        codec: the number of a WAV file's codec.
        contradiction: what in the header cannot both be right, as a clause; empty where nothing is.
        gaps: where the byte behind a chunk of an odd size is missing.
    """

    begin: int
    stated: int | None
    fields: Mapping[int, Made]
    frame: int = 0
    total: int | None = None
    layout: ChunkLayout | None = None
    codec: int = 0
    contradiction: str = ""
    gaps: tuple[int, ...] = ()


class _Form(NamedTuple):
    """What a WAV file says of its samples.

    Attributes:
        codec: its number.
        frame: bytes of one sample of all channels, 0 where they vary.
        contradiction: as of `SampleBytes`.
    """

    codec: int = 0
    frame: int = 0
    contradiction: str = ""


def read_header(content: Content) -> SampleBytes | None:
    """Where the samples are; None where there are none, or the file is no such file."""
    parse = next((parse for mark, parse in _PARSERS.items() if content.head.startswith(mark)), None)
    return parse(content) if parse else None


def is_chunk_file(head: bytes) -> bool:
    """Whether files of chunks have this as their first four bytes."""
    return head in _FIRST_BYTES


def chunk_at(content: Content, place: int, layout: ChunkLayout) -> Chunk | None:
    """The chunk whose head is at a place; None where the file ends before it does."""
    head = layout.name_bytes + layout.size_bytes
    read = content.head[place : place + head] if place + head <= len(content.head) else content.at(place, head)
    if len(read) < head:
        return None
    size = int.from_bytes(read[layout.name_bytes :], layout.order) - (head if layout.is_whole else 0)
    return Chunk(read[: layout.name_bytes], place + head, max(size, 0), place + layout.name_bytes)


def _chunks(content: Content, place: int, layout: ChunkLayout) -> Iterator[Chunk]:
    """Chunks one after the other, as long as their heads fit; some writers leave out the byte behind an odd size."""
    while (chunk := chunk_at(content, place, layout)) is not None:
        yield chunk
        end = chunk.begin + chunk.size
        place = end + -chunk.size % layout.align
        if place > end and _is_chunk(content, end, layout) and not _is_chunk(content, place, layout):
            place = end


def _is_chunk(content: Content, place: int, layout: ChunkLayout) -> bool:
    """Whether a chunk is there that ends inside the file, or one of samples."""
    chunk = chunk_at(content, place, layout)
    if chunk is None or not is_chunk_name(chunk.name):
        return False
    return chunk.begin + chunk.size <= content.size + 1 or chunk.name[:4] in (b"data", b"SSND")


def is_chunk_name(name: bytes) -> bool:
    """Whether the first letters of a name can be printed, as those of all chunks can."""
    return name[:4].isascii() and name[:4].decode("ascii").isprintable()


def _gaps(chunks: Sequence[Chunk], layout: ChunkLayout) -> tuple[int, ...]:
    """Where the byte behind a chunk of an odd size is missing."""
    return tuple(
        chunk.begin + chunk.size
        for chunk, following in pairwise(chunks)
        if chunk.size % layout.align and following.field - layout.name_bytes == chunk.begin + chunk.size
    )


def _first_chunks(content: Content, place: int, layout: ChunkLayout) -> Iterator[Chunk]:
    return islice(_chunks(content, place, layout), _MOST_CHUNKS)


def _size(order: Order, count: int, more: int = 0) -> Made:
    """A field that states the bytes of samples and so many more; all ones where it is too small for them."""
    most = (1 << 8 * count) - 1
    return lambda size: min(size + more, most).to_bytes(count, order)


def _number(content: Content, place: int, count: int, order: Order) -> int:
    return int.from_bytes(content.at(place, count), order)


def _known(stated: int, begin: int, content: Content) -> int | None:
    """The bytes of samples from a place on; None where zero is stated, or what stands for no number and is not true."""
    if stated <= 0:
        return None
    is_unknown = any(0 <= near - stated <= _UNKNOWN_LESS for near in _UNKNOWN_NEAR)
    return None if is_unknown and stated > content.size - begin else stated


def _wav(content: Content) -> SampleBytes | None:
    kind = content.head[:4]
    if content.head[8:12] != b"WAVE":
        return None
    order: Order = "big" if kind == b"RIFX" else "little"
    layout = ChunkLayout(order, 4, 4, False, 2)
    form = _Form()
    wide: Chunk | None = None
    seen = list[Chunk]()
    for chunk in _first_chunks(content, 12, layout):
        seen.append(chunk)
        if chunk.name == b"fmt ":
            form = _wav_form(content, chunk, order)
        elif chunk.name == b"ds64" and kind in (b"RF64", b"BW64"):
            wide = chunk
        elif chunk.name == b"data":
            fields = {4: _size(order, 4, chunk.begin - 8), chunk.field: _size(order, 4)}
            stated, total = _known(chunk.size, chunk.begin, content), _number(content, 4, 4, order) + 8
            if wide is not None:
                fields = {wide.begin: _size(order, 8, chunk.begin - 8), wide.begin + 8: _size(order, 8)}
                fields[chunk.field] = lambda _: b"\xff\xff\xff\xff"
                stated = _known(_number(content, wide.begin + 8, 8, order), chunk.begin, content)
                total = _number(content, wide.begin, 8, order) + 8
            told = (form.frame, total, layout, form.codec, form.contradiction, _gaps(seen, layout))
            return SampleBytes(chunk.begin, stated, fields, *told)
    return None


def _wav_form(content: Content, chunk: Chunk, order: Order) -> _Form:
    places = ((0, 2), (2, 2), (4, 4), (8, 4), (12, 2), (14, 2))
    codec, channels, rate, a_second, stated, bits = (
        _number(content, chunk.begin + at, count, order) for at, count in places
    )
    codec = _number(content, chunk.begin + 24, 2, order) if codec == 0xFFFE else codec
    if codec not in _PCM:
        return _Form(codec)
    frame = channels * -(-bits // 8)
    contradiction = ""
    if stated and stated != frame:
        contradiction = f"{channels} channels of {bits} bits, and {stated} bytes for a sample of all of them"
    elif a_second and a_second != rate * frame:
        contradiction = f"{rate} samples of {frame} bytes a second, and {a_second} bytes a second"
    return _Form(codec, frame, contradiction and f"its header contradicts itself: {contradiction}")


def _aiff(content: Content) -> SampleBytes | None:
    kind = content.head[8:12]
    if kind not in (b"AIFF", b"AIFC"):
        return None
    layout = ChunkLayout("big", 4, 4, False, 2)
    frame, seen = 0, list[Chunk]()
    for chunk in _first_chunks(content, 12, layout):
        seen.append(chunk)
        if chunk.name == b"COMM" and kind == b"AIFF":
            channels, bits = (_number(content, chunk.begin + at, 2, "big") for at in (0, 6))
            frame = channels * -(-bits // 8)
        elif chunk.name == b"SSND":
            begin, total = chunk.begin + 8, _number(content, 4, 4, "big") + 8
            stated = _known(chunk.size - 8, begin, content)
            fields = {4: _size("big", 4, begin - 8), chunk.field: _size("big", 4, 8)}
            return SampleBytes(begin, stated, fields, frame, total, layout, gaps=_gaps(seen, layout))
    return None


def _caf(content: Content) -> SampleBytes | None:
    layout = ChunkLayout("big", 4, 8, False, 1)
    frame = 0
    for chunk in _first_chunks(content, 8, layout):
        if chunk.name == b"desc":
            is_pcm = content.at(chunk.begin + 8, 4) == b"lpcm"
            frame = _number(content, chunk.begin + 16, 4, "big") if is_pcm else 0
        elif chunk.name == b"data":
            stated = _known(chunk.size - 4, chunk.begin + 4, content)
            return SampleBytes(chunk.begin + 4, stated, {chunk.field: _size("big", 8, 4)}, frame, None, layout)
    return None


def _au(content: Content) -> SampleBytes | None:
    order: Order = "big" if content.head[:4] == b".snd" else "little"
    begin, stated, encoding, _, channels = (_number(content, place, 4, order) for place in (4, 8, 12, 16, 20))
    frame = channels * _AU_BYTES.get(encoding, 0)
    fields = {8: _size(order, 4)}
    return SampleBytes(begin, _known(stated, begin, content), fields, frame) if begin >= 24 else None


def _w64(content: Content) -> SampleBytes | None:
    layout = ChunkLayout("little", 16, 8, True, 8)
    form = _Form()
    for chunk in _first_chunks(content, 40, layout):
        if chunk.name.startswith(b"fmt "):
            form = _wav_form(content, chunk, "little")
        elif chunk.name.startswith(b"data"):
            stated = _known(chunk.size, chunk.begin, content)
            fields = {16: _size("little", 8, chunk.begin), chunk.field: _size("little", 8, 24)}
            return SampleBytes(chunk.begin, stated, fields, form.frame, None, layout, contradiction=form.contradiction)
    return None


_PARSERS: Mapping[bytes, Callable[[Content], SampleBytes | None]] = MappingProxyType(
    {
        b"RIFF": _wav,
        b"RIFX": _wav,
        b"RF64": _wav,
        b"BW64": _wav,
        b"FORM": _aiff,
        b"caff": _caf,
        b".snd": _au,
        b"dns.": _au,
        b"riff\x2e\x91\xcf\x11": _w64,
    }
)
_FIRST_BYTES = frozenset(mark[:4] for mark in _PARSERS)
