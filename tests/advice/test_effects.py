"""Effects add up to the same gains whichever way they are asked for."""

import numpy as np
import pytest

from cohear.advice.effects import Effects, GainsOfSets, set_of
from cohear.advice.observed import GainPlace, places_of

OWN = (GainPlace(0, (1, 2)), GainPlace(2, (0, 1)), GainPlace(1, (0, 2, 3, 4)))


@pytest.fixture(scope="module")
def drawn():
    effects, draw = Effects(5, OWN), np.random.default_rng(0)
    return effects, draw.normal(size=(3, effects.begins["end"])), draw.normal(size=(5, 5))


def test_every_set_is_the_sum_of_its_effects(drawn):
    effects, weights, offsets = drawn
    every = effects.of_every_set(weights, offsets)
    for members in ([0, 1], [0, 1, 2], [1, 3, 4], [0, 1, 2, 3, 4], [2, 3]):
        places = places_of(members)
        beforehand = [offsets[place.task, list(place.partners)].mean() for place in places]
        rows = effects.rows(places) @ weights.T
        assert np.allclose(every[:, members, set_of(members)].T, rows + np.array(beforehand)[:, None])
        assert np.allclose(GainsOfSets(effects, weights[0], offsets).of(members), every[0, members, set_of(members)])


def test_a_task_alone_and_one_that_is_not_there_gain_nothing(drawn):
    effects, weights, offsets = drawn
    every = effects.of_every_set(weights, offsets)
    assert not every[:, :, [0, 1, 2, 4, 8, 16]].any()
    assert not every[:, 3, set_of([0, 1, 2])].any()
    assert GainsOfSets(effects, weights[0], offsets).of([3]).tolist() == [0.0]


def test_a_group_is_the_mean_of_its_pairs():
    effects = Effects(4)
    rows = effects.rows([GainPlace(0, (1, 2)), GainPlace(0, (1,)), GainPlace(0, (2,))])
    same = slice(effects.begins["task"], effects.begins["group"])
    assert np.allclose(rows[0, same], rows[1:, same].mean(axis=0))
    assert effects.is_new(GainPlace(0, (1, 2))) and not effects.is_new(GainPlace(0, (1,)))
