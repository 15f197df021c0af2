"""A study's tasks, cut for a fold."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dataset, partition, speech, task

from cohear.base.files import digest
from cohear.data.folds.partition import mistakes_in_folds, warnings_in_folds
from cohear.data.folds.parts import Part
from cohear.tasks import METRICS, Multiclass

WORD = task("word", "speech", "word", None, "speaker")
OTHERS = [
    task("few", "speech", "word", None, "speaker", only=["0", "1"]),
    task("limited", "speech", "word", None, "speaker", limit=9),
    task("speaker", "speech", "speaker", None, "speaker", drop=["s0"]),
    task("else", "elsewhere", "word"),
]


def folds_of(cut, count=5):
    return {fold: cut.fold(fold) for fold in range(count)}


@given(st.sets(st.sampled_from(range(len(OTHERS)))), st.integers(0, 4), st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_task_that_joins_moves_nobody(joining, fold, first):
    """Pitfall 24: folds do not depend on which tasks are in the study, nor on their labels or order."""
    both, others = [speech(), speech(5, name="elsewhere")], [OTHERS[number] for number in sorted(joining)]
    tasks = [*others, WORD] if first else [WORD, *others]
    alone = partition(both[:1], WORD).fold(fold)["word"]
    beside = partition(both, *tasks).fold(fold)
    assert beside["word"].to_json() == alone.to_json()
    assert [split.task for split in beside.values()] == [each.name for each in tasks]


@pytest.mark.parametrize("other", OTHERS[:3], ids=lambda choice: choice.name)
@pytest.mark.parametrize("fold", [0, 3])
def test_labels_do_not_change_the_folds(other, fold):
    """Pitfall 24: `only`, `drop` and `limit` take clips away, and leave each other clip in its part."""
    splits = partition([speech()], WORD, other).fold(fold)
    part_of = dict(zip(splits["word"].clips, splits["word"].cleared.parts, strict=True))
    mine = splits[other.name]
    assert [part_of[clip] for clip in mine.clips] == mine.cleared.parts.tolist()
    assert 0 < len(mine.clips) < len(part_of)


def test_other_columns_and_seeds_cut_otherwise():
    made = dataset({"label": np.arange(90) % 2, "group": np.arange(90) // 3, "speaker": np.arange(90) % 10})
    by_group, by_speaker = task("a", "made", "label"), task("a", "made", "label", None, "speaker")
    cuts = [partition([made], by_group), partition([made], by_group, seed=1), partition([made], by_speaker)]
    assert len({digest(cut.fold(0)["a"].to_json()) for cut in cuts}) == 3


def test_split_joins_by_clip():
    """Pitfall 16: clip, content, row and label of one place belong together, whatever was dropped."""
    made = speech()
    split = partition([made], replace(OTHERS[0], name="few")).fold(1)["few"]
    content = json.loads(json.dumps(split.to_json()))
    words, ids, contents = made.table.column("word", "t"), made.table.clip_ids(), made.contents()
    assert len(content["clips"]) == len(split.clips) > 20
    for clip, found, row, value in zip(
        content["clips"], content["contents"], content["rows"], content["targets"], strict=True
    ):
        assert (ids[row], contents[row], words[row]) == (clip, found, content["labels"][value])


def test_json_changes_with_the_versions_of_kind_and_metrics(monkeypatch):
    """All metrics of the kind are reported, so a new version of any is another run."""
    split = partition([speech()], WORD).fold(0)["word"]
    keys = [digest(split.to_json())]
    monkeypatch.setattr(Multiclass, "version", 2)
    keys.append(digest(split.to_json()))
    monkeypatch.setitem(METRICS._entries, "f1", replace(METRICS["f1"], version=2))
    keys.append(digest(split.to_json()))
    assert len(set(keys)) == 3


def test_json_leaves_out_what_is_set_aside():
    made = dataset(
        {"label": np.arange(40) // 5 % 2, "fold": np.arange(40) % 5}, contents=["same", "same", *map(str, range(38))]
    )
    split = partition([made], task("a", "made", "label", "fold")).fold(0)["a"]
    assert "1.wav" not in split.to_json()["clips"]
    assert len(split.to_json()["clips"]) == 39
    assert {len(split.to_json()[key]) for key in ("clips", "contents", "rows", "parts", "targets")} == {39}


def test_test_part_names_the_clips_tested_on():
    """What repeats a test part is known to the statistics: fold modulo K, and tasks of the same clips."""
    made = dataset({"label": np.arange(60) % 2, "other": np.arange(60) % 2, "group": np.arange(60) // 20})
    splits = folds_of(partition([made], task("a", "made", "label"), task("b", "made", "other")))
    ids = [splits[fold]["a"].test_part() for fold in range(5)]
    assert len(set(ids[:3])) == 3
    assert ids[3:] == ids[:2]
    assert ids == [splits[fold]["b"].test_part() for fold in range(5)]


# classes


def test_absent_class_is_left_out_of_the_score():
    """Pitfall 15: a class that lives in one group is warned of, in training or in test as it may be."""
    label = np.where(np.arange(60) < 6, "lone", np.where(np.arange(60) % 2, "x", "y"))
    made = dataset({"label": label, "group": np.arange(60) // 6})
    folds = folds_of(partition([made], task("a", "made", "label")))
    for splits in folds.values():
        assert splits["a"].labels == ["lone", "x", "y"]
        assert splits["a"].scored.tolist() == [False, True, True]
        assert splits["a"].unscored() == ["lone"]
    assert mistakes_in_folds(folds, allow_overlap=False) == []
    assert warnings_in_folds(folds) == [
        "tasks.a: label 'lone' is absent from training or test in fold 0, 1, 2, 3, 4 and left out of that score"
    ]


def test_class_absent_from_validation_alone_is_scored():
    label = np.array(["rare" if number % 30 == 0 else "xy"[number % 2] for number in range(60)])
    folds = folds_of(
        partition([dataset({"label": label, "fold": np.arange(60) // 30})], task("a", "made", "label", "fold"))
    )
    assert all(splits["a"].scored.all() for splits in folds.values())
    assert warnings_in_folds(folds) == []


def test_nothing_that_can_be_scored_is_a_mistake():
    """Each class lives in one group: no fold has two in both parts."""
    made = dataset({"label": np.arange(60) // 12, "group": np.arange(60) // 12})
    assert mistakes_in_folds(folds_of(partition([made], task("a", "made", "label"))), allow_overlap=False) == [
        "tasks.a: no fold has 2 labels in both training and test, so nothing can be scored: hold out a column whose "
        "groups share labels, or drop labels that live in one group"
    ]


def test_fold_without_a_score_is_warned_of():
    """Some folds can be scored, so the study goes on."""
    label = np.where(np.arange(40) < 20, np.arange(40) % 2, 0).astype(str)
    folds = folds_of(
        partition([dataset({"label": label, "fold": np.arange(40) // 10})], task("a", "made", "label", "fold")), 4
    )
    assert mistakes_in_folds(folds, allow_overlap=False) == []
    assert "tasks.a: too few labels are left in fold 2, 3: no score" in warnings_in_folds(folds)


def test_fold_without_training_clips_is_a_mistake():
    """All labelled clips are in one group of three: where it is tested, nothing is left."""
    made = dataset({"label": ["x", "y"] * 10 + [""] * 38 + ["x", "y"], "fold": np.arange(60) // 20})
    folds = folds_of(partition([made], task("a", "made", "label", "fold")), 3)
    assert mistakes_in_folds(folds, allow_overlap=False) == []
    emptied = {
        fold: {"a": replace(splits["a"], cleared=replace(splits["a"].cleared))} for fold, splits in folds.items()
    }
    parts = emptied[0]["a"].cleared.parts.copy()
    parts[parts == Part.TRAIN] = Part.NONE
    emptied[0]["a"] = replace(emptied[0]["a"], cleared=replace(emptied[0]["a"].cleared, parts=parts))
    (mistake,) = mistakes_in_folds(emptied, allow_overlap=False)
    assert mistake == "tasks.a: no clip is left to train on in fold 0: hold out a column with more groups"


def test_multilabel_task():
    """Unknown clips are not there; a known clip without a chosen label is, as one that carries none."""
    made = dataset({"tags": ["a;b", "b", "", "a", "c"] * 12, "group": np.arange(60) // 5})
    split = partition([made], task("t", "made", "tags", only=["a", "b"])).fold(0)["t"]
    assert (split.kind, split.metric, split.labels) == ("multilabel", "map", ["a", "b"])
    assert len(split.clips) == 48
    assert split.targets.values.sum(axis=0).tolist() == [24, 24]
    assert split.scored.all()
