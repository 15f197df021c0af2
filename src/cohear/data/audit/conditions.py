"""Whether a label can be told from how clips were recorded, all conditions together and nothing heard of the label.

One condition at a time is looked at by `cues`; a device leaves several small traces, which only together give it away.
A linear classifier learns labels from them and is asked about groups that it has not seen. Its yardstick is itself on
labels that have changed places as groups allow (see `shuffle`): where groups hold several labels, inside each of them;
else whole groups. Under labels that have nothing to do with the conditions, found and permuted labels are
exchangeable, so that a label is called at `LEVEL` at most, whatever the classifier (Phipson and Smyth 2010).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Integers
from cohear.base.streams import stream
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.bit_rate import bit_rates
from cohear.data.audit.columns import columns_of_names
from cohear.data.audit.cues import ARTEFACTS, binned, properties_of
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, Severity
from cohear.data.audit.shuffle import GroupShuffle, group_folds
from cohear.data.folds.partition import TaskChoice

LEVEL = 0.01
"""Share of unrelated labels that are called: there are as many tests as tasks."""
LEAST_LIFT = 0.05
"""Unweighted average recall above chance from which conditions are told."""

_DRAWS = 199
_RIDGE = 10.0  # clips' worth of belief that no condition matters
_MOST_CLIPS = 5000  # whole groups, drawn; more make nothing surer
_MOST_VALUES = 50  # of a column, the most frequent
_SHOWN = 3
_BIT_RATE = "bit rate"
_PEAK_DIGITS = 3  # clips that were levelled to one peak share it
_COLUMNS = re.compile(
    r"(^|_)(device|mic|micro|microphone|recorder|recordist|source|origin|corpus|collection|room|location|place|site|"
    r"session|channel|phone|handset|codec|encoding|format|bitrate|hospital|clinic|city|station|studio|uploader)s?(_|$)"
)
_DEVICES = re.compile(r"(^|_)(device|mic|micro|microphone|recorder|phone|handset|codec|encoding|format|bitrate)s?(_|$)")


@dataclass(frozen=True)
class Prediction:
    """How well conditions predict labels.

    Attributes:
        recall: unweighted average recall, on groups that were not learnt from.
        chance: that of permuted labels on average.
        p: share of permutations as good; an upper part of it, where these settle it.
    """

    recall: float
    chance: float
    p: float

    @property
    def is_sure(self) -> bool:
        """Whether it is told."""
        return self.p <= LEVEL and self.recall >= self.chance + LEAST_LIFT


class ConditionsCheck(Check):
    """All conditions of recording at once: do they predict the label?"""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "label-from-conditions",
            ("warning", "note"),
            "How clips were recorded (rate, channels, file type, bit rate, bandwidth, mean, zeros at the ends, columns "
            "such as device, room or source) predicts a task's label above chance on groups not learnt from; a note "
            "where it takes loudness, peak, noise floor or duration, which may belong to the label.",
            "A network can learn the recorder instead of the label: hold such a column out, record each label under "
            "each condition, or make clips alike (resample, filter, trim, level) and look again.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Task by task."""
        for task, data, rows, labels in evidence.one_label_tasks():
            learnt = {other.target for other in evidence.tasks if other.dataset == task.dataset}
            yield from self._of_task(evidence.seed, task, data, rows, labels, learnt)

    def _of_task(
        self,
        seed: int,
        task: TaskChoice,
        data: MeasuredDataset,
        rows: Integers,
        labels: Integers,
        learnt: set[str],
    ) -> Iterable[AuditFinding]:
        groups = data.groups(task.rule.hold_out)[rows]
        properties = binned_properties(data)
        surely = {name: bins for name, bins in properties.items() if name in (*ARTEFACTS, _BIT_RATE)}
        surely |= _condition_columns(data, {task.target, task.rule.hold_out or ""}, learnt)
        steps: tuple[tuple[Severity, Mapping[str, Integers]], ...] = (
            ("warning", surely),
            ("note", {**surely, **properties}),
        )
        for severity, conditions in steps:
            here = {name: bins[rows] for name, bins in conditions.items()}
            varying = {name: bins for name, bins in here.items() if len(np.unique(bins)) > 1}
            if not varying:
                continue
            random = stream(seed, "conditions", task.dataset, task.target, severity)
            told = predicted(list(varying.values()), labels, groups, random)
            if told.is_sure:
                alone = {
                    name: recall_of([bins], labels, groups, stream(seed, "condition", name))
                    for name, bins in varying.items()
                }
                most = sorted(alone, key=lambda name: -alone[name])[:_SHOWN]
                yield self.finding(
                    "label-from-conditions",
                    severity,
                    f"how clips were recorded predicts {task.target!r} with an unweighted average recall of "
                    f"{told.recall:.2f} (chance {told.chance:.2f}, p = {told.p:.3f}), most of all "
                    + ", ".join(f"{name} ({alone[name]:.2f} alone)" for name in most),
                    dataset=task.dataset,
                    task=task.name,
                    figures={
                        "recall": told.recall,
                        "chance": told.chance,
                        "p": told.p,
                        "conditions": {name: round(value, 4) for name, value in alone.items()},
                    },
                )
                return


