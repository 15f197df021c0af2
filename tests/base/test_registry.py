"""Named extension points and suggestions."""

import pytest

from cohear.base.errors import UserError
from cohear.base.registry import Registry, did_you_mean


def test_registry():
    registry = Registry("encoder")

    @registry.register("small")
    class Small:
        pass

    assert registry["small"] is Small
    assert "small" in registry
    assert "large" not in registry
    assert list(registry) == ["small"]
    with pytest.raises(ValueError, match="'small' is registered twice"):
        registry.register("small")(Small)
    with pytest.raises(UserError, match=r"unknown encoder 'smal' \(did you mean 'small'\?\)"):
        registry["smal"]


@pytest.mark.parametrize(
    ("name", "known", "told"),
    [
        ("evnt", ["event", "digit"], " (did you mean 'event'?)"),
        ("UAR", ["uar", "map"], " (did you mean 'uar'?)"),
        ("größe", ["Größe", "x"], " (did you mean 'Größe'?)"),
        ("zzz", ["b", "a"], " (known: a, b)"),
        ("zzz", [], ""),
        ("", ["a"], " (known: a)"),
    ],
)
def test_suggestions(name, known, told):
    assert did_you_mean(name, known) == did_you_mean(name, known[::-1]) == told


def test_long_lists_are_cut():
    told = did_you_mean("zzz", [f"label{n:03}" for n in range(500)])
    assert told.endswith("label019, … and 480 more)")
