"""A task over several datasets: labels by name, folds of each, scores of each, whole datasets held out."""

import json

import numpy as np
import pandas as pd
import pytest
import tiny

from cohear.api.study import Study
from cohear.base.errors import StudyError
from cohear.base.yaml_text import YamlText
from cohear.data.folds.parts import Part
from cohear.report.folder import read_folder
from cohear.report.page.build import render
from cohear.report.parts.sounds import Sounds
from cohear.report.parts.study_audio import AtHand
from cohear.study.file import check_study

BOTH = {
    "dataset": ["tones", "more"],
    "target": {"tones": "tone", "more": "pitch"},
    "rename": {"more": {"deep": "low"}},
}
TONE = {"dataset": "tones", "target": "tone"}
WHICH = {"dataset": ["tones", "more"], "target": "dataset"}


def settings(**changes):
    datasets = {name: {"path": f"data/{name}"} for name in ("tones", "more", "birds")}
    return {"datasets": datasets, "tasks": {"both": BOTH, "tone": TONE, "which": WHICH}, **changes}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Tones twice, once with another column, another label and a group more."""
    made = tiny.Bench(tmp_path_factory.mktemp("datasets"))
    tiny.write_datasets(made.root / "data")
    tiny.write_dataset(made.root / "data" / "more", "pitch", ["deep", "mid", "high"], groups=6, each=2, seed=4)
    return made


def prepared(bench, **changes):
    with bench.here():
        return Study.load(bench.study(**settings(**changes)))._prepared("local", None, None)[0]


@pytest.fixture(scope="module")
def studied(bench):
    return bench.run(**settings(combinations=["singles", ["both", "tone"]], baselines=["nearest"]))


def test_labels_are_one_by_name(bench):
    split = prepared(bench).folds[0]["both"]
    assert split.labels == ["high", "low", "mid"]
    assert np.bincount(split.targets.values).tolist() == [22, 22, 22]
    assert sorted(set(split.datasets)) == ["more", "tones"] and split.dataset == "tones+more"


def test_groups_and_folds_of_each_are_kept(bench):
    """In every fold what a task of one dataset tests of it is what the task over both does."""
    made = prepared(bench)
    alone = prepared(bench, tasks={"pitch": {"dataset": "more", "target": "pitch"}, "tone": TONE})
    for fold, splits in made.folds.items():
        both, tone, pitch = splits["both"], splits["tone"], alone.folds[fold]["pitch"]
        own = np.array(both.datasets) == "tones"
        np.testing.assert_array_equal(both.cleared.parts[own], tone.cleared.parts)
        np.testing.assert_array_equal(both.cleared.parts[~own], pitch.cleared.parts)
        held = {part: {both.groups[row] for row in np.flatnonzero(both.cleared.parts == part)} for part in Part}
        assert "tones/g0" in set(both.groups) and "more/g0" in set(both.groups)
        assert not held[Part.TRAIN] & held[Part.TEST]


def test_scores_are_told_of_all_and_of_each_dataset(studied):
    metrics = pd.read_csv(studied / "metrics.csv")
    own = metrics[(metrics["task"] == "both") & (metrics["metric"] == "uar") & (metrics["selection"] == "last")]
    assert set(own["part"]) == {"train", "validation", "test", "test of tones", "test of more"}
    results = pd.read_csv(studied / "results.csv")
    assert len(results[(results["task"] == "both") & (results["combination"] == "both")]) == 4
    run = results.loc[(results["combination"] == "both") & (results["job"] == "network"), "run"].iloc[0]
    told = pd.read_csv(studied / "runs" / run / "predictions.csv")
    tested = told[told["part"] == "test"]
    for name in ("tones", "more"):
        here = tested[tested["clip"].str.startswith(name)]
        said = here[["high", "low", "mid"]].to_numpy().argmax(axis=1)
        right = said == here["label"].map({"high": 0, "low": 1, "mid": 2}).to_numpy()
        value = own[(own["run"] == run) & (own["part"] == f"test of {name}")]["value"].item()
        assert value == pytest.approx(_uar(right, here))


def _uar(right, rows):
    return pd.Series(right).groupby(rows["label"].to_numpy()).mean().mean()


def test_which_dataset_a_clip_is_of_is_told_as_what_it_is(studied):
    facts = json.loads((studied / "data.json").read_text())
    assert facts["tasks"]["which"]["labels"] == ["more", "tones"]
    [warning] = [
        each for each in facts["warnings"] if each.startswith("tasks.which: which dataset a clip is of is told")
    ]
    assert "by how it was recorded" in warning
    assert set(facts["datasets"]) == {"tones", "more"}
    render(read_folder(studied))


def test_whole_datasets_are_held_out(bench):
    made = prepared(bench, tasks={"both": {**BOTH, "hold_out": "dataset"}})
    tested = set()
    for splits in made.folds.values():
        split = splits["both"]
        here = {split.datasets[row] for row in np.flatnonzero(split.cleared.parts == Part.TEST)}
        learnt = {split.datasets[row] for row in np.flatnonzero(split.cleared.parts == Part.TRAIN)}
        assert len(here) == len(learnt) == 1 and here != learnt
        tested |= here
    assert tested == {"tones", "more"}


def test_a_task_of_a_dataset_that_is_held_out_whole_is_refused_beside_it(bench):
    with pytest.raises(StudyError, match="holds recordings of 25 of its 25 training clips"):
        prepared(bench, tasks={"both": {**BOTH, "hold_out": "dataset"}, "tone": TONE})


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        ({**BOTH, "dataset": ["tones", "mor"]}, "tasks.both.dataset: there is no dataset 'mor' (did you mean 'more'?)"),
        ({**BOTH, "dataset": ["tones", "tones"]}, "tasks.both.dataset: names a dataset twice"),
        ({**BOTH, "target": {"tones": "tone"}}, "tasks.both.target: says nothing of dataset 'more'; give a"),
        ({**BOTH, "rename": {"birds": {"owl": "low"}}}, "tasks.both.rename: 'birds' is none of its datasets"),
        (
            {**BOTH, "hold_out": {"tones": "group"}},
            "tasks.both.hold_out: says nothing of dataset 'more'; give a column",
        ),
    ],
)
def test_mistakes(task, sentence):
    with pytest.raises(StudyError) as error:
        check_study(YamlText(tiny.settings(**settings(tasks={"both": task})), {}))
    assert any(mistake.startswith(sentence) for mistake in error.value.mistakes)


def test_a_column_that_is_not_there_is_told(bench):
    with pytest.raises(StudyError, match=r"datasets\.more: dataset 'more' has no column 'tone'"):
        prepared(bench, tasks={"both": {**BOTH, "target": {"tones": "tone", "more": "tone"}}})


def test_check_audits_the_datasets(bench):
    checked = bench.cohear("check", bench.study(**settings(tasks={"both": BOTH, "tone": TONE})), "--json")
    assert set(json.loads(checked.stdout)["datasets"]) >= {"tones", "more"}


def test_clips_of_a_task_over_several_datasets_are_called_as_in_predictions_and_are_where_they_lie(studied):
    """So the page has players for them, and a clip of each label."""
    at_hand = AtHand(studied, (studied / "study.yaml").read_text(encoding="utf-8"))
    found = at_hand.segments("both")
    results = pd.read_csv(studied / "results.csv")
    run = results.loc[(results["combination"] == "both") & (results["job"] == "network"), "run"].iloc[0]
    clips = set(pd.read_csv(studied / "runs" / run / "predictions.csv")["clip"])
    assert clips and clips <= set(found) and all(each.path.is_file() for each in found.values())
    assert {path.parts[-3] for path in (found[clip].path for clip in clips)} == {"tones", "more"}
    assert set(at_hand.examples("both")) == {"high", "low", "mid"}
    assert {group.split("/")[0] for group in at_hand.groups("both").values()} == {"tones", "more"}
    sounds = Sounds()
    assert [sounds.number(found[clip]) for clip in sorted(clips)[:2]] == [0, 1]


def test_a_task_over_datasets_of_which_one_is_gone_has_no_players(studied):
    text = (studied / "study.yaml").read_text(encoding="utf-8").replace("/more", "/nowhere")
    at_hand = AtHand(studied, text)
    assert at_hand.segments("both") == {} and at_hand.groups("both") == {}
    assert at_hand.segments("tone")
