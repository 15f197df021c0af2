"""Tags in front of audio (ID3v2), and behind it (ID3v1)."""

from __future__ import annotations

from cohear.audio.content import Content

LAST_TAG_BYTES = 128
"""Of ID3v1, behind the last frame."""


def after_tags(content: Content, begin: int) -> int:
    """The place after ID3v2 tags, which may hold whole pictures."""
    while (head := content.at(begin, 10))[:3] == b"ID3" and len(head) == 10:
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        begin += 10 + size + (10 if head[5] & 0x10 else 0)
    return begin


def is_last_tag(content: Content, place: int) -> bool:
    """Whether nothing but the tag that taggers put behind MP3 files follows."""
    return content.size - place == LAST_TAG_BYTES and content.at(place, 3) == b"TAG"
