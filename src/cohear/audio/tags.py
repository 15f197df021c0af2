"""Tags in front of audio (ID3v2), and behind it (ID3v1)."""

from __future__ import annotations

from cohear.audio.content import Content

_HEAD_BYTES = 10
_VERSIONS = (2, 3, 4)
LAST_TAG_BYTES = 128
"""Of ID3v1, behind the last frame."""


def after_tags(content: Content, begin: int) -> int:
    """The place after ID3v2 tags, which may hold whole pictures; one that reaches beyond the file's end is none."""
    while (head := content.at(begin, _HEAD_BYTES))[:3] == b"ID3" and len(head) == _HEAD_BYTES:
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        end = begin + _HEAD_BYTES + size + (_HEAD_BYTES if head[5] & 0x10 else 0)
        if head[3] not in _VERSIONS or max(head[6:]) > 0x7F or end > content.size:
            break
        begin = end
    return begin


def is_last_tag(content: Content, place: int) -> bool:
    """Whether nothing but the tag that taggers put behind MP3 files follows."""
    return content.size - place == LAST_TAG_BYTES and content.at(place, 3) == b"TAG"
