"""``cohear serve``: bundles behind HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """
[bold]Examples[/bold]

  cohear serve bundle

  curl --data-binary @clip.wav http://127.0.0.1:8000/classify
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("serve", epilog=EXAMPLES)(serve)


def serve(
    bundles: Annotated[list[Path], typer.Argument(metavar="BUNDLE...", help="Bundle folders.", show_default=False)],
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 8000,
    host: Annotated[str, typer.Option(help="Address; one that others reach needs a token.")] = "127.0.0.1",
    token: Annotated[str, typer.Option(envvar="COHEAR_TOKEN", help="That requests must bear.")] = "",
    size: Annotated[int, typer.Option(min=1, help="MiB of a request at most.")] = 32,
    duration: Annotated[float, typer.Option(min=0.001, help="Seconds of a clip at most.")] = 600.0,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests at work at most.")] = 32,
    seconds: Annotated[float, typer.Option(min=0.001, help="That a request may take.")] = 30.0,
) -> None:
    """Answer clips over HTTP: POST /classify, GET /tasks, /healthz and /metrics."""
    from cohear.base.errors import MissingExtra, UserError
    from cohear.runtime.bundle import Bundle
    from cohear.runtime.server.limits import Limits

    try:
        import uvicorn

        from cohear.runtime.server.app import LOOPBACK, make_app
    except ImportError as error:
        raise MissingExtra(error.name or "fastapi", "serve") from error
    if host not in LOOPBACK and not token:
        raise UserError(f"{host} is reached by others: set COHEAR_TOKEN, or serve on 127.0.0.1")
    names = [folder.resolve().name for folder in bundles]
    if len(set(names)) < len(names):
        raise UserError("two bundles have the same folder name: rename one, requests choose by it")
    loaded = {name: Bundle.load(folder) for name, folder in zip(names, bundles, strict=True)}
    limits = Limits(size=size << 20, duration=duration, concurrency=concurrency, seconds=seconds)
    app = make_app(loaded, limits, token, loopback=host in LOOPBACK)
    uvicorn.run(app, host=host, port=port, log_level="warning")
