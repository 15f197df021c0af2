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


def test_torch_stream_draws_what_a_seed_of_torch_draws_and_leaves_it_no_notes():
    """Torch's own seed remembers itself for each kind of accelerator that is not in use, at half a millisecond."""
    with torch_stream("net", 1):
        torch.rand(3)  # an odd number: pairs of normal draws begin anew with each seed
        torch.randn(1)
    with torch_stream("net", 2):
        drawn = torch.rand(3), torch.randn(5), torch.randint(1 << 62, (2,))
    trackers = [getattr(torch, kind)._lazy_seed_tracker for kind in ("cuda", "xpu", "mtia")]
    noted = [tracker.get_calls() for tracker in trackers]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_seed("net", 2))
        expected = torch.rand(3), torch.randn(5), torch.randint(1 << 62, (2,))
    assert all(map(torch.equal, drawn, expected))
    assert not torch.cuda.is_initialized()
    assert noted != [tracker.get_calls() for tracker in trackers]  # that of torch does
    noted = [tracker.get_calls() for tracker in trackers]
    with torch_stream("net", 3):
        pass
    assert noted == [tracker.get_calls() for tracker in trackers]


def test_torch_stream_seeds_the_accelerator_that_is_in_use(monkeypatch):
    """Dropout draws where its layer is."""
    seeds = []
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeds.append)
    with torch_stream("net", 1):
        assert seeds == [stream_seed("net", 1)]
