"""What is said of pairs: the headline, the counts, and what would decide what is open."""

from types import SimpleNamespace

import pandas as pd
import pytest
from simulated_results import families

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.units import POINTS
from cohear.findings import FINDINGS, Findings
from cohear.findings.study_findings import cure_words, in_full, said, with_cures

PAIRS = {"a+b": ("a", "b"), "a+c": ("a", "c"), "b+c": ("b", "c")}
SETTING = {"features": "f", "encoder": "e", "arm": "base"}
UP, DOWN, OPEN, FREE = "helps", "hurts", "undecided", "harmless"


def found(told_of, code, repeats=5, more=None, way="clips", reach=0.5, assumed="seeds"):
    """A finding of pair cells from ``{"a+b": [(gain, verdict), (gain, verdict)]}``.

    ``more`` repeats would decide a task's cell, by task; the others are decided in the way ``way``.
    """
    more = more or {}
    rows = [
        {"task": task, "combination": pair, **SETTING, "metric": "uar", "gain": gain, "low": gain - reach}
        | {"high": gain + reach, "repeats": repeats, "verdict": verdict, "explanation": ""}
        for pair, both in told_of.items()
        for task, (gain, verdict) in zip(PAIRS[pair], both, strict=False)
    ]
    names = ["task", "combination", *SETTING, "metric", "gain", "low", "high", "repeats", "verdict", "explanation"]
    cells = pd.DataFrame(rows, columns=names)
    takes = cells["task"].map(more).astype(float)
    ways = cells["task"].map(lambda task: "repeats" if task in more else way).where(cells["verdict"] == OPEN, "")
    power = cells.assign(way=ways, more_repeats=takes, share_assumed=assumed)
    results = pd.DataFrame([{"control": "", **SETTING}])
    known = {"results": results, "gains": cells, "power": power, "units": {"uar": POINTS}, "related": ()}
    asked = {"unit_over": lambda _: POINTS, "advisable": lambda cells: cells, "above": lambda *_: {}}
    asked["between_scored"] = lambda cells: cells
    statistics = SimpleNamespace(**known, **asked)
    return next(one for one in FINDINGS[code].find(statistics) if one.setting)


@pytest.mark.parametrize(
    ("pairs", "sureness", "head", "text"),
    [
        # both surely helped goes before a larger sum of which one gain is sure
        (
            {"a+b": [(0.02, UP), (0.01, UP)], "a+c": [(0.2, UP), (0.1, OPEN)]},
            *("sure", "a and b help each other most.", "Both gains"),
        ),
        (
            {"a+b": [(0.02, UP), (0.01, FREE)], "a+c": [(0.2, OPEN), (0.1, OPEN)]},
            *("partly", "b helps a most.", "of b is harmless"),  # who helps comes first
        ),
        # who surely loses is not helped
        (
            {"a+b": [(0.3, UP), (-0.1, DOWN)], "b+c": [(0.01, OPEN), (0.02, OPEN)]},
            *("open", "c and b seem to help each other most.", "could be chance"),
        ),
        (
            {"a+b": [(0.3, OPEN), (-0.1, OPEN)]},
            *("open", "a and b come closest to helping each other.", "only one of the two gains"),
        ),
        ({"a+b": [(0.3, OPEN)]}, "open", "a and b come closest to helping each other.", "The gain could be chance"),
        ({"a+b": [(0.3, UP)]}, "partly", "b helps a most.", "the other way was not measured"),
        ({"a+b": [(-0.3, DOWN), (-0.1, OPEN)]}, "none", "No two tasks help", "1 of 2 effects are surely losses"),
        ({"a+b": [(0.3, UP), (-0.1, DOWN)]}, "none", "at the partner's cost", "1 of 2 effects are surely gains"),
        ({"a+b": [(-0.3, FREE), (-0.1, OPEN)]}, "none", "as far as this", "1 of 2 effects are harmless"),
        ({"a+b": [(-0.3, OPEN), (-0.1, OPEN)]}, "none", "as far as this", "Nothing is decided yet"),
        (
            {"a+b": [(-0.003, FREE), (-0.001, FREE)]},
            *("none", "No two tasks help each other.", "1 pair can share a network at no real cost"),
        ),
        ({}, "none", "No pair has been compared yet.", ""),
    ],
)
def test_the_headline(pairs, sureness, head, text):
    finding = found(pairs, "best-pair")
    assert finding.sureness == sureness
    assert head in said(finding).head.plain and text in said(finding).text.plain
    if not pairs:
        assert finding.missing and "Single and pair runs" in cure_words(finding).plain


