"""What a file is, by its first bytes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cohear.audio.chunks import chunk_structure
from cohear.audio.content import Content
from cohear.audio.flac import flac_structure
from cohear.audio.mpeg import MPEG, mpeg_structure
from cohear.audio.mpeg_frames import first_frame
from cohear.audio.ogg import ogg_codec, ogg_structure
from cohear.audio.stated_ends import structure_to_end
from cohear.audio.structure import PLAIN, Structure
from cohear.audio.tags import after_tags


class Format(NamedTuple):
    """A format of audio files.

    Attributes:
        name: for people.
        demuxer: FFmpeg's name of what takes it apart; empty where FFmpeg is not asked.
        is_foreign: whether libsndfile cannot read it, so that it need not be asked.
    """

    name: str
    demuxer: str
    is_foreign: bool = True


_FLAC, _MPEG, _OGG = Format("FLAC", "", False), Format("MPEG audio", "", False), Format("Ogg", "ogg", False)
_NIST = Format("NIST SPHERE", "nistsphere", False)
_WAV, _TTA, _MP4, _QUICKTIME = Format("WAV", "wav", False), Format("True Audio", "tta"), "MP4 (M4A)", "QuickTime"
_BY_FIRST_BYTES: Mapping[bytes, Format] = MappingProxyType(
    {
        b"RIFX": Format("WAV", "", False),
        b"RF64": _WAV,
        b"BW64": _WAV,
        b"riff": Format("W64", "w64", False),
        b"fLaC": _FLAC,
        b"caff": Format("CAF", "caf", False),
        b".snd": Format("AU", "au", False),
        b"dns.": Format("AU", "", False),
        b"NIST": _NIST,
        b"\x1a\x45\xdf\xa3": Format("WebM or Matroska", "matroska"),
        b"\x30\x26\xb2\x75": Format("WMA (ASF)", "asf"),
        b"#!AM": Format("AMR", "amr"),
        b"FLV\x01": Format("FLV", "flv"),
        b"wvpk": Format("WavPack", "wv"),
        b"TTA1": _TTA,
        b"MAC ": Format("Monkey's Audio", "ape"),
        b"MPCK": Format("Musepack", "mpc8"),
        b"tBaK": Format("TAK", "tak"),
        b"DSD ": Format("DSF", "dsf"),
        b"FRM8": Format("DFF", "iff"),
        b".RMF": Format("RealMedia", "rm"),
        b".ra\xfd": Format("RealAudio", "rm"),
        b"ajkg": Format("Shorten", "shn"),
        b"\x7f\xfe\x80\x01": Format("DTS", "dts"),
        b"\x00\x00\x01\xba": Format("MPEG program stream", "mpeg"),
        b"ADIF": Format("AAC (ADIF)", ""),
    }
)
_BY_NEXT_BYTES: Mapping[bytes, Format] = MappingProxyType(
    {
        b"ftyp": Format(_MP4, "mov"),
        b"styp": Format(_MP4, "mov"),
        b"moov": Format(_QUICKTIME, "mov"),
        b"mdat": Format(_QUICKTIME, "mov"),
        b"wide": Format(_QUICKTIME, "mov"),
    }
)
_SEARCHED_BYTES = 1 << 14
_FRAMES = 4  # in a row
_PACKET_BYTES = 188  # of an MPEG transport stream


def format_of(content: Content) -> Format | None:
    """What the file is; None where its first bytes do not say."""
    return format_by_mark(content.head) or _of_packets(content)


def format_by_mark(head: bytes) -> Format | None:
    """What a file is that begins with these bytes, by the mark of four letters that most formats have there."""
    first = head[:4]
    if first == b"RIFF":
        return Format("AVI", "avi") if head[8:11] == b"AVI" else _WAV
    if first == b"OggS":
        return _OGG if ogg_codec(head) in (b"\x01vorbis", b"OpusHead") else _OGG._replace(is_foreign=True)
    if first == b"FORM":
        return Format("AIFF", "aiff", False) if head[8:11] == b"AIF" else None
    return _BY_FIRST_BYTES.get(first) or _BY_NEXT_BYTES.get(head[4:8])


def _of_packets(content: Content) -> Format | None:
    """Formats that begin with a packet of sound, perhaps behind tags."""
    begin = after_tags(content, 0)
    mark = content.at(begin, 4)
    found = _by_sync(content, mark)
    if found is not None and found is not _MPEG and _has_mpeg_frames(content, begin):
        return _MPEG  # it begins inside a frame, with two bytes that others begin with
    if found is None and (begin or mark[:3] == b"ID3"):
        return {b"fLaC": _FLAC, b"TTA1": _TTA}.get(mark, _MPEG)
    return found


def _has_mpeg_frames(content: Content, begin: int) -> bool:
    data = content.at(begin, _SEARCHED_BYTES)
    return first_frame(data, 0, len(data), _FRAMES) is not None


def _by_sync(content: Content, mark: bytes) -> Format | None:
    """Formats whose packets begin with a mark of few bits."""
    if len(mark) == 4 and mark[0] == 0xFF and mark[1] & 0xE0 == 0xE0:
        return Format("AAC (ADTS)", "aac") if mark[1] & 0xF6 == 0xF0 else _MPEG
    if len(mark) == 4 and mark[0] == 0x56 and mark[1] & 0xE0 == 0xE0:
        return Format("AAC (LATM)", "loas")
    if all(content.at(_PACKET_BYTES * number, 1) == b"G" for number in range(5)):
        return Format("MPEG transport stream", "mpegts")
    return {b"\x0b\x77": Format("AC-3", "ac3"), b"MP": Format("Musepack", "mpc")}.get(mark[:2])


def structure_of(content: Content, found: Format | None) -> Structure:
    """What the file's structure says of its audio.

    Raises:
        UnreadableAudio: a good part of it is missing.
    """
    if found is None or found is _NIST:
        return structure_to_end(content)
    if found.name == _OGG.name:
        return ogg_structure(content)
    if found.is_foreign:
        return PLAIN
    if found is _FLAC:
        return flac_structure(content)
    if found is _MPEG:
        structure = mpeg_structure(content)
        return MPEG if structure is PLAIN else structure
    return chunk_structure(content)
