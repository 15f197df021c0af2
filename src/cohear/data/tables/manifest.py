"""The house's own layout: ``manifest.csv`` (or JSON lines, Parquet…) with ``dataset.yaml`` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from cohear.base.errors import DataError
from cohear.base.registry import did_you_mean
from cohear.base.yaml_text import YamlMistake, read_yaml
from cohear.data.tables.audio_column import audio_column, with_audio_paths
from cohear.data.tables.clip_table import About, ClipTable
from cohear.data.tables.event_column import with_event_column
from cohear.data.tables.names_there import SPELLED, ClipNames, is_there
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import TABLE_SUFFIXES, column_names, read_table_file
from cohear.data.tables.text_files import read_text

_LOOKED_AT = 50  # names that say whether files are called so
_ABOUT = ("name", "licence", "license", "citation", "domain", "labels", "groups")
MANIFESTS = tuple(f"manifest{suffix}" for suffix in TABLE_SUFFIXES)


class ManifestReader(Reader):
    """A clip table in one file; every cell is kept as text (``no``, ``01`` and ``NA`` stay what they are).

    Its column ``path`` names the audio. A table whose audio another column names is the reader ``table``'s.
    """

    name: ClassVar[str] = "manifest"

    def recognises(self, path: Path) -> bool:
        """A file with one of the endings, or a folder that holds one of the names."""
        file = _table_file(path)
        return file is not None and (file.suffix.lower() != ".tsv" or _has_path(file)) and not _is_foreign(file)

    def read(self, path: Path, name: str) -> ClipTable:
        """Read the table and what ``dataset.yaml`` says of it."""
        file = _table_file(path)
        if file is None:
            raise DataError(f"dataset {name!r}: {path} holds none of {', '.join(MANIFESTS)}")
        table = read_table_file(file)
        rows, remarks = table.rows, table.remarks
        if "path" in rows.columns:
            rows, made = _with_names_there(with_audio_paths(rows, "path", file.parent, file.parent)[0], file.parent)
            remarks += made
        about = read_about(file.parent / "dataset.yaml")
        return with_event_column(ClipTable(name, file.parent, rows, about, remarks, (file,)))


READERS.register(ManifestReader.name)(ManifestReader())


def _table_file(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix.lower() in TABLE_SUFFIXES else None
    return next((path / name for name in MANIFESTS if (path / name).is_file()), None)


def _with_names_there(rows: pd.DataFrame, root: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Where none of the first names is a file as it stands, they are spelled as files that are, and it is told."""
    names = [str(name) for name in rows["path"]]
    if any(name and is_there(root / name) for name in names[:_LOOKED_AT]):
        return rows, ()
    spelled = ClipNames(root).spelled(names)
    if not any(is_there(root / name) for name, own in zip(spelled, names, strict=True) if name != own):
        return rows, ()
    return rows.assign(path=spelled).astype(object), (SPELLED,)


def _has_path(file: Path) -> bool:
    return "path" in column_names(file)


def _is_foreign(file: Path) -> bool:
    columns = column_names(file)
    return "path" not in columns and audio_column(columns) is not None


def about_beside(root: Path, asked: Path) -> About:
    """What a ``dataset.yaml`` says in the folder that clips are relative to, or else in the one that was asked for."""
    own = root / "dataset.yaml"
    return read_about(own if own.is_file() else asked / "dataset.yaml")


def read_about(file: Path) -> About:
    """What a ``dataset.yaml`` says; nothing where there is none. Raises DataError where it says it wrongly."""
    if not file.is_file():
        return About()
    try:
        content = read_yaml(read_text(file)).value
    except YamlMistake as error:
        raise DataError(f"{file}: {error}") from error
    if content is None:
        return About()
    if not isinstance(content, dict):
        raise DataError(f"{file}: expected name, licence, citation and labels, and perhaps domain or groups")
    for key in content:
        if key not in _ABOUT:
            raise DataError(f"{file}: unknown key {key!r}{did_you_mean(key, _ABOUT)}")
    labels = content.get("labels") or {}
    if not isinstance(labels, dict) or not all(map(_is_label_list, labels.values())):
        raise DataError(f"{file}: labels must give a list of labels, each once, for each column")
    about = {key: content.get(key) or "" for key in _ABOUT if key != "labels"}
    for key, value in about.items():
        if not isinstance(value, str):
            raise DataError(f"{file}: {key} must be text")
    texts = (about["name"], about["licence"] or about["license"], about["citation"])
    return About(*texts, labels, about["domain"], about["groups"], file.parent)


def _is_label_list(names: Any) -> bool:  # noqa: ANN401 - any YAML value
    return isinstance(names, list) and all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
