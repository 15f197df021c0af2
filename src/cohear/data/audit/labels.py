"""Label columns: how often each label is there, how it is written, and what the folds leave of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.data.audit.check import CHECKS, Check
from cohear.data.audit.columns import label_columns
from cohear.data.audit.evidence import Evidence, Measured
from cohear.data.audit.finding import Code, Finding, listed, numbered
from cohear.data.partition import TaskChoice, TaskSplit
from cohear.data.selection import guess_kind
from cohear.tasks.kind import TARGET_KINDS

MOST_IMBALANCE = 10.0
"""Ratio of the most and the least frequent label from which a column is called imbalanced."""
FEWEST_CLIPS = 10
"""Of a label; with fewer nothing can be learnt or told of it."""


class Labels(Check):
    """Labels of each task, and of columns that no task uses yet."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "study-refused",
            ("error",),
            "A task cannot be cut or trained as the study file says; `cohear run` refuses the study.",
            "The sentence names the cure.",
        ),
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
            "Labels differ by upper and lower case, spaces or hyphens only.",
            "Write them alike, or join them with `rename`.",
        ),
        Code(
            "missing-labels",
            ("note",),
            "Clips without a label in the column of a task; they take no part in it.",
            "Label them, or leave them: unknown is never negative.",
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
            "tasks-share-clips",
            ("note",),
            "Tasks learn different labels of the same clips.",
            "Give them the same folds; a gain between them is that of more labels for one recording, not of more data.",
        ),
        Code(
            "clips-set-aside",
            ("warning",),
            "The leakage rule takes clips out of training and validation, because a task tests on their recordings.",
            "Give tasks of one dataset the same `hold_out`, and keep each source in one dataset.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[Finding]:
        """The study as a whole, then task by task, then columns that no task uses."""
        for sentence in evidence.refused:
            place = sentence.removeprefix("tasks.").split(":", 1)[0].split(".", 1)[0]
            concerned = place if sentence.startswith("tasks.") else ""
            yield self.finding("study-refused", "error", sentence, task=concerned)
        for task in evidence.tasks:
            data = evidence.datasets.get(task.dataset)
            if data is not None and task.target in data.table.rows.columns:
                yield from self._written(data, task)
        for task in evidence.split_tasks():
            splits = {fold: by_task[task.name] for fold, by_task in evidence.folds.items()}
            yield from self._counted(evidence, task, next(iter(splits.values())))
            yield from self._in_folds(evidence, task, splits)
        for data in evidence.datasets.values():
            yield from self._in_one_group(evidence, data)
        yield from self._shared(evidence)

    def _written(self, data: Measured, task: TaskChoice) -> Iterable[Finding]:
        cells = data.table.column(task.target, data.name)
        empty = [row for row, cell in enumerate(cells) if not cell.strip()]
        if empty:
            yield self.finding(
                "missing-labels",
                "note",
                f"{len(empty):,} of {numbered(len(cells), 'clip')} have no {task.target!r}",
                dataset=data.name,
                task=task.name,
                clips=data.names(empty),
            )
        kind = TARGET_KINDS[task.kind or guess_kind(cells)]
        found = [kind.labels_in(cell) for cell in cells]
        rename = task.labels.rename or {}
        alike: dict[str, set[str]] = {}
        for label in {rename.get(label, label) for labels in found for label in labels}:
            alike.setdefault(_plain(label), set()).add(label)
        same = [sorted(names) for names in alike.values() if len(names) > 1]
        if same:
            held = {name for names in same for name in names}
            rows = [row for row, labels in enumerate(found) if held & {rename.get(label, label) for label in labels}]
            yield self.finding(
                "labels-alike",
                "warning",
                f"{numbered(len(same), 'label')} of {task.target!r} written in several ways: "
                + "; ".join(" and ".join(map(repr, names)) for names in sorted(same)[:3]),
                dataset=data.name,
                task=task.name,
                clips=data.names(rows),
                figures={"labels": sorted(same)},
            )

    def _counted(self, evidence: Evidence, task: TaskChoice, split: TaskSplit) -> Iterable[Finding]:
        counts = TARGET_KINDS[split.kind].counts(split.targets, split.labels)
        by_label = {label: int(count) for label, count in zip(split.labels, counts, strict=True)}
        entropy = _entropy(counts)
        most, least = max(by_label, key=by_label.__getitem__), min(by_label, key=by_label.__getitem__)
        figures = {
            "counts": by_label,
            "entropy": round(entropy, 4),
            "entropy_of_equal_counts": round(float(np.log2(len(counts))), 4),
            "kurtosis": round(_kurtosis(counts), 4),
        }
        yield self.finding(
            "label-counts",
            "note",
            f"{numbered(len(counts), 'label')}, {by_label[least]:,} ({least!r}) to {by_label[most]:,} ({most!r}) clips "
            f"each; entropy {entropy:.2f} of {np.log2(len(counts)):.2f} bits, kurtosis {_kurtosis(counts):.2f}",
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
                f"{numbered(len(rare), 'label')} with fewer than {FEWEST_CLIPS} clips: {listed(rare)}",
                dataset=task.dataset,
                task=task.name,
                figures={"counts": {label: by_label[label] for label in rare}},
            )

    def _in_folds(self, evidence: Evidence, task: TaskChoice, splits: dict[int, TaskSplit]) -> Iterable[Finding]:
        absent: dict[str, list[int]] = {}
        for fold, split in splits.items():
            for label in split.unscored():
                absent.setdefault(label, []).append(fold)
        if absent:
            worst = max(absent, key=lambda label: len(absent[label]))
            yield self.finding(
                "absent-label",
                "warning",
                f"{numbered(len(absent), 'label')} missing from training or test of some fold: {listed(list(absent))} "
                f"({worst!r} in fold {', '.join(map(str, absent[worst]))})",
                dataset=task.dataset,
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
                f"up to {numbered(aside[most], 'clip')} of training and validation ({share:.1%} in fold {most}), "
                f"tested on by {', '.join(testers)}",
                dataset=task.dataset,
                task=task.name,
                figures={"folds": {str(fold): count for fold, count in aside.items()}, "testers": testers},
            )

    def _in_one_group(self, evidence: Evidence, data: Measured) -> Iterable[Finding]:
        """Labels of tasks, and of columns that look like labels, all clips of which are in one group."""
        asked = {
            (task.target, task.rule.hold_out or "group"): task for task in evidence.tasks if task.dataset == data.name
        }
        columns = [(column, "group") for column in label_columns(data.table)]
        for column, group in dict.fromkeys([*asked, *columns]):
            if column not in data.table.rows.columns or group not in data.table.rows.columns or column == group:
                continue
            task = asked.get((column, group))
            if task is None and any(target == column for target, _ in asked):
                continue
            alone, labels = _alone(data.table.column(column, data.name), data.groups(group))
            if not alone or (task is None and 2 * len(alone) >= labels):  # it says what the group says
                continue
            dropped = set(task.labels.drop) if task else set()
            used = task is not None and bool(set(alone) - dropped) and not task.rule.folds
            yield self.finding(
                "one-group-label",
                "warning" if used else "note",
                f"{len(alone)} of {labels} labels of {column!r} live in one value of {group!r}: {listed(list(alone))}",
                dataset=data.name,
                task=task.name if task else "",
                clips=data.names(sorted(row for rows in alone.values() for row in rows)),
                figures={"column": column, "group": group, "counts": {label: len(r) for label, r in alone.items()}},
            )

    def _shared(self, evidence: Evidence) -> Iterable[Finding]:
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
                        f"{one.name} and {two.name} share {numbered(len(both), 'clip')}",
                        dataset=one.dataset,
                        task=one.name,
                        clips=evidence.datasets[one.dataset].names(both),
                        figures={"tasks": [one.name, two.name]},
                    )


def _plain(label: str) -> str:
    """A label as one would say it: without case, spaces, hyphens and forms of one character."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    return "".join(character for character in folded if character not in " \t\u00a0_-\u2010\u2011\u2013")


def _alone(cells: Sequence[str], groups: NDArray[np.int64]) -> tuple[dict[str, list[int]], int]:
    """Rows of each label that has at least two clips, all in one group; and how many labels there are."""
    kind = TARGET_KINDS[guess_kind(cells)]
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(cells):
        for label in kind.labels_in(cell):
            rows.setdefault(label, []).append(row)
    alone = {label: found for label, found in rows.items() if len(found) > 1 and len(set(groups[found])) == 1}
    return alone, len(rows)


def _entropy(counts: NDArray[np.int64]) -> float:
    """Of the labels' shares, in bits."""
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return float(-(shares * np.log2(shares)).sum())


def _kurtosis(counts: NDArray[np.int64]) -> float:
    """Excess kurtosis of the counts (0 where all are equal)."""
    deviation = counts - counts.mean()
    variance = float(np.square(deviation).mean())
    return float((deviation**4).mean() / variance**2 - 3) if variance > 0 else 0.0


CHECKS.register("labels")(Labels())
