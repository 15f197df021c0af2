"""The contract of every target kind, as tests to inherit.

::

    class TestMine(TargetKindContract):
        def make(self) -> TargetKind:
            return Mine()
"""

import json
from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from cohear.base.decoding import activated, decoding_of, entry_of
from cohear.base.timeline import UNHEARD, TimelineDecoding, steps_of
from cohear.tasks.kind import TARGET_KINDS, TargetKind
from cohear.tasks.metrics import METRICS, chances
from cohear.tasks.targets import ClipOutputs, Targets, WindowPlaces, WindowTargets

_LABELS = ["b", "a", "1.0", "no", "é è"]
_NUMBERS = ["-2", "0.5", "-0.25", "1"]
_FRAMES, _FRAME_SECONDS = 4, 0.01


class TargetKindContract(ABC):
    """What must hold for a target kind; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> TargetKind:
        """A kind to test."""

    def labels(self) -> list[str]:
        """An ordered label list, not sorted; of a kind without labels, what it names."""
        return list(_LABELS) if self.make().has_labels else self.make().names("column", self.cells())

    def cells(self) -> list[str]:
        """Cells of a column: each label twice, or numbers, and unknown ones between."""
        known = [self.cell(label) for label in self.labels()] if self.make().has_labels else list(_NUMBERS)
        return [*known, "", *known, ""]

    def cell(self, label: str) -> str:
        """A cell that holds one label; here the label."""
        return label

    def targets(self) -> Targets:
        """The cells, encoded."""
        return self.make().encode(self.cells(), self.labels())

    def kind(self) -> TargetKind:
        """The kind as it learns from the cells."""
        return self.make().fitted(self.targets())

    def frames(self) -> tuple[int, ...]:
        """The frames of a window, where a head reads them."""
        return (_FRAMES,) if self.make().reads == "frames" else ()

    def logits(self) -> NDArray[np.float32]:
        """What a head gives of a window of each cell, ``[cells, outputs]``, with frames between where it reads them."""
        shape = (len(self.cells()), *self.frames(), self.make().outputs(self.labels()))
        return np.random.default_rng(3).normal(size=shape).astype(np.float32)

    def told(self) -> ClipOutputs:
        """What is said of the clip of each cell, which has one window."""
        clips = np.arange(len(self.cells()))
        return self.kind().pool(self.logits(), _places(clips), np.full(len(clips), _FRAMES))

    def window_targets(self, targets: Targets) -> WindowTargets:
        """What a window of each clip should become."""
        clips = len(targets.values)
        return self.kind().targets(targets, _places(np.arange(clips)), torch.zeros(clips, _FRAMES, 2))

    def loss(self, logits: torch.Tensor, targets: Targets, smoothing: float = 0.0) -> torch.Tensor:
        """The kind's loss of some logits of windows."""
        return self.kind().loss(logits, self.window_targets(targets), smoothing)

    def test_is_registered_under_its_name(self) -> None:
        """A study file finds it, and its metrics."""
        kind = self.make()
        assert TARGET_KINDS[kind.name] is not None
        assert isinstance(kind, type(TARGET_KINDS[kind.name]))
        assert kind.default_metric in kind.metrics
        assert all(name in METRICS for name in (*kind.metrics, *kind.further_metrics))
        assert kind.metrics_with(kind.further_metrics[::-1]) == (*kind.metrics, *kind.further_metrics)

    def test_empty_cell_holds_nothing(self) -> None:
        """Unknown is no label."""
        assert self.make().labels_in("") == []

    def test_encode_keeps_the_order_of_clips_and_labels(self) -> None:
        """Cells come back as they were given; another order of clips gives the same rows in that order."""
        kind, targets = self.make(), self.targets()
        assert kind.cells(targets, self.labels()) == self.cells()
        order = np.random.default_rng(1).permutation(len(self.cells()))
        shuffled = kind.encode([self.cells()[i] for i in order], self.labels())
        np.testing.assert_array_equal(shuffled.values, targets.take(order).values)
        np.testing.assert_array_equal(shuffled.known, targets.take(order).known)

    def test_encoded_arrays(self) -> None:
        """One row a clip, float32 or int64, with a bool mask that says which are unknown."""
        targets = self.targets()
        assert len(targets.values) == len(targets.known) == len(self.cells())
        assert targets.values.dtype in (np.float32, np.int64)
        assert targets.known.dtype == np.bool_
        known = targets.known.reshape(len(self.cells()), -1).any(axis=1)
        assert known.tolist() == [bool(cell) for cell in self.cells()]

    def test_targets_come_back_from_json(self) -> None:
        """What a run reads in its split is what was encoded: numbers, their type, and what is known."""
        kind, targets = self.make(), self.targets()
        read = kind.from_json(json.loads(json.dumps(kind.to_json(targets), allow_nan=False)), self.labels())
        for ours, theirs in ((read.values, targets.values), (read.known, targets.known)):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)
        none = targets.take(np.zeros(0, dtype=np.int64))
        read = kind.from_json(json.loads(json.dumps(kind.to_json(none))), self.labels())
        assert (read.values.shape, read.known.shape) == (none.values.shape, none.known.shape)

    def test_there_may_be_no_clips(self) -> None:
        """As in the empty parts of a training on all clips."""
        kind, labels = self.make(), self.labels()
        none = self.targets().take(np.zeros(0, dtype=np.int64))
        assert kind.counts(none, labels).tolist() == [0] * len(labels)
        assert kind.scored_clips(none, np.ones(len(labels), dtype=np.bool_)).shape == (0,)
        assert not any(len(stratum) for stratum in kind.strata(none, labels))
        nothing = kind.pool(self.logits()[:0], _places(np.arange(0)), np.zeros(0, dtype=np.int64))
        assert kind.truth(kind.rows(none, nothing), labels).values.shape == (0, len(labels))
        assert (kind.cells(none, labels), len(kind.encode([], labels).values)) == ([], 0)
        torch.manual_seed(0)
        assert isinstance(kind.fitted(none).head(3, labels), torch.nn.Module)

    def test_strata_hold_every_clip(self) -> None:
        """Balanced sampling can draw each of them, and each stratum holds positions of clips, each once."""
        strata = self.make().strata(self.targets(), self.labels())
        assert sorted({int(clip) for stratum in strata for clip in stratum}) == list(range(len(self.cells())))
        assert all(stratum.dtype == np.int64 and len(set(stratum.tolist())) == len(stratum) for stratum in strata)

    def test_classes_are_the_label_of_each_clip(self) -> None:
        """Where every clip has one; else there are none."""
        classes, known = self.make().classes(self.targets()), [bool(cell) for cell in self.cells()]
        if classes is not None:
            assert classes.dtype == np.int64
            assert [self.labels()[label] for label in classes[known]] == [cell for cell in self.cells() if cell]

    def test_scored_clips_are_known_ones(self) -> None:
        """One truth a clip; where no label is scored, or a clip is unknown, it enters no score."""
        targets, labels = self.targets(), len(self.labels())
        known = targets.known.reshape(len(self.cells()), -1).any(axis=1)
        every = self.make().scored_clips(targets, np.ones(labels, dtype=np.bool_))
        assert every.shape == (len(self.cells()),)
        assert every.dtype == np.bool_
        np.testing.assert_array_equal(every, known)

    def test_outputs_have_names(self) -> None:
        """One each, none twice: they are columns of ``predictions.csv``."""
        names = self.make().output_names(self.labels())
        assert len(set(names)) == len(names) == self.make().outputs(self.labels())

    def test_label_list_is_what_the_cells_hold(self) -> None:
        """Each once, in an order that rows do not change; a kind without labels names what its numbers are of."""
        kind, cells = self.make(), self.cells()
        names = kind.names("column", cells)
        assert len(set(names)) == len(names)
        assert names == kind.names("column", cells[::-1])
        if kind.has_labels:
            assert set(names) == {label for cell in cells for label in kind.labels_in(cell)}
        else:
            assert not any(kind.labels_in(cell) for cell in cells)

    def test_counts(self) -> None:
        """Clips per label, in the order of the labels, unknown ones not counted."""
        kind, cells = self.make(), self.cells()
        counts = kind.counts(self.targets(), self.labels())
        if kind.has_labels:
            assert counts.tolist() == [sum(label in kind.labels_in(cell) for cell in cells) for label in self.labels()]
        else:
            assert counts.tolist() == [sum(map(bool, cells))] * len(self.labels())

    def test_renamed_labels_are_those_of_the_new_name(self) -> None:
        """As if the cells held it; a label that is not in the list is as if it were not there."""
        kind, (first, *others) = self.make(), self.labels()
        if not kind.has_labels:
            return
        targets = kind.encode(self.cells(), ["new", *others], {first: "new"})
        np.testing.assert_array_equal(targets.values, self.targets().values)
        np.testing.assert_array_equal(targets.known, self.targets().known)
        without = kind.encode(self.cells(), others)
        assert kind.counts(without, others).tolist() == kind.counts(self.targets(), self.labels())[1:].tolist()

    def test_head_gives_every_output(self) -> None:
        """``[B, width]`` to ``[B, outputs]``, with first weights from torch's generator alone; or frame by frame."""
        heads = []
        for _ in range(2):
            torch.manual_seed(0)
            heads.append(self.kind().head(7, self.labels()))
        embedding = torch.from_numpy(np.random.default_rng(5).normal(size=(3, *self.frames(), 7)).astype(np.float32))
        there, again = (head(embedding) for head in heads)
        assert there.shape == (3, *self.frames(), self.make().outputs(self.labels()))
        assert torch.equal(there, again)
        assert any(parameter.requires_grad for parameter in heads[0].parameters())

    def test_windows_have_targets(self) -> None:
        """One each, of which the loss is finite."""
        targets, windows = self.window_targets(self.targets()), len(self.cells())
        assert len(targets.values) == len(targets.known) == windows
        assert targets.known.dtype == torch.bool
        assert torch.isfinite(self.kind().loss(torch.from_numpy(self.logits()), targets))

    def test_loss_is_a_finite_scalar_that_can_be_learnt(self) -> None:
        """Following the gradient makes it smaller, with and without smoothing."""
        for smoothing in (0.0, 0.1):
            logits = torch.from_numpy(self.logits()).requires_grad_()
            loss = self.loss(logits, self.targets(), smoothing)
            assert loss.shape == ()
            assert torch.isfinite(loss)
            loss.backward()  # type: ignore[no-untyped-call]
            assert logits.grad is not None
            assert self.loss(logits.detach() - 0.1 * logits.grad, self.targets(), smoothing) < loss

    def test_unknown_entries_never_enter_the_loss(self) -> None:
        """The loss is that of the known clips alone, and unknown ones get no gradient."""
        targets = self.targets()
        known = targets.known.reshape(len(self.cells()), -1).any(axis=1)
        logits = torch.from_numpy(self.logits()).requires_grad_()
        loss = self.loss(logits, targets)
        rows = np.flatnonzero(known)
        torch.testing.assert_close(loss, self.loss(logits[rows], targets.take(rows)))
        loss.backward()  # type: ignore[no-untyped-call]
        assert logits.grad is not None
        assert not logits.grad[~torch.from_numpy(known)].any()
        assert logits.grad[torch.from_numpy(known)].any()

    def test_loss_of_nothing_known_is_zero(self) -> None:
        """And so is its gradient; no division by zero."""
        targets = self.targets()
        logits = torch.from_numpy(self.logits()).requires_grad_()
        loss = self.loss(logits, Targets(targets.values, np.zeros_like(targets.known)))
        loss.backward()  # type: ignore[no-untyped-call]
        assert loss == 0
        assert logits.grad is not None
        assert not logits.grad.any()

    def test_a_teacher_is_imitated(self) -> None:
        """Following the gradient leads to what it says of each window, known or not; there is nothing left to learn."""
        targets, noise = self.window_targets(self.targets()), np.random.default_rng(9)
        teacher = torch.from_numpy(noise.normal(size=self.logits().shape).astype(np.float32))
        out = teacher.clone().requires_grad_()
        there = self.kind().loss(out, targets, teacher=teacher)
        there.backward()  # type: ignore[no-untyped-call]
        assert out.grad is not None
        torch.testing.assert_close(out.grad, torch.zeros_like(out))
        other = torch.from_numpy(self.logits()).requires_grad_()
        apart = self.kind().loss(other, targets, teacher=teacher)
        apart.backward()  # type: ignore[no-untyped-call]
        assert other.grad is not None
        assert apart > there
        assert other.grad.reshape(len(other), -1).any(dim=1).all()
        unknown = Targets(self.targets().values, np.zeros_like(self.targets().known))
        torch.testing.assert_close(self.kind().loss(other, self.window_targets(unknown), teacher=teacher), apart)

    def test_pool_keeps_clips_apart(self) -> None:
        """Rows clip by clip; windows of other clips and the order of windows change nothing."""
        kind, windows = self.make(), self.logits()
        clip = np.arange(len(windows), dtype=np.int64) // 2
        lengths = np.full(clip.max() + 1, 2 * _FRAMES)
        pooled = kind.pool(windows, _places(clip), lengths)
        assert len(pooled.rows) == len(lengths)
        assert (pooled.rows > 0).all()
        assert pooled.values.shape == (pooled.rows.sum(), windows.shape[-1])
        assert pooled.values.dtype == np.float32
        alone = kind.pool(windows[2:4], _places(np.zeros(2, dtype=np.int64)), lengths[:1])
        np.testing.assert_allclose(alone.values, pooled.by_clip()[1], rtol=1e-6)
        turned = kind.pool(windows[::-1], _places(clip, turned=True), lengths)
        np.testing.assert_allclose(turned.values, pooled.values, rtol=1e-6)
        np.testing.assert_array_equal(turned.rows, pooled.rows)
        nothing = kind.pool(windows[:0], _places(clip[:0]), lengths[:0])
        assert (nothing.values.shape, len(nothing.rows)) == ((0, windows.shape[-1]), 0)

    def test_clips_without_windows_have_their_rows(self) -> None:
        """As many as with them: what answers that ignore the sound score is told by the rows alone."""
        kind, windows = self.kind(), self.logits()
        clip = np.arange(len(windows), dtype=np.int64)
        lengths = np.full(len(windows), _FRAMES)
        heard = kind.pool(windows, _places(clip), lengths)
        unheard = kind.pool(windows[:0, :1] if windows.ndim > 2 else windows[:0], _places(clip[:0]), lengths)
        np.testing.assert_array_equal(unheard.rows, heard.rows)
        labels, seconds = self.labels(), lengths * _FRAME_SECONDS
        told = chances(kind, self.targets(), labels, np.ones(len(labels), dtype=np.bool_), seconds.tolist())
        assert set(told) == {name for name in kind.metrics if METRICS[name].chance is not None}

    def test_steps_of_silence_have_no_label(self) -> None:
        """Whatever a head gives of them, where a kind answers in time; the others are as they were, and no loss."""
        kind, decoding = self.kind(), self.make().decoding("task", self.labels())
        if not isinstance(decoding, TimelineDecoding):
            return
        frames = round(4 * decoding.step / _FRAME_SECONDS)
        places = _places(np.arange(len(self.cells())), frames=frames)
        steps = steps_of(np.arange(frames), _FRAME_SECONDS, decoding.step)
        heard = np.isin(np.arange(frames), [0, np.flatnonzero(steps == 3)[-1]])  # a frame of the first and last step
        shape = (len(self.cells()), frames, kind.outputs(self.labels()))
        out = np.random.default_rng(4).normal(size=shape).astype(np.float32)
        lengths = np.full(len(self.cells()), frames)
        whole = kind.pool(out, places, lengths)
        told = kind.pool(out, replace(places, heard=np.tile(heard, (len(lengths), 1))), lengths)
        assert told.rows.tolist() == whole.rows.tolist() == [4] * len(lengths)
        silent = np.tile([False, True, True, False], len(lengths))
        assert (told.values[silent] == UNHEARD).all()
        np.testing.assert_array_equal(told.values[~silent], whole.values[~silent])
        assert not activated(decoding.activation, told.values[silent]).any()
        truth = kind.rows(self.targets(), told)
        known = truth.known & ~silent.reshape(-1, *[1] * (truth.known.ndim - 1))
        losses = [
            kind.loss(torch.from_numpy(values), WindowTargets.of(targets))
            for values, targets in ((told.values, truth), (whole.values, replace(truth, known=known)))
        ]
        torch.testing.assert_close(*losses)

    def test_every_row_has_a_truth(self) -> None:
        """As many targets as rows, of which the loss is finite, and 0 where nothing is known; and a text each."""
        kind, told, targets = self.kind(), self.told(), self.targets()
        unknown = Targets(targets.values, np.zeros_like(targets.known))
        assert len(kind.rows(targets, told).values) == len(told.values)
        assert len(kind.row_cells(told, targets, self.labels())) == len(told.values)
        out = torch.from_numpy(told.values)
        known, nothing = (kind.loss(out, WindowTargets.of(kind.rows(each, told))) for each in (targets, unknown))
        assert torch.isfinite(known)
        assert known > 0
        assert nothing == 0

    def test_decoding_reads_the_outputs(self) -> None:
        """A column each; a card can hold it. Probabilities lie in [0, 1], also for very large logits."""
        decoding, values = self.make().decoding("task", self.labels()), self.told().values
        assert decoding.name == "task"
        assert list(decoding.columns) == self.make().output_names(self.labels())
        assert decoding_of("task", json.loads(json.dumps(entry_of(decoding), allow_nan=False))) == decoding
        assert decoding_of("task", entry_of(decoding.meaning())).meaning() == decoding.meaning()
        for scale in (1, 1000):
            told = activated(decoding.activation, values * np.float32(scale))
            assert told.shape == values.shape
            assert np.isfinite(told).all()
            if decoding.activation != "identity":
                assert 0 <= told.min() <= told.max() <= 1

    def test_truth_is_what_should_be_answered(self) -> None:
        """0 or 1 a label in each row, as the cells hold them, or the numbers; known where the clip is."""
        kind, cells, told = self.make(), self.cells(), self.told()
        truth = kind.truth(kind.rows(self.targets(), told), self.labels())
        assert truth.values.shape == truth.known.shape == told.values.shape
        for clip, cell in enumerate(cells):
            rows = told.clips == clip
            assert truth.known[rows].any() == bool(cell)
            if kind.has_labels and cell:
                held = np.array([label in kind.labels_in(cell) for label in self.labels()])
                said = (truth.values[rows] > 0.5) & truth.known[rows]
                assert said.any(axis=0).tolist() == (held & truth.known[rows].any(axis=0)).tolist()

    def test_metrics_are_numbers(self) -> None:
        """Finite where labels can be scored, NaN where there is no clip or no scored label."""
        kind, told, labels = self.kind(), self.told(), len(self.labels())
        targets = kind.rows(self.targets(), told)
        everything, nothing = np.ones(labels, dtype=np.bool_), np.zeros(labels, dtype=np.bool_)
        no_rows = np.zeros(0, dtype=np.int64)
        for name in self.make().metrics:
            score = METRICS[name].score
            assert np.isfinite(score(told.values, targets, everything))
            assert np.isnan(score(told.values, targets, nothing))
            assert np.isnan(score(told.values[:0], targets.take(no_rows), everything))


def _places(clips: NDArray[np.int64], *, frames: int = _FRAMES, turned: bool = False) -> WindowPlaces:
    """Where full windows lie in clips, one after the other; or told the other way round."""
    starts = np.array([np.sum(clips[:window] == clip) for window, clip in enumerate(clips)], dtype=np.int64) * frames
    order = slice(None, None, -1) if turned else slice(None)
    lengths, tempo = np.full(len(clips), frames), np.ones(len(clips))
    return WindowPlaces(clips[order], starts[order], lengths, tempo, _FRAME_SECONDS)
