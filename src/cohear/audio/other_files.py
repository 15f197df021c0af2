"""Files inside of files: recordings are put together by writing one behind the other, of whatever kind they are.

A file is known by a mark that sound has by chance once in milliards of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cohear.audio.content import Content
from cohear.audio.mpeg_frames import is_row_of_frames
from cohear.audio.tags import after_tags

_WHOLE_BYTES = 1 << 15  # enough for the frames of MP3 that show one
_BLOCK_BYTES = 1 << 20
_OVERLAP_BYTES = 128
_MP3 = "an MP3 file"
_MARKS: Sequence[tuple[str, bytes, int, bytes]] = (
    ("a WAV file", b"WAVE", 8, b"(?:RIF[FX]|RF64|BW64)....WAVE"),
    ("an AVI file", b"AVI ", 8, b"RIFF....AVI LIST"),
    ("a W64 file", b"riff\x2e\x91", 0, b"riff\x2e\x91\xcf\x11\xa5\xd6"),
    ("an AIFF file", b"AIF", 8, b"FORM....AIF[FC]"),
    ("an IFF file", b"SV", 9, b"FORM....(?:8SVX|16SV)"),
    ("a CAF file", b"caff\0\1", 0, b"caff\0\1\0\0"),
    ("an AU file", b".snd\0\0", 0, rb"\.snd\0\0......\0\0\0[\1-\x1b]"),
    ("an AU file", b"dns.", 0, rb"dns\...\0\0....[\1-\x1b]\0\0\0"),
    ("a FLAC file", b"fLaC", 0, b"fLaC[\0\x80]\0\0\x22"),
    ("an Ogg file", b"OggS\0", 0, b"OggS\0[\0-\7]"),
    ("an MP4 (M4A) file", b"ftyp", 4, b"\0\0\0.ftyp"),
    ("a WebM or Matroska file", b"\x1aE\xdf\xa3", 0, b"\x1aE\xdf\xa3.{1,60}?(?:webm|matroska)"),
    ("a WMA (ASF) file", b"0&\xb2u\x8e", 0, b"0&\xb2u\x8ef\xcf\x11"),
    ("an AMR file", b"#!AMR", 0, b"#!AMR(?:-WB)?\n"),
    ("a NIST SPHERE file", b"NIST_1A", 0, b"NIST_1A\n"),
    ("a VOC file", b"Creative Voice", 0, b"Creative Voice File\x1a"),
    (_MP3, b"ID3", 0, b"ID3[\2-\4]\0.[\0-\x7f]{4}"),
)
"""Names, letters that are looked for, how far into the file they are, and what must be there."""
_FIRST_BYTES = frozenset(b"RI RF BW ri FO ca .s dn fL Og \0\0 \x1aE 0& #! NI Cr ID".split(b" "))
"""Of all of them: most places have others."""
_ANY = re.compile(b"|".join(b"(%s)" % pattern for *_, pattern in _MARKS), re.DOTALL)


def file_at(content: Content, place: int) -> str:
    """The file that begins at a place: ``a WAV file``; empty where none does."""
    mark = content.at(place, 2)
    is_mpeg = mark[:1] == b"\xff"
    if mark not in _FIRST_BYTES and not is_mpeg:
        return ""
    found = _ANY.match(content.at(place, _OVERLAP_BYTES))
    name = _MARKS[found.lastindex - 1][0] if found and found.lastindex else ""
    if name and name != _MP3:
        return name
    return _MP3 if (name or is_mpeg) and _is_mp3(content, place) else ""


def next_file(content: Content, begin: int, end: int | None = None) -> int | None:
    """Where the first file begins, from a place on; MP3 without a tag is not looked for."""
    end = content.size if end is None else end
    for start in range(begin, end, _BLOCK_BYTES):
        read = content.at(start, min(_BLOCK_BYTES, end - start) + _OVERLAP_BYTES)
        for place in sorted(set(_places(read))):
            if place < min(_BLOCK_BYTES, end - start) and file_at(content, start + place):
                return start + place
    return None


def not_heard(name: str) -> str:
    """What is said of a file behind others."""
    return f"{name} lies behind its samples, and is left out"


def _places(read: bytes) -> Iterator[int]:
    for _, letters, offset, _ in _MARKS:
        place = read.find(letters)
        while place >= 0:
            if place >= offset and _ANY.match(read, place - offset):
                yield place - offset
            place = read.find(letters, place + 1)


def _is_mp3(content: Content, place: int) -> bool:
    """Whether frames follow, at once or behind tags: a tag alone is none."""
    begin = after_tags(content, place)
    frames = content.at(begin, _WHOLE_BYTES)
    return is_row_of_frames(frames, 0, len(frames))
