"""Tasks over several datasets: labels of one of them alone, and recordings that tell which dataset a clip is of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Array, Integers
from cohear.base.streams import stream
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.conditions import binned_properties, predicted, recall_of
from cohear.data.audit.evidence import Evidence
from cohear.data.audit.finding import AuditFinding, Code, quoted
from cohear.data.folds.partition import TaskChoice, TaskSplit
from cohear.tasks.kind import TARGET_KINDS

LEAST_LIFT = 0.05
"""Unweighted average recall above chance from which a dataset is said to give labels away."""
_SHOWN = 3


class OverDatasetsCheck(Check):
    """What several datasets as one task bring with them; copies across datasets are told by other checks."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "label-of-one-dataset",
            ("warning",),
            "One dataset alone of a task over several has a label: what tells the dataset tells it, and where the "
            "dataset is held out it cannot be learnt.",
            "Give labels that mean the same one name (`rename`), or leave the label out (`only`, `drop`).",
        ),
        Code(
            "datasets-recorded-apart",
            ("warning", "note"),
            "How clips were recorded (rate, bandwidth, length, level and others) tells which dataset of a task over "
            "several a clip is of; a note where labels are as frequent in each, so that this is of no use.",
            "Make clips of all datasets alike (resample, filter, trim, level), take as many clips of each label from "
            "each, and read the score of each dataset (`test of NAME`) and of `hold_out: dataset`.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Task by task."""
        splits = next(iter(evidence.folds.values()), {})
        for task in evidence.over_datasets:
            if task.name in splits:
                yield from self._of_labels(task, splits[task.name])
                yield from self._of_recordings(evidence, task, splits[task.name])

    def _of_labels(self, task: TaskChoice, split: TaskSplit) -> Iterable[AuditFinding]:
        names = sorted(set(split.datasets))
        if not TARGET_KINDS[split.kind].has_labels:
            return
        has = label_counts(split, names) > 0  # [datasets, labels]
        alone = {
            label: names[int(has[:, number].argmax())]
            for number, label in enumerate(split.labels)
            if has[:, number].sum() == 1
        }
        if alone and len(names) > 1:
            by_dataset = {name: [label for label, own in alone.items() if own == name] for name in names}
            told = "; ".join(f"{quoted(labels)} in {name}" for name, labels in by_dataset.items() if labels)
            yield self.finding(
                "label-of-one-dataset",
                "warning",
                f"{len(alone)} of {len(split.labels)} labels {'is' if len(alone) == 1 else 'are'} of one dataset "
                f"alone: {told}",
                task=task.name,
                figures={"labels": by_dataset},
            )

    def _of_recordings(self, evidence: Evidence, task: TaskChoice, split: TaskSplit) -> Iterable[AuditFinding]:
        names = sorted(set(split.datasets))
        if len(names) < 2:
            return
        data = evidence.joined[split.dataset]
        which = np.searchsorted(names, split.datasets).astype(np.int64)
        groups = data.groups()[split.rows]
        conditions = {name: bins[split.rows] for name, bins in binned_properties(data).items()}
        varying = {name: bins for name, bins in conditions.items() if len(np.unique(bins)) > 1}
        if not varying:
            return
        told = predicted(list(varying.values()), which, groups, stream(evidence.seed, "datasets", split.dataset))
        if not told.is_sure:
            return
        alone = {
            name: recall_of([bins], which, groups, stream(evidence.seed, "dataset", name))
            for name, bins in varying.items()
        }
        most = sorted(alone, key=lambda name: -alone[name])[:_SHOWN]
        given = recall_by_dataset(label_counts(split, names)) if TARGET_KINDS[split.kind].has_labels else float("nan")
        chance = 1 / len(split.labels)
        worse = given >= chance + LEAST_LIFT
        labels = (
            f"; whoever knows the dataset recognises {given:.2f} of the labels (chance {chance:.2f})" if worse else ""
        )
        yield self.finding(
            "datasets-recorded-apart",
            "warning" if worse else "note",
            f"how clips were recorded tells {', '.join(names)} apart with an unweighted average recall of "
            f"{told.recall:.2f} (chance {told.chance:.2f}, p = {told.p:.3f}), most of all "
            + ", ".join(f"{name} ({alone[name]:.2f} alone)" for name in most)
            + labels,
            task=task.name,
            figures={
                "recall": told.recall,
                "chance": told.chance,
                "p": told.p,
                "conditions": {name: round(value, 4) for name, value in alone.items()},
                "labels_by_dataset": None if np.isnan(given) else round(given, 4),
            },
        )


def label_counts(split: TaskSplit, names: Sequence[str]) -> Integers:
    """How many clips of each dataset carry each label, ``[datasets, labels]``."""
    kind, own = TARGET_KINDS[split.kind], np.array(split.datasets)
    rows = [kind.counts(split.targets.take(np.flatnonzero(own == name)), split.labels) for name in names]
    return np.stack(rows)


def recall_by_dataset(counts: Array | Integers) -> float:
    """Unweighted average recall of the label that fits a clip's dataset best, of counts ``[datasets, labels]``.

    >>> recall_by_dataset(np.array([[10, 0], [0, 20]])), recall_by_dataset(np.array([[10, 10], [20, 20]]))
    (1.0, 0.5)
    """
    carried = counts[:, counts.sum(axis=0) > 0]
    return float((carried / carried.sum(axis=0)).max(axis=1).sum() / carried.shape[1])


CHECKS.register("over datasets")(OverDatasetsCheck())
