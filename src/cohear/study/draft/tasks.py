"""Tasks that a dataset can carry: labels, folds or held-out groups, and what must be dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import UserError
from cohear.data.folds.cutting import groups_of
from cohear.data.folds.partition import Partition, TaskChoice, TaskSplit, mistakes_in_folds
from cohear.data.folds.parts import Part
from cohear.data.folds.selection import LabelChoice, guess_kind
from cohear.data.folds.splits import FoldPlan, FoldRule
from cohear.data.scan.dataset import Dataset
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.events import NOTHING
from cohear.data.tables.part_names import holds_parts
from cohear.data.tables.spelling import NO_LABEL, known_names, says_unknown
from cohear.data.tables.targets import GROUPING, same_partition, words_of
from cohear.tasks import TARGET_KINDS, TargetKind

FOLDS = 5
"""Fold indices that a proposed study uses."""

LONG_WINDOW = 2.0
"""Seconds that a network hears at once of clips that are as long; ``python benchmarks/search.py`` says why."""

_FOLD, _GROUP, _SOURCE = "fold", "group", "source_id"
_SHOWN = 3
_IN_TIME = "It is told when each label sounds (kind: events), by encoders that give frames, as small and cnn do."


@dataclass(frozen=True)
class Draft:
    """A task that can be trained and scored by itself.

    Attributes:
        choice: what the study file says of it.
        holds: what it is to tell: how many labels are left, or between which numbers.
        clips: how many clips.
        why: sentences for the study file: why it is cut so, why labels are dropped, and why its window is longer.
        window: seconds, where the study's are few for its clips.
    """

    choice: TaskChoice
    holds: str
    clips: int
    why: tuple[str, ...]
    window: float | None = None


def drafts(dataset: Dataset, target: str, name: str, seed: int, kind: str | None = None) -> tuple[list[Draft], str]:
    """Every way to cut a task that leaves something to learn and to score, the best one first.

    Args:
        dataset: whose task it is.
        target: the column.
        name: of the task.
        seed: of the study.
        kind: of the target, where its cells do not tell it.

    Returns:
        The drafts; and where there is none, why.
    """
    found, reasons = [], []
    for rule, why in _rules(dataset, target):
        draft = _settle(dataset, TaskChoice(name, dataset.name, target, kind, rule=rule), why, seed)
        if isinstance(draft, Draft):
            found.append(draft)
        else:
            reasons.append(draft)
    return found, "" if found else (reasons or ["its labels are the groups, which must not be split"])[0]


def splits_of(
    datasets: Mapping[str, Dataset], choices: Sequence[TaskChoice], seed: int
) -> dict[int, dict[str, TaskSplit]]:
    """All fold indices of some tasks together; raises UserError where a task cannot be cut."""
    partition = Partition(datasets, choices, seed)
    return {index: partition.fold(index) for index in range(FOLDS)}


def _rules(dataset: Dataset, target: str) -> Iterator[tuple[FoldRule, str]]:
    """Ways to cut a dataset for a target, the best one first, each with its reason."""
    table = dataset.table
    cells = table.column(target, dataset.name)
    groups = table.optional_column(_GROUP) if _GROUP in table.rows.columns else table.optional_column(_SOURCE)
    has_groups = any(groups) and len(set(groups)) < len(groups)
    is_group = has_groups and same_partition(cells, groups)
    parted = _part_columns(table)
    usable = ((column, plan) for column in parted if (plan := _official(dataset, column)) is not None)
    fold, official = next(usable, (_FOLD, None))
    named = None if has_groups else _named_groups(dataset)
    told = table.column(named, dataset.name) if named not in (None, target) else groups
    what = "groups" if has_groups else f"values of {named}"
    known = known_names(told)
    numbers = groups_of(known, table.column("path", dataset.name))
    crossing = _crossing(official, numbers) if official and any(known) else 0
    if official and (is_group or not crossing):
        both = f"have every {target} on both sides, which this task needs" if is_group else "keep groups together"
        yield FoldRule(folds=fold), f"Official folds: they {both if has_groups else 'make results comparable'}."
    if is_group:
        return
    if official and crossing:
        begin = f"The official folds have {crossing} {what} on both sides, so"
    elif parted and not official:
        begin = "The official folds give no training and test part, so"
    else:
        begin = "There are no official folds, so"
    if not has_groups:
        yield _by_name(named, target, begin, _nobody(named or "", told))
        if official and crossing:
            yield FoldRule(folds=fold), f"Official folds, though they have {crossing} {what} on both sides."
        return
    column = _GROUP if _GROUP in table.rows.columns else _SOURCE
    held = next((c for c in _label_like(dataset) if c != target and same_partition(table.column(c, ""), groups)), None)
    nobody = _nobody(held or column, groups)
    if held is not None:
        why = f"{begin} whole values of {held} are held out: none is in training and in test.{nobody}"
        yield FoldRule(hold_out=held), why
    elif column == _GROUP:
        yield FoldRule(), f"{begin} folds are over {_GROUP}: no group is in training and in test.{nobody}"
    else:
        yield FoldRule(hold_out=_SOURCE), f"{begin} recordings ({_SOURCE}) are held out whole.{nobody}"


def _by_name(named: str | None, target: str, begin: str, nobody: str) -> tuple[FoldRule, str]:
    """How to cut without a column of groups, by the column that is taken for it, if any."""
    if named is None:
        return FoldRule(), f"{begin} folds are over single clips: nothing is known that would keep clips together."
    if named == target:
        return FoldRule(), f"{begin} folds are over single clips: every {target} must be on both sides."
    return (
        FoldRule(hold_out=named),
        f"{begin} whole values of {named} are held out: none is in training and in test. There is no column "
        f"{_GROUP}; {named} is taken for it by its name.{nobody}",
    )


def _nobody(column: str, cells: Sequence[str]) -> str:
    """A sentence on clips whose group is a word for unknown: they are held out together, whoever they are of."""
    words = Counter(cell for cell, known in zip(cells, known_names(cells), strict=True) if cell and not known)
    if not words:
        return ""
    shown = ", ".join(f"{word!r} of {many:,}" for word, many in words.most_common(_SHOWN))
    return (
        f" Of {len(cells):,} clips {column} says unknown ({shown}), and each such word is held out as one {column}: "
        "leave these cells empty."
    )


def _named_groups(dataset: Dataset) -> str | None:
    """The column that is taken for groups by its name, where there is no column of groups."""
    return next((c for c in _label_like(dataset) if _names_groups(c, dataset.table.column(c, ""))), None)


def _names_groups(column: str, cells: Sequence[str]) -> bool:
    """Whether a column says by its name who or what several clips were recorded of."""
    known = [name for name in known_names(cells) if name]
    return bool(words_of(column) & GROUPING) and 1 < len(set(known)) < len(known)


def _label_like(dataset: Dataset) -> list[str]:
    others = (_GROUP, _SOURCE, _FOLD, "path", *_part_columns(dataset.table))
    return [column for column in map(str, dataset.table.rows.columns) if column not in others]


def _part_columns(table: ClipTable) -> list[str]:
    """The columns that say which official part each clip is in, ``fold`` first."""
    columns = [column for column in map(str, table.rows.columns) if holds_parts(column, table.column(column, ""))]
    fold = [_FOLD] if any(table.optional_column(_FOLD)) else []
    return list(dict.fromkeys([*fold, *columns]))


def _official(dataset: Dataset, column: str) -> FoldPlan | None:
    """The official folds of a column, where they give training and test parts."""
    try:
        return FoldPlan(dataset.table, FoldRule(folds=column), 0, dataset.name)
    except UserError:
        return None


def _crossing(official: FoldPlan, numbers: NDArray[np.int64]) -> int:
    """How many groups (``[clips]`` numbers) are tested in a fold that also learns from them."""
    both: set[int] = set()
    for index in range(official.count):
        parts = official.parts(index)
        learnt = numbers[(parts == Part.TRAIN) | (parts == Part.VALIDATION)]
        both |= set(numbers[parts == Part.TEST].tolist()) & set(learnt.tolist())
    return len(both)


def _settle(dataset: Dataset, choice: TaskChoice, why: str, seed: int) -> Draft | str:
    """Drop labels until the rest can be scored in most folds; the reason where that leaves too little."""
    cells = dataset.table.column(choice.target, dataset.name)
    kind = TARGET_KINDS[choice.kind or guess_kind(cells)]
    negatives = NOTHING in kind.names(choice.target, cells) and kind.unlabelled_is_known
    dropped: dict[str, int] = {NOTHING: 0} if negatives else {}
    while True:
        choice = replace(choice, labels=LabelChoice(drop=tuple(dropped)))
        try:
            folds = splits_of({dataset.name: dataset}, [choice], seed)
        except UserError as error:
            return _without_place(str(error), choice)
        splits = [by_task[choice.name] for by_task in folds.values()]
        absent = [label for split in splits for label in split.unscored()]
        often = {label: absent.count(label) for label in absent if absent.count(label) > len(splits) / 2}
        if len(often) == len(splits[0].labels):
            what = "label" if kind.has_labels else "number"
            return f"no {what} of it is in training and test of most folds, cut over {_cut(choice)}"
        if not often:
            break
        dropped |= often
    mistakes = mistakes_in_folds(folds, allow_overlap=False)
    if mistakes:
        return _without_place(mistakes[0], choice)
    drops = _why_dropped(dataset, choice, kind, [label for label in dropped if not (negatives and label == NOTHING)])
    if negatives:
        drops.append(f"{NOTHING!r} is no label: clips in which nothing of the list sounds are negatives of all others.")
    unknown = [label for label in splits[0].labels if says_unknown(label, NO_LABEL) and label not in dropped]
    if unknown:
        drops.append(f"Taken for a label, though it may say unknown (then add it to `drop`): {', '.join(unknown)}.")
    middle = float(np.median([fact.seconds for fact in dataset.facts]))
    window = LONG_WINDOW if middle >= LONG_WINDOW else None
    heard = [f"Its clips last {middle:.1f} s (the median): {window:g} s of them are heard at once."] if window else []
    told = [_IN_TIME] if kind.reads == "frames" else [] if kind.has_labels else [_why_numbers(cells)]
    holds = kind.holds(splits[0].targets, splits[0].labels)
    return Draft(choice, holds, len(splits[0].clips), (*told, why, *drops, *heard), window)


def _why_numbers(cells: Sequence[str]) -> str:
    """Why a column is taken for numbers, and what the study file does not know of them."""
    return (
        f"Its cells are numbers, {len(set(cells) - {''}):,} different ones, and so are its answers (kind: regression). "
        "Name what they are counted in under `unit`."
    )


def _why_dropped(dataset: Dataset, choice: TaskChoice, kind: TargetKind, dropped: Sequence[str]) -> list[str]:
    """Sentences on dropped labels, a reason each."""
    if not dropped:
        return []
    usual = _GROUP if _GROUP in dataset.table.rows.columns else None
    column = choice.rule.folds or choice.rule.hold_out or usual
    groups = dataset.table.optional_column(column) if column else dataset.table.clip_ids()
    held: dict[str, set[str]] = {label: set() for label in dropped}
    for cell, group in zip(dataset.table.column(choice.target, dataset.name), groups, strict=True):
        for label in kind.labels_in(cell):
            if label in held:
                held[label].add(group)
    reasons = {
        "no clip has them": [label for label in dropped if not held[label]],
        f"all their clips have the same {column}" if column else "a single clip has them": [
            label for label in dropped if len(held[label]) == 1
        ],
        "most folds lack them in training or test": [label for label in dropped if len(held[label]) > 1],
    }
    return [f"Dropped, because {why}: {', '.join(labels)}." for why, labels in reasons.items() if labels]


def _cut(choice: TaskChoice) -> str:
    return choice.rule.folds or choice.rule.hold_out or _GROUP


def _without_place(sentence: str, choice: TaskChoice) -> str:
    return sentence.removeprefix(f"tasks.{choice.name}: ").removeprefix(f"tasks.{choice.name}.")
