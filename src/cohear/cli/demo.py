"""``cohear demo``: the whole way on synthetic audio with known relations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import errors, output

EXAMPLES = """
[bold]Example[/bold]

  cohear demo --out demo
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("demo", epilog=EXAMPLES)(demo)


def demo(
    out: Annotated[
        Path, typer.Option("--out", help="Study folder; audio and study file are written there too.")
    ] = Path("demo"),
    jobs: Annotated[int | None, typer.Option(min=1, help="Runs at once. [default: one a core]")] = None,
) -> None:
    """Write datasets with known relations, run a study on them, and say what was found."""
    from cohear.analysis.tables.results import read_results
    from cohear.api import Study
    from cohear.api.gains import judged_folder
    from cohear.cli.progress import TerminalProgress
    from cohear.report.terminal.tables import gains_shown
    from cohear.study.demo import findings, prepare_demo

    study = Study(prepare_demo(out), out.resolve(), out)
    progress = TerminalProgress(errors)
    try:
        outcome = study.run(jobs=jobs, progress=progress)
    finally:
        progress.close()
    judged = judged_folder(study.folder)
    output.print(gains_shown(judged))
    if outcome.failed:
        errors.print(f"{len(outcome.failed)} runs failed; `cohear status {out}` shows why", style="red", markup=False)
        raise typer.Exit(1)
    assert judged.log_loss is not None  # each run here leaves it
    for line in findings(judged.gains, judged.log_loss.gains, read_results(out)):
        output.print(line, markup=False, highlight=False, soft_wrap=True)
    output.print(f"page: {out / 'report' / 'index.html'}", markup=False, highlight=False, soft_wrap=True)
    output.print(
        f"study file to begin your own with: {out / 'demo.yaml'}", markup=False, highlight=False, soft_wrap=True
    )
