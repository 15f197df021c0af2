"""Folds and validation parts: whole groups, balanced, and a function of the dataset alone."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dataset, grouped_tables, partition, speech, table, task

from cohear.base.errors import DataError
from cohear.data.folds.cutting import balanced_parts, groups_of, label_matrix
from cohear.data.folds.joining import sounds_of
from cohear.data.folds.parts import Part
from cohear.data.folds.splits import FoldPlan, FoldRule

HELD = FoldRule()
BY_FOLD = FoldRule("fold")


def plan(clips, rule=HELD, seed=0):
    return FoldPlan(clips, rule, seed, "tasks.t")


def held_out_rows(made):
    return [np.flatnonzero(made.parts(fold) == Part.TEST) for fold in range(made.count)]


@given(grouped_tables(), st.integers(0, 5))
@settings(max_examples=80, deadline=None)
def test_groups_are_never_split(clips, seed):
    """Pitfall 4: the split is by clips and groups, long before any window is cut; each clip is tested once."""
    made, groups = plan(clips, seed=seed), groups_of(clips.column("group", "test"), clips.column("path", "test"))
    assert made.column == "group"
    assert made.count == min(5, len(np.unique(groups)))
    assert sorted(np.concatenate(held_out_rows(made))) == list(range(len(clips)))
    for fold in range(made.count):
        parts = made.parts(fold)
        assert set(parts) <= {Part.TRAIN, Part.VALIDATION, Part.TEST}
        tested = parts == Part.TEST
        assert tested.any()
        assert (parts == Part.TRAIN).any()
        assert not set(groups[tested]) & set(groups[~tested])
        if len(np.unique(groups[~tested])) >= 3:
            assert not set(groups[parts == Part.VALIDATION]) & set(groups[parts == Part.TRAIN])
            assert (parts == Part.VALIDATION).any()


@given(grouped_tables(), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_folds_are_deterministic_and_repeat_modulo_their_number(clips, seed):
    """Also where folds are asked for in another order, and where a caller writes to what was given."""
    made, again = plan(clips, seed=seed), plan(clips, seed=seed)
    forwards = [made.parts(fold) for fold in range(7)]
    forwards[0] = forwards[0].copy()
    backwards = [again.parts(fold) for fold in reversed(range(7))][::-1]
    np.testing.assert_array_equal(forwards, backwards)
    for fold in range(7):
        np.testing.assert_array_equal(made.parts(fold), made.parts(fold % made.count))
    made.parts(0)[:] = Part.NONE
    np.testing.assert_array_equal(made.parts(0), forwards[0])


def test_folds_are_the_same_everywhere():
    """A changed fold here changes every study there is."""
    assert [parts.tolist() for parts in held_out_rows(plan(speech(clips=24, speakers=6).table))] == [
        [0, 6, 7, 8, 14, 17, 22, 23],
        [4, 5, 9, 10, 12, 16],
        [2, 3, 11, 13, 20],
        [1, 18],
        [15, 19, 21],
    ]


def test_another_seed_cuts_otherwise():
    clips = table({"group": [f"g{number // 3}" for number in range(90)]})
    assert any(
        not np.array_equal(*pair)
        for pair in zip(held_out_rows(plan(clips)), held_out_rows(plan(clips, seed=1)), strict=True)
    )


@pytest.mark.parametrize("seed", range(3))
def test_folds_are_alike_in_size_and_labels(seed):
    """60 groups of 10 ± clips: parts differ by less than a group."""
    draw = np.random.default_rng(seed)
    group = draw.integers(0, 60, 600)
    word = draw.choice(4, 600, p=[0.5, 0.3, 0.15, 0.05])
    mood = draw.integers(0, 3, 600)
    made = plan(table({"group": group, "word": word, "mood": mood, "file": range(600)}))
    sizes = np.array([len(tested) for tested in held_out_rows(made)])
    assert sizes.min() > 105
    assert sizes.max() < 135
    for labels in (word, mood):
        for label in np.unique(labels):
            counts = np.array([(labels[tested] == label).sum() for tested in held_out_rows(made)])
            assert counts.max() - counts.min() <= max(8, 0.25 * counts.mean())


def test_empty_groups_are_groups_of_their_own():
    clips = table({"group": ["a", "a", "", "", "b", ""]})
    assert groups_of(clips.column("group", "t"), clips.column("path", "t")).tolist() == [0, 0, 1, 2, 3, 4]
    assert plan(clips).count == 5


def test_without_groups_clips_are_held_out():
    made = plan(table({"label": ["x", "y"] * 20}))
    assert (made.column, made.count) == (None, 5)
    assert [len(tested) for tested in held_out_rows(made)] == [8] * 5


def test_segments_of_one_file_stay_together():
    """Pitfall 4: without a group column, parts of one recording are never on both sides."""
    clips = table({"path": [f"{n // 5}.wav" for n in range(50)], "start": [n % 5 for n in range(50)]})
    made, files = plan(clips), np.arange(50) // 5
    assert made.column == "path"
    for tested in held_out_rows(made):
        assert not set(files[tested]) & set(np.delete(files, tested))


def test_hold_out_outranks_group():
    clips = speech().table
    assert plan(clips).column == "group"
    assert plan(clips, FoldRule(None, "speaker")).column == "speaker"
    assert plan(clips, BY_FOLD).column is None


# official folds


@pytest.mark.parametrize("order", [1, -1])
def test_official_folds_are_used_in_their_natural_order(order):
    """Pitfall 11: not in the order of a set or of the rows; 2 comes before 10."""
    folds = ["10", "2", "1", "fold10", "fold2", "01"][::order] * 4
    made = plan(table({"fold": folds}), BY_FOLD)
    used = [{folds[row] for row in tested} for tested in held_out_rows(made)]
    assert used == [{"01"}, {"1"}, {"2"}, {"10"}, {"fold2"}, {"fold10"}]


@pytest.mark.parametrize(
    "names",
    [
        ("train", "validation", "test"),
        ("Training", "dev", "EVAL"),
        ("tr", "val", "testing"),
        ("balanced_train", "valid", "evaluation"),
    ],
)
def test_official_parts(names):
    cells = [names[0]] * 10 + [names[1]] * 3 + [names[2]] * 4
    made = plan(table({"fold": cells}), BY_FOLD)
    assert made.count == 1
    for fold in range(3):
        assert np.bincount(made.parts(fold)).tolist() == [0, 10, 3, 4]
        assert [cells[row] for row in np.flatnonzero(made.parts(fold) == Part.VALIDATION)] == [names[1]] * 3


def test_official_folds_with_a_validation_part():
    """A validation part is never tested and never trained on."""
    made = plan(table({"fold": ["1", "2", "val"] * 6}), BY_FOLD)
    assert made.count == 2
    for fold in range(2):
        assert made.parts(fold)[2::3].tolist() == [Part.VALIDATION] * 6
        assert (made.parts(fold) == Part.VALIDATION).sum() == 6


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["test"] * 6, "holds only test: no training and test part"),
        (["train"] * 6, "holds only train: no training and test part"),
        (["1", "val"] * 3, "holds only 1, val: no training and test part"),
        (["1"] * 6, "holds only 1: no training and test part"),
        (["1", "", "2", "", "1", "2"], "2 of 6 clips .* have no official fold in column 'fold'"),
    ],
)
def test_official_folds_that_cannot_be_used(cells, told):
    with pytest.raises(DataError, match=f"^tasks.t: .*{told}.*hold.* out with hold_out"):
        plan(table({"fold": cells}), BY_FOLD)


def test_columns_that_cannot_be_used():
    clips = table({"group": ["a"] * 5, "speaker": range(5), "fold": ["1", "2", "1", "2", "1"]})
    with pytest.raises(DataError, match=r"single group in column 'group'.*name another column with hold_out"):
        plan(clips)
    with pytest.raises(DataError, match=r"^tasks.t: .* has no column 'speakr' \(did you mean 'speaker'"):
        plan(clips, FoldRule(None, "speakr"))
    with pytest.raises(DataError, match="has no column 'folds'"):
        plan(clips, FoldRule("folds"))
    with pytest.raises(DataError, match="single clip"):
        plan(table({"label": ["x"]}))


# validation


@pytest.mark.parametrize("seed", range(3))
def test_validation_by_clips_is_stratified(seed):
    """Groups on both sides of an official split: single clips, 14 % of each label."""
    draw = np.random.default_rng(seed)
    word, speaker = draw.choice(5, 800, p=[0.4, 0.3, 0.15, 0.1, 0.05]), draw.integers(0, 6, 800)
    columns = {"word": word, "speaker": speaker, "group": speaker, "fold": draw.choice(["train", "test"], 800)}
    parts = plan(table(columns), BY_FOLD).parts(0)
    rest, validation = parts != Part.TEST, parts == Part.VALIDATION
    assert 0.13 < validation.sum() / rest.sum() < 0.16
    for labels in (word, speaker):
        shares = np.bincount(labels[validation]) / np.bincount(labels[rest])
        assert shares.min() > 0.10
        assert shares.max() < 0.20


@pytest.mark.parametrize("seed", range(3))
def test_validation_by_groups_is_stratified(seed):
    draw = np.random.default_rng(seed)
    group, word = draw.integers(0, 80, 800), draw.integers(0, 5, 800)
    made = plan(table({"word": word, "group": group}))
    for fold in range(5):
        parts = made.parts(fold)
        rest, validation = parts != Part.TEST, parts == Part.VALIDATION
        assert 0.12 < validation.sum() / rest.sum() < 0.18
        shares = np.bincount(word[validation]) / np.bincount(word[rest])
        assert shares.min() > 0.07
        assert shares.max() < 0.24


def test_validation_does_not_take_a_giant_group():
    """A speaker with most of the clips stays in training: the part next to 15 % is taken."""
    made = plan(table({"group": ["giant"] * 300 + [f"g{n % 20}" for n in range(200)]}))
    for fold in range(5):
        parts = made.parts(fold)
        if parts[0] != Part.TEST:
            assert parts[0] == Part.TRAIN


def test_validation_takes_no_class_away_from_training():
    """It only ever affects the secondary checkpoints: a class in two groups is trained on where one is tested."""
    group = np.repeat(np.arange(20), 10)
    label = np.array(["rare" if number in (0, 1) else "often" for number in group])
    made = plan(table({"group": group, "label": label}))
    for fold in range(5):
        parts = made.parts(fold)
        if (label[parts == Part.TEST] == "rare").sum() < 20:
            assert "rare" in label[parts == Part.TRAIN]


def test_two_groups_left_are_validated_by_clips():
    made = plan(table({"group": [f"g{n % 3}" for n in range(60)]}))
    for fold in range(3):
        parts = made.parts(fold)
        assert (parts == Part.TEST).sum() == 20
        assert 5 <= (parts == Part.VALIDATION).sum() <= 7


# the parts that folds are made of


def test_label_matrix_takes_columns_that_can_be_balanced():
    """Text is a label column where it repeats; bookkeeping is none, and several labels count each."""
    clips = table(
        {
            "tags": ["a; b", "b", "", "a"] * 3,
            "file": range(12),
            "rate": [16000] * 12,
            "group": [0, 1] * 6,
            "fold": [1, 2] * 6,
        }
    )
    matrix = label_matrix(clips).toarray()
    assert matrix.tolist() == [[1, 1, 1], [1, 0, 1], [1, 0, 0], [1, 1, 0]] * 3


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), st.integers(1, 6), st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_every_part_gets_a_group(groups, parts, seed):
    numbers = np.array(groups)
    clips = table({"path": [f"{n}.wav" for n in range(len(groups))]})
    found = len(np.unique(numbers))
    if parts > found:
        with pytest.raises(ValueError, match=f"{found} groups cannot make {parts} parts"):
            balanced_parts(numbers, label_matrix(clips), parts, "test", seed)
        return
    given_parts = balanced_parts(numbers, label_matrix(clips), parts, "test", seed)
    assert set(given_parts) == set(range(parts))
    for group in np.unique(numbers):
        assert len(set(given_parts[numbers == group])) == 1


# parts that are called otherwise, or not at all


def parts_of(cells):
    """The official parts of a column whose values are these, by value, and what is told."""
    rows = list(cells) * 8
    made = plan(table({"split": rows}), FoldRule("split"))
    assert made.count == 1
    parts = made.parts(0)
    found = {cell: {Part(parts[row]).name for row, each in enumerate(rows) if each == cell} for cell in cells}
    return found, " ".join(made.remarks)


LEARNT = {"TRAIN", "VALIDATION"}


@pytest.mark.parametrize(
    ("cells", "expected", "told"),
    [
        (["development", "evaluation"], [LEARNT, {"TEST"}], "development serves as training, which none is called"),
        (["dev", "test"], [LEARNT, {"TEST"}], "dev serves as training"),
        (["train", "val"], [LEARNT, {"TEST"}], "val serves as the test, which none is called"),
        (["train", "test", "unused"], [LEARNT, {"TEST"}, {"NONE"}], r"unused \(8 clips\) is neither trained nor"),
        (["train", "val", "test", "extra"], [{"TRAIN"}, {"VALIDATION"}, {"TEST"}, {"NONE"}], r"extra \(8 clips\)"),
        (["test", "a", "b"], [{"TEST"}, LEARNT, LEARNT], "^$"),
        (["train-clean-100", "dev-clean", "test-clean"], [{"TRAIN"}, {"VALIDATION"}, {"TEST"}], "^$"),
        (["train", "test", "-1"], [LEARNT, {"TEST"}, {"NONE"}], r"-1 \(8 clips\)"),
    ],
)
def test_official_parts_by_what_is_there(cells, expected, told):
    found, remarks = parts_of(cells)
    assert found == dict(zip(cells, expected, strict=True))
    assert re.search(told, remarks)


def test_values_beside_folds_that_are_none():
    """``-1`` and ``unused`` beside numbered folds are neither tested nor trained on; ``0.0`` is a fold like ``0``."""
    cells = ["0.0", "1.0", "2.0", "-1", "unused"] * 4
    made = plan(table({"fold": cells}), BY_FOLD)
    assert made.count == 3
    for fold in range(3):
        parts = made.parts(fold)
        assert {cells[row] for row in np.flatnonzero(parts == Part.TEST)} == {f"{fold}.0"}
        assert {cells[row] for row in np.flatnonzero(parts == Part.NONE)} == {"-1", "unused"}
    assert "-1, unused (8 clips) is neither" in made.remarks[0]


def test_a_column_of_yes_and_no():
    cells = ["1", "0", "0", "0"] * 8
    made = plan(table({"is_test": cells}), FoldRule("is_test"))
    assert made.count == 1
    assert {cells[row] for row in np.flatnonzero(made.parts(0) == Part.TEST)} == {"1"}


# what folds depend on


@given(grouped_tables(), st.randoms(use_true_random=False), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_moves_no_clip(clips, random, seed):
    """C.6: a table that is written anew, or files that a disk lists otherwise, cut the same folds."""
    order = list(range(len(clips)))
    random.shuffle(order)
    other = clips.take(order)
    made, again = plan(clips.by_clip(), seed=seed), plan(other.by_clip(), seed=seed)
    assert clips.by_clip().clip_ids() == other.by_clip().clip_ids()
    for fold in range(made.count):
        np.testing.assert_array_equal(made.parts(fold), again.parts(fold))


def cut_with_sounds(groups, sounds, **columns):
    names = [[f"samples {sound}"] if sound else [] for sound in sounds]
    clips = table({"group": groups, **columns})
    return FoldPlan(clips, HELD, 0, "tasks.t", names)


def test_copies_of_a_recording_are_cut_as_one():
    """C.6: two groups that hold the same samples are tested together, so that nothing need be set aside."""
    groups = [f"g{number // 4:02}" for number in range(80)]
    sounds = [f"s{number}" for number in range(80)]
    sounds[77], sounds[45] = sounds[2], sounds[30]
    made = cut_with_sounds(groups, sounds)
    assert made.count == 5
    for fold in range(5):
        parts = made.parts(fold)
        for clip, copy in ((2, 77), (30, 45)):
            assert (parts[clip] == Part.TEST) == (parts[copy] == Part.TEST)
            assert len({parts[row] for row in range(80) if groups[row] in (groups[clip], groups[copy])}) == 1
    alone = plan(table({"group": groups}))
    assert any(alone.parts(fold)[2] != alone.parts(fold)[77] for fold in range(5))


def test_copies_without_groups():
    """Two clips of the same samples are one group; silence, which has no name, joins nothing."""
    sounds = [f"s{number // 2}" for number in range(60)]
    made = FoldPlan(table({"label": ["x", "y"] * 30}), HELD, 0, "tasks.t", [[sound] for sound in sounds])
    for fold in range(made.count):
        assert made.parts(fold)[::2].tolist() == made.parts(fold)[1::2].tolist()
    silent = dataset({"label": ["x", "y"] * 5}, contents=["zeros"] * 10)
    silent = replace(silent, facts=[replace(fact, peak=0.0) for fact in silent.facts])
    assert sounds_of(silent) == [[]] * 10


def test_source_ids_join_too():
    of = dataset({"source_id": ["a", "", "a", "b"]})
    assert [[name.split()[0] for name in names] for names in sounds_of(of)] == [
        ["samples", "source"],
        ["samples"],
        ["samples", "source"],
        ["samples", "source"],
    ]


@pytest.mark.parametrize("jingle", ["in every group", "in most groups"])
def test_a_sound_that_would_join_everything_joins_nothing(jingle):
    """Too few groups would be left, or a giant; then the leakage rule sets copies aside."""
    groups = [f"g{number // 4}" for number in range(80)]
    most = 80 if jingle == "in every group" else 48
    sounds = ["jingle" if number % 4 == 0 and number < most else f"s{number}" for number in range(80)]
    made, alone = cut_with_sounds(groups, sounds), plan(table({"group": groups}))
    for fold in range(5):
        np.testing.assert_array_equal(made.parts(fold), alone.parts(fold))


def test_exact_copies_are_not_set_aside():
    """The count that the leakage rule tells is 0 where copies are cut together."""
    groups = [f"g{number // 4:02}" for number in range(80)]
    contents = [f"c{number}" for number in range(80)]
    contents[77] = contents[2]
    copied = dataset({"group": groups, "label": ["x", "y"] * 40}, contents=contents)
    splits = [partition([copied], task("t", "made", "label")).fold(fold)["t"] for fold in range(5)]
    assert [split.cleared.set_aside for split in splits] == [0] * 5


# shares of validation


@given(grouped_tables(), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_without_validation_all_that_is_not_tested_is_trained_on(clips, seed):
    """And test parts are those of any other share: what differs between two studies is what they learn from."""
    usual, none = plan(clips, seed=seed), plan(clips, FoldRule(validation=0), seed)
    for fold in range(usual.count):
        tested = usual.parts(fold) == Part.TEST
        np.testing.assert_array_equal(none.parts(fold), np.where(tested, Part.TEST, Part.TRAIN))


def test_an_official_validation_part_is_trained_on_where_none_is_wanted():
    clips = table({"fold": ["train", "validation", "test", "train", "unused"]})
    assert plan(clips, FoldRule("fold")).parts(0).tolist() == [1, 2, 3, 1, 0]
    none = plan(clips, FoldRule("fold", validation=0))
    assert none.parts(0).tolist() == [1, 1, 3, 1, 0]


@pytest.mark.parametrize(("share", "clips"), [(0.5, 40), (0.25, 20), (0.1, 8), (0.001, 1), (0.4, 27)])
def test_the_validation_part_has_the_share_that_is_asked_for(share, clips):
    made = plan(table({"label": ["x"] * 100}), FoldRule(validation=share))
    assert {int((made.parts(fold) == Part.VALIDATION).sum()) for fold in range(5)} == {clips}
