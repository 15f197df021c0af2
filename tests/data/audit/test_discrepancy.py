"""The test of the parts against each other: calibrated on exchangeable groups, and seeing what was planted."""

import numpy as np
import pytest

from cohear.base.multiplicity import holm
from cohear.data.audit.cues import cue
from cohear.data.audit.shuffle import GroupShuffle
from cohear.data.audit.two_sample import area_under_curve, label_shift, told_apart, without_labels

FEATURES = 40
NAMES = [f"feature {number}" for number in range(FEATURES)]


def grouped(draw, groups=30, spread=1.5):
    """Clips of groups of unequal size that differ much from each other: values, groups, labels."""
    sizes = draw.integers(2, 12, groups)
    group = np.repeat(np.arange(groups), sizes)
    labels = draw.integers(0, 3, len(group))
    values = spread * draw.standard_normal((groups, FEATURES))[group] + draw.standard_normal((len(group), FEATURES))
    return (values + labels[:, None]).astype(np.float32), group, labels


@pytest.mark.parametrize("groups", [15, 40])
def test_random_folds_of_exchangeable_groups_are_called_at_five_per_cent(groups):
    """At most 19 of 200 draws; with p = 0.05 more come up once in 400 times."""
    called = 0
    for number in range(200):
        draw = np.random.default_rng([groups, number])
        values, group, labels = grouped(draw, groups)
        tested = np.isin(group, draw.permutation(groups)[: groups // 5])
        called += told_apart(without_labels(values, labels), NAMES, tested, group, draw).p <= 0.05
    assert called <= 19


def test_folds_across_groups_are_compared_inside_groups():
    """An official split with all speakers on both sides: clips are exchanged inside a speaker."""
    called = 0
    for number in range(200):
        draw = np.random.default_rng([5, number])
        values, group, labels = grouped(draw, groups=8, spread=3)
        tested = draw.random(len(group)) < 0.2
        tested[:2] = True, False
        called += told_apart(without_labels(values, labels), NAMES, tested, group, draw).p <= 0.05
    assert called <= 19


@pytest.mark.parametrize("inside", [False, True])
def test_a_shift_between_the_parts_is_found(inside):
    draw = np.random.default_rng(1)
    values, group, labels = grouped(draw, groups=30, spread=0.7)
    tested = draw.random(len(group)) < 0.2 if inside else np.isin(group, draw.permutation(30)[:6])
    values[tested, 5:9] += 2.5
    told = told_apart(without_labels(values, labels), NAMES, tested, group, draw)
    assert told.p <= 0.01
    assert told.area > 0.8
    assert {name for name, _ in told.features} <= {f"feature {number}" for number in range(5, 9)}


def test_a_shift_of_labels_is_not_one_of_sounds():
    draw = np.random.default_rng(2)
    values, group, labels = grouped(draw, groups=60, spread=0.1)
    tested = draw.random(len(group)) < np.where(labels == 0, 0.7, 0.1)
    sounds = told_apart(
        without_labels(values + 5 * labels[:, None], labels), NAMES, tested, np.arange(len(group)), draw
    )
    shift, p = label_shift(labels, tested, np.arange(len(group)), draw)
    assert sounds.p > 0.05
    assert p <= 0.01
    assert shift > 0.2


def test_few_groups_say_what_they_cannot():
    draw = np.random.default_rng(3)
    values, group, labels = grouped(draw, groups=6)
    told = told_apart(without_labels(values, labels), NAMES, group == 0, group, draw)
    assert told.least_p == pytest.approx(1 / 6)
    assert told.p > 0.05


def test_cues_are_calibrated_and_found():
    called = 0
    for number in range(100):
        draw = np.random.default_rng([7, number])
        _, group, labels = grouped(draw)
        loudness = 3 * draw.standard_normal(30)[group] + draw.standard_normal(len(group))
        called += cue(loudness, labels, group, draw)[2] <= 0.05
    assert called <= 12
    recall, chance, p = cue(loudness + 4 * labels, labels, group, draw)
    assert p <= 0.01
    assert recall > chance + 0.1
    assert chance == pytest.approx(1 / 3, abs=0.05)


def test_shuffles_keep_groups_together():
    draw = np.random.default_rng(4)
    groups = np.repeat(np.arange(10), 5)
    values = (groups % 3 == 0).astype(np.int64)
    values[45:] = [0, 1, 0, 1, 1]  # the last group is mixed
    shuffle = GroupShuffle(values, groups)
    for _ in range(50):
        drawn = shuffle.draw(draw)
        assert all(len(set(drawn[groups == group])) == 1 for group in range(9))
        assert sorted(drawn[45:]) == [0, 0, 1, 1, 1]
        assert drawn.sum() == values.sum()


def test_areas_and_adjusted_p_values():
    assert area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])) == 0.75
    assert area_under_curve(np.zeros(4), np.array([False, False, True, True])) == 0.5
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert len(holm(np.array([]))) == 0
