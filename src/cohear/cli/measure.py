"""``cohear measure``: what is known of tasks and ordered pairs beside their gains."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import errors, output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear measure study.yaml --out out/first

  cohear measure out/first --only labels --only sounds    [dim]some measurements of a study that was run[/dim]

What was measured is not measured again. docs/measurements.md says what each number is.
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("measure", epilog=EXAMPLES)(measure)


def measure(
    study: Annotated[Path, typer.Argument(help="A study file, or a study folder.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="Study folder. [default: out/NAME beside the study file]")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PROBE", help="Ask this probe alone; may be repeated.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Threads that read audio. [default: one a core]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document with every row.")] = False,
) -> None:
    """Measure tasks and ordered pairs, on data and on networks that were trained; writes measurements.csv."""
    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress

    progress = TerminalProgress(errors)
    loaded = Study.load(study, out)
    try:
        found = loaded.measure(only or [], jobs=jobs, progress=progress)
    finally:
        progress.close()
    now = found.now
    if as_json:
        print_json(
            {
                "study": loaded.settings.study,
                "planned": now.planned,
                "known": now.known,
                "measured": now.measured,
                "waiting": dict(now.waiting),
                "measurements": list(found.rows),
            }
        )
        return
    names = sorted({str(row["name"]) for row in found.rows})
    line = (
        f"{now.measured} of {now.planned} measurements made now, {now.known} known before; "
        f"{len(found.rows)} rows of {len(names)} numbers: {found.file}"
    )
    output.print(line, markup=False, highlight=False, soft_wrap=True)
