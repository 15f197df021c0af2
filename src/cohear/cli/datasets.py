"""``cohear datasets``: which public datasets are read, how to get them, and how to turn one layout into another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import errors, output, print_json

EXAMPLES = """
[bold]Examples[/bold]

  cohear datasets

  cohear datasets fetch speech_commands --out data/speech_commands

  cohear datasets export data/esc50 --as audiofolder --out copies/esc50
"""


def register(app: typer.Typer) -> None:
    """Enter the verb and what it can do."""
    verb = typer.Typer(invoke_without_command=True, epilog=EXAMPLES, rich_markup_mode="rich")
    verb.callback()(datasets)
    verb.command("fetch")(fetch_command)
    verb.command("export")(export_command)
    app.add_typer(verb, name="datasets", help="List the public datasets that are read; fetch or export one.")


def datasets(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """List the public datasets that are read: tasks, size, licence, where to get them and how to place them."""
    if context.invoked_subcommand is not None:
        return
    from rich.table import Table
    from rich.text import Text

    from cohear.data.catalogue.catalogue import catalogue

    entries = catalogue()
    if as_json:
        print_json(entries)
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for entry in entries:
        tasks = "; ".join(f"{column}: {meaning}" for column, meaning in entry["tasks"].items())
        fetched = f", or `cohear datasets fetch {entry['reader']}`" if entry["fetch"] else ""
        lines = [
            entry["title"],
            tasks,
            f"{entry['size']} · licence: {entry['licence']}",
            f"get it: {entry['homepage']}{fetched}",
            f"place it: {entry['place']}",
            *([f"note: {entry['flaws']}"] if entry["flaws"] else []),
        ]
        table.add_row(entry["reader"], Text("\n".join(lines)))
    output.print(table)


def fetch_command(
    name: Annotated[str, typer.Argument(help="The reader's name, as `cohear datasets` lists it.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="Where to. [default: data/NAME]")] = None,
) -> None:
    """Download a dataset that has a plain public address; run it again to go on after a break."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from cohear.data.catalogue.catalogue import public_layout
    from cohear.data.catalogue.fetch import fetch_dataset

    layout = public_layout(name)
    folder = out or Path("data") / name
    columns = (TextColumn("{task.description}", markup=False), BarColumn(30), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        bars = {}

        def on_bytes(file: str, here: int, total: int | None) -> None:
            if file not in bars:
                bars[file] = bar.add_task(file, total=total)
            bar.update(bars[file], completed=here, total=total)

        fetch_dataset(layout, folder, on_bytes)
    published = layout.published
    output.print(f"{published.title} is in {folder}", markup=False, highlight=False, soft_wrap=True)
    output.print(f"licence: {published.licence}", markup=False, highlight=False, soft_wrap=True)
    output.print(f"cite: {published.citation}", markup=False, highlight=False, soft_wrap=True)


def export_command(
    path: Annotated[Path, typer.Argument(help="A dataset: a folder, or the file of its table.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="A new folder.", show_default=False)],
    layout: Annotated[str, typer.Option("--as", help="manifest, audiofolder or dcase.")] = "manifest",
    reader: Annotated[str | None, typer.Option(help="The reader. [default: found by the layout]")] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Events in time too: of events.csv, or a list of DCASE.")
    ] = False,
) -> None:
    """Write a dataset anew, audio and tables, in a layout that other tools read."""
    from cohear.data.catalogue.catalogue import export_dataset

    count = export_dataset(path, out, layout, reader=reader, with_events=events)
    output.print(f"{count} clips are in {out}", markup=False, highlight=False, soft_wrap=True)
