"""The house's own layout: ``manifest.csv``, ``dataset.yaml`` and, where there are events, ``events.csv``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from cohear.data.exporters.exporter import EXPORTERS, write_cells
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.events import LabelledEvent


@EXPORTERS.register("manifest")
def write_manifest(table: ClipTable, events: Sequence[LabelledEvent], folder: Path) -> None:
    """All columns as they are."""
    write_cells(table.rows, folder / "manifest.csv")
    write_about(table, folder)
    if events:
        write_cells(pd.DataFrame([asdict(event) for event in events], dtype=object), folder / "events.csv")


def write_about(table: ClipTable, folder: Path) -> None:
    """``dataset.yaml``: what is said of the dataset, and closed label lists (JSON is YAML, and quotes every label)."""
    about = table.about
    content = {
        "name": about.title,
        "licence": about.licence,
        "citation": about.citation,
        "domain": about.domain,
        "labels": dict(about.labels),
    }
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in content.items() if value]
    if lines:
        (folder / "dataset.yaml").write_text("".join(lines), encoding="utf-8")
