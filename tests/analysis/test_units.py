"""What gains are told in: as the facts of a study say, else as the scores look."""

import pandas as pd
import pytest

from cohear.analysis.design import Design
from cohear.analysis.sentences import Unit


def pairs(*metrics):
    return pd.DataFrame([{"metric": metric, "single": 0.4, "shared": 0.3} for metric in metrics])


def facts(**units):
    return {"tasks": {name: {"metric": name, "unit": unit} for name, unit in units.items()}}


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ({}, "+10.0 points"),
        ({"mae": "points", "uar": "points"}, "+10.0 points"),
        ({"mae": "dB", "uar": "dB"}, "+0.1 dB"),
        ({"mae": "dB", "uar": "points"}, "+0.1 in the unit of the scores"),
        ({"mae": "", "uar": ""}, "+0.1 in the unit of the scores"),
    ],
)
def test_the_facts_say_what_scores_below_one_are(units, told):
    assert Unit.of(pairs("mae", "uar"), Design.of(facts(**units)).units).points(0.1) == told


def test_scores_above_one_are_no_points_whatever_the_facts_say():
    table = pairs("uar").assign(shared=85.0)
    assert not Unit.of(table, Design.of(facts(uar="points")).units).fraction


def test_facts_of_older_studies_say_nothing():
    assert Design.of({"tasks": {"a": {"metric": "uar", "margin": 0.01}}}).units == {}
