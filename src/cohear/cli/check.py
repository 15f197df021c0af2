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

  cohear check data/birds --write groups.csv    [dim]groups that keep duplicates together[/dim]

Exit code 1 where a finding is an error. docs/check.md says what each finding means.
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("check", epilog=EXAMPLES)(check)


def check(
    study: Annotated[Path, typer.Argument(help="A study file, a study folder, or a dataset.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="Study folder with results. [default: out/NAME beside the study file]")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write the page here. [default: check.html of a study folder]")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", help="Write groups that keep duplicates together, as dataset.yaml takes them."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every finding, not the five kinds that matter most.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document with every clip of a finding.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Threads. [default: one a core]")] = None,
) -> None:
    """Listen to all audio once and look at labels, folds and results for what makes them wrong."""
    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress
    from cohear.report.page.audit import audit_lines, keep_audit, write_audit

    progress = TerminalProgress(errors)
    is_data = _is_dataset(study)
    loaded = Study.of_data([study], jobs=jobs, progress=progress) if is_data else Study.load(study, out)
    found = loaded.check(jobs=jobs, progress=progress)
    audit = found.to_json()
    if (study.is_dir() and not is_data) or out is not None:
        keep_audit(loaded.folder, audit)
        page = page or loaded.folder / "check.html"
    if page is not None:
        write_audit(page, audit)
    if as_json:
        print_json(audit)
    else:
        output.print(audit_lines(audit, every=every), soft_wrap=False)
        if page is not None:
            output.print(f"page: {page}", markup=False, highlight=False, soft_wrap=True)
    if write is not None:
        _write_groups(found, write, proposed=is_data)
    if audit["counts"]["error"]:
        raise typer.Exit(1)


def _is_dataset(path: Path) -> bool:
    """Whether there is something else than a study: a folder without a study file, or a table."""
    if path.is_dir():
        return not (path / "study.yaml").exists()
    return path.is_file() and path.suffix.lower() not in (".yaml", ".yml")


def _write_groups(found: Audit, file: Path, *, proposed: bool) -> None:  # type: ignore[name-defined]  # noqa: F821
    """Write the files and say what to do with them; on stderr, as stdout may be one JSON document.

    Tasks that were proposed are proposed again, over the new groups: nobody has to change them.
    """
    from cohear.study.group_files import write_groups

    lines = {name: told for name, told in found.group_lines.items() if not (proposed and name in found.groups)}
    if not found.groups and not lines and not found.unjoined:
        kept = "no groups to write: inside each dataset, those that there are keep all duplicates together"
        errors.print(kept, highlight=False, soft_wrap=True)
    for name, path in write_groups(found.groups, file).items():
        cure = f"put it beside the table of {name}, and `groups: {path.name}` into the dataset.yaml there"
        errors.print(f"groups: {path}; {cure}", markup=False, highlight=False, soft_wrap=True)
    for name, told in (*lines.items(), *found.unjoined.items()):
        for line in told:
            errors.print(f"{name}: {line}", markup=False, highlight=False, soft_wrap=True)
