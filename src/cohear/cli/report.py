"""``cohear report``: the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.base.errors import UserError
from cohear.cli.console import note, output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear report out/first

  cohear report out/first --clips    [dim]with short players and spectrograms of clips[/dim]

  cohear report out/first --summary  [dim]ten lines of Markdown for a chat or a pull request, and no page[/dim]

  cohear report out/first --watch    [dim]a page that grows while the study runs[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("report", epilog=EXAMPLES)(report)


def report(
    folder: Annotated[Path, typer.Argument(help="Study folder, or any folder with a results.csv.", show_default=False)],
    clips: Annotated[
        bool, typer.Option("--clips", help="Put seconds of audio and spectrograms on the page, at most 4 MB of them.")
    ] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Print the first screen in ten lines of Markdown; write no page.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all that the page says as one JSON document; write no page.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Serve the page on this machine and renew it as runs end.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of --watch; 0 is any that is free.")] = 8642,
) -> None:
    """Write report/index.html: one page that opens from disk and loads nothing from a network.

    Beside it: report/figures (SVG, PNG and CSV), report/table.md and table.tex for papers, and
    report/references.bib.
    """
    from cohear.api import make_report, report_data, report_summary, watch_report

    if sum((summary, as_json, watch)) > 1:
        raise UserError("--summary, --json and --watch each give the report in a way of its own: use one of them")
    if summary:
        output.print(report_summary(folder, note), end="", markup=False, highlight=False, soft_wrap=True)
        return
    if as_json:
        print_json(report_data(folder, note))
        return

    if watch:
        watch_report(folder, port, note, clips=clips)
        return
    output.print(str(make_report(folder, note, clips=clips)), markup=False, highlight=False, soft_wrap=True)
