"""Groups that folders tell where a table says none: files of each speaker or recording in a folder of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cohear.data.tables.common_words import are_whose
from cohear.data.tables.name_groups import FEWEST_CLIPS, NameGroups, evidence_of, says_the_label
from cohear.data.tables.part_names import parts_among

_FEWEST_FOLDERS = 5
"""With fewer of them folders may as well be rooms, batches or microphones, and folds over them are few."""
_CLIPS_A_FOLDER = 2.0


def folder_groups(paths: Sequence[str], labels: Sequence[str]) -> NameGroups | None:
    """The outermost folders that are named as speakers and recordings are (``s01``, ``p225``, ``alice``); else None.

    Plain numbers are no sure sign: files are also kept in numbered folders because they are many.

    Args:
        paths: of the clips, relative to the dataset's folder.
        labels: of the same clips: folders that say no more than these are no groups.
    """
    if len(paths) < FEWEST_CLIPS:
        return None
    folders = [path.split("/")[:-1] for path in paths]
    levels = [[names[level] for names in folders] for level in range(min(map(len, folders)))]
    found = [
        NameGroups(_pattern(level), _is_sure(names), evidence_of(names, labels, "folders"), "Folders")
        for level, names in enumerate(levels)
        if _may_be_groups(names, labels)
    ]
    return next((groups for groups in found if groups.is_sure), found[0] if found else None)


def _pattern(level: int) -> str:
    return f"{'[^/]+/' * level}([^/]+)/"


def _may_be_groups(names: Sequence[str], labels: Sequence[str]) -> bool:
    held = Counter(names)
    fill = len(names) >= _CLIPS_A_FOLDER * len(held)
    return len(held) > 1 and fill and are_whose(held) and not parts_among(held) and not says_the_label(names, labels)


def _is_sure(names: Sequence[str]) -> bool:
    held = set(names)
    return len(held) >= _FEWEST_FOLDERS and sum(map(str.isdecimal, held)) <= len(held) / 2
