"""What parts of one dataset are called, as folders, tables and values of a column: the one list of these names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Literal

PartRole = Literal["train", "validation", "test", ""]
"""What a part is for; empty where its name does not say."""

_NAMES: dict[PartRole, str] = {
    "train": "train training trn tr",
    "validation": "validation validate valid val dev devel development",
    "test": "test testing tst eval evaluate evaluation holdout heldout",
}
_ROLE_OF = {name: role for role, names in _NAMES.items() for name in names.split()}
_SPLIT_WORDS = frozenset(("fold", "folds", "split", "splits", "subset", "partition", "set"))
_NUMBERED_WORDS = frozenset(("fold", "folds", "split", "splits", "partition"))
_COLUMN_FILLERS = frozenset(("data", "name", "official", "id", "no", "nr", "number", "index", "cv"))
_FILLERS = frozenset(
    (
        *("set", "data", "dataset", "split", "part", "subset", "audio", "wav", "wavs", "clips", "files"),
        *("meta", "metadata", "manifest", "labels", "annotations", "list", "filelist"),
    )
)
_FOLD = re.compile(r"(?:fold|folds|split|partition|cv)[-_. ]?\d{1,3}")
_MOST_NUMBERED = 20


def role_of(name: str) -> PartRole:
    """What a part is by its name: ``Test``, ``dev_set`` and ``audio_train`` say it; empty where it does not."""
    words = [word for word in re.split(r"[-_. ]+", name.strip().lower()) if word]
    roles = [_ROLE_OF[word] for word in words if word in _ROLE_OF]
    others = [word for word in words if word not in _ROLE_OF and word not in _FILLERS]
    return roles[0] if len(roles) == 1 and not others else ""


def is_fold_name(name: str) -> bool:
    """``fold1``, ``Fold_02``, ``split-3``: one of several equal parts."""
    return bool(_FOLD.fullmatch(name.strip().lower()))


def is_part_name(name: str) -> bool:
    """Whether a folder, a table or a value of this name is a part of a dataset, and no class and no dataset."""
    return bool(role_of(name)) or is_fold_name(name)


def parts_among(names: Collection[str]) -> dict[str, str]:
    """Names of folders or tables that are parts of one dataset, with the part that each is; nothing where none are.

    They are parts where each has a word for one, and all are alike but for it: ``esd_train`` beside ``esd_test``. What
    lies beside them is no part (``train``, ``test`` and ``docs``); a class called ``train`` beside others is none.
    """
    if names and all(map(is_part_name, names)):
        return {name: name for name in names}
    by_rest: dict[tuple[str, ...], dict[str, str]] = {}
    for name in names:
        part, rest = _part_and_rest(name)
        if part:
            by_rest.setdefault(rest, {})[name] = name if is_part_name(name) else part
    alike = max(by_rest.values(), key=len, default={})
    roles = {role for part in alike.values() if (role := role_of(part))}
    is_split = len(roles) > 1 and "train" in roles
    return alike if is_split or sum(map(is_fold_name, alike.values())) > 1 else {}


def _part_and_rest(name: str) -> tuple[str, tuple[str, ...]]:
    """The word for a part in a name, and its other words."""
    words = [word for word in re.split(r"[-_. ]+", name.strip().lower()) if word]
    parts = [word for word in words if word in _ROLE_OF or _FOLD.fullmatch(word)]
    rest = tuple(word for word in words if word not in parts and word not in _FILLERS)
    return (parts[0], rest) if len(parts) == 1 else ("", rest)


def is_about_parts(column: str) -> bool:
    """Whether a column's name is a part's (``test``), or a word for parts (``split``)."""
    return is_part_name(column) or column.strip().lower() in _SPLIT_WORDS


def holds_parts(column: str, cells: Iterable[str]) -> bool:
    """Whether a column says which part each clip is in, by its name and by its values.

    Args:
        column: ``fold``, ``split``, ``subset``, ``partition``, ``set`` or the like, in any case.
        cells: of the column; empty ones say nothing. Plain numbers are parts of ``fold``, ``split`` and ``partition``.
    """
    words = {word for word in re.split(r"[\W_]+", column.lower()) if word}
    named = words & _SPLIT_WORDS
    values = {cell.strip() for cell in cells if cell.strip()}
    if not named or words - named - _COLUMN_FILLERS or not values:
        return False
    if all(map(is_part_name, values)):
        return True
    numbered = bool(named & _NUMBERED_WORDS) and 2 <= len(values) <= _MOST_NUMBERED
    return numbered and all(value.isdecimal() or is_part_name(value) for value in values)
