"""The structure of Ogg files (RFC 3533): pages, and streams that are chained one after the other."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from functools import cache

from cohear.audio.content import ByteSpan, Content, FilePiece
from cohear.audio.structure import PLAIN, EncodedStream, Structure
from cohear.audio.unreadable import UnreadableAudio

_HEAD_BYTES = 27
_PLAIN_OGG = Structure(is_exact=True)
_FIRST, _LAST = 2, 4  # flags of a page


@dataclass
class _Link:
    """Streams that begin together."""

    begin: int
    serials: set[bytes]
    open: set[bytes]
    """Those whose last page has not come."""
    last: int = 0
    """Where the last page begins."""


def ogg_structure(content: Content) -> Structure:
    """Find the links of a chain, and whether its end is there.

    Raises:
        UnreadableAudio: the last page is not whole.
    """
    data = content.whole
    links, end = _walk(data)
    if not links:
        return PLAIN
    if end < len(data) and data.find(b"OggS", end) == end:
        raise UnreadableAudio(content.path, "it is cut short: its last page is not whole", "truncated")
    oddities = []
    if len(links) > 1:
        oddities.append(f"it is a chain of {len(links)} Ogg streams")
    if links[-1].open:
        oddities.append("its last page is not marked as the end")
    if not oddities:
        return _PLAIN_OGG
    ends = [link.begin for link in links[1:]] + [end]
    streams = [EncodedStream(_ended(data, link, last)) for link, last in zip(links, ends, strict=True)]
    return Structure(streams, None, tuple(oddities), is_exact=True)


def _ended(data: bytes | mmap.mmap, link: _Link, end: int) -> list[FilePiece]:
    """The pages of a link, the last one marked as the end: libsndfile refuses Opus without it."""
    if not link.open:
        return [ByteSpan(link.begin, end)]
    page = bytearray(data[link.last : link.last + (_page_bytes(data, link.last) or 0)])
    page[5] |= _LAST
    page[22:26] = bytes(4)
    page[22:26] = _checksum(page).to_bytes(4, "little")
    return [ByteSpan(link.begin, link.last), bytes(page)]


@cache
def _table() -> tuple[int, ...]:
    """Checksums of single bytes."""
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(value)
    return tuple(table)


def _checksum(page: bytearray) -> int:
    table, value = _table(), 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ table[value >> 24 ^ byte]
    return value


def ogg_codec(head: bytes) -> bytes:
    """The first bytes of the first packet, which name the codec: eight, or the seven of Vorbis."""
    if len(head) < _HEAD_BYTES:
        return b""
    begin = _HEAD_BYTES + head[26]
    name = head[begin : begin + 8]
    return name[:7] if name.startswith(b"\x01vorbis") else name


def _walk(data: bytes | mmap.mmap) -> tuple[list[_Link], int]:
    """The links, and where the last whole page ends (or where one begins that is not whole)."""
    links: list[_Link] = []
    place, in_head = 0, False
    while True:
        place = place if data[place : place + 4] == b"OggS" else data.find(b"OggS", place)
        if place < 0:
            return links, len(data)
        size = _page_bytes(data, place)
        if size is None or place + size > len(data):
            if data.find(b"OggS", place + 4) < 0:
                return links, place
            place += 4  # a page that is damaged
            continue
        flags, serial = data[place + 5], bytes(data[place + 14 : place + 18])
        if flags & _FIRST:
            if in_head and serial not in links[-1].serials:
                links[-1].serials.add(serial)
                links[-1].open.add(serial)
            else:
                links.append(_Link(place, {serial}, {serial}))
            in_head = True
        else:
            in_head = False
        if links:
            links[-1].last = place
            if flags & _LAST:
                links[-1].open.discard(serial)
        place += size


def _page_bytes(data: bytes | mmap.mmap, place: int) -> int | None:
    """Bytes of the page at a place: its head, a byte for the length of each segment, the segments."""
    head = data[place : place + _HEAD_BYTES]
    if len(head) < _HEAD_BYTES:
        return None
    lengths = data[place + _HEAD_BYTES : place + _HEAD_BYTES + head[26]]
    if len(lengths) < head[26]:
        return None
    return _HEAD_BYTES + head[26] + sum(lengths)
