"""Messages between two machines over a pair of pipes: JSON, and bytes behind it.

Python's own library alone: the text of this file is sent to machines that have no cohear yet.
"""

from __future__ import annotations

import json
import struct
from io import FileIO
from typing import Any

MARK = b"\x00cohear\x00"
"""Goes before the first message: what a login shell prints before it is none."""
_SIZES = struct.Struct(">IQ")


def write_frame(stream: FileIO, message: dict[str, Any], content: bytes = b"") -> int:
    """Send a message.

    Args:
        stream: not buffered.
        message: JSON.
        content: bytes that go along.

    Returns:
        How many bytes were sent.

    Raises:
        OSError: nobody reads any more.
    """
    head = json.dumps(message).encode()
    parts = (_SIZES.pack(len(head), len(content)) + head, content)
    for part in parts:
        left = memoryview(part)
        while left:
            left = left[stream.write(left) or 0 :]
    return sum(map(len, parts))


def read_frame(stream: FileIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message with its bytes, or None where the other side has gone.

    Args:
        stream: not buffered, so that another process can go on reading behind it.
    """
    sizes = _read(stream, _SIZES.size)
    if sizes is None:
        return None
    length, size = _SIZES.unpack(sizes)
    head, content = _read(stream, length), _read(stream, size)
    return None if head is None or content is None else (json.loads(head), content)


def _read(stream: FileIO, size: int) -> bytes | None:
    """So many bytes, or None where there are fewer."""
    found = bytearray()
    while len(found) < size:
        more = stream.read(min(size - len(found), 1 << 20))
        if not more:
            return None
        found += more
    return bytes(found)
