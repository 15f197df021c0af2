"""What is known of public datasets without having any of them, and the way from one layout to another."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.data.exporters import export_table
from cohear.data.importers.dcase import read_dcase_events
from cohear.data.readers import PublicLayout, public_layouts
from cohear.data.tables.event_column import without_event_column
from cohear.data.tables.events import LabelledEvent, read_events
from cohear.data.tables.reader import read_clip_table


class DownloadAddress(TypedDict):
    """Where a file can be had, with the checksum that its publisher gives."""

    url: str
    checksum: str


class CatalogueEntry(TypedDict):
    """A public dataset as its publisher tells of it; ``fetch`` is empty where it cannot be had by a program."""

    reader: str
    title: str
    tasks: dict[str, str]
    size: str
    licence: str
    citation: str
    homepage: str
    place: str
    flaws: str
    fetch: list[DownloadAddress]


def catalogue() -> list[CatalogueEntry]:
    """The public datasets that are read, by name, as JSON values."""
    return [
        {
            "reader": name,
            "title": layout.published.title,
            "tasks": dict(layout.published.tasks),
            "size": layout.published.size,
            "licence": layout.published.licence,
            "citation": layout.published.citation,
            "homepage": layout.published.homepage,
            "place": layout.published.place,
            "flaws": layout.published.flaws,
            "fetch": [{"url": file.url, "checksum": file.checksum} for file in layout.published.archives],
        }
        for name, layout in public_layouts().items()
    ]


def catalogue_table() -> str:
    """The same as the table of the documentation (Markdown)."""
    lines = ["| reader | dataset | tasks | size | licence |", "|---|---|---|---|---|"]
    for name, layout in public_layouts().items():
        about = layout.published
        tasks = ", ".join(f"`{column}`" for column in about.tasks)
        lines.append(
            f"| `{name}` | [{about.title}]({about.homepage.split()[0]}) | {tasks} | {about.size} | {about.licence} |"
        )
    return "\n".join(lines) + "\n"


def public_layout(name: str) -> PublicLayout:
    """The reader of a public dataset; raises UserError for a name that is none."""
    layouts = public_layouts()
    if name not in layouts:
        raise UserError(f"unknown public dataset {name!r}{did_you_mean(name, layouts)}; `cohear datasets` lists them")
    return layouts[name]


def export_dataset(path: Path, out: Path, layout: str, *, reader: str | None = None, with_events: bool = False) -> int:
    """Read a dataset and write it anew in another layout.

    Args:
        path: a folder, or a table's file.
        out: a new folder.
        layout: name of an exporter.
        reader: name of a reader; found by the layout where it is None.
        with_events: events in time come along.

    Returns:
        How many clips there are.

    Raises:
        UserError: the dataset cannot be read, or not be written so.
    """
    table = without_event_column(read_clip_table(path, path.stem or path.name, reader))
    export_table(table, layout, out, _events(path) if with_events else ())
    return len(table)


def _events(path: Path) -> list[LabelledEvent]:
    """``events.csv`` of a folder, or a list of DCASE."""
    ours = (path if path.is_dir() else path.parent) / "events.csv"
    return read_events(ours) if ours.is_file() else read_dcase_events(path)
