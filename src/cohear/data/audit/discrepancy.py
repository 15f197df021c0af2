"""Whether the test part of a split sounds unlike the training part, or has its labels in other shares.

The labels' own sounds are taken out before parts are compared, so that a shift of labels is not heard as one of
recordings; that has a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Integers
from cohear.base.multiplicity import holm
from cohear.base.streams import stream
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.audit.two_sample import Separability, features_of, label_shift, told_apart, without_labels
from cohear.data.folds.partition import TaskChoice, TaskSplit
from cohear.data.folds.parts import Part
from cohear.tasks.kind import TARGET_KINDS

LEVEL = 0.05
"""Share of splits of exchangeable groups that are called discrepant."""
LARGE = 0.75
"""Area under the ROC curve from which a discrepancy is a warning."""
LEAST_SHIFT = 0.1
"""Share of clips that would need another label (total variation) before a label shift is told."""

_FEWEST_CLIPS = 10  # in either part


class DiscrepancyCheck(Check):
    """Training against test part of each task, in each fold with a test part of its own."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "part-discrepancy",
            ("warning", "note"),
            "A classifier tells the test part from the training part better than it can where whole groups are "
            "exchanged: recordings differ between the parts. A note where it does so only just (area below 0.75).",
            "Look at the features that differ: another microphone, coding, room or level. Make folds over groups that "
            "cross it, or report scores for each condition.",
        ),
        Code(
            "too-few-groups",
            ("note",),
            "A split has so few groups that no difference between its parts can be told from that between groups.",
            "Nothing to mend in the data: read such scores as those of a handful of speakers or places.",
        ),
        Code(
            "label-shift",
            ("warning",),
            "Labels have other shares in the test part than in the training part, beyond what groups bring about.",
            "Make folds that balance the labels (leave out `folds`), and read scores that weigh labels equally (uar).",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Tasks with the same dataset, rule and labels are told once."""
        done = set()
        for task in evidence.split_tasks():
            same = (task.dataset, task.rule, task.target, task.labels.only, task.labels.drop, task.labels.limit)
            if repr(same) in done:
                continue
            done.add(repr(same))
            data = evidence.datasets[task.dataset]
            splits = evidence.distinct(task.name)
            yield from self._sounds(evidence, task, data, splits)
            yield from self._labels(evidence, task, data, splits)

    def _sounds(
        self, evidence: Evidence, task: TaskChoice, data: MeasuredDataset, splits: dict[int, TaskSplit]
    ) -> Iterable[AuditFinding]:
        values, names = features_of(data)
        by_fold: dict[int, Separability] = {}
        for fold, split in splits.items():
            rows, tested, groups, labels = _parts(task, data, split)
            if min(tested.sum(), (~tested).sum()) >= _FEWEST_CLIPS:
                random = stream(evidence.seed, "discrepancy", task.dataset, fold)
                by_fold[fold] = told_apart(without_labels(values[rows], labels), names, tested, groups, random)
        adjusted = holm(np.array([one.p for one in by_fold.values()])).tolist()
        blind = [fold for fold, one in by_fold.items() if len(by_fold) * one.least_p > LEVEL]
        if blind:
            farthest = max(blind, key=lambda fold: by_fold[fold].area)
            yield self.finding(
                "too-few-groups",
                "note",
                f"with so few groups whatever the test part of fold {', '.join(map(str, blind))} sounds like may be "
                f"its speakers or places; most unlike its training part is that of fold {farthest} (area "
                f"{by_fold[farthest].area:.2f}): {_shown(by_fold[farthest])}",
                dataset=task.dataset,
                task=task.name,
                figures={"folds": blind, "areas": {str(fold): by_fold[fold].area for fold in blind}},
            )
        for (fold, one), p in zip(by_fold.items(), adjusted, strict=True):
            if p > LEVEL or one.area <= 0.5:
                continue
            tested = splits[fold].rows[splits[fold].cleared.parts == Part.TEST]
            yield self.finding(
                "part-discrepancy",
                "warning" if one.area >= LARGE else "note",
                f"the test part of fold {fold} is told from its training part (area {one.area:.2f}, p = {p:.3f}); "
                f"most different in the test part: {_shown(one)}",
                dataset=task.dataset,
                task=task.name,
                fold=fold,
                clips=data.names(tested),
                figures={"area": one.area, "p": one.p, "p_adjusted": p, "features": [list(f) for f in one.features]},
            )

    def _labels(
        self, evidence: Evidence, task: TaskChoice, data: MeasuredDataset, splits: dict[int, TaskSplit]
    ) -> Iterable[AuditFinding]:
        found: dict[int, tuple[float, float, dict[str, Any]]] = {}
        for fold, split in splits.items():
            _, tested, groups, labels = _parts(task, data, split)
            if labels is not None and min(tested.sum(), (~tested).sum()) >= _FEWEST_CLIPS:
                shift, p = label_shift(labels, tested, groups, stream(evidence.seed, "labels", task.name, fold))
                shares = {
                    label: [round(float((labels[part] == number).mean()), 4) for part in (~tested, tested)]
                    for number, label in enumerate(split.labels)
                }
                found[fold] = shift, p, shares
        adjusted = holm(np.array([p for _, p, _ in found.values()])).tolist()
        for (fold, (shift, _, shares)), p in zip(found.items(), adjusted, strict=True):
            if p <= LEVEL and shift >= LEAST_SHIFT:
                most = max(shares, key=lambda label: abs(shares[label][0] - shares[label][1]))
                yield self.finding(
                    "label-shift",
                    "warning",
                    f"labels of fold {fold} differ between the parts (p = {p:.3f}): {most!r} is {shares[most][0]:.0%} "
                    f"of training and {shares[most][1]:.0%} of test",
                    dataset=task.dataset,
                    task=task.name,
                    fold=fold,
                    figures={"total_variation": shift, "p_adjusted": p, "training_and_test": shares},
                )


def _shown(separability: Separability) -> str:
    return ", ".join(f"{name} ({shift:+.1f} sd)" for name, shift in separability.features)


def _parts(
    task: TaskChoice, data: MeasuredDataset, split: TaskSplit
) -> tuple[Integers, NDArray[np.bool_], Integers, Integers | None]:
    """Rows that are in a part, which of them are tested, their groups, and their labels where each has one."""
    used = np.flatnonzero(split.cleared.parts != Part.NONE)
    rows = split.rows[used]
    labels = TARGET_KINDS[split.kind].classes(split.targets.take(used))
    return rows, split.cleared.parts[used] == Part.TEST, data.groups(task.rule.hold_out)[rows], labels


CHECKS.register("discrepancy")(DiscrepancyCheck())
