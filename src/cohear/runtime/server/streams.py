"""WebSocket ``/stream``: raw samples come in, answers go out while they come; docs/serve.md tells the messages."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from cohear.base.errors import DataError
from cohear.runtime.answers import WindowAnswer
from cohear.runtime.detector import EventDetector, EventSettings
from cohear.runtime.events import Event
from cohear.runtime.remarks import Remarks
from cohear.runtime.server.guard import STREAM_PATH, SUBPROTOCOL
from cohear.runtime.server.limits import Refused
from cohear.runtime.server.raw import RawAudio
from cohear.runtime.server.replies import FAILED, refusal
from cohear.runtime.server.service import Service
from cohear.runtime.server.settings import EVENT_SETTINGS, STREAM_SETTINGS, check_names, event_settings
from cohear.runtime.stream import Stream
from cohear.runtime.told import told_clip, told_window, without_first
from cohear.runtime.windows import Stretch

OWN_CODES = 4000
"""A stream that is refused is closed with the status of HTTP above this."""
GOING_AWAY = 1001


def stream_routes(service: Service) -> APIRouter:
    """The route."""
    routes = APIRouter()
    free = asyncio.Semaphore(service.limits.streams)

    @routes.websocket(STREAM_PATH)
    async def stream(socket: WebSocket) -> None:
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in socket.scope["subprotocols"] else None)
        with service.metrics.streams.track_inprogress():
            code = await _answer(service, socket, free)
        service.metrics.closed.labels(str(code)).inc()

    @routes.get(STREAM_PATH, include_in_schema=False)
    async def no_stream() -> Response:
        refused = refusal(Refused(426, "this is a WebSocket: open it with ws:// or wss://"))
        refused.headers["Upgrade"] = "websocket"
        return refused

    return routes


async def _answer(service: Service, socket: WebSocket, free: asyncio.Semaphore) -> int:
    """Answer a stream to its end; returns the close code."""
    try:
        if free.locked():
            raise Refused(503, f"{service.limits.streams} streams are open; come again")
        async with free:
            await _Conversation(service, socket).run()
        await _close(socket, 1000, "")
        return 1000
    except WebSocketDisconnect as left:
        return left.code
    except (Refused, DataError, asyncio.TimeoutError) as error:
        return await _refuse(socket, _as_refused(error, service.limits.idle))
    except asyncio.CancelledError:
        await _close(socket, GOING_AWAY, "the server ends")
        raise
    except Exception:  # of the model; the server goes on
        logging.getLogger("uvicorn.error").exception("a stream failed")
        return await _refuse(socket, Refused(500, FAILED))


async def _refuse(socket: WebSocket, refused: Refused) -> int:
    """Say why a stream ends; returns the close code."""
    try:
        message = {"type": "error", "status": refused.status, "error": refused.reason}
        await asyncio.wait_for(socket.send_text(json.dumps(message, ensure_ascii=False)), 1)
        await _close(socket, OWN_CODES + refused.status, refused.reason)
    except (WebSocketDisconnect, RuntimeError, asyncio.TimeoutError):
        pass  # it has left, or reads nothing
    return OWN_CODES + refused.status


def _as_refused(error: Exception, idle: float) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, DataError):
        return Refused(422, str(error))
    return Refused(408, f"nothing came, or nothing was read, for {idle:g} s")


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(code, reason.encode()[:120].decode(errors="ignore"))  # 123 bytes fit in a close frame


class _Conversation:
    """One stream: its samples, windows and events.

    Args:
        service: with the bundles.
        socket: that is open.

    Raises:
        Refused: its settings are wrong.
    """

    def __init__(self, service: Service, socket: WebSocket) -> None:
        self._limits = service.limits
        self._socket = socket
        asked = socket.query_params
        check_names([name for name, _ in asked.multi_items()], STREAM_SETTINGS)
        self._name = service.bundle_name(asked.get("bundle", ""))
        raw = _raw_audio(asked)
        self._rate, self._reader = raw.rate, raw.reader(self._limits)
        self._bundle, self._batcher = service.bundles[self._name], service.batchers[self._name]
        self._heard = service.metrics.heard.labels("stream")
        self._stream = Stream(self._bundle, self._rate)
        self._detector = EventDetector(self._bundle.tasks, _events(asked))
        self._remarks = Remarks(self._stream)
        self._frames = 0

    async def run(self) -> None:
        """Answer until the client says ``end``.

        Raises:
            Refused, DataError: what came cannot be answered.
            TimeoutError: nothing came for too long.
            WebSocketDisconnect: the client has left.
        """
        await self._send({"type": "start", "bundle": self._name, "rate": self._bundle.rate, "window": self._window})
        ends = time.monotonic() + self._limits.stream_duration + self._limits.idle
        while True:
            if time.monotonic() > ends:  # kept open by messages that hold no sound
                raise Refused(413, f"the stream is open for longer than {self._limits.stream_duration:g} s")
            message = await asyncio.wait_for(self._socket.receive(), self._limits.idle)
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            if (samples := message.get("bytes")) is not None:
                await self._take(samples)
            else:
                _check_end(message["text"])
                break
        await self._tell(self._stream.cut_end())
        for event in self._detector.end():
            await self._send_event(event)
        clip = self._stream.clip
        told = {**told_clip(clip), "answers": without_first(clip.tasks)}
        await self._send({"type": "end", "seconds": self._stream.seconds, **told})

    @property
    def _window(self) -> float:
        return self._bundle.window

    async def _take(self, content: bytes) -> None:
        if len(content) > self._limits.message:
            raise Refused(413, f"a message has at most {self._limits.message} bytes; send the sound in smaller ones")
        samples = self._reader.push(content)
        self._frames += len(samples)
        if self._frames > self._limits.stream_duration * self._rate:
            raise Refused(413, f"the stream is longer than {self._limits.stream_duration:g} s; begin another one")
        self._heard.inc(len(samples) / self._rate)
        await self._tell(await asyncio.to_thread(self._stream.cut, samples))
        if (note := self._remarks.new()) is not None:
            await self._send({"type": "note", "seconds": self._stream.seconds, "note": note})

    async def _tell(self, cut: Iterable[Stretch]) -> None:
        for stretch in cut:
            for window in self._stream.take(await self._batcher.logits(stretch)):
                for event in self._detector.push(window):
                    await self._send_event(event)
                await self._send_window(window)

    async def _send_window(self, window: WindowAnswer) -> None:
        lasting = [asdict(event) for event in self._detector.lasting]
        told = {**told_window(window), "answers": without_first(window.tasks)}
        await self._send({"type": "window", **told, "lasting": lasting})

    async def _send_event(self, event: Event) -> None:
        await self._send({"type": "event", **asdict(event)})

    async def _send(self, content: Mapping[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False)
        await asyncio.wait_for(self._socket.send_text(text), self._limits.idle)


def _raw_audio(asked: Mapping[str, str]) -> RawAudio:
    """The form of the samples out of the query.

    Raises:
        Refused: a setting is no number.
    """
    try:
        return RawAudio(
            int(asked.get("rate", RawAudio.rate)),
            asked.get("format", RawAudio.format),
            int(asked.get("channels", RawAudio.channels)),
        )
    except ValueError as error:
        raise Refused(422, "rate and channels are whole numbers") from error


def _events(asked: Mapping[str, str]) -> EventSettings:
    """When a label begins and ends, out of the query.

    Raises:
        Refused: a setting is no number, or there are no such events.
    """
    try:
        onset, release, minimum = (float(asked[name]) if name in asked else None for name in EVENT_SETTINGS)
    except ValueError as error:
        raise Refused(422, f"{', '.join(EVENT_SETTINGS)} are numbers") from error
    return event_settings(onset, release, minimum)


def _check_end(text: str) -> None:
    """Whether a text message is the one that is known.

    Raises:
        Refused: it is another one.
    """
    try:
        known = json.loads(text) == {"type": "end"}
    except (ValueError, RecursionError):
        known = False
    if not known:
        raise Refused(422, 'samples are sent as binary messages, and {"type": "end"} is the only text')
