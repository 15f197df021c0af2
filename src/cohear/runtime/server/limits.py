"""What a server takes on, and what it says where something is beyond it."""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):
    """A request that is not answered.

    Args:
        status: of HTTP; a stream is closed with 4000 more.
        reason: one clause.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """Bounds of one server.

    Attributes:
        size: bytes of a request's body; beyond it 413.
        duration: seconds of audio in a request; beyond it 413.
        concurrency: requests at work at once; beyond it 503.
        seconds: that a request may take, its upload included; beyond it 504.
        memory: bytes of bodies and samples of all requests at work; beyond it 503.
        channels: of a clip or a stream; beyond it 422.
        lowest_rate, highest_rate: in Hz; beyond them 422.
        decoder_memory: bytes of address space of a decoder.
        decoders: processes that decode.
        streams: open at once; beyond it 503.
        stream_duration: seconds of audio in a stream; beyond it 413.
        idle: seconds without a message, or without the client reading one, after which a stream is closed (408).
        message: bytes of a stream's message; beyond it 413.
    """

    size: int = 32 << 20
    duration: float = 600.0
    concurrency: int = 32
    seconds: float = 30.0
    memory: int = 512 << 20
    channels: int = 64
    lowest_rate: int = 1000
    highest_rate: int = 384_000
    decoder_memory: int = 1 << 30
    decoders: int = 2
    streams: int = 16
    stream_duration: float = 3600.0
    idle: float = 30.0
    message: int = 1 << 20
