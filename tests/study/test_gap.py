"""Which of data shift, overfitting and too little data is to blame for a gap."""

import pytest

from cohear.study.gap import Gap, Scores

SPREAD = (-0.02, -0.01, 0.0, 0.01, 0.02)


def scores(train, validation, test, best=None):
    def around(value):
        return [value + shift for shift in SPREAD]

    last = {"train": around(train), "validation": around(validation), "test": around(test)}
    return Scores("uar", last, {**last, "validation": around(validation if best is None else best)})


@pytest.mark.parametrize(
    ("told", "shifted", "blame"),
    [
        (scores(0.90, 0.89, 0.88), False, "none"),
        (scores(0.99, 0.95, 0.60), False, "data-shift"),
        (scores(0.99, 0.80, 0.70), True, "data-shift"),
        (scores(0.99, 0.70, 0.69, best=0.80), False, "overfitting"),
        (scores(0.99, 0.70, 0.69), False, "too-little-data"),
        (scores(0.30, 0.29, 0.28), False, "not-learnt"),
    ],
)
def test_blame(told, shifted, blame):
    finding = Gap().judge("digit", told, shifted)
    assert finding.figures["blame"] == blame
    assert finding.severity == ("note" if blame == "none" else "warning")
    assert (finding.task, finding.code) == ("digit", "train-test-gap")
    assert (blame == "overfitting") == ("Fewer steps" in finding.cure)


def test_a_gap_that_chance_may_have_made_is_none():
    uneven = {"train": [0.9, 0.9], "validation": [0.9, 0.9], "test": [0.95, 0.70]}
    assert Gap().judge("digit", Scores("uar", uneven, uneven), False).figures["blame"] == "none"


def test_one_repeat_is_judged_too():
    one = {"train": [0.99], "validation": [0.95], "test": [0.5]}
    assert Gap().judge("digit", Scores("uar", one, one), False).figures["blame"] == "data-shift"
