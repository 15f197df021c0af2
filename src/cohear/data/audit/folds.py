"""What the folds make of tasks: labels that cannot be scored, clips set aside, tasks on the same clips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.columns import columns_of_names
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, quoted
from cohear.data.folds.partition import TaskChoice, TaskSplit
from cohear.data.folds.selection import guess_kind
from cohear.tasks.kind import TARGET_KINDS


class FoldsCheck(Check):
    """Labels and clips of each task in each fold, and labels that no fold can hold out."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "study-refused",
            ("error",),
            "A task cannot be cut or trained as the study file says; `cohear run` refuses the study.",
            "The sentence names the cure.",
        ),
        Code(
            "one-group-label",
            ("warning", "note"),
            "All clips of a label are in one group, so it can never be trained and tested on at once; a note where no "
            "task uses it.",
            "Drop the label, or give its clips finer groups if they come from different recordings.",
        ),
        Code(
            "absent-label",
            ("warning",),
            "A label is missing from training or test in some fold and left out of that fold's score.",
            "Hold out a column whose groups share labels, or drop the label.",
        ),
        Code(
            "clips-set-aside",
            ("warning",),
            "The leakage rule takes clips out of training and validation, because a task tests on their recordings.",
            "Give tasks of one dataset the same `hold_out`, and keep each source in one dataset.",
        ),
        Code(
            "tasks-share-clips",
            ("note",),
            "Tasks learn different labels of the same clips.",
            "Give them the same folds; a gain between them is that of more labels for one recording, not of more data.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """The study as a whole, then task by task, then columns that no task uses."""
        for sentence in evidence.refused:
            place = sentence.split(":", 1)[0].split(".")
            yield self.finding("study-refused", "error", sentence, task=place[1] if place[0] == "tasks" else "")
        there = next(iter(evidence.folds.values()), {})
        over = [task for task in evidence.over_datasets if task.name in there]
        for task in (*evidence.split_tasks(), *over):
            splits = {fold: by_task[task.name] for fold, by_task in evidence.folds.items()}
            yield from self._in_folds(task, splits, "" if task in over else task.dataset)
        for data in evidence.datasets.values():
            yield from self._in_one_group(evidence, data)
        yield from self._shared(evidence)

    def _in_folds(self, task: TaskChoice, splits: dict[int, TaskSplit], dataset: str) -> Iterable[AuditFinding]:
        absent: dict[str, list[int]] = {}
        for fold, split in splits.items():
            for label in split.unscored():
                absent.setdefault(label, []).append(fold)
        if absent:
            worst = max(absent, key=lambda label: len(absent[label]))
            yield self.finding(
                "absent-label",
                "warning",
                f"{counted(len(absent), 'label')} missing from training or test of some fold: {quoted(list(absent))} "
                f"({worst!r} in fold {', '.join(map(str, absent[worst]))})",
                dataset=dataset,
                task=task.name,
                figures={"folds": absent},
            )
        aside = {fold: n for fold, split in splits.items() if (n := split.cleared.set_aside + split.cleared.overlap)}
        if aside:
            most = max(aside, key=aside.__getitem__)
            share = splits[most].cleared.share
            testers = sorted({tester for split in splits.values() for tester in split.cleared.testers})
            yield self.finding(
                "clips-set-aside",
                "warning",
                f"up to {counted(aside[most], 'clip')} of what is learnt a fold ({share:.1%} in fold {most}), "
                f"tested on by {', '.join(testers)}",
                dataset=dataset,
                task=task.name,
                figures={"folds": {str(fold): count for fold, count in aside.items()}, "testers": testers},
            )

    def _in_one_group(self, evidence: Evidence, data: MeasuredDataset) -> Iterable[AuditFinding]:
        """Labels of tasks, and of columns that look like labels, all clips of which are in one group."""
        asked = {
            (task.target, task.rule.hold_out or "group"): task for task in evidence.tasks if task.dataset == data.name
        }
        columns = [(column, "group") for column in columns_of_names(data.table)]
        for column, group in dict.fromkeys([*asked, *columns]):
            if column not in data.table.rows.columns or group not in data.table.rows.columns or column == group:
                continue
            task = asked.get((column, group))
            if task is None and any(target == column for target, _ in asked):
                continue
            alone, labels = _alone(data.table.column(column, data.name), data.groups(group))
            if not alone or (task is None and 2 * len(alone) >= labels):  # it says what the group says
                continue
            if task and not TARGET_KINDS[task.kind or guess_kind(data.table.column(column, data.name))].has_labels:
                continue
            dropped = set(task.labels.drop) if task else set()
            used = task is not None and bool(set(alone) - dropped) and not task.rule.folds
            names = quoted(list(alone))
            live = "lives" if len(alone) == 1 else "live"
            yield self.finding(
                "one-group-label",
                "warning" if used else "note",
                f"{len(alone)} of {labels} labels of {column!r} {live} in one value of {group!r}: {names}",
                dataset=data.name,
                task=task.name if task else "",
                clips=data.names(sorted(row for rows in alone.values() for row in rows)),
                figures={"column": column, "group": group, "counts": {label: len(r) for label, r in alone.items()}},
            )

    def _shared(self, evidence: Evidence) -> Iterable[AuditFinding]:
        tasks = evidence.split_tasks()
        splits = next(iter(evidence.folds.values()), {})
        for number, one in enumerate(tasks):
            for two in tasks[number + 1 :]:
                if one.dataset != two.dataset:
                    continue
                both = np.intersect1d(splits[one.name].rows, splits[two.name].rows)
                if len(both):
                    yield self.finding(
                        "tasks-share-clips",
                        "note",
                        f"{one.name} and {two.name} share {counted(len(both), 'clip')}",
                        dataset=one.dataset,
                        task=one.name,
                        clips=evidence.datasets[one.dataset].names(both),
                        figures={"tasks": [one.name, two.name]},
                    )


def _alone(cells: Sequence[str], groups: NDArray[np.int64]) -> tuple[dict[str, list[int]], int]:
    """Rows of each label that has at least two clips, all in one group; and how many labels there are."""
    kind = TARGET_KINDS[guess_kind(cells)]
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(cells):
        for label in kind.labels_in(cell):
            rows.setdefault(label, []).append(row)
    alone = {label: found for label, found in rows.items() if len(found) > 1 and len(set(groups[found])) == 1}
    return alone, len(rows)


CHECKS.register("folds")(FoldsCheck())
