"""The contract of every metric, as tests to inherit.

::

    class TestMine(MetricContract):
        name = "mine"
        kind = Multiclass()
"""

from abc import ABC
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.tasks.kind import TargetKind
from cohear.tasks.metrics import METRICS, Metric
from cohear.tasks.targets import ClipOutputs, Targets

_LABELS = ["a", "b", "c", "d"]
_CLIPS = 24


class MetricContract(ABC):
    """What must hold for a metric; pytest runs it for each subclass whose name begins with ``Test``."""

    name: ClassVar[str]
    """In ``METRICS``."""
    kind: ClassVar[TargetKind]
    """A kind that it scores, with one output a label or number."""
    rows: ClassVar[int] = 1
    """Of what is said of each clip."""

    def metric(self) -> Metric:
        """The metric."""
        return METRICS[self.name]

    def cells(self) -> list[str]:
        """Cells of a column: every label several times, or numbers, and unknown ones between."""
        known = [self.cell(label) for label in _LABELS] if self.kind.has_labels else ["-2", "0.5", "-0.25", "1"]
        return ["" if clip % 7 == 6 else known[clip % len(known)] for clip in range(_CLIPS)]

    def cell(self, label: str) -> str:
        """A cell that holds one label; here the label."""
        return label

    def labels(self) -> list[str]:
        """The ordered label list of the cells."""
        return self.kind.names("column", self.cells())

    def targets(self) -> Targets:
        """The cells, encoded."""
        return self.kind.encode(self.cells(), self.labels())

    def told(self, values: NDArray[np.float32]) -> ClipOutputs:
        """What is said of clips, by its rows."""
        return ClipOutputs(values, np.full(len(values) // self.rows, self.rows))

    def logits(self, skill: float, seed: int = 0) -> NDArray[np.float32]:
        """Outputs ``[rows, labels]`` that are noise and, times ``skill``, the truth; numbers that are both in part."""
        nothing = self.told(np.zeros((_CLIPS * self.rows, len(self.labels())), dtype=np.float32))
        truth = self.kind.truth(self.kind.rows(self.targets(), nothing), self.labels()).values.astype(np.float64)
        noise = np.random.default_rng(seed).normal(size=truth.shape)
        if self.kind.has_labels:
            return (skill * (2 * truth - 1) + noise).astype(np.float32)
        part = skill / (1 + abs(skill))
        return (part * truth + (1 - abs(part)) * noise).astype(np.float32)

    def score(self, logits: NDArray[np.float32], targets: Targets | None = None, *left_out: int) -> float:
        """The score of clips over all labels but some."""
        scored = np.ones(len(self.labels()), dtype=np.bool_)
        scored[list(left_out)] = False
        rows = self.kind.rows(self.targets() if targets is None else targets, self.told(logits))
        return self.metric().score(logits, rows, scored)

    def rows_of(self, clips: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of some clips, in their order."""
        return (clips[:, None] * self.rows + np.arange(self.rows)).ravel()

    def test_is_registered_under_its_name(self) -> None:
        """A study file finds it, and its kind reports it, always or where it is asked for."""
        assert self.metric().name == self.name
        assert self.name in (*self.kind.metrics, *self.kind.further_metrics)

    def test_better_is_told_by_its_sign(self) -> None:
        """Logits near the truth score better than noise, by what ``higher_is_better`` says."""
        sign = 1 if self.metric().higher_is_better else -1
        assert sign * self.score(self.logits(5.0)) > sign * self.score(self.logits(0.0))

    def test_values_lie_within_its_bounds(self) -> None:
        """From the worst answers to the best; shares are from 0 to 1, and shown as points."""
        values = [self.score(self.logits(skill, seed)) for skill in (-5.0, 0.0, 0.5, 5.0) for seed in range(5)]
        assert np.isfinite(values).all()
        assert self.metric().low <= min(values) <= max(values) <= self.metric().high
        assert all(self.metric().within(value) == value for value in values)

    def test_right_answers_are_near_the_best_end(self) -> None:
        """The truth, told surely, is nearer to it than noise, where the scale has an end."""
        metric = self.metric()
        end = metric.high if metric.higher_is_better else metric.low
        apart = [abs(end - self.score(self.logits(skill))) for skill in (0.0, 1e3)]
        if np.isfinite(end):
            assert apart[1] < apart[0]

    def test_noise_scores_no_better_than_chance(self) -> None:
        """On average, where the metric says what chance is; the truth does, and what is unknown is not counted."""
        metric, scored = self.metric(), np.ones(len(self.labels()), dtype=np.bool_)
        if metric.chance is None:
            return
        told = self.told(np.zeros((_CLIPS * self.rows, len(self.labels())), dtype=np.float32))
        rows = self.kind.rows(self.targets(), told)
        chance, sign = metric.chance(rows, scored), 1 if metric.higher_is_better else -1
        noise = np.array([self.score(self.logits(0.0, seed)) for seed in range(400)])
        assert sign * (noise.mean() - chance) <= 4 * noise.std() / np.sqrt(len(noise))
        assert sign * (self.score(self.logits(1e3)) - chance) > 0
        assert metric.low <= chance <= metric.high
        known = np.flatnonzero(rows.known.reshape(len(rows.known), -1).any(axis=1))
        assert metric.chance(rows.take(known), scored) == chance
        assert np.isnan(metric.chance(rows, ~scored))
        assert np.isnan(metric.chance(rows.take(known[:0]), scored))

    def test_order_of_clips_changes_nothing(self) -> None:
        """A score is of a set of clips."""
        order = np.random.default_rng(2).permutation(_CLIPS)
        there = self.score(self.logits(0.5)[self.rows_of(order)], self.targets().take(order))
        np.testing.assert_allclose(there, self.score(self.logits(0.5)), rtol=1e-6)

    def test_what_is_unknown_changes_nothing(self) -> None:
        """Clips with an empty cell enter no score, whatever is said of them."""
        targets, logits = self.targets(), self.logits(0.5)
        known = np.asarray(targets.known.reshape(_CLIPS, -1).any(axis=1))
        spoilt = np.where(np.repeat(known, self.rows)[:, None], logits, np.float32(50))
        assert self.score(spoilt) == self.score(logits)
        kept = np.flatnonzero(known)
        assert self.score(logits[self.rows_of(kept)], targets.take(kept)) == self.score(logits)

    def test_nothing_to_score_is_nan(self) -> None:
        """No clip, or no scored label."""
        none = np.zeros(0, dtype=np.int64)
        assert np.isnan(self.score(self.logits(1.0)[:0], self.targets().take(none)))
        assert np.isnan(self.score(self.logits(1.0), None, *range(len(self.labels()))))

    def test_nothing_is_written_to(self) -> None:
        """Logits and targets are shared by all metrics of a kind."""
        targets, logits = self.targets(), self.logits(0.5)
        for array in (targets.values, targets.known, logits):
            array.flags.writeable = False
        self.score(logits, targets)
