"""The headers of files made of chunks: WAV (also RF64 and W64), AIFF, CAF; and of AU, which has a single one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from cohear.audio.chunk_walk import Chunk, ChunkLayout, Order, chunks_up_to_samples
from cohear.audio.content import Content

_UNKNOWN_NEAR = (1 << 31, 1 << 32, 1 << 63, 1 << 64)  # as large as a field can tell, signed or not
_UNKNOWN_LESS = 1 << 12  # less the header, or cut to a multiple: writers that could not know the length state these
_PCM = frozenset({1, 3, 6, 7})  # integers, floats, A-law, mu-law: a fixed number of bytes a sample
_NEEDED = frozenset({b"fmt ", b"ds64", b"fact", b"COMM", b"FVER", b"wave", b"desc", b"kuki", b"pakt", b"chan"})
"""Chunks that tell decoders of the samples; where one in front of them is wrong, others are left out."""
_NO_PADDING = "a chunk of an odd size has no byte behind it"
_WRONG_SIZE = "a chunk in front of its samples states a wrong size"
_AU_BYTES: Mapping[int, int] = MappingProxyType({1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1})  # by encoding

Made = Callable[[int], bytes]
"""Bytes of a header, made from the true number of bytes of samples."""


class Edit(NamedTuple):
    """What decoders must be told otherwise: bytes of a header, from one to the one behind, are replaced by others."""

    begin: int
    end: int
    made: Made


@dataclass(frozen=True)
class SampleBytes:
    """Where a file's samples are, by its header.

    Attributes:
        begin: the first byte.
        stated: bytes of them; None where the header says nothing, or that they go on to the end.
        edits: of what states sizes, and of what is wrong in front of the samples.
        frame: bytes of one sample of all channels, 0 where that varies.
        total: bytes of the whole file, None where the header does not say.
        layout: of the chunks that may follow, None where none may.
        codec: the number of a WAV file's codec.
        head: bytes between the head of a chunk of samples and the first of them.
        oddities: what is odd about the header, a clause each.
        is_mended: whether a chunk in front of the samples is wrong.
    """

    begin: int
    stated: int | None
    edits: Sequence[Edit]
    frame: int = 0
    total: int | None = None
    layout: ChunkLayout | None = None
    codec: int = 0
    oddities: tuple[str, ...] = ()
    is_mended: bool = False
    head: int = 0


class _Form(NamedTuple):
    """What a WAV file says of its samples.

    Attributes:
        codec: its number.
        frame: bytes of one sample of all channels, 0 where they vary.
        contradiction: what in it cannot both be right, as a clause; empty where nothing is.
    """

    codec: int = 0
    frame: int = 0
    contradiction: str = ""


def read_header(content: Content) -> SampleBytes | None:
    """Where the samples are; None where there are none, or the file is no such file."""
    parse = next((parse for mark, parse in _PARSERS.items() if content.head.startswith(mark)), None)
    return parse(content) if parse else None


class _Front(NamedTuple):
    """Chunks in front of the samples.

    Attributes:
        chunks: all of them, up to that of the samples.
        edits, oddities: as of `SampleBytes`.
    """

    chunks: Sequence[Chunk]
    edits: Sequence[Edit]
    oddities: tuple[str, ...]

    @property
    def shorter(self) -> int:
        """By how many bytes edits make it shorter."""
        return sum(edit.end - edit.begin - len(edit.made(0)) for edit in self.edits)

    def samples(
        self,
        begin: int,
        stated: int | None,
        edits: Sequence[Edit],
        layout: ChunkLayout,
        form: _Form,
        total: int | None = None,
    ) -> SampleBytes:
        """What the whole header says."""
        told = tuple(clause for clause in (form.contradiction, *self.oddities) if clause)
        of_front = (layout, form.codec, told, bool(self.edits), begin - self.chunks[-1].begin)
        return SampleBytes(begin, stated, (*self.edits, *edits), form.frame, total, *of_front)


def _front(content: Content, place: int, layout: ChunkLayout) -> _Front | None:
    """The chunks in front of the samples; None where there are no samples."""
    chunks = list(chunks_up_to_samples(content, place, layout))
    if not chunks or not chunks[-1].is_of_samples:
        return None
    before, edits = chunks[:-1], list[Edit]()
    if all(chunk.has_known_size and chunk.following - chunk.end == -chunk.size % layout.align for chunk in before):
        return _Front(chunks, (), ())
    missing = [(chunk.begin - chunk.end) % layout.align if chunk.following == chunk.end else 0 for chunk in before]
    is_wrong = any(not chunk.has_known_size for chunk in before)
    is_unfilled = any(count and chunk.has_known_size for chunk, count in zip(before, missing, strict=True))
    for chunk, count in zip(before, missing, strict=True):
        if chunk.name[:4] in _NEEDED:
            edits += [_true_size(chunk, layout), Edit(chunk.end, chunk.end, _always(bytes(count)))]
        else:
            edits.append(Edit(chunk.begin - layout.head, chunk.following, _always(b"")))
    oddities = [clause for clause, holds in ((_WRONG_SIZE, is_wrong), (_NO_PADDING, is_unfilled)) if holds]
    return _Front(chunks, edits, tuple(oddities))


def _true_size(chunk: Chunk, layout: ChunkLayout) -> Edit:
    size = chunk.end - chunk.begin + (layout.head if layout.is_whole else 0)
    return Edit(chunk.field, chunk.begin, _always(size.to_bytes(layout.size_bytes, layout.order)))


def _always(made: bytes) -> Made:
    return lambda _: made


def _size(place: int, order: Order, count: int, more: int = 0) -> Edit:
    """A field that states the bytes of samples and so many more; all ones where it is too small for them."""
    most = (1 << 8 * count) - 1
    return Edit(place, place + count, lambda size: min(size + more, most).to_bytes(count, order))


def _number(content: Content, place: int, count: int, order: Order) -> int:
    return int.from_bytes(content.at(place, count), order)


def known_size(stated: int, begin: int, content: Content) -> int | None:
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
    if (front := _front(content, 12, layout)) is None:
        return None
    form, wide = _Form(), None
    for chunk in front.chunks:
        if chunk.name == b"fmt ":
            form = _wav_form(content, chunk, order)
        elif chunk.name == b"ds64" and kind in (b"RF64", b"BW64"):
            wide = chunk
    last = front.chunks[-1]
    in_front = last.begin - 8 - front.shorter
    edits = [_size(4, order, 4, in_front), _size(last.field, order, 4)]
    stated, total = known_size(last.size, last.begin, content), _number(content, 4, 4, order) + 8
    if wide is not None:
        edits = [_size(wide.begin, order, 8, in_front), _size(wide.begin + 8, order, 8)]
        edits.append(Edit(last.field, last.begin, _always(b"\xff" * 4)))
        stated = known_size(_number(content, wide.begin + 8, 8, order), last.begin, content)
        total = _number(content, wide.begin, 8, order) + 8
    return front.samples(last.begin, stated, edits, layout, form, total)


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
    layout = ChunkLayout("big", 4, 4, False, 2)
    front = _front(content, 12, layout) if kind in (b"AIFF", b"AIFC") else None
    if front is None:
        return None
    form = _Form()
    for chunk in front.chunks:
        if chunk.name == b"COMM" and kind == b"AIFF":
            channels, bits = (_number(content, chunk.begin + at, 2, "big") for at in (0, 6))
            form = _Form(0, channels * -(-bits // 8))
    last, total = front.chunks[-1], _number(content, 4, 4, "big") + 8
    begin = last.begin + 8
    edits = [_size(4, "big", 4, begin - 8 - front.shorter), _size(last.field, "big", 4, 8)]
    return front.samples(begin, known_size(last.size - 8, begin, content), edits, layout, form, total)


def _caf(content: Content) -> SampleBytes | None:
    layout = ChunkLayout("big", 4, 8, False, 1)
    if (front := _front(content, 8, layout)) is None:
        return None
    form = _Form()
    for chunk in front.chunks:
        if chunk.name == b"desc":
            is_pcm = content.at(chunk.begin + 8, 4) == b"lpcm"
            form = _Form(0, _number(content, chunk.begin + 16, 4, "big") if is_pcm else 0)
    last = front.chunks[-1]
    begin, stated = last.begin + 4, known_size(last.size - 4, last.begin + 4, content)
    return front.samples(begin, stated, [_size(last.field, "big", 8, 4)], layout, form)


def _au(content: Content) -> SampleBytes | None:
    order: Order = "big" if content.head[:4] == b".snd" else "little"
    begin, stated, encoding, _, channels = (_number(content, place, 4, order) for place in (4, 8, 12, 16, 20))
    frame = channels * _AU_BYTES.get(encoding, 0)
    if begin < 24:
        return None
    return SampleBytes(begin, known_size(stated, begin, content), [_size(8, order, 4)], frame)


def _w64(content: Content) -> SampleBytes | None:
    layout = ChunkLayout("little", 16, 8, True, 8)
    if (front := _front(content, 40, layout)) is None:
        return None
    forms = [_wav_form(content, chunk, "little") for chunk in front.chunks if chunk.name.startswith(b"fmt ")]
    last = front.chunks[-1]
    edits = [_size(16, "little", 8, last.begin - front.shorter), _size(last.field, "little", 8, 24)]
    stated = known_size(last.size, last.begin, content)
    return front.samples(last.begin, stated, edits, layout, forms[-1] if forms else _Form())


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
