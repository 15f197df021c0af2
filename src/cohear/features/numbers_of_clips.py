"""Rows of numbers with the names of clips: CSV, Parquet, or a NumPy array beside a list of names."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cohear.base.arrays import Floats, Integers
from cohear.base.assets import Asset
from cohear.base.errors import MissingExtra, UserError
from cohear.base.registry import did_you_mean
from cohear.data.tables.clip_name import ClipName

DATASET = "dataset"
"""Column that says in which dataset of the study a clip is; without it a name is a clip's in every dataset."""


@dataclass(frozen=True, eq=False)
class NamedRows:
    """Numbers, and whose they are.

    Attributes:
        numbers: float32 ``[rows, D]``, finite.
        names: of each row, the clip and its dataset, which is empty where the file does not tell.
    """

    numbers: Floats
    names: Sequence[ClipName]

    @cached_property
    def places(self) -> dict[ClipName, Integers]:
        """Rows of each clip, in their order."""
        found: dict[ClipName, list[int]] = {}
        for row, name in enumerate(self.names):
            found.setdefault(name, []).append(row)
        return {name: np.array(rows, np.int64) for name, rows in found.items()}

    @cached_property
    def single(self) -> bool:
        """Whether each clip has one row."""
        return len(self.places) == len(self.names)

    @property
    def example(self) -> str:
        """How a clip is called here."""
        return self.names[0].clip

    def places_of(self, clip: ClipName) -> Integers | None:
        """Rows of a clip; None where it has none."""
        own = self.places.get(clip)
        return self.places.get(ClipName("", clip.clip)) if own is None else own


def read_named_rows(path: Asset, clips: Asset | None, column: str, drop: Sequence[str]) -> NamedRows:
    """What a file holds; what it is, its first bytes say.

    Args:
        path: the file.
        clips: names for an array.
        column: that names the clip.
        drop: columns that are no features.

    Raises:
        UserError: it cannot be read, lacks the names, or holds what is no number.
    """
    begin, as_csv = path.read(_first_bytes), partial(_csv, column=column)
    if begin == b"\x93NUMPY":
        if clips is None:
            raise UserError(f"{path.name} is an array, which has no names: give clips, a CSV with a row for each")
        return _checked(path, *_with_names(path, path.read(_array), clips.read(as_csv), clips.name, column))
    if clips is not None:
        raise UserError(f"{path.name} is a table, whose column {column!r} names clips: leave clips out")
    table = path.read(_parquet if begin[:4] == b"PAR1" else as_csv)
    for name in (column, *drop):
        _demand_column(table, path.name, name)
    features = [name for name in table.columns if name not in (column, DATASET, *drop)]
    if not features:
        raise UserError(f"{path.name} has no column of numbers beside {column!r}")
    numbers = np.concatenate([_numbers(table[name], path.name, name) for name in features], axis=1)
    return _checked(path, numbers, _names(table, column))


def _checked(path: Asset, numbers: Floats, names: list[ClipName]) -> NamedRows:
    if not names:
        raise UserError(f"{path.name} has no rows")
    finite = np.isfinite(numbers).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise UserError(
            f"{path.name} holds what is no finite number in {int((~finite).sum())} of {len(names)} rows, that of clip "
            f"{names[row].clip!r} among them; fill it in, or drop the column"
        )
    return NamedRows(numbers, names)


def _with_names(
    path: Asset, array: NDArray[np.generic], table: pd.DataFrame, beside: str, column: str
) -> tuple[Floats, list[ClipName]]:
    """An array's rows, and the name of each."""
    if array.ndim not in (2, 3) or array.dtype.kind not in "fiu":
        raise UserError(
            f"{path.name} must be an array of numbers [clips, numbers] or [clips, frames, numbers], not "
            f"{array.dtype} of {list(array.shape)}"
        )
    _demand_column(table, beside, column)
    if len(table) != len(array):
        raise UserError(f"{beside} names {len(table)} clips, and {path.name} has {len(array)}: they go together")
    names = _names(table, column)
    if array.ndim == 3:
        names = [name for name in names for _ in range(array.shape[1])]
    return array.reshape(-1, array.shape[-1]).astype(np.float32), names


def _demand_column(table: pd.DataFrame, file: str, column: str) -> None:
    if column not in table.columns:
        raise UserError(f"{file} has no column {column!r}{did_you_mean(column, map(str, table.columns))}")


def _names(table: pd.DataFrame, column: str) -> list[ClipName]:
    datasets = table[DATASET].astype(str) if DATASET in table.columns else [""] * len(table)
    return [ClipName(dataset, clip) for dataset, clip in zip(datasets, table[column].astype(str), strict=True)]


def _numbers(values: pd.Series[Any], file: str, column: str) -> Floats:
    """A column as float32 ``[rows, 1]``, or one of lists as ``[rows, numbers of each]``."""
    try:
        if len(values) and isinstance(values.iloc[0], list | np.ndarray):
            return np.stack([np.asarray(each, np.float32) for each in values])
        return values.to_numpy(dtype=np.float32)[:, None]
    except (TypeError, ValueError) as error:
        example = next((each for each in values if not _is_number(each)), "lists of unequal length")
        raise UserError(
            f"{file}: column {column!r} holds {str(example)[:40]!r}, which is no number; where it is no feature, name "
            "it in drop"
        ) from error


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(6)


def _array(path: Path) -> NDArray[np.generic]:
    array: NDArray[np.generic] = np.load(path, allow_pickle=False)
    return array


def _csv(path: Path, column: str) -> pd.DataFrame:
    """Cells separated by commas, or by semicolons, as openSMILE writes them; names stay the text they are."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = stream.readline()
    separator = ";" if header.count(";") > header.count(",") else ","
    names = next(csv.reader([header], delimiter=separator), [])
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"{path.name}: column {twice!r} stands twice")
    as_text = dict.fromkeys((column, DATASET), str)
    return pd.read_csv(path, sep=separator, encoding="utf-8-sig", keep_default_na=False, dtype=as_text)


def _parquet(path: Path) -> pd.DataFrame:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error
    table: pd.DataFrame = parquet.read_table(path).to_pandas()
    return table
