"""Tasks that are not learnt: found, said once, and in no advice."""

import json

import pytest
from simulated_study import write_study

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import FolderTables
from cohear.api import Study
from cohear.findings import Findings
from cohear.findings.caveats import notes
from cohear.findings.study_findings import said
from cohear.testing.finding import NAMES


def study_of(folder, names, chance):
    """Scores of 0.7 to 0.9, and by task what guessing scores."""
    write_study(folder, names=names)
    facts = json.loads((folder / "data.json").read_text())
    for task, level in zip(facts["tasks"], chance, strict=True):
        for fold in facts["tasks"][task]["folds"]:
            fold["chance"] = {"uar": level}
    (folder / "data.json").write_text(json.dumps(facts))
    return Statistics.of(FolderTables(folder))


WITH_AND_WITHOUT = {"whole": [0.1] * 4, "some": [0.95, 0.1, 0.95, 0.1]}
"""Chance, where all four are learnt and where two are."""


def test_it_is_said_of_each_task_with_its_score_and_chance(tmp_path):
    findings = Findings(study_of(tmp_path, NAMES, [0.95, 0.1, 0.95, 0.1]))
    (told,) = (one for one in notes(findings) if one.startswith("Not learnt"))
    assert told.startswith("Not learnt in logmel / small: digit scores ")
    assert "; emotion scores " in told
    assert told.endswith(" alone, where guessing scores 95.0; so they are in no advice, and in no gain to expect.")
    (partners,) = (one.figures for one in findings.all("measured-partners"))
    assert {one["partner"] for one in partners["best"].values()} == {"keyword", "event"}
    assert partners["none"] == {"digit": "task", "emotion": "task"}


def test_where_all_is_learnt_nothing_is_said(tmp_path):
    findings = Findings(study_of(tmp_path, NAMES, [0.1] * 4))
    assert findings.all("not-learnt") == []
    assert not any("learnt" in one for one in notes(findings))


def test_where_nothing_is_learnt_nothing_is_advised(tmp_path):
    findings = Findings(study_of(tmp_path, NAMES, [0.95] * 4))
    (best,) = findings.all("best-pair")
    (grouping,) = findings.all("grouping")
    assert (best.missing, best.sureness, grouping.missing) == ("learnt", "none", "learnt")
    assert findings.all("one-network") == []


def test_the_gain_of_large_networks_is_that_of_learnt_tasks(tmp_path):
    """In the mean, the lowest and the worst; what was measured stays in the table of gains."""
    whole, some = (Findings(study_of(tmp_path / name, NAMES, chance)) for name, chance in WITH_AND_WITHOUT.items())
    statistics = some.statistics
    for line in statistics.sizes:
        there = statistics.gains[statistics.gains["combination"].str.count(r"\+") + 1 == line["size"]]
        assert line["mean"] == pytest.approx(there[~there["task"].isin(["digit", "emotion"])]["gain"].mean())
        assert line["lowest_task"] in ("keyword", "event")
    assert [line["size"] for line in statistics.sizes] == [line["size"] for line in whole.statistics.sizes]
    assert len(statistics.gains) == len(whole.statistics.gains)
    (told,) = Findings(study_of(tmp_path / "none", NAMES, [0.95] * 4)).all("network-size")
    assert told.missing == "learnt" and told.settles == ()


def test_the_mean_gain_of_pairs_is_that_of_learnt_tasks_and_says_so(tmp_path):
    """Every verdict is counted; where nothing is learnt there is no mean."""
    whole, some = (Findings(study_of(tmp_path / name, NAMES, chance)) for name, chance in WITH_AND_WITHOUT.items())
    pairs = some.statistics.gains[some.statistics.gains["combination"].str.count(r"\+") == 1]
    (found,) = (one for one in some.all("verdict-counts") if one.setting is None)
    assert found.figures["cells"] == len(pairs) > found.figures["of_learnt"]
    assert found.figures["mean"].value == pytest.approx(
        pairs[pairs["task"].isin(["keyword", "event"])]["gain"].mean(), abs=1e-12
    )
    assert "the mean gain of learnt tasks is " in said(found).text.plain
    (all_learnt,) = (one for one in whole.all("verdict-counts") if one.setting is None)
    assert "the mean gain is " in said(all_learnt).text.plain
    none = Findings(study_of(tmp_path / "none", NAMES, [0.95] * 4))
    (empty,) = (one for one in none.all("verdict-counts") if one.setting is None)
    assert empty.figures["mean"].value is None and empty.figures["cells"] == len(pairs)
    assert said(empty).text.plain.endswith("; as none of these tasks is learnt, no mean gain is told.")


def test_what_would_decide_a_verdict_is_told_of_every_cell(tmp_path):
    """That a task is not learnt is no verdict: what its cells could show is known all the same."""
    whole, some = (study_of(tmp_path / name, NAMES, chance) for name, chance in WITH_AND_WITHOUT.items())
    assert some.power.equals(whole.power) and list(some.families) == list(whole.families)


def test_python_has_the_table(tmp_path, statistics_of_folders):
    """The twin of the file."""
    study_of(tmp_path, NAMES, [0.95, 0.1, 0.1, 0.1])
    statistics_of_folders.clear()
    (tmp_path / "plan.json").unlink()
    table = Study(None, tmp_path, tmp_path).singles()  # type: ignore[arg-type]
    assert dict(zip(table["task"], table["learnt"], strict=True)) == dict(
        zip(NAMES, ("no", "yes", "yes", "yes"), strict=True)
    )
    assert (tmp_path / "singles.csv").read_text().startswith("task,features,encoder,arm,metric,value,low,high,chance,")
