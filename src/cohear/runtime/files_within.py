"""Files that begin behind the first bytes of raw samples: a client's messages may be one each, or silence stand before.

What is looked for are heads of more than 40 bits that do not vary: noise has one of them by chance once in years.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class _Head(NamedTuple):
    """How a file begins.

    Attributes:
        name: with its article.
        mark: that is looked for.
        behind: bytes of the head before the mark.
        whole: what the head fits.
    """

    name: str
    mark: bytes
    behind: int
    whole: re.Pattern[bytes]


def _head(name: str, mark: bytes, whole: bytes, behind: int = 0) -> _Head:
    return _Head(name, mark, behind, re.compile(whole, re.DOTALL))


_FLAGS = re.escape(bytes(range(0, 256, 16)))
_SIZES = rb"\x01.{7}|\x08.{4}|[\x10-\x1f].{3}|[\x20-\x3f].{2}|[\x40-\x7f]."  # of more than 126 bytes, as EBML has them
_WEBM, _MP4, _W64 = "a WebM or Matroska file", "an MP4 (M4A) file", b"riff\x2e\x91\xcf\x11"
_HEADS = (
    _head("a WAV file", b"RIFF", rb"RIFF.{4}WAVE"),
    _head("a WAV file", b"RIFX", rb"RIFX.{4}WAVE"),
    _head("a WAV file", b"RF64", rb"RF64.{4}WAVE"),
    _head("a WAV file", b"BW64", rb"BW64.{4}WAVE"),
    _head("a W64 file", _W64, re.escape(_W64)),
    _head("an AIFF file", b"FORM", rb"FORM.{4}AIF[FC]"),
    _head("a CAF file", b"caff\x00\x01\x00\x00", rb"caff"),
    _head("an AU file", b".snd\x00\x00", rb".{12}\x00{3}[\x01-\x1b]"),
    _head("a VOC file", b"Creative Voice File", rb"."),
    _head("a NIST SPHERE file", b"NIST_1A\n", rb"."),
    _head("a FLAC file", b"fLaC", rb"fLaC[\x00\x80]\x00\x00\x22"),
    _head("an Ogg file", b"OggS\x00", rb"OggS\x00[\x00-\x07]"),
    _head("an MP3 file", b"ID3", rb"ID3[\x02-\x04]\x00[%s][\x00-\x7f]{4}" % _FLAGS),
    _head("a WMA (ASF) file", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", rb"."),
    _head(_WEBM, b"\x1a\x45\xdf\xa3", rb".{4}.{1,8}\x42\x86\x81\x01"),
    _head(_WEBM, b"\x1f\x43\xb6\x75", rb".{4}(?:%s)(?:\xbf\x84.{4})?\xe7" % _SIZES),
    _head(_MP4, b"ftyp", rb"\x00\x00\x00.ftyp[ -~]{4}", 4),
    _head(_MP4, b"moof", rb"\x00\x00..moof\x00\x00\x00\x10mfhd", 4),
    _head("an AMR file", b"#!AMR", rb"#!AMR(?:-WB)?\n"),
)
"""A recording whose begin was lost goes on with a cluster of WebM, a fragment of MP4 or a page of Ogg."""
LONGEST = 24
"""Bytes of a head, at most."""


def file_within(content: bytes) -> str:
    """What file begins somewhere in these bytes: ``a WAV file``; empty where none does."""
    for head in _HEADS:
        place = -1
        while (place := content.find(head.mark, place + 1)) >= 0:
            if place >= head.behind and head.whole.match(content, place - head.behind):
                return head.name
    return ""
