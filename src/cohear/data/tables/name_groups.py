"""Groups that the names of files tell: a speaker, a recording, a source in one part of every name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

from cohear.base.counting import counted
from cohear.base.errors import DataError
from cohear.data.tables.clip_table import ClipTable

FEWEST_CLIPS = 8
_HAVE_IT = 0.9  # of the names, each label counting alike: one of noise may have names of its own
_SHARED = 0.1  # of the clips: those whose value another clip has too
_NAMES_A_LABEL = 1.5  # without their number, where the number is a running one
_MOST_PARTS = 4
_SHOWN = 5
_MARKS = "-_. "
_IS_ID = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{2,}|\d{3,}|[0-9a-f]{6,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMPACT = r"\d{2,3}(?=[A-Za-z])"  # `03a01Fa`: digits that letters follow


@dataclass(frozen=True)
class NameGroups:
    """A part of the names of files that tells groups.

    Attributes:
        pattern: a regular expression for the beginning of a file's name, or of its path where there is a slash in it;
            its parenthesis, or else all of it, is the group.
        is_sure: whether the values are named as speakers and sources are (``s01``, ``1001``, ``0c540988``); words may
            as well be something that a clip is about.
        evidence: a clause on what was seen.
        named: whose names they are.
    """

    pattern: str
    is_sure: bool
    evidence: str
    named: Literal["Names of files", "Folders"] = "Names of files"


def name_groups(paths: Sequence[str], labels: Sequence[str]) -> NameGroups | None:
    """The part of the names of files that looks most like a speaker or a source; None where none does.

    Args:
        paths: of the clips.
        labels: of the same clips: what numbers the clips of each label is no group.
    """
    if len(paths) < FEWEST_CLIPS:
        return None
    found = [groups for pattern in _patterns() if (groups := _judged(pattern, paths, labels)) is not None]
    return next((groups for groups in found if groups.is_sure), found[0] if found else None)


def with_name_groups(table: ClipTable, pattern: str) -> ClipTable:
    """A table with the column ``group`` that a pattern finds in the names of its files.

    Raises:
        DataError: it has such a column, the pattern is no regular expression, or it fits no name.
    """
    place = f"datasets.{table.name}.group_in_name"
    if "group" in table.rows.columns:
        raise DataError(f"{place}: dataset {table.name!r} has a column 'group' already; leave this out")
    try:
        groups = _values(pattern, [str(path) for path in table.rows["path"]])
    except re.error as error:
        raise DataError(f"{place}: {pattern!r} is no regular expression: {error}") from error
    lacking = sum(not group for group in groups)
    if lacking == len(groups):
        raise DataError(f"{place}: {pattern!r} fits the beginning of no file's name of dataset {table.name!r}")
    told = f"group_in_name does not fit {counted(lacking, 'clip')}: each of these is a group of its own"
    return replace(table, rows=table.rows.assign(group=groups), remarks=table.remarks + ((told,) if lacking else ()))


def _patterns() -> list[str]:
    part, before = f"[^{_MARKS}]+", f"[^{_MARKS}]+[{_MARKS}]+"
    return [part, _COMPACT, *(f"{before * number}({part})" for number in range(1, _MOST_PARTS))]


def _values(pattern: str, paths: Sequence[str]) -> list[str]:
    """The group of each clip; empty where the pattern does not fit its name."""
    known = re.compile(pattern)
    found = [known.match(path if "/" in pattern else PurePosixPath(path).name) for path in paths]
    return [(match[1] if known.groups else match[0]) or "" if match else "" for match in found]


def _judged(pattern: str, paths: Sequence[str], labels: Sequence[str]) -> NameGroups | None:
    stems = [PurePosixPath(path).with_suffix("").name for path in paths]
    values = _values(pattern if pattern == _COMPACT else f"{pattern}(?=[{_MARKS}])", stems)  # the last part is no group
    held = Counter(value for value in values if value)
    shared = sum(count for count in held.values() if count > 1)
    if _share_of_names(values, labels) < _HAVE_IT or len(held) < 2 or shared < _SHARED * len(paths):
        return None
    ids = pattern == _COMPACT or sum(bool(_IS_ID.fullmatch(value)) for value in held) > len(held) / 2
    words = all(_WORD.fullmatch(value) for value in held) and shared == len(paths)
    counts = _counts(values, stems, labels) or _counts_folders(values, paths) or _counts_utterances(values, labels)
    if (not ids and not words) or says_the_label(values, labels) or counts:
        return None
    return NameGroups(pattern, ids, evidence_of(values, labels, "names of files"))


def _share_of_names(values: Sequence[str], labels: Sequence[str]) -> float:
    """How many names have a value, in the mean over labels."""
    clips = Counter(labels)
    having = Counter(label for value, label in zip(values, labels, strict=True) if value)
    return sum(having[label] / count for label, count in clips.items()) / len(clips)


def says_the_label(values: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether it says no more than the label does."""
    pairs = set(zip(values, labels, strict=True))
    return len(pairs) == len(set(values)) and len(pairs) == len(set(labels))


def _counts(values: Sequence[str], stems: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether it numbers the clips of each label: numbers without great gaps, and names differ in nothing else."""
    numbers = [int(value) for value in set(values) if value.isdecimal()]
    if len(numbers) < len(set(values)) / 2:
        return False
    rests = {(label, stem.replace(value, "", 1)) for value, stem, label in zip(values, stems, labels, strict=True)}
    differ_in_it_alone = len(rests) <= _NAMES_A_LABEL * len(set(labels))
    return differ_in_it_alone and max(numbers) - min(numbers) < 2 * len(numbers)


def _counts_folders(values: Sequence[str], paths: Sequence[str]) -> bool:
    """Whether it numbers the files of each folder through, from 0 or 1, as the rows of shards are."""
    folders: dict[str, list[str]] = defaultdict(list)
    for value, path in zip(values, paths, strict=True):
        folders[path.rpartition("/")[0]].append(value)
    return all(map(str.isdecimal, values)) and all(
        sorted(map(int, held)) in (list(range(len(held))), list(range(1, len(held) + 1))) for held in folders.values()
    )


def _counts_utterances(values: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether it numbers what speakers said, where the labels are the speakers: ``p225_001_mic1``."""
    numbers = [int(value) for value in set(values) if value.isdecimal()]
    are_speakers = all(_IS_ID.fullmatch(label) and not label.isdecimal() for label in labels)
    return are_speakers and len(numbers) == len(set(values)) and max(numbers) - min(numbers) < 2 * len(numbers)


def evidence_of(values: Sequence[str], labels: Sequence[str], named: str) -> str:
    """What speaks for groups: how many values there are, how many clips each has, and of how many labels.

    Args:
        values: of the clips; empty where one has none.
        labels: of the same clips.
        named: what has these values.
    """
    held = Counter(value for value in values if value)
    of_value: dict[str, set[str]] = defaultdict(set)
    for value, label in zip(values, labels, strict=True):
        of_value[value].add(label)
    most = ", ".join(sorted(held)[:_SHOWN])
    more = f" and {len(held) - _SHOWN:,} more" if len(held) > _SHOWN else ""
    several = sum(len(found) > 1 for found in of_value.values())
    each = sum(held.values()) / len(held)
    return (
        f"{named} have {len(held):,} values there ({most}{more}), {each:.1f} clips each in the mean, and "
        f"{several:,} of them have clips of several labels"
    )
