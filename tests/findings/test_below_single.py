"""Singles above what is recommended, on the repeats that did not choose it, with figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated_results import results_table

from cohear.analysis.answers.above import Judging
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import StudyFacts
from cohear.base.tables import BASELINE
from cohear.findings import Findings
from cohear.findings.answers import answers
from cohear.findings.measured_partners import partner_advice
from cohear.findings.study_findings import said

SMALL = ("logmel", "small", "base")
ALONE = [0.70, 0.72, 0.68, 0.71, 0.69]
PAIR = [0.73, 0.74, 0.72, 0.75, 0.71]
"""Of both tasks beside each other."""
LARGE = [0.74, 0.80, 0.72, 0.82, 0.73]
"""Of digit alone with another encoder: above the pair by .01, .06, .00, .07, .02."""
EVENT = [0.60, 0.62, 0.61, 0.60, 0.62]
"""Of event with the other encoder."""


def rows(task, scores, encoder="small", combination="", job="", seeds=(0,)):
    repeats = [(fold, seed, score) for fold, score in enumerate(scores) for seed in seeds]
    made = [(task, combination or task, fold, seed, score) for fold, seed, score in repeats]
    return results_table(made).assign(encoder=encoder, job=job)


def statistics(*tables):
    every = pd.concat(tables, ignore_index=True)
    runs = every["encoder"] + " " + every["combination"] + " " + every["fold"].astype(str) + every["seed"].astype(str)
    facts = StudyFacts.from_json({"tasks": {task: {"metric": "uar"} for task in every["task"].unique()}})
    return Statistics.of(GivenTables(checked_results(every.assign(run=runs + every["job"])), facts))


def paired(*more):
    """Two tasks alone and together, and what else does them alone."""
    both = [rows(task, PAIR, combination="digit+event") for task in ("digit", "event")]
    return statistics(rows("digit", ALONE), rows("event", ALONE), *both, *more)


PAIRED = {"digit": "digit+event", "event": "digit+event"}


def test_a_single_is_held_against_the_network_on_the_repeats_that_did_not_choose_it():
    """Folds 1 and 3; how far repeats lie apart all five tell, as of a gain that was chosen."""
    made = paired(rows("digit", LARGE, "dnn"), rows("event", EVENT, "dnn"))
    judging = made.judging(SMALL)
    assert judging == Judging("fold", frozenset({1, 3}))
    found = made.above(PAIRED, SMALL, judging)
    assert list(found) == ["digit"]
    better, lead = found["digit"], np.subtract(LARGE, PAIR)
    assert (better["encoder"], better["repeats"], better["parts"], better["more"]) == ("dnn", 2, 5, 0)
    assert (better["here"], better["served"]) == (pytest.approx(0.81), pytest.approx(0.745))
    assert better["ahead"] == pytest.approx(0.065)
    assert better["value"] == pytest.approx(np.mean(LARGE))  # its row of singles.csv
    whole = made.above(PAIRED, SMALL)["digit"]
    assert (whole["repeats"], whole["ahead"]) == (5, pytest.approx(lead.mean()))
    reach = [(one["ahead_high"] - one["ahead_low"]) / 2 for one in (better, whole)]
    assert reach[0] == pytest.approx(reach[1] * np.sqrt(5 / 2))


def test_intervals_allow_for_the_number_of_singles():
    """Of one comparison alone, and of the two that a task has: no other task shares its variances here."""
    single = statistics(rows("digit", PAIR, combination="digit+event"), rows("digit", LARGE, "dnn"))
    lead = np.subtract(LARGE, PAIR)
    error = np.sqrt(np.var(lead, ddof=1) * (1 / 5 + 1 / 4))  # Nadeau and Bengio, all of the spread the folds'
    for number, made in enumerate([single, statistics(single.results, rows("digit", ALONE))], start=1):
        better = made.above({"digit": "digit+event"}, SMALL)["digit"]
        reach = stats.t.ppf(1 - 0.025 / number, 4) * error
        assert (better["ahead_low"], better["ahead_high"]) == pytest.approx((lead.mean() - reach, lead.mean() + reach))
        assert better["surely"] == (lead.mean() > reach)


def test_the_best_of_several_is_told_with_their_number():
    """A baseline, of one seed; the network's own single too where sharing costs."""
    plain = rows("digit", [score + 0.1 for score in PAIR], "svm", job=BASELINE)
    better = paired(plain, rows("digit", LARGE, "dnn")).above(PAIRED, SMALL)["digit"]
    assert (better["encoder"], better["baseline"], better["more"]) == ("svm", True, 1)
    assert better["ahead"] == pytest.approx(0.1)
    costs = statistics(rows("digit", PAIR), rows("digit", ALONE, combination="digit+event"))
    own = costs.above({"digit": "digit+event"}, SMALL)["digit"]
    assert (own["encoder"], own["ahead"]) == ("small", pytest.approx(np.subtract(PAIR, ALONE).mean()))


