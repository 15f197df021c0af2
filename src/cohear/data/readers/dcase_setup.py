"""What the datasets of Tampere University have in common: terms, archives, and ``evaluation_setup`` with its folds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cohear.base.errors import DataError
from cohear.data.readers.layout import Archive
from cohear.data.tables.text_files import read_text

TUT_LICENCE = "Tampere University licence: non-commercial"
CITATION_2017 = (
    "A. Mesaros et al., DCASE 2017 Challenge Setup: Tasks, Datasets and Baseline System, DCASE 2017; "
    "A. Mesaros, T. Heittola, T. Virtanen, TUT Database for Acoustic Scene Classification and Sound Event Detection, "
    "EUSIPCO 2016"
)

_LIST = re.compile(r"(?:\w+_)?fold(?P<fold>\d+)_(?P<part>train|evaluate|test)\.(?:txt|csv)")


def zenodo_archives(record: str, name: str, md5: Mapping[str, str]) -> tuple[Archive, ...]:
    """The parts ``<name>.<part>.zip`` of a record, by part with the checksums that Zenodo gives."""
    files = f"{record}/files/{name}"
    return tuple(Archive(f"{files}.{part}.zip", f"md5:{checksum}") for part, checksum in md5.items())


def setup_lists(root: Path, part: str) -> dict[str, list[str]]:
    """Audio files of a part (``train``, ``evaluate``, ``test``) by fold, as paths below the root; each file once."""
    lists: dict[str, list[str]] = {}
    folder = root / "evaluation_setup"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in files:
        found = _LIST.fullmatch(file.name)
        if found and found["part"] == part and file.is_file():
            names = [line.split("\t")[0].strip() for line in read_text(file, root).splitlines() if line.strip()]
            listed = [name for name in names if name != "filename"]  # the column's name, in the newer lists
            lists.setdefault(found["fold"], []).extend(dict.fromkeys(listed))
    return lists


def tested_in(root: Path) -> dict[str, str]:
    """The fold that tests a file, by path.

    Raises:
        DataError: two folds test one file.
    """
    lists = setup_lists(root, "evaluate") or setup_lists(root, "test")
    folds: dict[str, str] = {}
    for fold in sorted(lists, key=int):
        for path in lists[fold]:
            if folds.setdefault(path, fold) != fold:
                raise DataError(f"{root / 'evaluation_setup'}: folds {folds[path]} and {fold} both test {path}")
    return folds


def with_folds(rows: Sequence[dict[str, str]], root: Path) -> list[dict[str, str]]:
    """Rows with the fold that tests them; as they are where there is no setup at all.

    Raises:
        DataError: the setup tests only some of the clips, so that there would be clips without a fold.
    """
    folds = tested_in(root)
    if not folds:
        return list(rows)
    left = [row["path"] for row in rows if row["path"] not in folds]
    if left:
        raise DataError(
            f"{root / 'evaluation_setup'}: no fold tests {left[0]} ({len(left)} such clips); "
            "complete the lists, or move evaluation_setup away"
        )
    return [{**row, "fold": folds[row["path"]]} for row in rows]
