"""The contract of every target kind without labels, as tests to inherit.

::

    class TestMine(LabelFreeContract):
        def make(self) -> LabelFree:
            return Mine()
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import torch

from cohear.base.layout import Layout
from cohear.base.moments import Moments
from cohear.tasks.kind import TARGET_KINDS
from cohear.tasks.label_free import Exercise, LabelFree, is_label_free
from cohear.tasks.targets import Targets, WindowPlaces

_CLIPS, _FRAMES, _NUMBERS, _STRIDE = 6, 24, 8, 4
_LENGTHS = np.array([24, 17, 1, 24, 4, 9], dtype=np.int64)


class LabelFreeContract(ABC):
    """What must hold for a kind without labels; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> LabelFree:
        """A kind to test."""

    def cells(self) -> list[str]:
        """What is measured of six clips, for a kind that is made of it."""
        return [""] * _CLIPS

    def truth(self) -> Targets:
        """What is known of them beside their sound."""
        kind = self.make()
        return kind.encode(self.cells(), kind.names("", []))

    def features(self, layout: Layout) -> torch.Tensor:
        """Of a window of each clip, ``[6, 24, 8]`` or ``[6, 8]``: numbers of some mean and deviation."""
        shape = (_CLIPS, _NUMBERS) if layout == "vector" else (_CLIPS, _FRAMES, _NUMBERS)
        features = np.random.default_rng(2).normal(3.0, 2.0, shape).astype(np.float32)
        if layout != "vector":
            features *= (np.arange(_FRAMES) < _LENGTHS[:, None])[..., None]
        return torch.from_numpy(features)

    def places(self) -> WindowPlaces:
        """Of these windows, behind an encoder that gives a frame for every four."""
        clips = np.arange(_CLIPS)
        return WindowPlaces(clips, np.zeros(_CLIPS, dtype=np.int64), _LENGTHS, np.ones(_CLIPS), 0.01, _STRIDE)

    def heard(self) -> Iterator[tuple[LabelFree, torch.Tensor]]:
        """The kind, fitted and hearing features of each layout that it takes, and these."""
        for layout in self.make().takes:
            moments = Moments(100, np.full(_NUMBERS, 3.0), np.full(_NUMBERS, 13.0))
            kind = self.make().fitted(self.truth())
            assert isinstance(kind, LabelFree)
            yield kind.hearing(layout, moments), self.features(layout)

    def exercise(self, kind: LabelFree, features: torch.Tensor, seed: int = 5) -> Exercise:
        """What a network is given of these windows."""
        return kind.exercise(self.truth(), self.places(), features, np.random.default_rng(seed))

    def out(self, kind: LabelFree) -> torch.Tensor:
        """What a head of the kind gives of an embedding of these windows."""
        torch.manual_seed(0)
        head = kind.head(5, kind.names("", []))
        frames = (-(-_FRAMES // _STRIDE),) if kind.reads == "frames" else ()
        with torch.no_grad():
            out: torch.Tensor = head(torch.randn(_CLIPS, *frames, 5))
        assert out.shape[-1] == kind.outputs(kind.names("", []))
        return out

    def test_is_registered_under_its_name(self) -> None:
        """A study file finds it, and knows that it needs no target."""
        kind = self.make()
        assert isinstance(kind, type(TARGET_KINDS[kind.name]))
        assert is_label_free(kind.name)
        assert kind.takes
        assert kind.does

    def test_there_is_no_score(self) -> None:
        """And no label that a study could choose."""
        kind = self.make()
        assert (kind.metrics, kind.further_metrics, kind.default_metric) == ((), (), "")
        assert not kind.has_labels
        assert not kind.fewest_labels

    def test_every_clip_can_be_learnt_from(self) -> None:
        """What a run reads in its split is what was encoded."""
        kind, truth = self.make(), self.truth()
        labels = kind.names("", [])
        assert len(truth.values) == len(truth.known) == _CLIPS
        assert kind.cells(truth, labels) == self.cells()
        assert kind.counts(truth, labels).shape == (len(labels),)
        read = kind.from_json(json.loads(json.dumps(kind.to_json(truth), allow_nan=False)), labels)
        for ours, theirs in ((read.values, truth.values), (read.known, truth.known)):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)
        assert sorted(np.concatenate(kind.strata(truth, labels)).tolist()) == list(range(_CLIPS))

    def test_a_network_is_given_windows(self) -> None:
        """Of the shape that was heard, no longer than they were, zero beyond their lengths; those heard stay."""
        for kind, features in self.heard():
            before = features.clone()
            made = self.exercise(kind, features)
            assert torch.equal(features, before)
            assert made.features.shape == features.shape
            assert made.features.dtype == torch.float32
            assert torch.isfinite(made.features).all()
            assert (made.lengths >= 1).all()
            assert (made.lengths <= _LENGTHS).all()
            if features.ndim == 3:
                beyond = np.arange(_FRAMES) >= made.lengths[:, None]
                assert not made.features[torch.from_numpy(beyond)].any()

    def test_chance_is_the_draw_alone(self) -> None:
        """The same draw gives the same again, whatever torch's generator does."""
        for kind, features in self.heard():
            first = self.exercise(kind, features)
            torch.manual_seed(8)
            again = self.exercise(kind, features)
            assert torch.equal(first.features, again.features)
            assert torch.equal(first.targets.values, again.targets.values)
            assert torch.equal(first.targets.known, again.targets.known)

    def test_loss_is_a_finite_scalar_that_can_be_learnt(self) -> None:
        """Following the gradient of what the head gives makes it smaller."""
        for kind, features in self.heard():
            targets = self.exercise(kind, features).targets
            assert len(targets.values) == len(targets.known) == _CLIPS
            assert targets.known.dtype == torch.bool
            out = self.out(kind).requires_grad_()
            loss = kind.loss(out, targets)
            assert loss.shape == ()
            assert torch.isfinite(loss)
            loss.backward()  # type: ignore[no-untyped-call]
            assert out.grad is not None
            assert out.grad.any()
            assert kind.loss(out.detach() - 0.1 * out.grad, targets) < loss

    def test_loss_of_nothing_known_is_zero(self) -> None:
        """And so is its gradient; no division by zero."""
        for kind, features in self.heard():
            targets = self.exercise(kind, features).targets
            out = self.out(kind).requires_grad_()
            loss = kind.loss(out, type(targets)(targets.values, torch.zeros_like(targets.known)))
            loss.backward()  # type: ignore[no-untyped-call]
            assert loss == 0
            assert out.grad is not None
            assert not out.grad.any()
