"""``cohear worker``: train runs of a pack, with nothing of the machine that made it."""

from __future__ import annotations

from typing import Annotated

import typer

from cohear.cli.console import errors, output

EXAMPLES = """
[bold]Examples[/bold]

  cohear worker s3://bucket/first --out s3://bucket/first

  cohear worker s3://bucket/first --shard 2/8 --out s3://bucket/first    [dim]the second of eight machines[/dim]

Stop it at any moment and run the same command again: runs that lie at --out are not trained again.
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("worker", epilog=EXAMPLES)(worker)


def worker(
    pack: Annotated[str, typer.Argument(metavar="PACK", help="URL or folder of a pack.", show_default=False)],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="URL",
            help="Gets the finished runs; that of the pack, where `cohear run --from` is to find them.",
            show_default=False,
        ),
    ],
    shard: Annotated[str, typer.Option(metavar="I/N", help="Train the I-th of N shares of the runs.")] = "1/1",
    jobs: Annotated[int | None, typer.Option(min=1, help="Runs at once. [default: one a core]")] = None,
) -> None:
    """Train the runs of a pack and leave their records; needs no dataset, no study file and no feature cache."""
    from cohear.api import worker as work
    from cohear.cli.progress import TerminalProgress

    progress = TerminalProgress(errors)
    try:
        worked = work(pack, out, shard=shard, jobs=jobs, progress=progress)
    finally:
        progress.close()
    there = worked.runs - len(worked.failed) - worked.trained
    line = f"{worked.trained} of {worked.runs} runs trained, {there} were there: {worked.out}"
    output.print(line, markup=False, highlight=False, soft_wrap=True)
    if worked.failed:
        sentence = f"{len(worked.failed)} runs failed; the same command tries them again"
        errors.print(sentence, style="bold red", markup=False, highlight=False)
        raise typer.Exit(1)