def test_an_open_gain_whose_own_interval_has_no_zero_is_open_in_its_family():
    finding = found({"a+b": [(0.3, OPEN), (0.1, OPEN)], "a+c": [(-0.1, OPEN), (-0.1, OPEN)]}, "best-pair", reach=0.2)
    assert "Alone, the gain of a would be beyond chance; among the 4 effects of its family" in said(finding).text.plain
    finding = found({"a+b": [(0.3, UP), (0.25, OPEN)]}, "best-pair", reach=0.2)
    assert "that of b is undecided among the 2 effects of its family" in said(finding).text.plain


def test_too_few_repeats_are_said_and_what_would_decide():
    three = {"a+b": [(0.3, OPEN), (0.1, OPEN)]}
    finding = found(three, "best-pair", repeats=3, way="fewest")
    assert "A verdict needs 5 paired repeats, 3 of them are done" in said(finding).text.plain
    assert cure_words(finding).plain.startswith("At least 2 more repeats")
    some = found({**three, "a+c": [(0.1, OPEN)], "b+c": [(0.1, FREE)]}, "open-cells", more={"a": 4.0})
    assert "would decide 2 of the 3 that are undecided" in cure_words(some).plain
    assert "takes new clips" in cure_words(found(three, "open-cells")).plain
    assert "second seed" in cure_words(found(three, "open-cells", way="seed")).plain


@pytest.mark.parametrize(
    ("effects", "more", "way", "text"),
    [
        ([(0.3, OPEN), (0.1, OPEN)], {"a": 4.0, "b": 9.2}, "clips", "About 9 more repeats on the same clips"),
        (
            [(0.3, UP), (0.1, OPEN)],
            {"b": 1.0},
            "clips",
            "About 1 more repeat on the same clips would decide it with 80 % power, if the",
        ),
        (
            [(0.3, OPEN), (0.1, OPEN)],
            {"a": 4.0},
            "seed",
            "About 4 more repeats on the same clips would decide the gain of",
        ),
        ([(0.3, OPEN), (0.1, OPEN)], {}, "clips", "would hardly decide both: that takes new clips"),
        ([(0.3, OPEN), (0.1, OPEN)], {}, "seed", "second seed in every fold"),
        ([(0.3, OPEN), (0.1, OPEN)], {}, "cells", "More combinations of tasks"),
        ([(0.3, OPEN), (0.1, OPEN)], {}, "looks", "The study itself"),
        ([(0.3, UP), (0.1, UP)], {"b": 3.0}, "clips", ""),
    ],
)
def test_what_would_decide_the_headline(effects, more, way, text):
    decides = cure_words(found({"a+b": effects}, "best-pair", more=more, way=way)).plain
    assert text in decides if text else decides == ""


def findings_of(table):
    return Findings(Statistics.of(GivenTables(checked_results(table))))


def test_with_one_seed_a_fold_it_is_said_that_a_second_tells():
    """Whose share of the folds is assumed, and whose is measured."""
    one, two = (findings_of(families(number=4, seeds=seeds, seed=1)[0]) for seeds in (1, 2))
    assert set(one.statistics.power["share_assumed"]) == {"seeds"} and set(two.statistics.power["share_assumed"]) == {
        ""
    }
    assert "`repeats: {seeds: 2}`" in with_cures(one.of("open-cells")).plain
    assert "seeds" not in with_cures(two.of("open-cells")).plain


def test_what_is_said_of_a_pair_a_setting_and_the_study_is_one():
    """Nobody says that nothing decides what somebody says may be decided."""
    for table in (families(number=2, seeds=seeds, seed=2)[0] for seeds in (1, 2)):
        findings = findings_of(table)
        kinds = {cure.kind for finding in findings.all("open-cells") for cure in finding.settles}
        of_pairs = {cure.kind for finding in findings.all("best-pair") for cure in finding.settles}
        assert of_pairs <= kinds
        assert not {"new clips", "a second seed"} <= kinds


def test_every_finding_has_words_and_json():
    findings = findings_of(families(number=2, seeds=2, seed=2, helped=0.4)[0])
    for code in FINDINGS:
        for finding in findings.all(code):
            assert finding.code == code and (in_full(finding) or cure_words(finding)).plain
            assert set(finding.to_json()) >= {"code", "setting", "sureness", "missing", "figures", "cures", "rows"}