def predicted(
    conditions: Sequence[Integers], labels: Integers, groups: Integers, random: np.random.Generator
) -> Prediction:
    """How well conditions predict labels, beside labels that changed places as groups allow.

    Args:
        conditions: ``[clips]`` each, the value of a condition as a number from 0.
        labels: ``[clips]`` from 0.
        groups: ``[clips]`` group numbers.
        random: stream of folds and permutations.
    """
    chosen = _some_groups(groups, random)
    labels, groups = np.unique(labels[chosen], return_inverse=True)[1], groups[chosen]
    classifier = _Classifier([bins[chosen] for bins in conditions], group_folds(groups, random))
    shuffle = GroupShuffle(labels, groups)
    found = classifier.recall(labels)
    drawn: list[float] = []
    as_good = 0
    while len(drawn) < _DRAWS and (1 + as_good) / (1 + _DRAWS) <= LEVEL:
        drawn.append(classifier.recall(shuffle.draw(random)))
        as_good += drawn[-1] >= found - 1e-9
    return Prediction(found, float(np.mean(drawn)), (1 + as_good) / (1 + len(drawn)))


def recall_of(conditions: Sequence[Integers], labels: Integers, groups: Integers, random: np.random.Generator) -> float:
    """Unweighted average recall on groups that were not learnt from; arguments as of `predicted`."""
    chosen = _some_groups(groups, random)
    folds = group_folds(groups[chosen], random)
    classes = np.unique(labels[chosen], return_inverse=True)[1]
    return _Classifier([bins[chosen] for bins in conditions], folds).recall(classes)


class _Classifier:
    """A ridge classifier that weighs labels equally; all that does not depend on the labels is made once.

    Args:
        conditions: ``[clips]`` each, the value of a condition as a number from 0.
        folds: ``[clips]``, asked one after the other.
    """

    def __init__(self, conditions: Sequence[Integers], folds: Integers) -> None:
        widths = [int(bins.max()) + 1 for bins in conditions]
        begins = np.cumsum([0, *widths[:-1]])
        self._columns = np.stack(list(conditions), axis=1) + begins  # [clips, conditions]: which column is 1
        self._width = sum(widths)
        values = np.zeros((len(folds), self._width), np.float32)
        np.put_along_axis(values, self._columns, 1.0, axis=1)
        self._folds = []
        for fold in np.unique(folds):
            learnt, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            if not len(learnt):
                continue
            mean = values[learnt].mean(axis=0)
            centred = values[learnt] - mean
            gram = centred.T @ centred + np.float32(_RIDGE) * np.eye(self._width, dtype=np.float32)
            weights = (values[asked] - mean) @ np.linalg.inv(gram)  # [asked, columns]
            self._folds.append((learnt, asked, mean, weights))

    def recall(self, labels: Integers) -> float:
        """Unweighted average recall for labels ``[clips]`` from 0, each of which some clip has."""
        many = int(labels.max()) + 1
        hits = np.zeros(many)
        for learnt, asked, mean, weights in self._folds:
            known = labels[learnt]
            counts = np.bincount(known, minlength=many)
            cells = (known[:, None] * self._width + self._columns[learnt]).ravel()
            sums = np.bincount(cells, minlength=many * self._width).reshape(many, self._width)
            means = sums / np.maximum(counts, 1)[:, None] - mean  # [labels, columns]
            scores = weights @ means.T.astype(np.float32)  # [asked, labels]
            scores[:, counts == 0] = -np.inf
            said = scores.argmax(axis=1)
            hits += np.bincount(labels[asked][said == labels[asked]], minlength=many)
        return float((hits / np.bincount(labels, minlength=many)).mean())


def _some_groups(groups: Integers, random: np.random.Generator) -> Integers:
    """Rows of all groups, or of as many drawn ones as hold `_MOST_CLIPS`."""
    if len(groups) <= _MOST_CLIPS:
        return np.arange(len(groups))
    numbers, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = random.permutation(len(numbers))
    kept = np.zeros(len(numbers), dtype=np.bool_)
    kept[order[np.cumsum(sizes[order]) <= _MOST_CLIPS]] = True
    kept[order[:2]] = True
    return np.flatnonzero(kept[inverse])


def binned_properties(data: MeasuredDataset) -> dict[str, Integers]:
    """How clips were recorded, loudness and duration included, by name: ``[clips]`` each, numbers from 0."""
    properties = {
        **properties_of(data),
        "noise floor": np.array([one.profile[2].mean() for one in data.measures]),
        "peak": np.array([round(fact.peak, _PEAK_DIGITS) for fact in data.facts]),
        _BIT_RATE: bit_rates(data.table.segments(), data.facts),
    }
    return {name: binned(values) for name, values in properties.items()}


def _condition_columns(data: MeasuredDataset, own: set[str], learnt: set[str]) -> dict[str, Integers]:
    """Columns that say how clips were recorded, by their names.

    Those of the task itself are none, and rooms, places or sources that another task learns are none; a device is one
    even where another task learns it, as where each column was proposed as a task.
    """
    found = {}
    for column in columns_of_names(data.table):
        word = re.sub(r"[\s.-]+", "_", column.strip().lower())
        if column in own or (column in learnt and not _DEVICES.search(word)) or not _COLUMNS.search(word):
            continue
        cells = data.table.column(column, data.name)
        usual = {cell: number for number, (cell, _) in enumerate(Counter(cells).most_common(_MOST_VALUES), start=1)}
        found[f"column {column!r}"] = np.array([usual.get(cell, 0) for cell in cells], dtype=np.int64)
    return found


CHECKS.register("conditions")(ConditionsCheck())
