"""What gives a label away without being what the label is about: silence at the end, lengths, files, loudness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Integers
from cohear.base.counting import clips_that
from cohear.base.multiplicity import holm
from cohear.base.streams import stream
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, quoted
from cohear.data.audit.shuffle import GroupShuffle, group_folds
from cohear.data.folds.partition import TaskChoice

SHORTEST_SILENCE = 0.05
"""Seconds of digital silence at the end of a clip from which it is told."""
LEVEL = 0.05
LEAST_LIFT = 0.05
"""Unweighted average recall above chance from which a cue is told."""

ARTEFACTS = frozenset(
    {
        "silence at the end",
        "silence at the beginning",
        "sample rate",
        "channels",
        "file type",
        "bandwidth",
        "mean of samples",
    }
)
"""Properties that say nothing of a sound but how it was recorded and stored."""
_DRAWS = 199
_SETTLED = 12  # permutations as good as what was found: far from any level
_BINS = 8
_OFF_CENTRE = 0.003  # smaller means come with any loud sound


class CuesCheck(Check):
    """One property of the file at a time: does it alone predict the label?"""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "trailing-silence",
            ("warning",),
            "Clips end in digital silence (50 ms of zeros or more): they were filled up to a length.",
            "Cut the zeros off, or fill every clip with faint noise; else a network can read the true length.",
        ),
        Code(
            "file-cue",
            ("warning",),
            "An artefact of the file (zeros at an end, rate, channels, type, bandwidth, mean of the samples) alone "
            "predicts a task's label above chance.",
            "Make all clips alike in it before training: trim, resample, filter.",
        ),
        Code(
            "sound-cue",
            ("note",),
            "Loudness or duration alone predicts a task's label above chance.",
            "Ask whether it belongs to the label (shouting is loud) or to the recording; levelling takes it away.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Silence for each dataset, cues for each task."""
        for data in evidence.datasets.values():
            trailing = data.numbers("trailing")
            rows = np.flatnonzero((trailing >= SHORTEST_SILENCE) & ~data.silent)
            if len(rows):
                names = data.names(rows)
                yield self.finding(
                    "trailing-silence",
                    "warning",
                    f"{clips_that(len(rows), len(trailing), 'ends', 'end')} in digital "
                    f"silence, up to "
                    f"{trailing[rows].max():.2f} s: {quoted([name.clip for name in names])}",
                    dataset=data.name,
                    clips=names,
                    figures={"seconds": {data.ids[row]: round(float(trailing[row]), 4) for row in rows}},
                )
        for task, data, rows, labels in evidence.one_label_tasks():
            yield from self._of_task(evidence.seed, task, data, rows, labels)

    def _of_task(
        self, seed: int, task: TaskChoice, data: MeasuredDataset, rows: Integers, labels: Integers
    ) -> Iterable[AuditFinding]:
        groups = data.groups(task.rule.hold_out)[rows]
        found = {}
        for name, values in properties_of(data).items():
            if len(np.unique(values[rows])) > 1:
                random = stream(seed, "cue", task.dataset, task.target, name)
                found[name] = cue(values[rows], labels, groups, random)
        adjusted = holm(np.array([p for _, _, p in found.values()])).tolist()
        for (name, (recall, chance, _)), p in zip(found.items(), adjusted, strict=True):
            if p <= LEVEL and recall >= chance + LEAST_LIFT:
                artefact = name in ARTEFACTS
                yield self.finding(
                    "file-cue" if artefact else "sound-cue",
                    "warning" if artefact else "note",
                    f"{name} alone predicts {task.target!r} with an unweighted average recall of {recall:.2f} "
                    f"(chance {chance:.2f}, p = {p:.3f})",
                    dataset=task.dataset,
                    task=task.name,
                    figures={"property": name, "recall": recall, "chance": chance, "p_adjusted": p},
                )


def properties_of(data: MeasuredDataset) -> Mapping[str, NDArray[np.float64]]:
    """Properties of each clip that need no listening, by name, ``[clips]`` each."""
    types = [PurePosixPath(str(path)).suffix.lower() for path in data.table.rows["path"]]
    known = sorted(set(types))
    mean = data.numbers("mean")
    return {
        "silence at the end": data.numbers("trailing"),
        "silence at the beginning": data.numbers("leading"),
        "sample rate": np.array([fact.rate for fact in data.facts], dtype=np.float64),
        "channels": np.array([fact.channels for fact in data.facts], dtype=np.float64),
        "file type": np.array([known.index(one) for one in types], dtype=np.float64),
        "bandwidth": data.numbers("bandwidth"),
        "mean of samples": np.where(np.abs(mean) < _OFF_CENTRE, 0.0, np.round(mean, 3)),
        "loudness": data.numbers("level"),
        "duration": np.array([fact.seconds for fact in data.facts]),
    }


def cue(
    values: NDArray[np.float64], labels: Integers, groups: Integers, random: np.random.Generator
) -> tuple[float, float, float]:
    """How well one number predicts a label, on groups that were not learnt from.

    The number is cut into at most eight bins of equal size; each bin votes for the label that is most frequent in it
    for its size.

    Args:
        values: ``[clips]``.
        labels: ``[clips]`` from 0.
        groups: ``[clips]`` group numbers.
        random: stream of folds and permutations.

    Returns:
        Unweighted average recall, that of permutations of whole groups on average, and the share of those as good.
    """
    bins = binned(values)
    folds = group_folds(groups, random)
    shuffle = GroupShuffle(labels, groups)
    found = _recall(bins, labels, folds)
    drawn: list[float] = []
    while len(drawn) < _DRAWS and sum(value >= found - 1e-12 for value in drawn) < _SETTLED:
        drawn.append(_recall(bins, shuffle.draw(random), folds))
    p = (1 + sum(value >= found - 1e-12 for value in drawn)) / (1 + len(drawn))
    return found, float(np.mean(drawn)), p


def binned(values: NDArray[np.float64]) -> Integers:
    """The bin of each clip ``[clips]``; a value that many share (no silence, the usual rate) has one of its own."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, values, side="left") + np.searchsorted(edges, values, side="right")
    return np.asarray(np.unique(bins, return_inverse=True)[1], np.int64)


def _recall(bins: Integers, labels: Integers, folds: Integers) -> float:
    """Unweighted average recall of bins that vote, each fold by the votes of the others."""
    shape = (int(folds.max()) + 1, int(bins.max()) + 1, int(labels.max()) + 1)
    flat = np.ravel_multi_index((folds, bins, labels), shape)
    counts = np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype(float)
    learnt = counts.sum(axis=0) - counts  # [folds, bins, labels]
    votes = learnt / np.maximum(learnt.sum(axis=1, keepdims=True), 1)
    winner = votes.argmax(axis=2)  # [folds, bins]
    right = np.take_along_axis(counts, winner[:, :, None], axis=2)[:, :, 0]
    hits = np.zeros(shape[2])
    np.add.at(hits, winner, right)
    totals = counts.sum(axis=(0, 1))
    return float((hits[totals > 0] / totals[totals > 0]).mean())


CHECKS.register("cues")(CuesCheck())
