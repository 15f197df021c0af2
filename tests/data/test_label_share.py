"""A share of the training clips: stratified, nested, and of the training part alone."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from cohear.data.folds.label_share import with_label_share
from cohear.data.folds.leakage import Cleared
from cohear.data.folds.partition import TaskSplit
from cohear.data.folds.parts import Part
from cohear.tasks.kind import TARGET_KINDS

CLIPS = 200


def split_of(kind="multiclass", seed=0, task="t"):
    random = np.random.default_rng(seed)
    labels = ["a", "b", "rare"]
    cells = random.choice(labels, CLIPS, p=[0.6, 0.35, 0.05]).tolist()
    if kind == "multilabel":
        cells = [f"{cell};a" if place % 3 == 0 and cell != "a" else cell for place, cell in enumerate(cells)]
    cells[:4] = ["a", "b", "rare", "rare"]
    parts = random.choice([Part.TRAIN, Part.TRAIN, Part.TRAIN, Part.VALIDATION, Part.TEST], CLIPS).astype(int)
    parts[:4] = Part.TRAIN
    targets = TARGET_KINDS[kind].encode(cells, labels)
    clips = [f"clip {number}" for number in range(CLIPS)]
    cleared = Cleared(parts, 0, 0, 0, 0, 0, 0, (), ())
    scored = np.ones(3, dtype=np.bool_)
    return TaskSplit(task, "set", kind, "uar", labels, scored, clips, clips, np.arange(CLIPS), targets, cleared)


def training(split):
    return {split.clips[place] for place in np.flatnonzero(split.cleared.parts == Part.TRAIN)}


@pytest.mark.parametrize("kind", ["multiclass", "multilabel"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 1.0])
def test_every_label_keeps_its_share_and_other_parts_stay(kind, share):
    split = split_of(kind)
    cut = with_label_share(split, share, 0)
    for part in (Part.VALIDATION, Part.TEST):
        np.testing.assert_array_equal(cut.cleared.parts == part, split.cleared.parts == part)
    assert cut.test_part() == split.test_part()
    before, after = (
        TARGET_KINDS[kind].counts(each.targets.take(np.flatnonzero(each.cleared.parts == Part.TRAIN)), each.labels)
        for each in (split, cut)
    )
    assert (after >= 1).all() and cut.scored.all()
    if kind == "multiclass":
        assert after.tolist() == np.ceil(np.round(share * before, 9)).tolist()
    assert abs(len(training(cut)) - share * len(training(split))) <= 3


def test_what_a_small_share_holds_a_larger_one_holds():
    held = [training(with_label_share(split_of(), share, 7)) for share in (0.05, 0.1, 0.2, 0.5, 1.0)]
    assert all(small < large for small, large in pairwise(held))
    assert held[-1] == training(split_of())


def test_the_draw_is_the_studys_the_tasks_and_the_folds_alone():
    split = split_of()
    assert training(with_label_share(split, 0.2, 0)) == training(with_label_share(split, 0.2, 0))
    assert training(with_label_share(split, 0.2, 0)) != training(with_label_share(split, 0.2, 1))
    assert training(with_label_share(split, 0.2, 0)) != training(with_label_share(replace(split, task="u"), 0.2, 0))


def test_a_clip_that_another_task_takes_away_changes_no_order():
    """What a partner's test part takes out of training leaves the others where they were."""
    split = split_of()
    parts = split.cleared.parts.copy()
    gone = np.flatnonzero(parts == Part.TRAIN)[[5, 40]]
    parts[gone] = Part.NONE
    less = replace(split, cleared=replace(split.cleared, parts=parts))
    before, after = training(with_label_share(split, 0.3, 0)), training(with_label_share(less, 0.3, 0))
    assert len(before ^ after) <= 2 * len(gone)


def test_a_whole_number_of_clips_is_not_rounded_up():
    """0.1 of 30 is 3, whatever the computer thinks of 0.1."""
    split = split_of()
    targets = TARGET_KINDS["multiclass"].encode(["a"] * 30 + ["b"] * 10 + ["rare"] * 160, split.labels)
    parts = np.where(np.arange(CLIPS) < 40, int(Part.TRAIN), int(Part.TEST))
    cut = with_label_share(replace(split, targets=targets, cleared=replace(split.cleared, parts=parts)), 0.1, 0)
    assert len(training(cut)) == 3 + 1
