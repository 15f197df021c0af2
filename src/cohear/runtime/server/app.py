"""The application: routes, and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cohear.runtime.bundle import Bundle
from cohear.runtime.server.clips import clip_routes
from cohear.runtime.server.guard import STREAM_PATH, Callers, Guard
from cohear.runtime.server.limits import Limits, Refused
from cohear.runtime.server.linger import Linger
from cohear.runtime.server.metrics import CONTENT_TYPE
from cohear.runtime.server.page import page_routes
from cohear.runtime.server.replies import FAILED, BundleTasks, Health, Problem, refusal
from cohear.runtime.server.service import Service
from cohear.runtime.server.streams import stream_routes

LOOPBACK = ("127.0.0.1", "localhost")
PATHS = frozenset({"/", "/healthz", "/tasks", "/metrics", "/classify", STREAM_PATH, "/openapi.json"})
ABOUT = (
    "Answers of all tasks of audio bundles. `/stream` is a WebSocket: raw samples in binary messages go in, answers in "
    "JSON come out; docs/serve.md tells its messages."
)
UNAUTHORISED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "The token is missing or wrong."}
}


def make_app(bundles: Mapping[str, Bundle], limits: Limits, callers: Callers) -> FastAPI:
    """The application.

    Args:
        bundles: by name; the first answers where a request names none.
        limits: of requests.
        callers: who is answered.
    """
    service = Service(bundles, limits)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with service.at_work():
            yield

    app = FastAPI(title="cohear", description=ABOUT, lifespan=life, docs_url=None, redoc_url=None)
    app.include_router(_about_routes(service))
    app.include_router(clip_routes(service))
    app.include_router(stream_routes(service))
    app.include_router(page_routes())
    _refuse_in_one_form(app)
    # The last one added is the first that a request meets.
    app.add_middleware(Guard, callers=callers, metrics=service.metrics, paths=PATHS)
    app.add_middleware(Linger, most=4 * limits.size)
    return app


def _about_routes(service: Service) -> APIRouter:
    routes = APIRouter()

    @routes.get("/healthz", response_model=Health)
    async def healthz() -> Response:
        """Whether the server answers; open to all."""
        return JSONResponse(asdict(Health()))

    @routes.get("/tasks", response_model=dict[str, BundleTasks], responses=UNAUTHORISED)
    async def tasks(request: Request) -> Response:
        """The bundles by name, and what each can answer; nothing of it can be set."""
        if asked := list(request.query_params):
            return refusal(Refused(422, f"/tasks tells of all bundles and has no settings, as {asked[0]!r}"))
        tasks = {name: BundleTasks(each.rate, each.window, each.tasks) for name, each in service.bundles.items()}
        return JSONResponse({name: asdict(each) for name, each in tasks.items()})

    @routes.get("/metrics", response_class=Response, responses=UNAUTHORISED)
    async def metrics() -> Response:
        """Counts for Prometheus."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    return routes


def _refuse_in_one_form(app: FastAPI) -> None:
    """Whatever is refused, by whomever, is told as ``{"error": ...}``."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        reason = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
        return refusal(Refused(422, reason))

    @app.exception_handler(HTTPException)
    async def not_there(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> Response:
        return refusal(Refused(500, FAILED))
