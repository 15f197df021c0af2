"""The page at ``/``: files of the package, held in memory."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, Response

from cohear.runtime.server.guard import OPEN_FOLDER
from cohear.runtime.server.limits import Refused
from cohear.runtime.server.replies import refusal

INDEX = "index.html"
TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


def page_routes() -> APIRouter:
    """The page and what it is made of."""
    contents = {
        file.name: (file.read_bytes(), TYPES[file.name.rpartition(".")[2]])
        for file in (files("cohear.runtime.server") / "page").iterdir()
    }
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def index() -> Response:
        return _file(*contents[INDEX])

    @routes.get(OPEN_FOLDER + "{name}")
    async def part(name: str) -> Response:
        return _file(*contents[name]) if name in contents else refusal(Refused(404, "there is no such page"))

    return routes


def _file(content: bytes, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})
