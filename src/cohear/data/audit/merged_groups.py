"""Groups that keep duplicates together: those that tasks hold out, joined where clips of two hold one recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cohear.base.counting import counted
from cohear.data.audit.evidence import Evidence, MeasuredDataset, equal_sets
from cohear.data.folds.partition import TaskChoice

MergedGroups = Mapping[str, str]
"""The group of every clip of a dataset, by the clip's name."""

_REMOVE = "remove one clip of each pair of copies"
_MOST_IN_ONE = 0.75
"""Of the clips in one group, unless a group had more before: with more, too little is left to learn from or to test."""
_SHOWN = 3


@dataclass(frozen=True)
class GroupCure:
    """How the duplicates of a dataset get on one side of every split.

    Attributes:
        groups: those to be written; empty where the column ``group`` has them already, or where none would help.
        lines: what must change in the tasks of a study besides, a sentence each.
        unjoined: copies that lie in too many groups to be kept together, a sentence each.
    """

    groups: MergedGroups
    lines: tuple[str, ...] = ()
    unjoined: tuple[str, ...] = ()


def merged_groups(evidence: Evidence) -> dict[str, GroupCure]:
    """By name, the datasets of which a task parts exact or near-duplicates, and what mends it.

    A duplicate does not leave its speaker for a group of duplicates alone: whole groups are joined, those of every
    column that a task of the dataset holds out. A joined group is named after its first one, and a clip without a group
    after its file. A sound that lies in so many groups that nearly all clips would be one (a jingle) joins none, and is
    told; the others are joined all the same.
    """
    pairs: dict[str, list[tuple[int, int]]] = {}
    for same in equal_sets(evidence):
        for one, two in pairwise(same):
            if one.dataset == two.dataset:
                pairs.setdefault(one.dataset, []).append((one.row, two.row))
    for pair in evidence.near:
        if pair.first.dataset == pair.second.dataset:
            pairs.setdefault(pair.first.dataset, []).append((pair.first.row, pair.second.row))
    cures = {
        name: _cure(data, evidence.tasks_of(name), np.array(pairs[name]))
        for name, data in evidence.datasets.items()
        if name in pairs
    }
    return {name: cure for name, cure in cures.items() if cure is not None}


def _cure(data: MeasuredDataset, tasks: Sequence[TaskChoice], pairs: NDArray[np.int64]) -> GroupCure | None:
    """None where no task parts a pair, or without tasks, where the groups that there are part none."""
    one, two = pairs.T
    if not any((sides[one] != sides[two]).any() for sides in data.sides_of(tasks)):
        return None
    columns = list(dict.fromkeys(task.rule.hold_out for task in tasks if task.rule.folds is None)) or [None]
    own = _joined([data.groups(column) for column in columns])
    if own.max() == 0:
        return GroupCure({}, (f"what its tasks hold out is, taken together, a single group: {_REMOVE}",))
    kept, spread = _kept_and_spread(own, pairs)
    joined = _joined([own], kept)
    unjoined = _unjoined(data, own, spread)
    if spread and (joined == own).all():
        return GroupCure({}, (), unjoined)
    lines = tuple(line for task in tasks if (line := _line(data, task, joined)))
    if "group" in data.table.rows.columns and _keeps(data.groups("group"), joined):
        return GroupCure({}, lines, unjoined)
    names = _names(data, [column or "group" for column in columns], joined)
    groups = {clip: names[number] for clip, number in zip(data.ids, joined.tolist(), strict=True)}
    return GroupCure(groups, lines, unjoined)


def _kept_and_spread(
    own: NDArray[np.int64], pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """The pairs that can be joined, and the copies in so many groups that they would make nearly all clips one.

    Args:
        own: ``[clips]`` groups as they are.
        pairs: ``[pairs, 2]`` clips that hold one recording.
    """
    sounds = _joined([np.arange(len(own))], pairs)  # [clips]: copies of one sound have one number
    of_clip = np.unique(np.stack([sounds, own], axis=1), axis=0)[:, 0]
    many = np.bincount(of_clip, minlength=len(own))[sounds]  # [clips]: groups that its sound lies in
    most = max(int(np.bincount(own).max()), _MOST_IN_ONE * len(own))
    limits = iter(np.unique(many)[::-1].tolist())
    kept, limit = pairs, next(limits)
    while limit > 1 and not _leaves_enough(_joined([own], kept), most):
        limit = next(limits, 1)
        kept = pairs[many[pairs[:, 0]] <= limit]
    spread = np.unique(sounds[many > limit])
    return kept, [np.flatnonzero(sounds == sound) for sound in spread]


def _leaves_enough(groups: NDArray[np.int64], most: float) -> bool:
    return bool(groups.max() > 0 and np.bincount(groups).max() <= most)


def _unjoined(data: MeasuredDataset, own: NDArray[np.int64], spread: Sequence[NDArray[np.int64]]) -> tuple[str, ...]:
    """A sentence for each sound that joins nothing, the first of many."""
    told = [
        f"{counted(len(clips), 'copy', 'copies')} of {data.ids[clips[0]]!r} lie in {len(np.unique(own[clips])):,} "
        "groups, which joined would leave nearly one: keep one of them"
        for clips in spread
    ]
    more = f"and so do those of {counted(len(told) - _SHOWN, 'clip')} more" if len(told) > _SHOWN else ""
    return (*told[:_SHOWN], *((more,) if more else ()))


def _joined(columns: Sequence[NDArray[np.int64]], pairs: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """``[clips]`` numbers of groups: what has a group of any column in common, or is a pair, is one."""
    many = len(columns[0])
    ends = [] if pairs is None else [pairs]
    for groups in columns:
        _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
        ends.append(np.stack([np.arange(many), first[inverse]], axis=1))
    one, two = np.concatenate(ends).T
    links = coo_array((np.ones(len(one)), (one, two)), (many, many))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _keeps(groups: NDArray[np.int64], joined: NDArray[np.int64]) -> bool:
    """Whether clips that belong together are in one of the groups already."""
    return len(set(zip(joined.tolist(), groups.tolist(), strict=True))) == len(set(joined.tolist()))


def _line(data: MeasuredDataset, task: TaskChoice, joined: NDArray[np.int64]) -> str:
    """What must change in a task, so that it is cut over the groups; nothing where it is by itself."""
    cells = data.table.column(task.target, data.name) if task.target in data.table.rows.columns else []
    held = {(label, number) for label, number in zip(cells, joined.tolist(), strict=False) if label}
    rule = task.rule
    if held and len(held) == len({label for label, _ in held}):
        keep = "" if rule.hold_out or rule.folds else "write `hold_out: path`, and "
        return f"tasks.{task.name} needs every {task.target} on both sides, which groups forbid: {keep}{_REMOVE}"
    if rule.folds or rule.hold_out not in (None, "group"):
        now = f"folds: {rule.folds}" if rule.folds else f"hold_out: {rule.hold_out}"
        return f"tasks.{task.name}: write `hold_out: group` in place of `{now}`"
    return ""


def _names(data: MeasuredDataset, columns: Sequence[str], joined: NDArray[np.int64]) -> dict[int, str]:
    """A name for each group, of its first clip: the cell of a column, its file or the clip's own name."""
    cells = [data.table.optional_column(column) for column in columns]
    names: dict[int, str] = {}
    taken: set[str] = set()
    known = zip(joined.tolist(), zip(*cells, strict=True), data.table.column("path", data.name), data.ids, strict=True)
    for number, own, file, clip in known:
        if number not in names:
            names[number] = next((name for name in (*own, file) if name and name not in taken), clip)
            taken.add(names[number])
    return names
