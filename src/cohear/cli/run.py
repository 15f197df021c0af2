"""``cohear run``: train what is missing of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.base.errors import UserError
from cohear.cli.console import errors, output
from cohear.cli.where import Address, Given, Hosts, HostsPython, Launcher, named_launcher

EXAMPLES = """
[bold]Examples[/bold]

  cohear run study.yaml --out out/first

  cohear run study.yaml --out out/first --dry-run    [dim]what would be trained, and its price[/dim]

  cohear run study.yaml --out out/first --launcher ssh --host user@vm    [dim]on another machine, without audio[/dim]

  cohear run study.yaml --out out/first --launcher ray --address auto    [dim]on the nodes of a Ray cluster[/dim]

  cohear run study.yaml --from s3://bucket/first --out out/first    [dim]from its pack, without datasets[/dim]

  cohear run study.yaml --out out/first --advise 2h    [dim]what teaches most, in two core-hours[/dim]

Stop it at any moment and run the same command again: it goes on where it was.
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("run", epilog=EXAMPLES)(run)


def run(
    study: Annotated[Path, typer.Argument(help="The study file (YAML).", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="Study folder. [default: out/NAME beside the study file]")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="URL", help="The study's pack, read in place of datasets.", show_default=False),
    ] = None,
    launcher: Launcher = "local",
    hosts: Hosts = None,
    python: HostsPython = None,
    address: Address = None,
    given: Given = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Runs at once, on each machine. [default: one a core]")
    ] = None,
    at_once: Annotated[
        int | None,
        typer.Option(
            "--at-once",
            metavar="N",
            min=1,
            help="Networks that are alike trained as one, in each job. [default: 1; on cuda as many as fit]",
            show_default=False,
        ),
    ] = None,
    advise: Annotated[
        str | None,
        typer.Option(
            metavar="BUDGET",
            help="Core time that runs may take (90s, 30m, 2h): singles, then what teaches most about the grouping.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, show the plan and foretell what it costs.")
    ] = False,
) -> None:
    """Train every run of a study that is not done yet, then write tables, gains and the page."""
    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress

    progress = TerminalProgress(errors)
    if dry_run and source is not None:
        raise UserError("--dry-run shows the plan that the datasets give; with --from the plan is that of the pack")
    if dry_run and advise is not None:
        raise UserError("--dry-run shows the whole plan and its price; leave --advise out")
    where = named_launcher(launcher, hosts, python, address, given)
    loaded = Study.load(study, out)
    if dry_run:
        _show_plan(loaded, progress, where, jobs)
        return
    try:
        outcome = loaded.run(
            source=source, launcher=where, jobs=jobs, at_once=at_once, progress=progress, advise=advise
        )
    finally:
        progress.close()
    if outcome.done:
        from cohear.api.gains import judged_folder
        from cohear.report.terminal.tables import gains_shown

        output.print(gains_shown(judged_folder(loaded.folder)))
    if outcome.planned:
        output.print(f"page: {loaded.folder / 'report' / 'index.html'}", markup=False, highlight=False, soft_wrap=True)
    if outcome.failed:
        errors.print(
            f"{len(outcome.failed)} of {outcome.planned} runs failed; `cohear status {loaded.folder}` shows why, "
            "and the same command tries them again",
            style="bold red",
            markup=False,
            highlight=False,
        )
        raise typer.Exit(1)


def _show_plan(loaded: Study, progress: TerminalProgress, where: str | dict[str, object], jobs: int | None) -> None:  # type: ignore[name-defined]  # noqa: F821
    from cohear.report.terminal.estimate import estimate_shown

    try:
        found, warnings = loaded.estimate(launcher=where, jobs=jobs, progress=progress)
    finally:
        progress.close()
    for warning in warnings:
        progress.say(warning)
    title = f"plan of {loaded.settings.study}"
    if loaded.settings.repeats.until:
        title += ", at most: repeats stop when verdicts are decided"
    output.print(estimate_shown(found, title, jobs))
