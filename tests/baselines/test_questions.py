"""Vectors of clips, what is asked of them, and the choice on validation."""

import numpy as np
import pytest

from cohear.baselines.baseline import Baseline, BaselineInputs
from cohear.baselines.majority import Majority
from cohear.baselines.questions import questions_of, why_not
from cohear.baselines.vectors import clip_vectors, standardised
from cohear.features.build import build_front_end
from cohear.features.store import FeatureStore
from cohear.features.task_input import TaskInput
from cohear.runs.task_data import TaskData
from cohear.tasks import METRICS, Multiclass, Multilabel


class Numbers(Multilabel):
    """As if the columns were numbers."""

    has_labels = False


class Frames(Multiclass):
    reads = "frames"


class LabelsAlone(Baseline):
    def classifiers(self, given):
        return Majority().classifiers(given)


def task(kind, cells, labels):
    """Clips of 12, 5 and 30 frames of two bands, over and over."""
    lengths = [(12, 5, 30)[clip % 3] for clip in range(len(cells))]
    frames = np.random.default_rng(0).normal(size=(sum(lengths), 2)).astype(np.float32)
    offsets, heard = np.concatenate([[0], np.cumsum(lengths)]), np.ones(len(frames), np.bool_)
    store = FeatureStore("key", frames, offsets, heard, tuple(f"c{clip}" for clip in range(len(cells))))
    every = np.arange(len(cells))
    return TaskData(
        name="t",
        kind=kind,
        metric=METRICS[kind.default_metric],
        labels=labels,
        scored=np.ones(len(labels), dtype=np.bool_),
        clips=[f"c{clip}" for clip in every],
        rows=every,
        targets=kind.encode(cells, labels),
        parts={"train": every[::2], "validation": every[1::4], "test": every[3::4]},
        store=store,
        test_part="p",
    )


def summary(window):
    return TaskInput(build_front_end({"name": "summary", "bands": 2}), window)


def test_a_clip_is_the_mean_of_its_windows():
    data, given = task(Multiclass(), ["a", "b", "a"], ["a", "b"]), summary(10)
    vectors = clip_vectors(data, given)
    assert vectors.shape == (3, given.front_end.input_width)
    starts = {0: [0, 2], 1: [0], 2: [0, 5, 10, 15, 20]}
    for clip, own in starts.items():
        frames = [data.store.clip(clip)[start : start + 10] for start in own]
        each = [given.front_end.window_input(one[None], np.array([len(one)])) for one in frames]
        np.testing.assert_allclose(vectors[clip], np.concatenate(each).mean(axis=0), rtol=1e-5, atol=1e-6)


def test_clips_are_scaled_by_training_clips_alone():
    """Whatever the others hold, and however large."""
    vectors = np.random.default_rng(0).normal(5, 3, size=(20, 4)).astype(np.float32)
    vectors[:, 3] = 7  # says nothing
    train = np.arange(12)
    scaled = standardised(vectors, train)
    np.testing.assert_allclose(scaled[train, :3].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled[train, :3].std(axis=0), 1, rtol=1e-5)
    assert (scaled[:, 3] == 0).all()
    vectors[12:] *= 1000
    assert np.array_equal(standardised(vectors, train)[train], scaled[train])


def test_questions_are_those_of_the_kind():
    [which] = questions_of(task(Multiclass(), ["a", "", "c"], ["a", "b", "c"]))
    assert (which.form, which.outputs, which.known.tolist()) == ("class", 3, [True, False, True])
    first, second = questions_of(task(Multilabel(), ["a;b", "", "b"], ["a", "b"]))
    assert (first.form, first.truth.tolist(), second.truth.tolist()) == ("label", [1, 0, 0], [1, 0, 1])
    assert first.known.tolist() == second.known.tolist() == [True, False, True]
    told = questions_of(task(Numbers(), ["a;b", "a", "b"], ["a", "b"]))
    assert [(each.form, each.truth.dtype) for each in told] == [("number", np.float64)] * 2


@pytest.mark.parametrize(
    ("baseline", "kind", "why"),
    [
        (Majority(), Multiclass(), ""),
        (Majority(), Numbers(), ""),
        (LabelsAlone(), Multilabel(), ""),
        (LabelsAlone(), Numbers(), "holds numbers, which this baseline does not foretell"),
        (Majority(), Frames(), "is answered frame by frame, and this baseline answers clips"),
    ],
)
def test_what_a_baseline_cannot_answer_is_told(baseline, kind, why):
    assert why_not(baseline, kind) == why
    assert len(baseline.classifiers(BaselineInputs(3, 0))) == 1
