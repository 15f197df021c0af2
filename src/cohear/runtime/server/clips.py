"""``POST /classify``: all tasks' answers to a clip, or to each of several."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from starlette.requests import ClientDisconnect

from cohear.audio.channels import ChannelMeter
from cohear.base.errors import DataError
from cohear.runtime.answers import WindowAnswer, in_time
from cohear.runtime.bundle import as_mono
from cohear.runtime.detector import EventSettings, events_of
from cohear.runtime.raw_samples import PCM_FORMATS
from cohear.runtime.resampled import Resampled
from cohear.runtime.server.body import ReceivedClip, read_body
from cohear.runtime.server.limits import Refused
from cohear.runtime.server.memory import Share
from cohear.runtime.server.raw import RAW_TYPES, raw_of, read_raw
from cohear.runtime.server.replies import ClipAnswer, FileProblem, FormAnswer, Problem, refusal
from cohear.runtime.server.service import Service
from cohear.runtime.server.settings import CLIP_SETTINGS, RAW_SETTINGS, check_names, event_settings
from cohear.runtime.told import told_clip, told_window, without_first
from cohear.runtime.windows import stretches

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
}
BODY = {
    "requestBody": {
        "required": True,
        "description": "An audio file as it is, raw samples, or a form of one or several of them.",
        "content": {
            "application/octet-stream": _BYTES,
            "multipart/form-data": _FORM,
            **dict.fromkeys(RAW_TYPES, _BYTES),
        },
    }
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "The token is missing or wrong."},
    413: {"model": Problem, "description": "The body or the clip is larger or longer than the limits."},
    415: {"model": Problem, "description": "It is in a form that this server has no decoder for."},
    422: {"model": Problem, "description": "It is no audio, damaged, beyond a limit, or a setting is wrong."},
    503: {"model": Problem, "description": "Too many requests are at work."},
    504: {"model": Problem, "description": "It took too long."},
}


def clip_routes(service: Service) -> APIRouter:
    """The route."""
    routes = APIRouter()
    limits = service.limits
    at_work = asyncio.Semaphore(limits.concurrency)

    @routes.post("/classify", response_model=ClipAnswer | FormAnswer, responses=REFUSALS, openapi_extra=BODY)
    async def classify(
        request: Request,
        bundle: Annotated[str, Query(description="Name of the bundle; the first without it.")] = "",
        rate: Annotated[int | None, Query(description="Of raw samples, in Hz; 16000, 8000 of audio/pcmu.")] = None,
        format: Annotated[  # noqa: A002
            str | None, Query(description=f"Of raw samples: {', '.join(PCM_FORMATS)}; the first without it.")
        ] = None,
        channels: Annotated[int | None, Query(description="Of raw samples, interleaved; 1 without it.")] = None,
        windows: Annotated[bool, Query(description="Tell each window's answers and the events, too.")] = False,
        onset: Annotated[float | None, Query(description="Of events: where a label begins.")] = None,
        release: Annotated[float | None, Query(description="Of events: the share of that below which it ends.")] = None,
        minimum: Annotated[float | None, Query(description="Of events: seconds; what is shorter is none.")] = None,
    ) -> Response:
        """All tasks' answers to one clip, or to each of several: files of any rate and length, or raw samples."""
        if at_work.locked():
            return refusal(Refused(503, f"{limits.concurrency} requests are at work; come again"))
        async with at_work:
            with service.metrics.active.track_inprogress(), service.metrics.seconds.time():
                try:
                    check_names([name for name, _ in request.query_params.multi_items()], CLIP_SETTINGS)
                    events = event_settings(onset, release, minimum)
                    with_events = windows or any(each is not None for each in (onset, release, minimum))
                    wishes = _Told(windows, events if with_events else None)
                    work = _classify(service, request, service.bundle_name(bundle), (rate, format, channels), wishes)
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


@dataclass(frozen=True)
class _Told:
    """What is told beside the answers: each window's, and events, by their settings."""

    windows: bool
    events: EventSettings | None


RawSettings = tuple[int | None, str | None, int | None]
"""Rate, format and channels of raw samples, as far as a request says."""


async def _classify(service: Service, request: Request, name: str, raw: RawSettings, wishes: _Told) -> dict[str, Any]:
    with service.memory.share() as share:
        clips = await read_body(request, service.limits.size, share)
        _check_raw_settings(clips, raw)
        if len(clips) == 1:
            return await _answer(service, name, clips[0], raw, wishes)
        files: list[dict[str, Any]] = []
        for clip in clips:
            try:
                files.append({"file": clip.name, **await _answer(service, name, clip, raw, wishes)})
            except DataError as error:
                files.append(asdict(FileProblem(clip.name, str(error), 422)))
            except Refused as refused:
                files.append(asdict(FileProblem(clip.name, refused.reason, refused.status)))
        return {"bundle": name, "files": files}


def _check_raw_settings(clips: Sequence[ReceivedClip], raw: RawSettings) -> None:
    """Whether settings of raw samples are given where there are some: a file says of itself what they would.

    Raises:
        Refused: there are files alone.
    """
    given = [name for name, value in zip(RAW_SETTINGS, raw, strict=True) if value is not None]
    if given and all(raw_of(clip.media_type, *raw) is None for clip in clips):
        raise Refused(
            422,
            f"{given[0]} is of raw samples, and a file says it itself: leave it out, or send raw samples as "
            "Content-Type: audio/pcm",
        )


async def _answer(service: Service, name: str, clip: ReceivedClip, raw: RawSettings, wishes: _Told) -> dict[str, Any]:
    """The answer to one clip, without what was not asked for."""
    bundle, batcher = service.bundles[name], service.batchers[name]
    with service.memory.share() as share:
        recording, cancel = await _recording(service, name, clip, raw, share)
        pool, length = bundle.pooling(), len(recording.samples) / bundle.rate
        windows: list[WindowAnswer] = []
        for stretch in stretches([recording], bundle.windowings):
            logits = await batcher.logits(stretch)
            pool.add(logits)
            if wishes.events is not None:
                windows += bundle.answers(logits, length)
    service.metrics.heard.labels("clip").inc(length)
    windows = in_time(windows)
    events = None if wishes.events is None else events_of(windows, bundle.tasks, wishes.events)
    answers = pool.answers(channels_cancel=cancel)
    told: dict[str, Any] = {"bundle": name, "seconds": length, **told_clip(answers)}
    told["answers"] = without_first(answers.tasks)
    if wishes.windows:
        told["windows"] = [{**told_window(each), "answers": without_first(each.tasks)} for each in windows]
    if events is not None:
        told["events"] = [asdict(event) for event in events]
    return told


async def _recording(
    service: Service, name: str, clip: ReceivedClip, settings: RawSettings, share: Share
) -> tuple[Resampled, bool]:
    """The clip as the bundle takes it, and whether its channels cancel."""
    bundle, limits = service.bundles[name], service.limits
    raw, channels = raw_of(clip.media_type, *settings), ChannelMeter()
    if raw is not None:
        samples: NDArray[Any] = await asyncio.to_thread(read_raw, clip.content, raw, limits)
        share.grow(4 * samples.size)
        prepared = await asyncio.to_thread(bundle.prepared, samples, raw.rate, channels)
        return prepared, channels.cancel
    decoded = await service.decoders.decode(clip.content, bundle.rate, bundle.hops)
    share.grow(decoded.recording.samples.nbytes)
    await asyncio.to_thread(as_mono, decoded.recording.samples)  # is it sound?
    return decoded.recording, decoded.channels_cancel
