"""A dataset with a manifest, laid out anew as others lay out theirs: folders of classes, parts, tables."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Rows = Sequence[Mapping[str, str]]


def read_rows(folder: Path, most: int) -> list[dict[str, str]]:
    """The first rows of each value of ``fold`` or, without official folds, of all; at most so many."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    step = max(1, -(-len(rows) // most))
    groups = {group: number for number, group in enumerate(dict.fromkeys(row.get("group", "") for row in rows))}
    many = len(groups) > 50
    return [row for number, row in enumerate(rows) if (groups[row.get("group", "")] if many else number) % step == 0]


def as_manifest(folder: Path, to: Path, rows: Rows, label: str) -> None:
    """As it is."""
    _write(to / "manifest.csv", rows)
    _copy(folder, to, {row["path"]: row["path"] for row in rows})


def as_class_folders(folder: Path, to: Path, rows: Rows, label: str) -> None:
    """``<label>/<clip>``."""
    _copy(folder, to, {row["path"]: f"{row[label]}/{Path(row['path']).name}" for row in rows if row[label]})


def as_part_folders(folder: Path, to: Path, rows: Rows, label: str) -> None:
    """``<part>/<label>/<clip>``."""
    parts = part_of(rows)
    places = {row["path"]: f"{parts[row['path']]}/{row[label]}/{Path(row['path']).name}" for row in rows if row[label]}
    _copy(folder, to, places)


def as_one_table(folder: Path, to: Path, rows: Rows, label: str) -> None:
    """``labels.csv`` at the top, the audio in a folder."""
    _write(to / "labels.csv", [{"file_name": row["path"], **_others(row)} for row in rows])
    _copy(folder, to, {row["path"]: row["path"] for row in rows})


def as_foreign_table(folder: Path, to: Path, rows: Rows, label: str) -> None:
    """``meta/data.tsv``, whose names of files are bare and stand under another name, behind the labels."""
    told = [{**_others(row), "wav_file": Path(row["path"]).name} for row in rows]
    _write(to / "meta" / "data.tsv", told, "\t")
    _copy(folder, to, {row["path"]: row["path"] for row in rows})


LAYOUTS: dict[str, Callable[[Path, Path, Rows, str], None]] = {
    "class folders": as_class_folders,
    "part folders": as_part_folders,
    "one table": as_one_table,
    "foreign column": as_foreign_table,
}


def part_of(rows: Rows) -> dict[str, str]:
    """The part of each clip: the official one, or one of five folds of groups."""
    folds = {row.get("fold", "") for row in rows}
    groups = {group: number for number, group in enumerate(dict.fromkeys(row.get("group", "") for row in rows))}
    named = {"": "", **{fold: fold if not fold.isdecimal() else f"fold{fold}" for fold in folds}}
    return {row["path"]: named[row.get("fold", "")] or f"fold{1 + groups[row.get('group', '')] % 5}" for row in rows}


def _others(row: Mapping[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in row.items() if column != "path"}


def _write(file: Path, rows: Rows, separator: str = ",") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)


def _copy(folder: Path, to: Path, places: Mapping[str, str]) -> None:
    for source, place in places.items():
        file = to / place
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(folder / source, file)
        except OSError:  # another file system
            shutil.copyfile(folder / source, file)
