"""Files where raw samples should be: raw samples have no header that could say what they are not.

Whatever bytes are given as samples are some sound or other, mostly noise, and noise is answered too. So what is surely
a file is told apart from samples, by marks that sound has by chance once in milliards of streams.
"""

from __future__ import annotations

from collections.abc import Callable

from cohear.audio.formats import format_by_mark
from cohear.audio.mpeg_frames import header_at

HEAD_BYTES = 8192
"""So many of the first bytes tell; what is further behind is not looked at."""
_FRAMES = 5  # in a row, of streams whose frames have short marks
_MARK_BYTES, _BODY_BYTES = 7, 32
_LOUD_LAYERS = (2, 3)  # the mark of layer 1 is that of samples close to silence
_PACKET_BYTES = 188  # of an MPEG transport stream
_MPC_NAME_END = 19
_TEXT_BYTES, _LETTERS = 64, 8
_TEXT_MARKS = (b"NIST_1A", b"#!AMR")  # of files that may begin as text does
_STREAM = "MPEG transport stream"
_IRCAM, _MATLAB = "an IRCAM file", "a MATLAB file"
_OTHERS = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b\x08\x00": "a gzip archive",
    b"\x1f\x8b\x08\x08": "a gzip archive",
    b"FORM": "an IFF file",
    b"Crea": "a VOC file",
    b"2BIT": "an AVR file",
    b"PVF1": "a PVF file",
    b" paf": "a PAF file",
    b"fap ": "a PAF file",
    b"\x64\xa3\x01\x00": _IRCAM,
    b"\x64\xa3\x02\x00": _IRCAM,
    b"\x64\xa3\x03\x00": _IRCAM,
    b"\x00\x01\xa3\x64": _IRCAM,
    b"\x00\x02\xa3\x64": _IRCAM,
    b"\x00\x03\xa3\x64": _IRCAM,
    b"Exte": "an XI file",
    b"ALaw": "a WVE file",
    b"MATL": _MATLAB,
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff\xe0": "a JPEG picture",
}


def file_in(head: bytes, *, bytes_a_sample: int) -> str:
    """What it is whose first bytes are given as raw samples: ``a WAV file``; empty where it may be samples.

    Args:
        head: as many of the first bytes as are there, `HEAD_BYTES` at most count.
        bytes_a_sample: as which they are read. Text is told from samples of more than one: in those of one byte, a
            pause may look like a row of letters.
    """
    head = head[:HEAD_BYTES]
    if found := format_by_mark(head):
        return f"{_article(found.name)} {found.name} file"
    if other := _OTHERS.get(head[:4]) or _by_several_marks(head):
        return other
    if bytes_a_sample > 1 and _is_text(head[:_TEXT_BYTES]):
        return "text"
    framed = _in_frames(head)
    return framed and (f"an {framed}" if framed == _STREAM else f"an {framed} file")


def _by_several_marks(head: bytes) -> str:
    """What has a short mark, and others behind it."""
    if head[:2] == b"\xf0\x7e" and head[3:4] == b"\x01" and head[20:21] == b"\xf7":
        return "an SDS file"
    if head[20:30] == b"samplerate":
        return _MATLAB
    is_named = len(head) >= _MPC_NAME_END and _is_printable(head[2:_MPC_NAME_END])
    return "an MPC 2000 file" if head[:2] == b"\x01\x04" and is_named else ""


def sound_file_in(head: bytes) -> str:
    """The format of the audio file that begins with these bytes: ``WAV``; empty where it is none that has a mark.

    Args:
        head: as many of the first bytes as are there, `HEAD_BYTES` at most count.
    """
    head = head[:HEAD_BYTES]
    if _is_printable(head[:_TEXT_BYTES]) and not head.startswith(_TEXT_MARKS):
        return ""
    found = format_by_mark(head)
    return found.name if found else _in_frames(head)


def _in_frames(head: bytes) -> str:
    """What consists of frames or packets, whose marks are short, and many."""
    if _has_tags(head) or _in_a_row(head, _mpeg_frame):
        return "MP3"
    if _in_a_row(head, _adts_frame):
        return "AAC"
    return _STREAM if _in_packets(head) else ""


def _article(name: str) -> str:
    return "an" if name[0] in "AO" or name.startswith(("MP4", "MPEG")) else "a"


def _has_tags(head: bytes) -> bool:
    """Whether it begins with ID3 tags of a version that there is."""
    if len(head) < 10 or head[:3] != b"ID3":
        return False
    version, revision, flags, *size = head[3:10]
    return version in (2, 3, 4) and revision == 0 and not flags & 0x0F and all(each < 0x80 for each in size)


def _in_a_row(head: bytes, frame: Callable[[bytes, int], tuple[int, object] | None]) -> bool:
    """Whether frames of one kind follow each other; a broadcast begins somewhere inside of one."""
    begin = -1
    while (begin := head.find(b"\xff", begin + 1)) >= 0:
        place, kind, bodies = begin, None, set[bytes]()
        # A tone may have the mark of a frame in every period, but then what follows is the same each time.
        while (found := frame(head, place)) and found[1] == (kind or found[1]):
            kind = found[1]
            body = head[place + _MARK_BYTES : place + _MARK_BYTES + _BODY_BYTES]
            if body in bodies:
                break
            bodies.add(body)
            if len(bodies) == _FRAMES:
                return True
            place += found[0]
    return False


def _mpeg_frame(head: bytes, place: int) -> tuple[int, object] | None:
    """Bytes of the frame of MP3 or MP2 that begins at a place, and what all frames of its stream have alike."""
    mark = head[place : place + 4]
    found = header_at(mark, 0, len(mark) << 16) if len(mark) == 4 else None  # the frame itself may not be there yet
    return (found.length, found.identity) if found is not None and found.layer in _LOUD_LAYERS else None


def _adts_frame(head: bytes, place: int) -> tuple[int, object] | None:
    """The same of AAC (ADTS, ISO/IEC 13818-7)."""
    mark = head[place : place + _MARK_BYTES]
    if len(mark) < _MARK_BYTES or mark[0] != 0xFF or mark[1] & 0xF6 != 0xF0:
        return None
    length = (mark[3] & 3) << 11 | mark[4] << 3 | mark[5] >> 5
    return (length, (mark[1], mark[2] & 0xFD, mark[3] & 0xC0)) if length > _MARK_BYTES else None


def _in_packets(head: bytes) -> bool:
    places = range(0, _PACKET_BYTES * _FRAMES, _PACKET_BYTES)
    packets = {head[place + 1 : place + _BODY_BYTES] for place in places}
    return all(head[place : place + 1] == b"G" for place in places) and len(packets) == _FRAMES


def _is_text(head: bytes) -> bool:
    return len(head) == _TEXT_BYTES and len(set(head)) >= _LETTERS and _is_printable(head)


def _is_printable(head: bytes) -> bool:
    return all(0x20 <= each < 0x7F or each in b"\t\r\n" for each in head)
