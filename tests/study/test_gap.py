"""Which of data shift, overfitting and too little data is to blame for a gap."""

import pytest

from cohear.study.score_gaps import Gap
from cohear.study.scores_by_part import RepeatScores

SPREAD = (-0.02, -0.01, 0.0, 0.01, 0.02)


def scores(train, validation, test, best=None):
    def around(value):
        return [value + shift for shift in SPREAD]

    last = {"train": around(train), "validation": around(validation), "test": around(test)}
    return RepeatScores("uar", last, {**last, "validation": around(validation if best is None else best)})


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


@pytest.mark.parametrize(("train", "blame"), [(0.99, "no-validation"), (0.70, "none"), (0.30, "not-learnt")])
def test_without_validation_nothing_is_said_of_it(train, blame):
    told = scores(train, float("nan"), min(train, 0.69))
    finding = Gap().judge("digit", RepeatScores("uar", told.last, {}), False)
    assert (finding.figures["blame"], "validation" in finding.figures) == (blame, False)
    assert ("longer training does not hurt" in finding.sentence) is False
    assert ("validation: 0.15" in finding.cure) == (blame == "no-validation")


def test_a_gap_that_chance_may_have_made_is_none():
    uneven = {"train": [0.9, 0.9], "validation": [0.9, 0.9], "test": [0.95, 0.70]}
    assert Gap().judge("digit", RepeatScores("uar", uneven, uneven), False).figures["blame"] == "none"


def test_one_repeat_is_judged_too():
    one = {"train": [0.99], "validation": [0.95], "test": [0.5]}
    assert Gap().judge("digit", RepeatScores("uar", one, one), False).figures["blame"] == "data-shift"


def mirrored(told):
    """The same as errors, of which less is better."""

    def of(by_part):
        return {part: [1 - value for value in values] for part, values in by_part.items()}

    return RepeatScores("eer", of(told.last), of(told.own), higher_is_better=False)


@pytest.mark.parametrize("told", [scores(0.98, 0.94, 0.60), scores(0.97, 0.70, 0.69), scores(0.30, 0.29, 0.28)])
def test_where_less_is_better_the_same_is_to_blame(told):
    one, other = (Gap().judge("digit", each, False) for each in (told, mirrored(told)))
    assert one.figures["blame"] == other.figures["blame"]
    assert other.figures["test"] == pytest.approx(1 - one.figures["test"])


def test_a_part_without_a_score_does_not_hide_the_gap():
    told = scores(0.97, 0.70, 0.69)
    told.last["test"][1] = float("nan")
    finding = Gap().judge("digit", told, False)
    assert (finding.figures["blame"], finding.figures["repeats"]) == ("too-little-data", 4)


def test_scores_of_a_scale_without_ends_are_shown_and_not_judged():
    loud = {part: [20.0 + shift for shift in SPREAD] for part in ("train", "validation", "test")}
    finding = Gap().judge("level", RepeatScores("dB", loud, loud), False)
    assert (finding.figures["blame"], finding.severity) == ("unknown", "note")


@pytest.mark.parametrize(("told", "said"), [(scores(0.97, 0.70, 0.69), True), (scores(0.30, 0.29, 0.28), False)])
def test_measured_partners_speak_where_data_are_too_few(told, said):
    finding = Gap().judge("digit", told, False, "No partner task that was measured helps.")
    assert ("No partner task" in finding.cure) == said
    assert "or a partner task" not in finding.cure
