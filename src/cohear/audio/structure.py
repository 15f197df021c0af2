"""What a file's own structure says of where its audio is: found before anything is decoded, at little cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cohear.audio.content import FilePiece


@dataclass(frozen=True)
class EncodedStream:
    """A stream of audio inside a file, as a decoder should be given it.

    Attributes:
        pieces: the file that holds it, sizes put right.
        frames: samples of each channel, None where only decoding tells.
    """

    pieces: Sequence[FilePiece]
    frames: int | None = None


@dataclass(frozen=True)
class Structure:
    """How to read a file so that all its audio comes out.

    Attributes:
        streams: to be decoded one after the other; none where the file can be decoded as it is.
        frames: of all of them, None where only decoding tells. A decoder that finds as many in the file as it is
            needs no streams.
        oddities: what is odd about the file, a clause each.
        is_mpeg: whether it is MPEG audio.
        may_go_on: whether another stream may follow the one that the header tells of: not looked for, as that takes a
            look at all bytes.
        is_exact: whether a decoder that ends before the frames that it stated found the true end all the same.
    """

    streams: Sequence[EncodedStream] = ()
    frames: int | None = None
    oddities: tuple[str, ...] = ()
    is_mpeg: bool = False
    may_go_on: bool = False
    is_exact: bool = False


PLAIN = Structure()
"""Nothing is odd: the file is decoded as it is."""


def joined_files(count: int, kind: str = "") -> str:
    """What is said of files that were put together: ``it is 2 MP3 files one after the other``."""
    return f"it is {count} {kind} files one after the other".replace("  ", " ")
