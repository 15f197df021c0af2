"""Keyed randomness."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cohear.base.streams import stream, stream_seed, torch_stream

NAMES = st.lists(st.text(max_size=4) | st.integers(-3, 3), max_size=4)


@given(NAMES, NAMES)
def test_other_names_give_other_seeds(first, second):
    """Also where they look alike when glued together, and for 1 beside "1"."""
    assert (stream_seed(*first) == stream_seed(*second)) == (list(map(repr, first)) == list(map(repr, second)))
    assert 0 <= stream_seed(*first) < 2**63


def test_seeds_are_the_same_everywhere():
    """A changed number here changes every study there is."""
    assert stream_seed("folds", "fsdd", "speaker", 0) == 4492806678421381713


def test_draws_do_not_depend_on_order_or_on_other_draws():
    """Pitfalls 11 and 23: draws elsewhere, or a partner's streams in between, shift nothing."""
    names = [(0, fold, "task", task, "crops") for fold in range(3) for task in ("digit", "event")]
    first = {name: stream(*name).random(5) for name in names}
    np.random.default_rng().random(7)
    torch.rand(3)
    for name in random.sample(names, len(names)):
        stream(*name, "partner").random(3)
        np.testing.assert_array_equal(stream(*name).random(5), first[name])


def test_torch_stream_leaves_the_generator_as_it_was():
    """Layers inside draw from the stream; what is drawn after the block is as if it had not been."""
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with torch_stream("net", 1):
        inside = torch.nn.Linear(4, 4).weight.detach().clone()
    assert torch.equal(torch.rand(3), expected)
    with torch_stream("net", 1):
        assert torch.equal(torch.nn.Linear(4, 4).weight, inside)
    with torch_stream("net", 2):
        assert not torch.equal(torch.nn.Linear(4, 4).weight, inside)
    before = torch.random.get_rng_state()
    with pytest.raises(KeyError), torch_stream("net", 1):
        raise KeyError
    assert torch.equal(torch.random.get_rng_state(), before)
