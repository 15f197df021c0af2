"""Whether the test part of a split sounds unlike the training part, more than groups differ anyway.

A linear classifier learns to tell the parts apart from summary features and is asked about groups that it has not
seen. Held-out speakers or recordings always differ somewhat, so the yardstick is the same classifier where whole
groups have changed places between the parts (see `shuffle`): a classifier two-sample test (Lopez-Paz and Oquab 2017)
with a permutation of groups. The labels' own sounds are taken out first, so that a shift of labels is not heard as one
of recordings; that has a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from cohear.base.streams import stream
from cohear.data.audit.check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, Measured
from cohear.data.audit.finding import Code, Finding
from cohear.data.audit.shuffle import GroupShuffle, Numbers, holm
from cohear.data.audit.spectrum import BANDS, HIGHEST, LOWEST
from cohear.data.partition import TaskChoice, TaskSplit
from cohear.data.splits import Part

Floats = NDArray[np.float32]

LEVEL = 0.05
"""Share of splits of exchangeable groups that are called discrepant."""
LARGE = 0.75
"""Area under the ROC curve from which a discrepancy is a warning."""
LEAST_SHIFT = 0.1
"""Share of clips that would need another label (total variation) before a label shift is told."""

_DRAWS = (39, 199)  # permutations: a few at first; the rest where those do not settle it
_SETTLED = 7  # of the few as large as what was found: far from any level
_FOLDS = 5
_FEWEST_CLIPS = 10  # in either part
_RIDGE = 30.0  # clips' worth of belief that no feature matters
_EQUAL = 1e-3  # standard deviations: the same permutation again, but for rounding
_FARTHEST = 4.0  # standard deviations: what lies beyond counts as there


@dataclass(frozen=True)
class Told:
    """How well two parts can be told apart.

    Attributes:
        area: under the ROC curve, on groups that the classifier has not seen; 0.5 is chance.
        p: share of permutations that do as well.
        least_p: smallest p that so few groups allow.
        features: names of the features that differ most, with the difference in standard deviations.
    """

    area: float
    p: float
    least_p: float
    features: list[tuple[str, float]]


class Discrepancy(Check):
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
            "Labels have other shares in the test part than in training, beyond what whole groups bring about.",
            "Make folds that balance the labels (leave out `folds`), and read scores that weigh labels equally (uar).",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[Finding]:
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
        self, evidence: Evidence, task: TaskChoice, data: Measured, splits: dict[int, TaskSplit]
    ) -> Iterable[Finding]:
        values, names = features_of(data)
        told: dict[int, Told] = {}
        for fold, split in splits.items():
            rows, tested, groups, labels = _parts(task, data, split)
            if min(tested.sum(), (~tested).sum()) >= _FEWEST_CLIPS:
                random = stream(evidence.seed, "discrepancy", task.dataset, fold)
                told[fold] = told_apart(without_labels(values[rows], labels), names, tested, groups, random)
        adjusted = holm([one.p for one in told.values()])
        blind = [fold for fold, one in told.items() if len(told) * one.least_p > LEVEL]
        if blind:
            farthest = max(blind, key=lambda fold: told[fold].area)
            yield self.finding(
                "too-few-groups",
                "note",
                f"with so few groups what the test part of fold {', '.join(map(str, blind))} sounds like may be its "
                f"speakers or places; most unlike its training part is that of fold {farthest} (area "
                f"{told[farthest].area:.2f}): {_shown(told[farthest])}",
                dataset=task.dataset,
                task=task.name,
                figures={"folds": blind, "areas": {str(fold): told[fold].area for fold in blind}},
            )
        for (fold, one), p in zip(told.items(), adjusted, strict=True):
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
        self, evidence: Evidence, task: TaskChoice, data: Measured, splits: dict[int, TaskSplit]
    ) -> Iterable[Finding]:
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
        adjusted = holm([p for _, p, _ in found.values()])
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


def _shown(told: Told) -> str:
    return ", ".join(f"{name} ({shift:+.1f} sd)" for name, shift in told.features)


def features_of(data: Measured) -> tuple[Floats, list[str]]:
    """Summary features of all clips ``[clips, features]`` and their names: how a recording sounds, not how long."""
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1)
    middles = np.sqrt(edges[1:] * edges[:-1])
    names = [f"{what} at {hertz:.0f} Hz" for what in ("level", "variation", "noise floor") for hertz in middles] + [
        "level",
        "bandwidth",
        "mean of samples",
        "clipped samples",
        "sample rate",
        "channels",
    ]
    rates = np.array([fact.rate for fact in data.facts], dtype=np.float64)
    channels = np.array([fact.channels for fact in data.facts], dtype=np.float64)
    columns: list[NDArray[np.float64]] = [
        np.stack([measures.profile.reshape(-1) for measures in data.measures]),
        data.numbers("level")[:, None],
        np.log2(np.maximum(data.numbers("bandwidth"), 1))[:, None],
        data.numbers("mean")[:, None],
        np.log1p(data.numbers("clipped"))[:, None],
        np.log2(rates)[:, None],
        channels[:, None],
    ]
    return np.hstack(columns).astype(np.float32), names


def without_labels(values: Floats, labels: Numbers | None) -> Floats:
    """Values ``[clips, features]`` less the mean of their label."""
    if labels is None:
        return values - values.mean(axis=0)
    counts = np.maximum(np.bincount(labels), 1)
    sums = np.zeros((len(counts), values.shape[1]))
    np.add.at(sums, labels, values)
    rest: Floats = (values - (sums / counts[:, None])[labels]).astype(np.float32)
    return rest


def told_apart(
    values: Floats, names: Sequence[str], tested: NDArray[np.bool_], groups: Numbers, random: np.random.Generator
) -> Told:
    """How well test clips are told from training clips, beside permutations of whole groups.

    Args:
        values: ``[clips, features]``.
        names: of the features.
        tested: ``[clips]``.
        groups: ``[clips]`` group numbers.
        random: stream of the permutations.
    """
    scale = values.std(axis=0)
    varying = scale > 1e-4
    standard = np.clip((values - values.mean(axis=0))[:, varying] / scale[varying], -_FARTHEST, _FARTHEST)
    standard = standard.astype(np.float32)
    kept = [name for name, varies in zip(names, varying, strict=True) if varies]
    chosen = tested.astype(np.int64)
    shuffle = GroupShuffle(chosen, groups)
    folds = _folds(groups, random)
    found = _scores(standard, chosen[:, None], folds)
    separation = float(_separation(found, chosen[:, None])[0])
    as_large = drawn = 0
    for draws in _DRAWS:
        if as_large >= _SETTLED:
            break
        columns = np.stack([shuffle.draw(random) for _ in range(draws - drawn)], axis=1)
        as_large += int((_separation(_scores(standard, columns, folds), columns) >= separation - _EQUAL).sum())
        drawn = draws
    shift = standard[tested].mean(axis=0) - standard[~tested].mean(axis=0)
    most = np.argsort(-np.abs(shift))[:3]
    return Told(
        area=area_under_curve(found[:, 0], tested),
        p=(as_large + 1) / (drawn + 1),
        least_p=1 / shuffle.arrangements(),
        features=[(kept[index], round(float(shift[index]), 2)) for index in most],
    )


def label_shift(
    labels: Numbers, tested: NDArray[np.bool_], groups: Numbers, random: np.random.Generator
) -> tuple[float, float]:
    """Total variation between the labels of two parts, and the share of permutations with as much."""
    chosen = tested.astype(np.int64)
    shuffle = GroupShuffle(chosen, groups)

    def variation(parts: Numbers) -> float:
        counts = np.bincount(2 * labels + parts, minlength=2 * (labels.max() + 1)).reshape(-1, 2).astype(float)
        shares = counts / np.maximum(counts.sum(axis=0), 1)
        return float(np.abs(shares[:, 0] - shares[:, 1]).sum() / 2)

    found = variation(chosen)
    draws = _DRAWS[-1]
    as_large = sum(variation(shuffle.draw(random)) >= found - 1e-9 for _ in range(draws))
    return found, (as_large + 1) / (draws + 1)


def area_under_curve(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """Chance that a positive has a larger score than a negative (ties count half)."""
    ranks = rankdata(scores)
    many, others = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - many * (many + 1) / 2) / (many * others))


def _parts(
    task: TaskChoice, data: Measured, split: TaskSplit
) -> tuple[Numbers, NDArray[np.bool_], Numbers, Numbers | None]:
    """Rows that are in a part, which of them are tested, their groups, and their labels where each has one."""
    used = np.flatnonzero(split.cleared.parts != Part.NONE)
    rows = split.rows[used]
    values = split.targets.values[used]
    labels = values.astype(np.int64) if values.ndim == 1 and values.dtype.kind == "i" else None
    return rows, split.cleared.parts[used] == Part.TEST, data.groups(task.rule.hold_out)[rows], labels


def _folds(groups: Numbers, random: np.random.Generator) -> Numbers:
    """Fold of each clip, whole groups together; it does not know of the parts, so permutations see the same."""
    _, inverse = np.unique(groups, return_inverse=True)
    number = int(inverse.max()) + 1
    return random.permutation(np.arange(number) % min(_FOLDS, number))[inverse]


def _scores(values: Floats, parts: Numbers, folds: Numbers) -> Floats:
    """Scores ``[clips, draws]`` of ridge classifiers for parts ``[clips, draws]``, on folds that each did not see."""
    scores = np.zeros(parts.shape, np.float32)
    targets = parts.astype(np.float32)
    for fold in np.unique(folds):
        learnt, asked = folds != fold, folds == fold
        if not learnt.any():
            continue
        mean = values[learnt].mean(axis=0)
        centred = values[learnt] - mean
        goal = targets[learnt] - targets[learnt].mean(axis=0)
        gram = centred.T @ centred + np.float32(_RIDGE) * np.eye(values.shape[1], dtype=np.float32)
        scores[asked] = (values[asked] - mean) @ np.linalg.solve(gram, centred.T @ goal)
    return scores


def _separation(scores: Floats, parts: Numbers) -> NDArray[np.float64]:
    """Difference of the parts' mean scores in standard deviations, ``[draws]``; it ranks draws as the area would."""
    many = parts.sum(axis=0)
    high = (scores * parts).sum(axis=0) / np.maximum(many, 1)
    low = (scores * (1 - parts)).sum(axis=0) / np.maximum(len(parts) - many, 1)
    return np.asarray((high - low) / np.maximum(scores.std(axis=0), 1e-9), dtype=np.float64)


CHECKS.register("discrepancy")(Discrepancy())
