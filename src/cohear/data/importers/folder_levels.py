"""What the folders above clips stand for: parts of the dataset, labels, and groups such as speakers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from cohear.base.counting import counted
from cohear.data.tables.common_words import are_whose, is_bookkeeping, is_heard, is_whose
from cohear.data.tables.part_names import is_part_name, parts_among

_FEW = 0.1
"""Less of all clips than that, nearer to the top, are loose files beside the dataset."""
_COMBINED = 1.5
"""Folders that a name lies under, in the mean, where two levels are combined with each other."""
_CLEARLY = 0.3
"""So much more must one level look like labels than the others."""
_SHOWN = 5
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class FolderClip:
    """A clip by the folders that it lies in.

    Attributes:
        path: below the dataset's folder.
        label, part, group: names of folders; empty where none stands for it.
        folder: name of a further one that tells something, where there is any.
    """

    path: PurePosixPath
    label: str
    part: str
    group: str
    folder: str


@dataclass(frozen=True)
class FolderLevels:
    """How a tree of clips is read.

    Attributes:
        clips: in the order of their paths.
        remarks: what was decided, a sentence each.
    """

    clips: tuple[FolderClip, ...]
    remarks: tuple[str, ...]

    @property
    def are_whose(self) -> bool:
        """Whether the labels are named as speakers or recordings are."""
        return _are_speakers([clip.label for clip in self.clips if clip.label])


def folder_levels(paths: Sequence[PurePosixPath]) -> FolderLevels | None:
    """Read a tree of clips by the names of its folders; None where they give no two labels.

    Args:
        paths: of all clips below the dataset's folder.

    Folders that all clips share stand for nothing (``data/audio``). A level of names of parts is the official split.
    Of what is left one level is the label: the digits 0 to 9; the one whose names are labels of many datasets
    (``happy``, ``dog``); the one of words, where the others are named as speakers and recordings are (``s01``,
    ``man00``, ``000``, ``alice``); or the one of fewer names, where nothing else tells, and that is said. Labels below
    groups, and words below words, must lie under several folders: else they are rather datasets than one. Sessions and
    days are no labels. A level of words beside label and group is a column of its own.
    """
    depths = Counter(len(path.parts) - 1 for path in paths)
    for depth in sorted(depths):
        if depth and depths[depth] >= _FEW * len(paths):
            found = _at_depth(sorted(path for path in paths if len(path.parts) - 1 == depth), depth)
            if found is not None:
                return found
    return None


def parts_without_labels(paths: Sequence[PurePosixPath]) -> bool:
    """Whether the folders that clips lie in are parts of a dataset, and nothing else is told by folders."""
    held = [path for path in paths if len(path.parts) > 1]
    names = {path.parts[0] for path in held}
    return len(names) > 1 and all(map(is_part_name, names)) and {len(path.parts) for path in held} == {2}


def _at_depth(paths: Sequence[PurePosixPath], depth: int) -> FolderLevels | None:
    names = [[path.parts[level] for path in paths] for level in range(depth)]
    parts: dict[str, str] = {}
    part = next((level for level in range(depth) if (parts := parts_among(set(names[level])))), None)
    if part is not None:
        paths = [path for path in paths if path.parts[part] in parts]
        names = [[path.parts[level] for path in paths] for level in range(depth)]
    telling = [level for level in range(depth) if level != part and len(set(names[level])) > 1]
    perhaps = [level for level in telling if not all(map(is_bookkeeping, set(names[level])))]
    label = _label_level([names[level] for level in perhaps])
    if label is None:
        return None
    held = perhaps[label[0]]
    group = _group_level({level: names[level] for level in telling if level != held})
    further = [level for level in perhaps if level not in (held, group) and not are_whose(set(names[level]))]
    unused = [name for level in telling if level not in (held, group, *further) for name in names[level]]
    clips = tuple(
        FolderClip(
            path,
            path.parts[held],
            "" if part is None else parts[path.parts[part]],
            "" if group is None else path.parts[group],
            "/".join(path.parts[level] for level in further),
        )
        for path in paths
    )
    clips, unlabelled = _without_own_labels(clips)
    remarks = _remarks(clips, held, part, group, is_told=label[1])
    remarks += [f"folders of {_named(unused, 'name')} say nothing that is used"] if unused else []
    return FolderLevels(clips, (*remarks, *unlabelled))


def _without_own_labels(clips: tuple[FolderClip, ...]) -> tuple[tuple[FolderClip, ...], tuple[str, ...]]:
    """Clips of a part with a single folder that no other part has are not labelled (``test/wavs``): with what is said.

    That holds where the other parts have at least two labels, and the folder is not called after a sound.
    """
    of_part: dict[str, set[str]] = {}
    for clip in clips:
        of_part.setdefault(clip.part, set()).add(clip.label)
    others = {part: set().union(*(own for other, own in of_part.items() if other != part)) for part in of_part}
    lone = {part: own for part, own in of_part.items() if len(own) == 1 and not own & others[part]}
    lone = {part: own for part, own in lone.items() if not any(map(is_heard, own))}
    lone = {part: own for part, own in lone.items() if len(others[part]) > 1 and len(lone) < len(of_part)}
    told = tuple(
        f"clips of {part} have no labels: they lie in a folder {own.copy().pop()} that no other part has"
        for part, own in lone.items()
    )
    return tuple(replace(clip, label="") if clip.part in lone else clip for clip in clips), told


def _label_level(levels: Sequence[Sequence[str]]) -> tuple[int, bool] | None:
    """Which of the levels that tell something is the label, and whether their names say so; None where none is."""
    if len(levels) < 2:
        return (0, True) if levels else None
    names = [set(level) for level in levels]
    digits = [index for index, level in enumerate(names) if level == _DIGITS]
    words = [index for index, level in enumerate(names) if not are_whose(level)]
    if len(digits) != 1 and len(words) > 1 and not _are_combined(levels[words[0]], levels[words[1]]):
        return None
    scores = [_looks_like_labels(level) for level in names]
    best = [index for index in range(len(levels)) if scores[index] > max(scores) - _CLEARLY]
    if len(digits) == 1:
        best = digits
    chosen = min(best, key=lambda index: (len(names[index]) if index in words else 0, index))
    is_told = len(best) == 1
    return (chosen, is_told) if chosen == 0 or _are_combined(levels[0], levels[chosen]) else None


def _group_level(levels: dict[int, Sequence[str]]) -> int | None:
    """The outermost of the other levels, names of speakers or recordings first."""
    named = [level for level, names in levels.items() if are_whose(set(names))]
    return min(named or levels, default=None)


def _looks_like_labels(names: set[str]) -> float:
    """From -1, where all names are of speakers or recordings, to 1, where all are what many datasets have as labels."""
    each = (1.0 if is_heard(name) else -0.5 if name.isdecimal() else -1.0 if is_whose(name) else 0.0 for name in names)
    return sum(each) / len(names)


def _are_combined(outer: Sequence[str], inner: Sequence[str]) -> bool:
    """Whether names of the inner level lie under several of the outer one, as words of several speakers do."""
    pairs = set(zip(outer, inner, strict=True))
    return len(pairs) >= _COMBINED * max(len(set(outer)), len(set(inner)))


def _remarks(
    clips: Sequence[FolderClip], held: int, part: int | None, group: int | None, *, is_told: bool
) -> list[str]:
    told = []
    if part is not None:
        told.append(f"{_named([clip.part for clip in clips], 'folder')} are parts of it: column fold")
    if group is not None:
        which = "outer" if group < held else "inner"
        groups, labels = (
            _named([clip.group for clip in clips], "group"),
            _named(list(filter(None, (clip.label for clip in clips))), "label"),
        )
        told.append(
            f"clips lie in folders of folders: the {which} ones ({groups}) are column group, the others ({labels}) "
            f"column label{'' if is_told else ', which is a guess, for names of both could be labels'}; write a "
            "manifest.csv if it is the other way round"
        )
    words = [clip.label for clip in clips if clip.label]
    if _are_speakers(words):
        told.append(
            f"its labels ({_named(words, 'folder')}) are named as speakers or recordings are; write a "
            "manifest.csv if something else is to be learnt"
        )
    if further := [clip.folder for clip in clips if clip.folder]:
        told.append(f"further folders ({_named(further, 'name')}) are column folder")
    return told


def _are_speakers(labels: Sequence[str]) -> bool:
    """Plain numbers are digits as well."""
    return are_whose(set(labels)) and not all(map(str.isdecimal, set(labels)))


def _named(names: Sequence[str], what: str) -> str:
    each = sorted(set(names))
    more = f" and {len(each) - _SHOWN:,} more" if len(each) > _SHOWN else ""
    return f"{counted(len(each), what)}: {', '.join(each[:_SHOWN])}{more}"
