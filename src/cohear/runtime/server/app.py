"""The application: bundles, their queues and the routes."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from cohear.base.errors import DataError
from cohear.runtime.answers import Pool, answer
from cohear.runtime.bundle import Bundle
from cohear.runtime.server.batching import Batcher
from cohear.runtime.server.body import PCM, read_body, read_pcm
from cohear.runtime.server.decoding import Decoders
from cohear.runtime.server.limits import Limits, Refused
from cohear.runtime.windows import stretches

LOOPBACK = ("127.0.0.1", "localhost")
OPEN_PATHS = ("/healthz",)


def make_app(bundles: Mapping[str, Bundle], limits: Limits, token: str = "", *, loopback: bool = True) -> FastAPI:
    """The application.

    Args:
        bundles: by name; the first answers where a request names none.
        limits: of requests.
        token: that requests must bear; empty asks for none.
        loopback: whether it is reached by a loopback name alone, so that no foreign page reaches it by DNS rebinding.
    """
    decoders = Decoders(limits)
    batchers = {name: Batcher(bundle) for name, bundle in bundles.items()}
    registry = CollectorRegistry()
    requests = Counter("cohear_requests", "Requests answered", ["path", "status"], registry=registry)
    seconds = Histogram("cohear_classify_seconds", "Time of a classification", registry=registry)
    active = Gauge("cohear_active_requests", "Classifications at work", registry=registry)
    at_work = asyncio.Semaphore(limits.concurrency)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(batcher.work()) for batcher in batchers.values()]
        yield
        for task in tasks:
            task.cancel()
        await decoders.close()

    app = FastAPI(title="cohear", lifespan=life, docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            _check_caller(request, token)
            response = await call(request)
        except Refused as refused:
            response = _refusal(refused)
        known = request.url.path if request.url.path in app_paths else "other"
        requests.labels(known, str(response.status_code)).inc()
        return response

    @app.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.get("/tasks")
    async def tasks() -> Response:
        return JSONResponse(
            {name: {task: asdict(card) for task, card in each.tasks.items()} for name, each in bundles.items()}
        )

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")

    @app.post("/classify")
    async def classify(request: Request, bundle: str = "", rate: int = 16000, windows: bool = False) -> Response:
        if at_work.locked():
            return _refusal(Refused(503, f"{limits.concurrency} requests are at work; come again"))
        async with at_work:
            with active.track_inprogress(), seconds.time():
                try:
                    name = bundle or next(iter(bundles))
                    if name not in bundles:
                        raise Refused(422, f"there is no such bundle; there are {', '.join(bundles)}")
                    samples = _read_clip(request, rate, decoders, limits)
                    work = _classify(name, bundles[name], batchers[name], samples, with_windows=windows)
                    return JSONResponse(await asyncio.wait_for(work, limits.seconds))
                except Refused as refused:
                    return _refusal(refused)
                except DataError as error:
                    return _refusal(Refused(422, str(error)))
                except ClientDisconnect:
                    return _refusal(Refused(400, "the connection ended before the clip did"))
                except asyncio.TimeoutError:
                    return _refusal(Refused(504, f"it took longer than {limits.seconds:g} s"))

    app_paths = {"/healthz", "/tasks", "/metrics", "/classify"}
    if loopback:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK))
    return app


async def _read_clip(
    request: Request, rate: int, decoders: Decoders, limits: Limits
) -> tuple[NDArray[np.float32], int]:
    content = await read_body(request, limits.size)
    if request.headers.get("content-type", "").partition(";")[0].strip() == PCM:
        return read_pcm(content, rate, limits), rate
    return await decoders.decode(content)


async def _classify(
    name: str,
    bundle: Bundle,
    batcher: Batcher,
    clip: Awaitable[tuple[NDArray[np.float32], int]],
    *,
    with_windows: bool,
) -> dict[str, Any]:
    waveform = await asyncio.to_thread(bundle.prepared, *await clip)
    pool, length, told = Pool(bundle.tasks), len(waveform) / bundle.rate, []
    for stretch in stretches([waveform], bundle.windowing):
        logits = await batcher.logits(stretch)
        pool.add(logits.logits, logits.heard)
        if with_windows:
            told += [asdict(each) for each in bundle.answers(logits, length)]
    answers = {task: asdict(answer(bundle.tasks[task], row)) for task, row in pool.probabilities().items()}
    return {"bundle": name, "seconds": length, "answers": answers, **({"windows": told} if with_windows else {})}


def _check_caller(request: Request, token: str) -> None:
    """Refuse a page of another origin, and who does not bear the token."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refused(403, "pages of another origin are not answered")
    given = request.headers.get("authorization", "").encode()
    if token and request.url.path not in OPEN_PATHS and not hmac.compare_digest(given, f"Bearer {token}".encode()):
        raise Refused(401, "the token is missing or wrong: send the header Authorization: Bearer TOKEN")


def _refusal(refused: Refused) -> JSONResponse:
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}.get(refused.status)
    return JSONResponse({"error": refused.reason}, refused.status, headers)
