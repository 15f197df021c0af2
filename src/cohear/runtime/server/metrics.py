"""What ``GET /metrics`` tells, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4"


class Metrics:
    """Counts of one server.

    Attributes:
        requests: answered, by path and status.
        seconds: that a classification took.
        active: classifications at work.
        streams: that are open.
        closed: streams that ended, by close code.
        heard: seconds of audio answered, by way.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self.requests = Counter("cohear_requests", "Requests answered", ["path", "status"], registry=registry)
        self.seconds = Histogram("cohear_classify_seconds", "Time of a classification", registry=registry)
        self.active = Gauge("cohear_active_requests", "Classifications at work", registry=registry)
        self.streams = Gauge("cohear_open_streams", "Streams that are open", registry=registry)
        self.closed = Counter("cohear_streams", "Streams that ended, by close code", ["code"], registry=registry)
        self.heard = Counter("cohear_audio_seconds", "Seconds of audio answered", ["way"], registry=registry)

    def text(self) -> bytes:
        """All of them, as Prometheus reads it."""
        return generate_latest(self._registry)
