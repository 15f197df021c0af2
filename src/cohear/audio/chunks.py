"""The structure of files made of chunks: where the samples end, whatever the header says.

Writers that were killed, that write into a pipe or that count wrongly leave sizes of zero, of all ones or a few bytes
off. What lies between the first sample and the next chunk, or the end of the file, is audio all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cohear.audio.behind_samples import begins_file, behind_samples
from cohear.audio.chunk_headers import ChunkLayout, SampleBytes, chunk_at, is_chunk_name, read_header
from cohear.audio.content import Content, FilePiece
from cohear.audio.last_chunks import before_last_chunks
from cohear.audio.mpeg import ends_with_a_frame, mpeg_structure
from cohear.audio.structure import PLAIN, EncodedStream, Structure, joined_files
from cohear.audio.unreadable import UnreadableAudio

_JUNK_BYTES = 4096  # behind a file whose sizes agree with each other; more is audio that goes on
_MOST_FILES = 10_000  # one behind the other
_MPEG = frozenset({0x50, 0x55})  # codecs of WAV files
_NO_LENGTH = "its header states no length"
_NO_PADDING = "a chunk of an odd size has no byte behind it"


class _File(NamedTuple):
    """One of the files that a file of chunks consists of, mostly the only one.

    Attributes:
        content, samples: of it.
        spans: its chunks of samples, first byte and the byte behind.
        oddities: what is odd about it.
        is_plain: whether decoders find all its samples themselves.
        following: the file behind it.
    """

    content: Content
    samples: SampleBytes
    spans: list[tuple[int, int]]
    oddities: tuple[str, ...]
    is_plain: bool
    following: Content | None


def chunk_structure(content: Content) -> Structure:
    """Find all samples of a file of chunks; `PLAIN` where its header is right, or makes no sense.

    Raises:
        UnreadableAudio: far less of them is there than its header says.
    """
    samples = read_header(content)
    if samples is None or _is_empty(content, samples):
        return PLAIN
    if samples.codec in _MPEG:
        return _mpeg_inside(content, samples)
    files = [_file(content, samples)]
    while (following := files[-1].following) is not None and len(files) < _MOST_FILES:
        samples = read_header(following)
        if samples is None or _is_empty(following, samples):
            break
        files.append(_file(following, samples))
    oddities = tuple(dict.fromkeys(clause for file in files for clause in file.oddities))
    if len(files) > 1:
        oddities = (joined_files(len(files)), *oddities)
    elif files[0].is_plain:
        return Structure(oddities=oddities) if oddities else PLAIN
    streams = [_stream(file.content, file.samples, *span) for file in files for span in file.spans]
    counts = [stream.frames for stream in streams if stream.frames is not None]
    return Structure(streams, sum(counts) if len(counts) == len(streams) else None, oddities)


def _file(content: Content, samples: SampleBytes) -> _File:
    end, oddity = _true_end(content, samples)
    behind = behind_samples(content, samples, end)
    spans = [(samples.begin, end), *behind.spans]
    several = f"it has {len(spans)} chunks of samples, and all are read" if behind.spans else ""
    gaps = _NO_PADDING if samples.gaps else ""
    told = (several, oddity, samples.contradiction, gaps, behind.oddity, _zeros_behind(content, end))
    is_plain = not (oddity or gaps or behind.spans or behind.oddity)
    return _File(content, samples, spans, tuple(clause for clause in told if clause), is_plain, behind.file)


def _stream(content: Content, samples: SampleBytes, begin: int, end: int) -> EncodedStream:
    """Samples with a header that states their size."""
    size = end - begin
    header = bytearray(content.at(0, samples.begin))
    for place, made in samples.fields.items():
        value = made(size)
        header[place : place + len(value)] = value
    for place in reversed(samples.gaps):
        header[place:place] = b"\0"
    padding: list[FilePiece] = [b"\0"] if size % 2 else []
    frames = size // samples.frame if samples.frame else None
    return EncodedStream([bytes(header), content.span(begin, end), *padding], frames)


def _mpeg_inside(content: Content, samples: SampleBytes) -> Structure:
    """MPEG audio in a WAV file."""
    try:
        end, oddity = _true_end(content, samples)
    except UnreadableAudio:
        if not ends_with_a_frame(content, samples.begin):
            raise
        end, oddity = content.size, _stated_and_there(samples.stated, content.size - samples.begin)
    gaps = _NO_PADDING if samples.gaps else ""
    inner = mpeg_structure(content, samples.begin, end)
    return replace(inner, oddities=(*(each for each in (oddity, samples.contradiction, gaps) if each), *inner.oddities))


def _true_end(content: Content, samples: SampleBytes) -> tuple[int, str]:
    """The byte behind the samples, and what is odd about what the header says of it (empty where nothing is)."""
    begin, stated = samples.begin, samples.stated
    if stated is None:
        return _before_last_chunks(content, samples), _NO_LENGTH
    there = content.size - begin
    if stated <= there:
        end = _end_inside(content, samples, stated)
    elif stated - there <= begin + 1:  # a size that counts the header too is wrong about the sum alone
        end = content.size
    else:
        raise UnreadableAudio(
            content.path, f"it is cut short: {there} of the {stated} bytes of samples are there", "truncated"
        )
    if end == begin + stated:
        return end, ""
    return end, _stated_and_there(stated, end - begin)


def _stated_and_there(stated: int | None, there: int) -> str:
    return f"its header states {stated} bytes of samples, {there} are there"


def _end_inside(content: Content, samples: SampleBytes, stated: int) -> int:
    """The byte behind the samples, where the file goes on behind what its header states."""
    end = samples.begin + stated
    rest = content.size - end
    padding = -stated % samples.layout.align if samples.layout else 0
    lacks = stated % samples.frame if samples.frame else 0
    if rest == 0 or (rest <= padding and not lacks):
        return end
    if lacks and rest == samples.frame - lacks:
        return content.size  # the last sample would be cut in two
    for off in (padding, 0, -1, 1):
        if begins_file(content, end + off) or _is_chunk(content, end + off, samples.layout):
            return end if off == padding else end + off
    is_consistent = samples.total is not None and abs(samples.total - end) <= 1
    is_counted = samples.total is not None and rest > _JUNK_BYTES and abs(samples.total - content.size) <= 1
    if (_is_no_sound(content, end) and not is_counted) or (rest <= _JUNK_BYTES and is_consistent):
        return end
    return _before_last_chunks(content, samples)


def _is_empty(content: Content, samples: SampleBytes) -> bool:
    """Whether nothing follows, or other chunks do where no samples are stated."""
    if samples.begin >= content.size:
        return True
    return samples.stated is None and _is_chunk(content, samples.begin, samples.layout)


def _before_last_chunks(content: Content, samples: SampleBytes) -> int:
    """The end of the file, or where chunks begin that reach to it."""
    return content.size if samples.layout is None else before_last_chunks(content, samples.begin, samples.layout)


def _is_chunk(content: Content, place: int, layout: ChunkLayout | None) -> bool:
    """Whether a chunk begins there that ends inside the file."""
    chunk = chunk_at(content, place, layout) if layout else None
    if chunk is None or chunk.begin + chunk.size > content.size + 1:
        return False
    return is_chunk_name(chunk.name)


def _zeros_behind(content: Content, end: int) -> str:
    """What is said of zeros behind the samples that are more than padding."""
    count = content.size - end
    if count <= _JUNK_BYTES or not _is_no_sound(content, end):
        return ""
    return f"{count} bytes of zeros lie behind its samples, and are left out"


def _is_no_sound(content: Content, place: int) -> bool:
    """Whether what is left of a file is padding, or the tag that taggers put behind MP3 files."""
    if content.at(place, 3) == b"TAG" and content.size - place == 128:
        return True
    while piece := content.at(place, 1 << 20):
        if piece.count(0) < len(piece):
            return False
        place += len(piece)
    return True
