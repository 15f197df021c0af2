"""``cohear pack``: carry what a study's runs read elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import errors, output

EXAMPLES = """
[bold]Examples[/bold]

  cohear pack study.yaml -o s3://bucket/first --dry-run    [dim]how large it would be[/dim]

  cohear pack study.yaml -o s3://bucket/first

  cohear worker s3://bucket/first --out s3://bucket/first    [dim]on other machines[/dim]

  cohear run study.yaml --from s3://bucket/first --out out/first    [dim]here or anywhere, in the end[/dim]

Stop it at any moment and run the same command again: what is there is not sent again.
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("pack", epilog=EXAMPLES)(pack)


def pack(
    study: Annotated[Path, typer.Argument(help="The study file (YAML).", show_default=False)],
    url: Annotated[
        str,
        typer.Option("--output", "-o", metavar="URL", help="Folder, bucket or host.", show_default=False),
    ],
    jobs: Annotated[int | None, typer.Option(min=1, help="Cores that make features. [default: all]")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell its size; send nothing.")] = False,
) -> None:
    """Carry features, splits, plan and code of a study to a URL, and no audio, for workers on other machines."""
    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress

    progress = TerminalProgress(errors)
    try:
        packed = Study.load(study).pack(url, dry_run=dry_run, jobs=jobs, progress=progress)
    finally:
        progress.close()
    share = f" ({packed.expected / packed.audio_bytes:.0%})" if packed.audio_bytes else ""
    told = (
        f"{packed.runs} runs, about {_mega(packed.expected)} beside {_mega(packed.audio_bytes)}{share} "
        f"of audio in {packed.audio_files} files, none of which goes along"
    )
    output.print(told, markup=False, highlight=False, soft_wrap=True)
    if packed.sent is not None:
        sent = packed.sent
        kept = f"; {_mega(sent.bytes - sent.sent)} were there" if sent.sent < sent.bytes else ""
        line = f"pack: {url}, {sent.files} files, {_mega(sent.bytes)}: {_mega(sent.sent)} sent{kept}"
        output.print(line, markup=False, highlight=False, soft_wrap=True)


def _mega(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
