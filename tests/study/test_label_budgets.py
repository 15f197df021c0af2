"""Arms with label budgets: which runs they have, what these train on, and what is said of them."""

import json

import pytest
import tiny
import yaml

from cohear.analysis.statistics import Statistics
from cohear.base.errors import StudyError
from cohear.base.study_facts import read_facts
from cohear.base.yaml_text import read_yaml
from cohear.study.file import check_study
from cohear.study.file.label_budget import EachInTurn, budgets_of


def load(**changes):
    return check_study(read_yaml(yaml.safe_dump(tiny.settings(**changes), sort_keys=False, allow_unicode=True)))


@pytest.mark.parametrize(
    ("budget", "runs"),
    [
        (None, [("", {})]),
        (0.1, [("", {"a": 0.1, "b": 0.1})]),
        (1.0, [("", {})]),
        ({"b": 0.2, "c": 0.5}, [("", {"b": 0.2})]),
        ({"a": 1.0}, [("", {})]),
        (EachInTurn(share=0.1, of="each"), [("a", {"a": 0.1}), ("b", {"b": 0.1})]),
    ],
)
def test_which_runs_a_pair_has(budget, runs):
    assert budgets_of(budget, ["a", "b"]) == runs


def test_a_single_has_one_run_each():
    assert budgets_of(EachInTurn(share=0.1, of="each"), ["a"]) == [("", {"a": 0.1})]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (0, "more than 0 and at most 1, not 0"),
        (1.5, "more than 0 and at most 1, not 1.5"),
        (float("nan"), "give a share"),
        ("tenth", "give a share, as in labels: 0.1"),
        (True, "give a share"),
        ([0.1], "give a share"),
        ({}, "give a share"),
        ({"share": 0.1, "of": "some"}, "give a share"),
        ({"of": "each"}, "give a share"),
        ({"tone": 2}, "more than 0 and at most 1, not 2"),
        ({"tome": 0.1}, "there is no task 'tome' (did you mean 'tone'?)"),
    ],
)
def test_mistakes_are_told_where_they_are(labels, said):
    with pytest.raises(StudyError) as told:
        load(arms={"base": {}, "few": {"labels": labels}})
    [mistake] = told.value.mistakes
    assert mistake.startswith("arms.few.labels") and said in mistake


def test_they_come_back_from_a_study_folder():
    for labels in (0.1, {"tone": 0.5}, {"share": 0.25, "of": "each"}):
        settings = load(arms={"base": {}, "few": {"labels": labels}})
        again = check_study(read_yaml(yaml.safe_dump(settings.model_dump(mode="json", exclude_none=True))))
        assert again.arms == settings.arms


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Each task in turn with half of its labels, beside a partner with all; and both with half."""
    root = tmp_path_factory.mktemp("budgets")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    arms = {"base": {}, "each": {"labels": {"share": 0.5, "of": "each"}}, "all": {"labels": 0.5}}
    return bench.run(arms=arms, controls=["shuffled"], repeats={"folds": 2})


def rows_of(study, **wanted):
    plan = json.loads((study / "plan.json").read_text())["runs"]
    return [row for row in plan if all(row[name] == value for name, value in wanted.items())]


def clips_of(study, row):
    record = json.loads((study / "runs" / row["run"] / "record.json").read_text())
    found = {}
    for task in record["specification"]["tasks"]:
        split = json.loads((study / "splits" / f"{task['split']}.json").read_text())
        found[task["name"]] = split["parts"].count("train")
    return found, set(record["tasks"])


def test_a_focal_task_alone_has_few_labels_and_a_score(study):
    names = {row["combination"] for row in rows_of(study) if "+" in row["combination"]}
    [pair] = names
    one, two = pair.split("+")
    [base] = rows_of(study, arm="base", combination=pair, fold=0, control="")
    whole, _ = clips_of(study, base)
    for focal, partner in ((one, two), (two, one)):
        [row] = rows_of(study, arm="each", combination=pair, fold=0, control="", focal=focal)
        clips, scored = clips_of(study, row)
        assert scored == {focal}
        assert clips[partner] == whole[partner] and clips[focal] <= whole[focal] / 2 + 4
        [single] = rows_of(study, arm="each", combination=focal, fold=0, control="")
        assert clips_of(study, single) == ({focal: clips[focal]}, {focal})
    [both] = rows_of(study, arm="all", combination=pair, fold=0, control="")
    clips, scored = clips_of(study, both)
    assert scored == {one, two} and all(clips[task] < whole[task] for task in clips)


def test_controls_have_the_budgets_of_their_pair(study):
    for row in rows_of(study, arm="each", control="shuffled", fold=0):
        [pair] = rows_of(study, arm="each", combination=row["combination"], fold=0, control="", focal=row["focal"])
        assert clips_of(study, row)[0] == clips_of(study, pair)[0]


def test_gains_are_of_the_focal_task_and_no_network_is_recommended(study):
    statistics = Statistics.of_folder(study)
    gains = statistics.gains
    assert (gains.groupby("arm")["task"].nunique() == 2).all()
    by_setting = {setting[2]: told for setting, told in statistics.recommended.items()}
    assert by_setting["each"] == "focal" and by_setting["all"] != "focal"
    assert "each" not in {setting[2] for setting in statistics.one_network}
    assert (study / "arms.csv").read_text().count("\neach,labels,") == 1


def test_facts_tell_budgets_of_arms(study):
    budgets = read_facts(study).label_budgets
    assert {arm: (dict(budget.shares), budget.in_turn) for arm, budget in budgets.items()} == {
        "base": ({}, False),
        "each": ({"tone": 0.5, "bird": 0.5}, True),
        "all": ({"tone": 0.5, "bird": 0.5}, False),
    }
