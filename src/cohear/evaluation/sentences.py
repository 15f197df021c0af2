"""What an evaluation says of a task, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from cohear.base.counting import counted
from cohear.base.units import Unit
from cohear.evaluation.by_value import ByColumn
from cohear.evaluation.evaluated import TaskEvaluated
from cohear.evaluation.intervals import FEWEST_GROUPS

_SHOWN = 5


def sentences_of(name: str, task: TaskEvaluated) -> Iterator[str]:
    """Of a task: what the score means beside the promised one, and what was left out of it.

    Args:
        name: of the task.
        task: what was found.
    """
    yield f"{name}: {_promised(task)}"
    if task.set_aside:
        yield f"{name}: {counted(task.set_aside, 'clip')} that it was trained on set aside"
    if task.unknown_labels:
        labels = list(task.unknown_labels)
        more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
        clips = counted(sum(task.unknown_labels.values()), "clip")
        shown = ", ".join(labels[:_SHOWN]) + more
        yield f"{name}: labels that the bundle does not know are not scored: {shown} ({clips})"
    if task.labels_without_clips:
        without = ", ".join(task.labels_without_clips[:_SHOWN])
        yield f"{name}: no clip has {without}, so the score is of the other labels"
    for column in task.by_column:
        yield f"{name}: {_gap_sentence(task, column)}"


def _promised(task: TaskEvaluated) -> str:
    beside, unit = task.beside, Unit.named(task.own.unit)
    if beside.difference is None:
        return beside.why
    size = unit.size(beside.difference)
    way = "the same as" if not beside.difference else f"{size} {'above' if beside.difference > 0 else 'below'}"
    promised = f"{way} the {unit.level(beside.promised)} that its card lets expect"
    if beside.more_than_chance is None:
        return f"{promised}; whether that is more than chance is not known: {beside.why}"
    interval = unit.interval(beside.low, beside.high)
    if beside.more_than_chance:
        return f"{promised}, which is more than chance ({interval}, p = {beside.p:.2g})"
    return f"{promised}, which chance explains ({interval}, p = {beside.p:.2g})"


def _gap_sentence(task: TaskEvaluated, column: ByColumn) -> str:
    """How far the values of a column lie apart, and how sure that is."""
    gap, unit = column.gap, Unit.named(task.own.unit)
    if gap is None:
        return f"fewer than two values of {column.column} can be scored"
    told = f"{gap.better} is {unit.size(gap.gap)} better off than {gap.worse} by {column.column}"
    if gap.sure is None:
        return f"{told}, of too few groups to be told from chance (a value needs {FEWEST_GROUPS})"
    interval = unit.interval(gap.low, gap.high)
    return f"{told} ({interval}), which is {'more than chance' if gap.sure else 'not told from chance'}"