def test_of_one_fold_seeds_judge_what_seeds_chose():
    one = rows("digit", [0.7], combination="digit+event", seeds=range(4))
    alone = [rows(task, [0.6], seeds=range(4)) for task in ("digit", "event")]
    made = statistics(
        *alone,
        one.assign(value=[0.70, 0.71, 0.72, 0.73]),
        rows("event", [0.7], combination="digit+event", seeds=range(4)),
        rows("digit", [0.75], "svm", job=BASELINE),
    )
    judging = made.judging(SMALL)
    assert judging == Judging("seed", frozenset({1, 3}))
    better = made.above(PAIRED, SMALL, judging)["digit"]
    assert (better["ahead"], better["repeats"], better["parts"]) == (pytest.approx(0.03), 2, 1)


def test_what_was_not_done_on_the_repeats_that_judge_tells_nothing():
    first = rows("digit", [0.9], "dnn")  # fold 0 alone
    made = paired(first)
    assert list(made.above(PAIRED, SMALL)) == ["digit"]
    assert made.above(PAIRED, SMALL, made.judging(SMALL)) == {}


def test_every_recommendation_says_what_is_better_alone():
    findings = Findings(paired(rows("digit", LARGE, "dnn"), rows("event", EVENT, "dnn")))
    judged, chose = "Measured on repeats that did not choose", "Measured on the repeats that chose"
    better = "Better alone: digit by logmel / dnn ("
    (study,) = [one for one in findings.all("grouping") if one.setting is None]
    assert f"{better}81.0, +6.5 points (" in said(study).text.plain and judged in said(study).text.plain
    own = findings.of("grouping", SMALL)
    assert dict(said(own).details)["Better alone:"].plain.startswith("digit by logmel / dnn (81.0, +6.5 points (")
    network = said(findings.of("one-network", SMALL)).text.plain
    assert better in network and judged in network
    pair = dict(said(findings.of("best-pair", SMALL)).details)["Better alone:"].plain
    assert pair.startswith("digit by logmel / dnn (76.2, +3.2 points (") and chose in pair
    partners = findings.of("measured-partners", SMALL)
    assert f"{better}76.2, +3.2 points (" in said(partners).text.plain and chose in said(partners).text.plain
    advice = partner_advice(partners)
    assert "Better alone: by logmel / dnn (76.2, +3.2 points (" in advice["digit"]
    assert "Better alone" not in advice["event"]


def test_nothing_is_said_where_no_single_is_above():
    findings = Findings(paired(rows("digit", EVENT, "dnn")))
    for code in ("grouping", "one-network", "best-pair", "measured-partners"):
        for finding in findings.all(code):
            told = said(finding)
            assert "Better alone" not in " ".join([told.text.plain, *(what for what, _ in told.details)])


def test_answers_have_it_typed():
    found = answers(Findings(paired(rows("digit", LARGE, "dnn"))))["savings"]["findings"]
    for code in ("grouping", "one-network"):
        (one,) = [each for each in found if each["code"] == code and each["setting"] == list(SMALL)]
        better = one["figures"]["better alone"]["digit"]
        assert (better["features"], better["encoder"], better["arm"]) == ("logmel", "dnn", "base")
        assert better["ahead"]["value"] == pytest.approx(better["score"] - better["served"])
