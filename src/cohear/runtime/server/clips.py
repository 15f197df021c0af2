"""``POST /classify``: all tasks' answers to one clip."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from starlette.requests import ClientDisconnect

from cohear.base.errors import DataError
from cohear.runtime.answers import WindowAnswer, WindowPooling, in_time
from cohear.runtime.detector import events_of
from cohear.runtime.server.body import PCM, read_body
from cohear.runtime.server.limits import Refused
from cohear.runtime.server.memory import Share
from cohear.runtime.server.raw import RawAudio, read_raw
from cohear.runtime.server.replies import ClipAnswer, Problem, refusal
from cohear.runtime.server.service import Service
from cohear.runtime.windows import stretches

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
}
BODY = {
    "requestBody": {
        "required": True,
        "description": "An audio file as it is, in a form, or raw samples.",
        "content": {"application/octet-stream": _BYTES, "multipart/form-data": _FORM, PCM: _BYTES},
    }
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "The token is missing or wrong."},
    413: {"model": Problem, "description": "The body or the clip is larger or longer than the limits."},
    422: {"model": Problem, "description": "It is no audio, damaged, beyond a limit, or a setting is wrong."},
    503: {"model": Problem, "description": "Too many requests are at work."},
    504: {"model": Problem, "description": "It took too long."},
}


def clip_routes(service: Service) -> APIRouter:
    """The route."""
    routes = APIRouter()
    limits = service.limits
    at_work = asyncio.Semaphore(limits.concurrency)

    @routes.post("/classify", response_model=ClipAnswer, responses=REFUSALS, openapi_extra=BODY)
    async def classify(
        request: Request,
        bundle: Annotated[str, Query(description="Name of the bundle; the first without it.")] = "",
        rate: Annotated[int, Query(description="Of raw samples, in Hz.")] = 16000,
        format: Annotated[str, Query(description="Of raw samples: s16le, s32le or f32le.")] = "s16le",  # noqa: A002
        channels: Annotated[int, Query(description="Of raw samples, interleaved.")] = 1,
        windows: Annotated[bool, Query(description="Tell each window's answers and the events, too.")] = False,
    ) -> Response:
        """All tasks' answers to one clip: a file of any rate and length, or raw samples."""
        if at_work.locked():
            return refusal(Refused(503, f"{limits.concurrency} requests are at work; come again"))
        async with at_work:
            with service.metrics.active.track_inprogress(), service.metrics.seconds.time():
                try:
                    raw = RawAudio(rate, format, channels)
                    work = _classify(service, request, service.bundle_name(bundle), raw, with_windows=windows)
                    return JSONResponse(await asyncio.wait_for(work, limits.seconds))
                except Refused as refused:
                    return refusal(refused)
                except DataError as error:
                    return refusal(Refused(422, str(error)))
                except ClientDisconnect:
                    return refusal(Refused(400, "the connection ended before the clip did"))
                except asyncio.TimeoutError:
                    return refusal(Refused(504, f"it took longer than {limits.seconds:g} s"))

    return routes


async def _classify(
    service: Service, request: Request, name: str, raw: RawAudio, *, with_windows: bool
) -> dict[str, Any]:
    bundle, batcher = service.bundles[name], service.batchers[name]
    with service.memory.share() as share:
        waveform = await _waveform(service, request, name, raw, share)
        pool, length = WindowPooling(bundle.tasks), len(waveform) / bundle.rate
        told: list[WindowAnswer] = []
        for stretch in stretches([waveform], bundle.windowings):
            logits = await batcher.logits(stretch)
            pool.add(logits.logits, logits.heard)
            if with_windows:
                told += bundle.answers(logits, length)
    service.metrics.heard.labels("clip").inc(length)
    if not with_windows:
        return _without_windows(asdict(ClipAnswer(name, length, pool.answers())))
    told = in_time(told)
    return asdict(ClipAnswer(name, length, pool.answers(), told, events_of(told, bundle.tasks)))


def _without_windows(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value is not None}


async def _waveform(service: Service, request: Request, name: str, raw: RawAudio, share: Share) -> NDArray[np.float32]:
    """The clip ``[samples]`` as the bundle takes it."""
    bundle, limits = service.bundles[name], service.limits
    content = await read_body(request, limits.size, share)
    if request.headers.get("content-type", "").partition(";")[0].strip() == PCM:
        samples: NDArray[Any] = read_raw(content, raw, limits)
        rate = raw.rate
        share.grow(4 * samples.size)
    else:
        rate = bundle.rate
        samples = await service.decoders.decode(content, rate)
        share.grow(samples.nbytes)
    return await asyncio.to_thread(bundle.prepared, samples, rate)
