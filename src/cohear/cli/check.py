"""``cohear check``: what is wrong with the data, before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import errors, output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear check study.yaml

  cohear check study.yaml --page check.html    [dim]the same as a page[/dim]

  cohear check out/first --json    [dim]a study folder: its scores are looked at too[/dim]

Exit code 1 where a finding is an error. docs/check.md says what each finding means.
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("check", epilog=EXAMPLES)(check)


def check(
    study: Annotated[Path, typer.Argument(help="The study file, or a study folder.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="Study folder with results. [default: out/NAME beside the study file]")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write the page here. [default: check.html of a study folder]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document with every clip of a finding.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Threads. [default: one a core]")] = None,
) -> None:
    """Listen to all audio once and look at labels, folds and results for what makes them wrong."""
    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress
    from cohear.report.page.audit import audit_lines, keep_audit, write_audit

    loaded = Study.load(study, out)
    audit = loaded.check(jobs=jobs, progress=TerminalProgress(errors)).to_json()
    if study.is_dir() or out is not None:
        keep_audit(loaded.folder, audit)
        page = page or loaded.folder / "check.html"
    if page is not None:
        write_audit(page, audit)
    if as_json:
        print_json(audit)
    else:
        output.print(audit_lines(audit), soft_wrap=False)
        if page is not None:
            output.print(f"page: {page}", markup=False, highlight=False, soft_wrap=True)
    if audit["counts"]["error"]:
        raise typer.Exit(1)
