"""The structure of files made of chunks: all of their samples, whatever the headers say."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cohear.audio.behind_samples import behind_samples
from cohear.audio.chunk_headers import SampleBytes, read_header
from cohear.audio.content import Content, FilePiece
from cohear.audio.mpeg import ends_with_a_frame, mpeg_structure
from cohear.audio.samples_end import has_no_samples, stated_and_there, true_end, zeros_behind
from cohear.audio.structure import PLAIN, EncodedStream, Structure, joined_files
from cohear.audio.unreadable import UnreadableAudio

_MOST_FILES = 10_000  # one behind the other
_MPEG = frozenset({0x50, 0x55})  # codecs of WAV files


class _File(NamedTuple):
    """One of the files that a file of chunks consists of, mostly the only one.

    Attributes:
        content, samples: of it.
        spans: its chunks of samples, first byte and the byte behind.
        oddities: what is odd about it.
        is_plain: whether decoders find all its samples themselves.
        following: the file behind it, with where its samples are.
    """

    content: Content
    samples: SampleBytes
    spans: list[tuple[int, int]]
    oddities: tuple[str, ...]
    is_plain: bool
    following: tuple[Content, SampleBytes] | None

    def structure(self, whole: Content) -> Structure:
        """Of it, as a part of the whole file."""
        if self.samples.codec in _MPEG:
            return _mpeg_inside(whole, self.content, self.spans, self.oddities)
        streams = [_stream(self.content, self.samples, *span) for span in self.spans]
        counts = [stream.frames for stream in streams if stream.frames is not None]
        return Structure(streams, sum(counts) if len(counts) == len(streams) else None, self.oddities)


def chunk_structure(content: Content) -> Structure:
    """Find all samples of a file of chunks; `PLAIN` where its header is right, or makes no sense.

    Raises:
        UnreadableAudio: far less of them is there than its header says.
    """
    samples = read_header(content)
    if samples is None or has_no_samples(content, samples):
        return PLAIN
    files = [_file(content, samples)]
    while (following := files[-1].following) is not None and len(files) < _MOST_FILES:
        files.append(_file(*following))
    if len(files) == 1 and files[0].is_plain:
        return Structure(oddities=files[0].oddities) if files[0].oddities else PLAIN
    parts = [file.structure(content) for file in files]
    if len(parts) == 1:
        return parts[0]
    streams = [stream for part in parts for stream in part.streams]
    counts = [part.frames for part in parts if part.frames is not None]
    frames = sum(counts) if len(counts) == len(parts) else None
    oddities = dict.fromkeys((joined_files(len(files)), *(clause for part in parts for clause in part.oddities)))
    is_mpeg, is_exact = (any(part.is_mpeg for part in parts), all(part.is_exact for part in parts))
    return Structure(streams, frames, tuple(oddities), is_mpeg=is_mpeg, is_exact=is_exact)


def _file(content: Content, samples: SampleBytes) -> _File:
    is_mpeg = samples.codec in _MPEG
    end, oddity = _end_of_frames(content, samples) if is_mpeg else true_end(content, samples)
    if end == content.size and not (oddity or samples.oddities or is_mpeg):
        return _File(content, samples, [(samples.begin, end)], (), True, None)
    behind = behind_samples(content, samples, end)
    spans = [(samples.begin, end), *behind.spans]
    several = f"it has {len(spans)} chunks of samples, and all are read" if behind.spans else ""
    told = (several, oddity, *samples.oddities, *behind.oddities, zeros_behind(content, end))
    oddities = tuple(dict.fromkeys(clause for clause in told if clause))
    is_plain = not (is_mpeg or oddity or samples.is_mended or behind.spans or behind.oddities)
    return _File(content, samples, spans, oddities, is_plain, behind.file)


def _stream(content: Content, samples: SampleBytes, begin: int, end: int) -> EncodedStream:
    """Samples with a header that states their size."""
    size = end - begin
    size -= size % samples.frame if samples.frame else 0
    header = bytearray(content.at(0, samples.begin))
    for edit in sorted(samples.edits, key=lambda edit: edit.begin, reverse=True):
        header[edit.begin : edit.end] = edit.made(size)
    padding: list[FilePiece] = [b"\0"] if size % 2 else []
    frames = size // samples.frame if samples.frame else None
    return EncodedStream([bytes(header), content.span(begin, begin + size), *padding], frames)


def _mpeg_inside(
    whole: Content, content: Content, spans: list[tuple[int, int]], oddities: tuple[str, ...]
) -> Structure:
    """MPEG audio in a WAV file."""
    found = [mpeg_structure(whole, content.begin + begin, content.begin + end) for begin, end in spans]
    streams = [stream for each in found for stream in each.streams]
    counts = [each.frames for each in found if each.frames is not None]
    frames = sum(counts) if len(counts) == len(found) else None
    told = dict.fromkeys((*oddities, *(clause for each in found for clause in each.oddities)))
    return replace(found[0], streams=streams, frames=frames, oddities=tuple(told))


def _end_of_frames(content: Content, samples: SampleBytes) -> tuple[int, str]:
    """As `true_end`, where the last frame may tell that a size which is too large cuts nothing off."""
    try:
        return true_end(content, samples)
    except UnreadableAudio:
        if not ends_with_a_frame(content, samples.begin):
            raise
    return content.size, stated_and_there(samples.stated, content.size - samples.begin)
