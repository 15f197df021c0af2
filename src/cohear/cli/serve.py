"""``cohear serve``: bundles behind HTTP."""

from __future__ import annotations

import math
import socket
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """
[bold]Examples[/bold]

  cohear serve bundle    [dim]then open http://127.0.0.1:8000 in a browser[/dim]

  curl --data-binary @clip.wav http://127.0.0.1:8000/classify

  cohear serve bundle --origin https://app.example    [dim]a page of another host may ask[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("serve", epilog=EXAMPLES)(serve)


def serve(
    bundles: Annotated[list[Path], typer.Argument(metavar="BUNDLE...", help="Bundle folders.", show_default=False)],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option(help="Address; one that others reach needs a token.")] = "127.0.0.1",
    token: Annotated[str, typer.Option(envvar="COHEAR_TOKEN", help="Callers must bear it.", show_default=False)] = "",
    origin: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Page of another host that may ask; several are given one by one."),
    ] = None,
    size: Annotated[int, typer.Option(min=1, help="MiB of a request at most.")] = 32,
    duration: Annotated[float, typer.Option(min=0.001, help="Seconds of a clip at most.")] = 600.0,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests at work at most.")] = 32,
    seconds: Annotated[float, typer.Option(min=0.001, help="That a request may take.")] = 30.0,
    memory: Annotated[int, typer.Option(min=1, help="MiB of clips at work at most.")] = 512,
    streams: Annotated[int, typer.Option(min=1, help="Streams open at most.")] = 16,
    stream_duration: Annotated[float, typer.Option(min=0.001, help="Seconds of a stream at most.")] = 3600.0,
    idle: Annotated[float, typer.Option(min=0.001, help="Seconds after which a silent stream is closed.")] = 30.0,
) -> None:
    """Answer over HTTP: a page for the browser at /, POST /classify, the WebSocket /stream, GET /tasks and /metrics."""
    from cohear.base.errors import MissingExtra, UserError
    from cohear.runtime.bundle import Bundle
    from cohear.runtime.server.limits import Limits

    try:
        import uvicorn

        from cohear.runtime.server.app import LOOPBACK, make_app
        from cohear.runtime.server.guard import Callers
        from cohear.runtime.server.origins import ANY, origin_of
        from cohear.runtime.server.run import server_config
    except ImportError as error:
        raise MissingExtra(error.name or "fastapi", "serve") from error
    if host not in LOOPBACK and not token:
        raise UserError(f"{host} is reached by others: set COHEAR_TOKEN, or serve on 127.0.0.1")
    if not token.isascii() or any(character.isspace() or not character.isprintable() for character in token):
        raise UserError("a token is of ASCII letters, digits and punctuation, without spaces: HTTP carries no others")
    if not all(map(math.isfinite, (duration, seconds, stream_duration, idle))):
        raise UserError("--duration, --seconds, --stream-duration and --idle are numbers of seconds, not inf or nan")
    origins = [origin_of(each) for each in origin or []]
    if ANY in origins and not token:
        raise UserError("--origin '*' lets every page in the world ask: set COHEAR_TOKEN, or name the pages")
    names = [folder.resolve().name for folder in bundles]
    if len(set(names)) < len(names):
        raise UserError("two bundles have the same folder name: rename one, requests choose by it")
    loaded = {name: Bundle.load(folder) for name, folder in zip(names, bundles, strict=True)}
    limits = Limits(
        size=size << 20,
        duration=duration,
        concurrency=concurrency,
        seconds=seconds,
        memory=memory << 20,
        streams=streams,
        stream_duration=stream_duration,
        idle=idle,
    )
    callers = Callers(token, LOOPBACK if host in LOOPBACK else (), tuple(origins))
    app = make_app(loaded, limits, callers)
    with _listener(host, port) as listener:
        written = f"[{host}]" if ":" in host else host
        typer.echo(f"http://{written}:{listener.getsockname()[1]}", err=True)
        try:
            uvicorn.Server(server_config(app, limits)).run([listener])
        except KeyboardInterrupt:  # the usual end of serving
            return


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UserError: the address cannot be had.
    """
    from cohear.base.errors import UserError

    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or "it is no address"
        reason = words.partition(" (while ")[0]  # Python repeats the address from there on
        raise UserError(
            f"cannot listen on {host}, port {port} ({reason}): choose another with --host or --port"
        ) from error
