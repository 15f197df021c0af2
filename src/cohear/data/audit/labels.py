"""Label columns: how often each label is there, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import clips_that, counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, quoted
from cohear.data.folds.partition import TaskChoice, TaskSplit
from cohear.data.folds.selection import guess_kind
from cohear.data.tables.spelling import plain_label
from cohear.tasks.kind import TARGET_KINDS

MOST_IMBALANCE = 10.0
"""Ratio of the most and the least frequent label from which a column is called imbalanced."""
FEWEST_CLIPS = 10
"""Of a label; with fewer nothing can be learnt or told of it."""


class LabelsCheck(Check):
    """Labels of each task as its column has them, and as the task takes them."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "label-counts",
            ("note",),
            "How many clips each label of a task has, with entropy (bits; that of equal counts beside it) and excess "
            "kurtosis of the counts.",
            "Nothing to mend: compact, even label distributions make better partner tasks (Martinez Alonso and Plank "
            "2017).",
        ),
        Code(
            "imbalanced-labels",
            ("warning",),
            "The most frequent label of a task has at least ten times the clips of the least frequent.",
            "Keep `sampling: balanced` and a metric that weighs labels equally, or use `limit`.",
        ),
        Code(
            "rare-label",
            ("warning",),
            "A label of a task has fewer than ten clips.",
            "Drop it, join it with another (`rename`), or collect more.",
        ),
        Code(
            "labels-alike",
            ("warning",),
            "Labels differ by upper and lower case, spaces or hyphens only; a sign before a number is kept.",
            "Write them alike, or join them with `rename`.",
        ),
        Code(
            "missing-labels",
            ("note",),
            "Clips without a label in the column of a task; they take no part in it.",
            "Label them, or leave them: unknown is never negative.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Task by task."""
        for task in evidence.tasks:
            data = evidence.datasets.get(task.dataset)
            if data is not None and task.target in data.table.rows.columns:
                yield from self._written(data, task)
        for task in evidence.split_tasks():
            split = next(iter(evidence.folds.values()))[task.name]
            if TARGET_KINDS[split.kind].has_labels:
                yield from self._counted(task, split)

    def _written(self, data: MeasuredDataset, task: TaskChoice) -> Iterable[AuditFinding]:
        cells = data.table.column(task.target, data.name)
        empty = [row for row, cell in enumerate(cells) if not cell.strip()]
        if empty:
            yield self.finding(
                "missing-labels",
                "note",
                f"{clips_that(len(empty), len(cells), 'has', 'have')} no {task.target!r}",
                dataset=data.name,
                task=task.name,
                clips=data.names(empty),
            )
        kind = TARGET_KINDS[task.kind or guess_kind(cells)]
        found = [kind.labels_in(cell) for cell in cells]
        rename = task.labels.rename or {}
        alike: dict[str, set[str]] = {}
        for label in {rename.get(label, label) for labels in found for label in labels}:
            alike.setdefault(plain_label(label), set()).add(label)
        same = [sorted(names) for names in alike.values() if len(names) > 1]
        if same:
            held = {name for names in same for name in names}
            rows = [row for row, labels in enumerate(found) if held & {rename.get(label, label) for label in labels}]
            yield self.finding(
                "labels-alike",
                "warning",
                f"{counted(len(same), 'label')} of {task.target!r} written in several ways: "
                + "; ".join(" and ".join(map(repr, names)) for names in sorted(same)[:3]),
                dataset=data.name,
                task=task.name,
                clips=data.names(rows),
                figures={"labels": sorted(same)},
            )

    def _counted(self, task: TaskChoice, split: TaskSplit) -> Iterable[AuditFinding]:
        counts = TARGET_KINDS[split.kind].counts(split.targets, split.labels)
        by_label = {label: int(count) for label, count in zip(split.labels, counts, strict=True)}
        entropy = _entropy(counts)
        most, least = max(by_label, key=by_label.__getitem__), min(by_label, key=by_label.__getitem__)
        held = f"{by_label[least]:,} ({least!r}) to {by_label[most]:,} ({most!r}) clips each"
        if by_label[least] == by_label[most]:
            held = f"{counted(by_label[most], 'clip')} each"
        figures = {
            "counts": by_label,
            "entropy": round(entropy, 4),
            "entropy_of_equal_counts": round(float(np.log2(len(counts))), 4),
            "kurtosis": round(_kurtosis(counts), 4),
        }
        yield self.finding(
            "label-counts",
            "note",
            f"{counted(len(counts), 'label')}, {held}; entropy {entropy:.2f} of "
            f"{np.log2(len(counts)):.2f} bits, kurtosis {_kurtosis(counts):.2f}",
            dataset=task.dataset,
            task=task.name,
            figures=figures,
        )
        if by_label[most] >= MOST_IMBALANCE * max(by_label[least], 1):
            yield self.finding(
                "imbalanced-labels",
                "warning",
                f"{most!r} has {by_label[most]:,} clips, {least!r} {by_label[least]:,}",
                dataset=task.dataset,
                task=task.name,
                figures={"counts": by_label},
            )
        rare = [label for label, count in by_label.items() if count < FEWEST_CLIPS]
        if rare:
            yield self.finding(
                "rare-label",
                "warning",
                f"{counted(len(rare), 'label')} with fewer than {FEWEST_CLIPS} clips: {quoted(rare)}",
                dataset=task.dataset,
                task=task.name,
                figures={"counts": {label: by_label[label] for label in rare}},
            )


def _entropy(counts: NDArray[np.int64]) -> float:
    """Of the labels' shares, in bits."""
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return float(-(shares * np.log2(shares)).sum())


def _kurtosis(counts: NDArray[np.int64]) -> float:
    """Excess kurtosis of the counts (0 where all are equal)."""
    deviation = counts - counts.mean()
    variance = float(np.square(deviation).mean())
    return float((deviation**4).mean() / variance**2 - 3) if variance > 0 else 0.0


CHECKS.register("labels")(LabelsCheck())
