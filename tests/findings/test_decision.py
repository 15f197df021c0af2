"""What to do, in one sentence."""

from collections.abc import Mapping

import numpy as np
import pytest

from cohear.analysis.answers.recommended import Recommended, Serving
from cohear.base.units import Unit
from cohear.findings.decision import decision
from cohear.findings.figures import Estimate

SURE, OPEN = (0.01, 0.03), (-0.01, 0.05)
PAIR, TWO, WHOLE, APART = ("a+b", "c", "d"), ("a+b", "c+d"), ("a+b+c+d",), ("a", "b", "c", "d")
MANY = tuple(f"{name}1+{name}2" for name in "abcd")


def told(
    groups: tuple[str, ...],
    ends: tuple[float, float] = (np.nan, np.nan),
    parameters: float = 75.0,
    verdicts: Mapping[str, int] | None = None,
    helped: int = 0,
    left_out: bool = False,
) -> str:
    best = Serving(groups, parameters, 0.02, 0.02, *ends)
    recommended = Recommended(("logmel", "small", "base"), best, best, (best,), 6, 4, 100.0, "fold")
    gain = Estimate(0.02, *ends, Unit.named("points"))
    return decision(recommended, gain, verdicts or {}, helped, left_out).plain


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            told(PAIR, SURE),
            "Train a + b together: +2.0 points a task, beyond chance, with 75 % of the parameters; keep the rest "
            "apart.",
        ),
        (
            told(WHOLE, SURE, 20.0, left_out=True),
            "Train all 4 learnt tasks together: +2.0 points a task, beyond chance, with 20 % of the parameters.",
        ),
        (
            told(TWO, SURE, 50.0),
            "Train a + b and c + d in a network each: +2.0 points a task, beyond chance, with 50 % of the parameters.",
        ),
        (
            told(PAIR, OPEN),
            "Nothing is shown to help; a + b can share one network, which saves 25 % of the parameters at no proven "
            "cost; keep the rest apart.",
        ),
        (
            told(TWO, OPEN, 50.0, helped=1),
            "No grouping is shown to help; a + b and c + d can share a network each, which saves 50 % of the "
            "parameters at no proven cost.",
        ),
        (
            told(TWO, OPEN, 50.0, {"hurts": 1, "undecided": 3}),
            "Nothing is shown to help; a + b and c + d can share a network each, which saves 50 % of the parameters "
            "but is proven to cost 1 of these tasks.",
        ),
        (
            told(MANY, OPEN, 100.0),
            "Nothing is shown to help; 4 groups of 8 tasks in all can share a network each, which saves no parameters.",
        ),
        (told(APART), "Keep all tasks apart: nothing is shown to help."),
        (told(APART, helped=2, left_out=True), "Keep all learnt tasks apart: no grouping is shown to help."),
    ],
)
def test_the_sentence_says_what_to_do_and_how_sure_it_is(said, sentence):
    assert said == sentence
