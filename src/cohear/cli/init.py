"""``cohear init``: a study file from whatever folders there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import errors, output

EXAMPLES = """
[bold]Examples[/bold]

  cohear init data/*

  cohear init data/esc50 data/speech_commands -o sounds.yaml

It tells what it decides and why, and what lies there and is not used, here and in comments of the file.
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("init", epilog=EXAMPLES)(init)


def init(
    paths: Annotated[list[Path], typer.Argument(help="Datasets: folders, or files of tables.", show_default=False)],
    file: Annotated[Path, typer.Option("-o", "--out", help="The study file.")] = Path("study.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    tasks: Annotated[
        int | None,
        typer.Option("--tasks", min=1, help="Most tasks; others are comments. [default: 12, or one a dataset]"),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Files read at once. [default: one a core]")] = None,
) -> None:
    """Write a study file from public datasets, folders of classes, tables or manifests; it runs as it is."""
    from cohear.base.counting import counted
    from cohear.base.files import cache_folder
    from cohear.cli.progress import TerminalProgress
    from cohear.study.draft.propose import write_proposal
    from cohear.study.draft.sentences import decisions

    progress = TerminalProgress(errors)
    proposal = write_proposal(
        paths, file, cache=cache_folder(), force=force, most_tasks=tasks, jobs=jobs, progress=progress
    )
    for line in decisions(proposal):
        output.print(line, markup=False, highlight=False, soft_wrap=True)
    summary = f"{file}: {counted(len(proposal.found), 'dataset')}, {counted(len(proposal.tasks), 'task')}"
    output.print(summary, markup=False, highlight=False, soft_wrap=True)
    output.print(
        f"next: cohear check {file}, then cohear run {file} --out out/first; the file's "
        "last lines lead on to a second network, baselines and controls",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
