"""Datasets of the Hugging Face hub as Parquet files with the audio inside: ``data/train-00000-of-00001.parquet``."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from cohear.base.errors import DataError, FolderError, MissingExtra
from cohear.base.files import cache_folder, write_bytes, write_json
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.manifest import about_beside
from cohear.data.tables.part_names import parts_among
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import cell_text, frame, pyarrow_parquet
from cohear.data.tables.text_files import refuse_odd_file

_SHARD = re.compile(r"(?P<part>.+?)-\d{5}-of-\d{5}(-[0-9a-f]{16})?")
_DEEPEST = 2  # folders below the path: of a configuration and of its parts
_KINDS = (
    (b"RIFF", ".wav"),
    (b"fLaC", ".flac"),
    (b"OggS", ".ogg"),
    (b"ID3", ".mp3"),
    (b"\xff\xfb", ".mp3"),
    (b"\xff\xf3", ".mp3"),
    (b"FORM", ".aiff"),
)
_ROWS_AT_ONCE = 256


class Embedded(Reader):
    """A column of structs with ``bytes`` and ``path``, as the library ``datasets`` writes audio, and columns of labels.

    The name of a shard before its numbers is the fold where there are several (``train-00000-of-00002.parquet``), or
    the folder of the shards where these are parts (``train/0000.parquet``). Folders of several configurations are a
    dataset each.
    Numbers of classes become the names that the file itself gives (``ClassLabel``), in their order. The audio is
    written out once, below the folder of the cache, since every tool needs files; ``cohear features --prune`` does not
    remove it. The form is told at https://huggingface.co/docs/datasets/about_dataset_features and
    https://huggingface.co/docs/hub/datasets-audio.
    """

    name: ClassVar[str] = "embedded"

    def recognises(self, path: Path) -> bool:
        """A Parquet file with such a column, or a folder with one, in ``data``, in parts or in a configuration."""
        return any(_audio_of(file) is not None for file in list(_shards(path))[:1])

    def read(self, path: Path, name: str) -> ClipTable:
        """All shards, in the order of their names."""
        shards = {file: part for file, part in _shards(path).items() if _audio_of(file) is not None}
        if not shards:
            raise DataError(f"dataset {name!r}: {path} holds no Parquet file with a column of audio (bytes and path)")
        files = list(shards)
        root = _place(files)
        several = len(set(shards.values())) > 1
        labels = {column: names for file in files for column, names in _class_names(file).items()}
        rows: list[dict[str, str]] = []
        for number, (file, part) in enumerate(shards.items()):
            own = _written_out(file, root, root / f"{number:05}.json")
            rows += [{**row, "fold": part} if several and "fold" not in row else row for row in own]
        columns = list(dict.fromkeys(column for row in rows for column in row))
        table = frame(columns, [[row.get(column, "") for column in columns] for row in rows])
        about = about_beside(root, path if path.is_dir() else path.parent)
        merged = replace(about, labels={**labels, **about.labels})
        remark = f"its audio was written out of {len(files)} Parquet files to {root}"
        return ClipTable(name, root, table, merged, (remark,), tuple(files))


READERS.register(Embedded.name)(Embedded())


def _shards(path: Path, deepest: int = _DEEPEST) -> dict[Path, str]:
    """Parquet files with their parts: of the path, its folder ``data``, folders of parts, or of one configuration."""
    if path.is_file():
        return {path: ""} if path.suffix.lower() == ".parquet" else {}
    here = sorted(path.glob("*.parquet")) if path.is_dir() else []
    if here or not deepest:
        return _by_part(here)
    inner = {child.name: found for child in folders_in(path) if (found := _shards(child, deepest - 1))}
    if "data" in inner:
        return inner["data"]
    parts = parts_among(inner)
    if parts:
        return {file: parts[name] for name, found in inner.items() if name in parts for file in found}
    return next(iter(inner.values())) if len(inner) == 1 else {}


def _by_part(files: list[Path]) -> dict[Path, str]:
    """Files with the part that each is by its name; plain numbers are shards of the whole."""
    shards = {file: found["part"] for file in files if (found := _SHARD.fullmatch(file.stem))}
    parts = parts_among([file.stem for file in files if file not in shards])
    return {file: shards.get(file) or parts.get(file.stem, "") for file in files}


def _audio_of(file: Path) -> str | None:
    """The column of audio; None where the file has none, or cannot be read."""
    try:
        refuse_odd_file(file, file.parent)
        schema = pyarrow_parquet().read_schema(file)
    except (MissingExtra, DataError, OSError, ValueError):  # pyarrow's errors are OSErrors and ValueErrors
        return None
    for field in schema:
        inner = {field.type.field(index).name for index in range(getattr(field.type, "num_fields", 0))}
        if {"bytes", "path"} <= inner:
            return str(field.name)
    return None


def _class_names(file: Path) -> dict[str, list[str]]:
    """The names of each column of classes, as the library notes them beside the schema."""
    noted = (pyarrow_parquet().read_schema(file).metadata or {}).get(b"huggingface")
    try:
        features = json.loads(noted)["info"]["features"] if noted else {}
    except (ValueError, KeyError, TypeError):
        return {}
    return {
        str(column): [str(label) for label in about["names"]]
        for column, about in features.items()
        if isinstance(about, Mapping) and about.get("_type") == "ClassLabel" and isinstance(about.get("names"), list)
    }


def _place(files: list[Path]) -> Path:
    """The folder in the cache for what these files hold; another one after any of them has changed."""
    states = [[file.absolute().as_posix(), file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    return cache_folder() / "embedded" / hashlib.blake2b(json.dumps(states).encode(), digest_size=12).hexdigest()


def _written_out(file: Path, root: Path, index: Path) -> list[dict[str, str]]:
    """Rows of a file whose audio lies below the root: read from the index that the first time leaves."""
    if index.is_file():
        rows = json.loads(index.read_text(encoding="utf-8"))
        return [{str(column): str(cell) for column, cell in row.items()} for row in rows]
    rows = list(_rows(file, root, _class_names(file)))
    write_json(index, rows)
    return rows


def _rows(file: Path, root: Path, names: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    """Rows of a file, whose audio is written below the root where it is not there yet."""
    audio, shard = _audio_of(file) or "", file.stem
    number = 0
    try:
        for batch in pyarrow_parquet().ParquetFile(file).iter_batches(_ROWS_AT_ONCE):
            for row in batch.to_pylist():
                clip = _clip_name(row[audio], shard, number)
                _write_once(root / clip, row[audio], file, number)
                number += 1
                cells = {
                    str(column): _cell(value, names.get(str(column)), file)
                    for column, value in row.items()
                    if column not in (audio, "path")
                }
                yield {"path": clip, **cells}
    except (OSError, ValueError) as error:
        raise DataError(f"{file} is not a Parquet table that can be read: {error}") from error


def _clip_name(value: Any, shard: str, number: int) -> str:  # noqa: ANN401 - whatever the file holds
    """A name of its own for each clip: the shard, the row and the name that the file gives."""
    given = PurePosixPath(str((value or {}).get("path") or "").replace("\\", "/")).name
    content = (value or {}).get("bytes") or b""
    plain = re.sub(r"[^\w.-]+", "_", given).lstrip(".")[-80:]
    suffix = (
        "" if PurePosixPath(plain).suffix else next((end for mark, end in _KINDS if content.startswith(mark)), ".wav")
    )
    return f"{shard}/{number:06}{'_' if plain else ''}{plain}{suffix}"


def _write_once(target: Path, value: Any, file: Path, number: int) -> None:  # noqa: ANN401 - whatever the file holds
    content = (value or {}).get("bytes")
    if content is None:
        raise DataError(f"{file}: row {number + 1} has no audio inside, only the path {(value or {}).get('path')!r}")
    if target.is_file() and target.stat().st_size == len(content):
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(target, content)
    except OSError as error:
        raise FolderError(f"cannot write {target}: {error.strerror}; set COHEAR_CACHE to a folder with room") from error


def _cell(value: Any, names: list[str] | None, file: Path) -> str:  # noqa: ANN401 - whatever the file holds
    if names is not None and isinstance(value, int):
        return names[value].replace(";", ",") if 0 <= value < len(names) else ""
    try:
        return cell_text(value)
    except ValueError as error:
        raise DataError(f"{file}: {error}") from error
