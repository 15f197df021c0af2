"""What runs said of their test clips, added up over the repeats: classes, groups, and single clips."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array
from cohear.base.decoding import Decoding, LabelDecoding, NumberDecoding
from cohear.base.registry import Registry
from cohear.base.study_facts import TaskFacts
from cohear.base.tables import PREDICTIONS_CSV
from cohear.base.timeline import TimelineDecoding
from cohear.report.parts.number_outcomes import NumberOutcome
from cohear.report.parts.timeline_outcomes import TimelineOutcome
from cohear.runs.prediction_columns import logit_column
from cohear.tasks import METRICS, TARGET_KINDS, TargetKind
from cohear.tasks.metrics import OF_THE_TARGET


@dataclass
class LabelOutcome:
    """One task of labels in the runs of one combination.

    Attributes:
        kind: of the task.
        labels: of the task.
        confusion: clips by label and answer ``[labels, labels]``, over all repeats; None for several labels a clip.
        per_class: score of each label in each repeat ``[repeats, labels]``: share found, or average precision
            for several labels a clip; NaN where a test part has none.
        clips: how often a clip was answered rightly, and how often asked.
    """

    form: ClassVar[str] = LabelDecoding.form
    kind: TargetKind
    labels: list[str]
    confusion: NDArray[np.int64] | None
    per_class: list[Array] = field(default_factory=list)
    clips: dict[str, tuple[int, int]] = field(default_factory=dict)
    truth: dict[str, str] = field(default_factory=dict)

    def add(self, clips: Sequence[str], truth: Sequence[str], logits: Array) -> None:
        """Count one run's test clips; ``logits`` is ``[clips, labels]``."""
        right = self._add_single(truth, logits) if self.confusion is not None else self._add_several(truth, logits)
        for clip, label, one in zip(clips, truth, right.tolist(), strict=True):
            hits, asked = self.clips.get(clip, (0, 0))
            self.clips[clip] = (hits + int(one), asked + 1)
            self.truth[clip] = label

    def _add_single(self, truth: Sequence[str], logits: Array) -> NDArray[np.bool_]:
        place = {label: number for number, label in enumerate(self.labels)}
        own = np.array([place.get(label, -1) for label in truth])
        said = logits.argmax(axis=1)
        known = own >= 0
        counted = np.zeros((len(self.labels), len(self.labels)), dtype=np.int64)
        np.add.at(counted, (own[known], said[known]), 1)
        assert self.confusion is not None
        self.confusion += counted
        asked = counted.sum(axis=1)
        with np.errstate(invalid="ignore"):
            self.per_class.append(np.where(asked > 0, counted.diagonal() / np.maximum(asked, 1), np.nan))
        return np.asarray(own == said)

    def _add_several(self, truth: Sequence[str], logits: Array) -> NDArray[np.bool_]:
        from sklearn.metrics import average_precision_score  # noqa: PLC0415 - only these tasks need it

        carried = [set(self.kind.labels_in(cell)) for cell in truth]
        values = np.array([[label in own for label in self.labels] for own in carried])  # [clips, labels]
        self.per_class.append(
            np.array(
                [
                    average_precision_score(values[:, place], logits[:, place]) if values[:, place].any() else np.nan
                    for place in range(len(self.labels))
                ]
            )
        )
        return np.asarray(((logits > 0) == values).all(axis=1))


def _of_labels(kind: TargetKind, task: LabelDecoding) -> LabelOutcome:
    """Nothing counted yet."""
    square = np.zeros((len(task.labels), len(task.labels)), dtype=np.int64)
    return LabelOutcome(kind, list(task.labels), square if task.exclusive else None)


class TaskOutcome(Protocol):
    """One task in the runs of one combination."""

    form: ClassVar[str]
    """Of its decoding: whoever shows it has a way for each."""

    def add(self, clips: Sequence[str], truth: Sequence[str], logits: Array, /) -> None:
        """Take the rows of one run's test clips, what is true of each, and what is said, ``[rows, columns]``."""


OUTCOMES: Registry[Callable[[TargetKind, Any], TaskOutcome]] = Registry("form of outcomes")
"""What counts the answers of a task, by the form of its decoding; others are not shown clip by clip."""
OUTCOMES.register(LabelDecoding.form)(_of_labels)
OUTCOMES.register(NumberDecoding.form)(NumberOutcome)
OUTCOMES.register(TimelineDecoding.form)(TimelineOutcome)


class Outcomes:
    """Outcomes of a folder's runs from their ``predictions.csv``.

    Args:
        runs: the folder ``runs``.
        tasks: what ``data.json`` says of each task: its kind and labels. Tasks of whose form there are no
            outcomes are left out, and kinds that are not known here.
    """

    def __init__(self, runs: Path, tasks: Mapping[str, TaskFacts]) -> None:
        self._runs = runs
        found = {name: _decoding(name, task) for name, task in tasks.items()}
        self._kinds = {name: TARGET_KINDS[task.kind] for name, task in tasks.items() if found[name]}
        self._tasks = {name: each for name, each in found.items() if each is not None and each.form in OUTCOMES}

    def of(self, runs: Sequence[str]) -> dict[str, TaskOutcome]:
        """What some runs of one combination said, by task; empty where they kept no predictions."""
        found: dict[str, TaskOutcome] = {}
        for run in runs:
            path = self._runs / run / PREDICTIONS_CSV.file
            if Path(run).name == run and path.is_file():  # names in tables from elsewhere may be paths
                for task, (clips, truth, logits) in self._read(path).items():
                    if task not in found:
                        found[task] = OUTCOMES[self._tasks[task].form](self._kinds[task], self._tasks[task])
                    found[task].add(clips, truth, logits)
        return found

    def _read(self, path: Path) -> dict[str, tuple[list[str], list[str], Array]]:
        """Clips, labels and logits of the test part, by task."""
        rows: dict[str, list[list[str]]] = {}
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            reader = csv.reader(file)
            place = {name: number for number, name in enumerate(next(reader, []))}
            if not place.keys() >= set(PREDICTIONS_CSV.names):
                return {}
            task_at, clip_at, label_at, part_at = (place[name] for name in ("task", "clip", "label", "part"))
            for row in reader:
                if len(row) == len(place) and row[part_at] == "test" and row[task_at] in self._tasks:
                    rows.setdefault(row[task_at], []).append(row)
        answers = {}
        for task, own in rows.items():
            columns = [place.get(logit_column(name), -1) for name in self._tasks[task].columns]
            if -1 not in columns:
                logits = np.array([[float(row[column] or "nan") for column in columns] for row in own])
                answers[task] = ([row[clip_at] for row in own], [row[label_at] for row in own], np.nan_to_num(logits))
        return answers


def _decoding(name: str, task: TaskFacts) -> Decoding | None:
    """How a task is answered, as far as the study tells."""
    if task.kind not in TARGET_KINDS or not task.labels:
        return None
    counted_so = [
        unit for metric, unit in task.units.items() if metric in METRICS and METRICS[metric].unit == OF_THE_TARGET
    ]
    kind = TARGET_KINDS[task.kind].in_unit(next(iter(counted_so), ""))
    return kind.decoding(name, list(task.labels))
