"""Old formats that libsndfile reads as far as a file goes: where each must end, by its own header.

Without a look at it, the first part of such a file would be taken for the whole. IRCAM, PAF, PVF and XI are not
here, as their headers do not say how much follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cohear.audio.chunk_walk import ChunkLayout, chunks_up_to_samples
from cohear.audio.content import Content
from cohear.audio.other_files import file_at, not_heard
from cohear.audio.samples_end import JUNK_BYTES, is_no_sound, zeros_behind
from cohear.audio.structure import PLAIN, EncodedStream, Structure, joined_files
from cohear.audio.unreadable import UnreadableAudio

_MOST_PARTS = 10_000
_NIST = re.compile(rb"^(\w+) -\w+ (\S+)", re.MULTILINE)
_SDS_MARK = b"\xf0\x7e"
_SDS_HEAD, _SDS_PACKET, _SDS_BYTES = 21, 127, 120
_MAT5_TOO_MANY = 8  # bytes that libsndfile states more than it writes
_MAT5_KINDS = 18
_VOC_KINDS = 9
_IFF_CHUNKS = ChunkLayout("big", 4, 4, False, 2)
_MAT4_FIRST = bytes((0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0)) + b"samplerate\0"
_MAT4_BYTES: Mapping[int, int] = MappingProxyType({0: 8, 10: 4, 20: 4, 30: 2, 40: 2, 50: 1})


def structure_to_end(content: Content) -> Structure:
    """Look whether such a file is whole, and what follows; `PLAIN` where it is one and no more, or another file.

    Raises:
        UnreadableAudio: it ends before its samples do.
    """
    streams = list[EncodedStream]()
    following, stated = content, _stated_end(content)
    while stated is not None:
        end, is_closed = stated
        if end > following.size:
            reason = f"it is cut short: {following.size} of the {end} bytes that its header states are there"
            raise UnreadableAudio(content.path, reason, "truncated")
        behind = following.behind(end)
        stated = _stated_end(behind) if len(streams) < _MOST_PARTS else None
        oddity = "" if stated else _oddity_behind(following, end, is_closed=is_closed)
        end = following.size if oddity == _goes_on(following, end) else end
        streams.append(EncodedStream([following.span(0, end)]))
        following = behind
    if not streams or (len(streams) == 1 and end == content.size and not oddity):
        return PLAIN
    told = (joined_files(len(streams)) if len(streams) > 1 else "", oddity)
    return Structure(streams, None, tuple(filter(None, told)))


def _oddity_behind(content: Content, end: int, *, is_closed: bool) -> str:
    """What is said of what lies behind the last samples, as they are stated; empty where nothing need be."""
    if name := file_at(content, end):
        return not_heard(name)
    if is_no_sound(content, end):
        return zeros_behind(content, end)
    if not is_closed and content.size - end > JUNK_BYTES:
        return _goes_on(content, end)
    return f"{content.size - end} bytes behind its samples are no sound, and are left out"


def _goes_on(content: Content, end: int) -> str:
    return f"its header states {end} bytes, {content.size} are there"


def _stated_end(content: Content) -> tuple[int, bool] | None:
    """The byte behind such a file, and whether it says itself that no samples can follow; None for other files."""
    stated = next(((mark, end) for mark, end in _ENDS.items() if content.head.startswith(mark)), None)
    end = stated[1](content) if stated else None
    return None if stated is None or end is None else (end, stated[0] in _CLOSED)


def _little(content: Content, place: int, size: int) -> int:
    return int.from_bytes(content.at(place, size), "little")


def _big(content: Content, place: int, size: int) -> int:
    return int.from_bytes(content.at(place, size), "big")


def _behind(begin: int, size: int) -> int | None:
    """The byte behind samples of a stated size; None where none is stated."""
    return begin + size if size else None


def _avr(content: Content) -> int | None:
    """Audio Visual Research, of the Atari."""
    channels = 2 if _big(content, 12, 2) else 1
    return _behind(128, channels * _big(content, 26, 4) * -(-_big(content, 14, 2) // 8))


def _iff(content: Content) -> int | None:
    """8SVX and 16SV of the Amiga; AIFF has more to it, and is looked at by `cohear.audio.chunks`."""
    if content.head[8:12] not in (b"8SVX", b"16SV"):
        return None
    chunks = [*chunks_up_to_samples(content, 12, _IFF_CHUNKS)]
    body = chunks[-1] if chunks and chunks[-1].is_of_samples else None
    return None if body is None else _behind(body.begin, body.size)


def _mat4(content: Content) -> int:
    """MATLAB 4, as libsndfile writes it: the rate, then the samples."""
    place = 20 + 11 + 8
    kind, rows, columns, name = (_little(content, place + at, 4) for at in (0, 4, 8, 16))
    return place + 20 + name + rows * columns * _MAT4_BYTES.get(kind, 0)


def _mat5(content: Content) -> int | None:
    """MATLAB 5: elements, each with its size."""
    order = content.at(126, 2)
    read = {b"IM": _little, b"MI": _big}.get(order)
    place, end = 128, 128
    for _ in range(_MOST_PARTS if read else 0):
        if read is None or len(content.at(place, 8)) < 8 or not 1 <= read(content, place, 4) <= _MAT5_KINDS:
            return end
        place += 8 + read(content, place + 4, 4)
        end = place - _MAT5_TOO_MANY
    return None


def _mpc2000(content: Content) -> int | None:
    """Akai MPC 2000."""
    channels = 2 if content.at(21, 1) == b"\1" else 1
    return _behind(42, 2 * channels * _little(content, 30, 4))


def _nist(content: Content) -> int | None:
    """NIST SPHERE; what is compressed ends where its own end is."""
    fields = dict(_NIST.findall(content.at(0, 1024)))
    if b"," in fields.get(b"sample_coding", b""):
        return None
    try:
        header = int(content.at(8, 8).split()[0])
        frame = int(fields[b"sample_n_bytes"]) * int(fields.get(b"channel_count", b"1"))
        return _behind(header, frame * int(fields[b"sample_count"]))
    except (KeyError, ValueError, IndexError):
        return None


def _sds(content: Content) -> int:
    """MIDI sample dump: packets of 120 bytes, each sample in two to four of them."""
    low, middle, high = content.at(10, 3).ljust(3, b"\0")
    samples = low | middle << 7 | high << 14
    a_packet = _SDS_BYTES // max(-(-_big(content, 6, 1) // 7), 1)
    end = _SDS_HEAD + _SDS_PACKET * -(-samples // a_packet)
    packets = content.at(_SDS_HEAD, end - _SDS_HEAD)
    firsts, seconds = packets[::_SDS_PACKET], packets[1::_SDS_PACKET]
    if firsts.strip(_SDS_MARK[:1]) or seconds.strip(_SDS_MARK[1:]):
        raise UnreadableAudio(content.path, "it is damaged: packets of its samples have lost their mark", "truncated")
    return end


def _voc(content: Content) -> int | None:
    """Creative's: blocks, each with its size, up to a zero, which some writers leave out, or count as a sample."""
    place = _little(content, 20, 2)
    for _ in range(_MOST_PARTS):
        head = content.at(place, 4)
        if head[:1] == b"\0":
            return place + 1
        if len(head) < 4 or head[0] > _VOC_KINDS:
            return place
        place += 4 + int.from_bytes(head[1:], "little")
    return None


def _wve(content: Content) -> int | None:
    """Psion's."""
    return _behind(32, _big(content, 18, 4))


_ENDS: Mapping[bytes, Callable[[Content], int | None]] = MappingProxyType(
    {
        b"2BIT": _avr,
        b"FORM": _iff,
        _MAT4_FIRST: _mat4,
        b"MATLAB 5.0": _mat5,
        b"\x01\x04": _mpc2000,
        b"NIST_1A": _nist,
        _SDS_MARK: _sds,
        b"Creative Voice File": _voc,
        b"ALawSoundFile**": _wve,
    }
)
_CLOSED = frozenset({_MAT4_FIRST, b"MATLAB 5.0", _SDS_MARK, b"Creative Voice File"})
"""Formats in which what follows the samples cannot be more of them."""
