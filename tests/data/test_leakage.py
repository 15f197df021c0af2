"""What any task tests trains no network of that fold."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dataset, partition, speech, task

from cohear.base.errors import DataError
from cohear.data.folds.crossing import warnings_of_crossing
from cohear.data.folds.leakage import recordings
from cohear.data.folds.partition import mistakes_in_folds, warnings_in_folds
from cohear.data.folds.parts import Part


def rows_in(split, *parts):
    return set(split.rows[np.isin(split.cleared.parts, parts)].tolist())


def sources(name, prefix="", clips=100, **columns):
    """A dataset of official folds 1..5, two labels, and a source of its own for each clip."""
    given_columns = {
        "label": np.arange(clips) // 5 % 2,
        "fold": np.arange(clips) % 5 + 1,
        "source_id": [f"{prefix or name}:{number}" for number in range(clips)],
        **columns,
    }
    return dataset(given_columns, name)


BOTH = (task("a", "one", "label", "fold"), task("b", "two", "label", "fold"))


def two_with_common_sources():
    """Clips 0 and 7 of `one` (folds 1 and 3) are clips 3 and 5 of `two` (folds 4 and 1)."""
    one, two = sources("one"), sources("two")
    cells = two.table.rows["source_id"].to_list()
    cells[3], cells[5] = "one:0", "one:7"
    return one, sources("two", source_id=cells)


def test_equal_source_across_datasets():
    """Pitfall 13: it leaves training and validation in the folds where the other task tests it, and only there."""
    cut = partition(two_with_common_sources(), *BOTH)
    gone = {
        (name, fold): set(range(100)) - rows_in(split, Part.TRAIN, Part.VALIDATION, Part.TEST)
        for fold in range(5)
        for name, split in cut.fold(fold).items()
    }
    assert {place: rows for place, rows in gone.items() if rows} == {
        ("a", 0): {7},  # `two` tests its clip 5 in fold 1
        ("a", 3): {0},
        ("b", 0): {3},  # `one` tests its clip 0 in fold 1
        ("b", 2): {5},
    }
    split = cut.fold(0)["a"]
    assert (split.cleared.set_aside, split.cleared.overlap, split.cleared.learnt) == (1, 0, 80)
    assert split.cleared.testers == ("b",)


def test_equal_samples_across_datasets():
    """Pitfall 13: without any name in common."""
    one, two = (
        dataset({"label": np.arange(100) % 2, "fold": np.arange(100) // 2 % 5 + 1}, name) for name in ("one", "two")
    )
    contents = two.contents()
    contents[9] = one.contents()[0]
    two = dataset({column: two.table.rows[column] for column in ("label", "fold")}, "two", contents)
    cut = partition([one, two], *BOTH)
    assert [cut.fold(fold)["b"].cleared.set_aside for fold in range(5)] == [1, 0, 0, 0, 0]
    assert [cut.fold(fold)["a"].cleared.set_aside for fold in range(5)] == [0, 0, 0, 0, 1]


def test_equal_samples_inside_one_task():
    """An exact duplicate in the task's own test part leaves too, whatever is allowed between tasks."""
    contents = [f"c{number}" for number in range(100)]
    contents[8] = contents[0]
    one = dataset({"label": np.arange(100) % 2, "fold": np.arange(100) // 2 % 5 + 1}, "one", contents)
    for allow in (False, True):
        split = partition([one], task("a", "one", "label", "fold"), allow_overlap=allow).fold(0)["a"]
        assert (split.cleared.set_aside, split.cleared.overlap, split.cleared.testers) == (1, 0, ("a",))
        assert 8 not in rows_in(split, Part.TRAIN, Part.VALIDATION)


def test_names_hold_inside_one_dataset_only():
    """Pitfall 26: group 1 of one dataset is not group 1 of another; a source is the same everywhere."""
    columns = {"label": np.arange(40) // 2 % 2, "group": np.arange(40) // 4, "speaker": np.arange(40) // 4}
    one, two = (dataset(columns, name) for name in ("one", "two"))
    names = [{name for clip in recordings(each, ["group", "speaker"]) for name in clip} for each in (one, two)]
    assert not names[0] & names[1]
    cut = partition(
        [one, two], task("a", "one", "label"), task("b", "two", "label"), task("c", "two", "label", None, "speaker")
    )
    alone = partition([one], task("a", "one", "label"))
    for fold in range(5):
        assert cut.fold(fold)["a"].cleared.set_aside == 0
        np.testing.assert_array_equal(cut.fold(fold)["a"].cleared.parts, alone.fold(fold)["a"].cleared.parts)


def test_empty_names_are_no_names():
    """Clips without a source, or without a speaker, are not one recording."""
    columns = {"label": np.arange(40) // 2 % 2, "source_id": [""] * 40, "speaker": [""] * 20 + list(range(20))}
    cut = partition([dataset(columns)], task("a", "made", "label", None, "speaker"), task("b", "made", "label"))
    assert all(len(names) == 1 for names in recordings(dataset(columns), ["speaker"])[:20])
    assert cut.fold(0)["a"].cleared.learnt < 40


def test_held_out_value_is_a_recording():
    """Two tasks of one dataset: the speakers that one tests leave the training of the other."""
    cut = partition([speech()], task("word", "speech", "word", None, "speaker"), task("who", "speech", "word", "fold"))
    splits = cut.fold(0)
    speakers = np.array(speech().table.column("speaker", "t"))
    tested = set(speakers[list(rows_in(splits["word"], Part.TEST))])
    assert tested
    assert not tested & set(speakers[list(rows_in(splits["who"], Part.TRAIN, Part.VALIDATION))])


@given(st.integers(0, 1000), st.integers(0, 4), st.booleans())
@settings(max_examples=25, deadline=None)
def test_nothing_tested_is_trained_on(seed, fold, official):
    """Pitfall 13, over made-up studies: no name of a tested clip is in any training or validation part."""
    draw = np.random.default_rng(seed)
    made = []
    for name in ("one", "two"):
        columns = {
            "label": draw.integers(0, 3, 60),
            "fold": draw.integers(1, 4, 60),
            "group": draw.integers(0, 20, 60),
            "speaker": draw.integers(0, 9, 60),
            "source_id": [f"s{number}" for number in draw.integers(0, 300, 60)],
        }
        made.append(dataset(columns, name, [f"c{number}" for number in draw.integers(0, 400, 60)]))
    tasks = [
        task("a", "one", "label", "fold" if official else None),
        task("b", "two", "label", None, "speaker"),
        task("c", "two", "label"),
    ]
    columns = {"one": [] if official else ["group"], "two": ["speaker", "group"]}
    names = {each.name: recordings(each, columns[each.name]) for each in made}
    splits = partition(made, *tasks, seed=seed).fold(fold)
    tested = {
        name for split in splits.values() for row in rows_in(split, Part.TEST) for name in names[split.dataset][row]
    }
    for split in splits.values():
        learnt = rows_in(split, Part.TRAIN, Part.VALIDATION)
        assert all(tested.isdisjoint(names[split.dataset][row]) for row in learnt)
        assert split.cleared.set_aside == split.cleared.learnt - len(learnt)
        assert split.cleared.from_training == split.cleared.trained - split.count(Part.TRAIN)
        assert split.cleared.share == split.cleared.from_training / max(split.cleared.trained, 1)


def told(made, *tasks, allow=False):
    cut = partition(made, *tasks, allow_overlap=allow)
    folds = {fold: cut.fold(fold) for fold in range(5)}
    return mistakes_in_folds(folds, allow_overlap=allow), warnings_in_folds(folds), folds


@pytest.mark.parametrize(("part", "refused"), [(Part.TRAIN, False), (Part.TRAIN, True), (Part.VALIDATION, False)])
def test_more_than_five_percent_of_training_is_refused(part, refused):
    """Training clips are counted, not validation clips; the count and the cures are told."""
    one, two = sources("one"), sources("two")
    split = partition([one, two], *BOTH).fold(0)["b"]
    trained = split.count(Part.TRAIN)
    common = trained // 20 + refused if part == Part.TRAIN else trained // 20 + 2
    cells = [f"two:{number}" for number in range(100)]
    for number, row in enumerate(sorted(rows_in(split, part))[:common]):  # tested by `one` in fold 0, learnt by `two`
        cells[row] = f"one:{5 * number}"
    mistakes, warnings, folds = told([one, sources("two", source_id=cells)], *BOTH)
    mistakes = [mistake for mistake in mistakes if mistake.startswith("tasks.b")]
    assert folds[0]["b"].cleared.set_aside == common
    if refused:
        assert mistakes[0].startswith(
            f"tasks.b: in fold 0 the test part of a holds recordings of {common} of its {trained} training clips "
            f"({common / trained:.1%}, more than 5%); give the tasks the same folds (same hold_out), give them disjoint"
        )
        assert mistakes[0].endswith("hold out source_id, or set allow_input_overlap: true")
    else:
        assert mistakes == []
        assert [w for w in warnings if "tasks.b" in w] == [
            f"tasks.b: the leakage rule sets aside 0 to {common} training and validation clips a fold, because their "
            "recordings are tested there"
        ]


@pytest.mark.parametrize("allow", [False, True])
def test_a_task_is_never_refused_over_itself(allow):
    """Copies of what it tests leave its training in every run, single ones too: told, and no reason to refuse."""
    contents = [f"c{number // 2}" for number in range(100)]  # pairs of equal clips, cut apart by the official folds
    one = dataset({"label": np.arange(100) // 10 % 2, "fold": np.arange(100) % 5 + 1}, "one", contents)
    mistakes, warnings, folds = told([one], task("a", "one", "label", "fold"), allow=allow)
    assert mistakes == []
    assert any("the leakage rule sets aside" in warning for warning in warnings)
    assert folds[0]["a"].cleared.share > 0.05
    assert folds[0]["a"].cleared.from_others == 0


def test_a_task_is_never_refused_over_its_own_sources():
    """Sources across official folds, which another task of the same folds tests too."""
    one = sources("one", source_id=[f"s{number // 2}" for number in range(100)])
    twice = task("a", "one", "label", "fold"), task("b", "one", "label", "fold")
    mistakes, _, folds = told([one], *twice)
    assert mistakes == []
    assert folds[0]["a"].cleared.set_aside > 5


def test_equal_counts_are_told_once():
    """Not "2 to 2"; and many labels that some fold lacks are one sentence."""
    contents = [f"c{number}" for number in range(100)]
    for number in range(0, 100, 10):
        contents[number + 1] = contents[number]
    one = dataset({"label": np.arange(100) // 10 % 2, "fold": np.arange(100) % 5 + 1}, "one", contents)
    _, warnings, folds = told([one], task("a", "one", "label", "fold"))
    counts = [splits["a"].cleared.set_aside for splits in folds.values()]
    assert (min(counts), max(counts)) == (0, 10)
    assert any("sets aside 0 to 10 training and validation clips a fold" in warning for warning in warnings)
    labels = [f"l{number // 2}" for number in range(1000)]
    many = dataset({"label": labels, "fold": np.arange(1000) // 2 % 5 + 1}, "many")
    _, warnings, _ = told([many], task("a", "many", "label", "fold"))
    absent = [warning for warning in warnings if "absent" in warning]
    assert len(absent) == 1
    assert absent[0].startswith("tasks.a: 500 labels are absent from training or test in some fold and left out of its")
    assert absent[0].endswith("and 495 more")


def segmented(groups, fold=(1, 2, 3) * 12):
    """6 files of 6 segments; its official folds cut through the files."""
    files = np.repeat(np.arange(6), 6)
    start = np.tile(np.arange(6), 6)
    columns = {"path": [f"{file}.wav" for file in files], "start": start, "end": start + 1, "label": start % 2}
    return dataset({**columns, "group": groups, "fold": fold})


def files_on_both_sides(split):
    def files(*parts):
        return {row // 6 for row in rows_in(split, *parts)}

    return files(Part.TEST) & files(Part.TRAIN, Part.VALIDATION)


@pytest.mark.parametrize(
    "groups", [[""] * 36, ["", "", "", "x", "y", "z"] * 6, ["a"] * 6 + [""] * 30, [""] * 5 + ["a"] * 8 + [""] * 23]
)
def test_segments_of_a_file_without_group_stay_on_one_side(groups):
    """Pitfall 4: a group that is not known is that of the file."""
    cut = partition([segmented(groups)], task("a", "made", "label"))
    for fold in range(5):
        split = cut.fold(fold)["a"]
        assert split.count(Part.TEST)
        assert not files_on_both_sides(split)


BY_FILE = np.repeat([1, 2, 3, 1, 2, 3], 6)


@pytest.mark.parametrize(
    ("of", "what"),
    [
        (segmented([""] * 36), "files: 6"),
        (segmented(np.arange(36)), "files: 6"),
        (segmented(np.arange(36) // 12, BY_FILE), "groups: 2"),
        (segmented([""] * 36, BY_FILE), None),
        (segmented(BY_FILE, BY_FILE), None),
    ],
)
def test_official_folds_that_cut_through_files_and_groups_are_told(of, what):
    def found(chosen):
        cut = partition([of], chosen)
        return warnings_of_crossing({"made": of}, [chosen], {index: cut.fold(index) for index in range(3)})

    told = found(task("a", "made", "label", "fold"))
    assert len(told) == bool(what)
    assert all(each.startswith(f"tasks.a: the official folds cut through {what} of those tested") for each in told)
    assert found(task("a", "made", "label")) == []


def test_allowed_overlap_stays_and_is_told():
    study = [speech()], task("word", "speech", "word", None, "speaker"), task("who", "speech", "word", "fold")
    mistakes, _, _ = told(*study)
    assert [mistake.partition(":")[0] for mistake in mistakes] == ["tasks.word", "tasks.who"]
    assert "the test part of word and who holds" in mistakes[1]
    mistakes, warnings, folds = told(*study, allow=True)
    assert mistakes == []
    alone = partition([speech()], study[2])
    for fold, splits in folds.items():
        assert splits["who"].cleared.set_aside == 0
        assert splits["who"].cleared.overlap > 0
        np.testing.assert_array_equal(splits["who"].cleared.parts, alone.fold(fold)["who"].cleared.parts)
    assert any(re.match(r"tasks.who: allow_input_overlap keeps \d+ to \d+ training", warning) for warning in warnings)


# on real audio


def scanned(shared_data, name):
    from cohear.base.files import cache_folder
    from cohear.data.scan.dataset import open_dataset
    from cohear.data.tables import manifest  # noqa: F401 - enters the reader
    from cohear.data.tables.reader import read_clip_table

    return open_dataset(read_clip_table(shared_data / name, name), cache=cache_folder(), skip_bad=False)


@pytest.fixture(scope="module")
def real(shared_data):
    """Datasets by name, each scanned once."""
    kept = {}

    def give(name):
        kept[name] = kept.get(name) or scanned(shared_data, name)
        return kept[name]

    return give


@pytest.mark.data
def test_common_freesound_sources(real):
    """Pitfall 13: three sources are in both datasets, in official folds that never meet."""
    both = [real("esc10"), real("urbansound8k")]
    tasks = task("event", "esc10", "event", "fold"), task("urban", "urbansound8k", "event", "fold")
    mistakes, warnings, folds = told(both, *tasks)
    assert mistakes == []
    assert [warning.partition(":")[0] for warning in warnings] == ["tasks.event", "tasks.urban"]
    common = {f"freesound:{number}" for number in (114587, 180256, 59513)}
    cells = {each.name: each.table.column("source_id", "t") for each in both}
    assert common == set(cells["esc10"]) & set(cells["urbansound8k"])
    aside = {}
    for fold, splits in folds.items():
        tested = {cells[s.dataset][row] for s in splits.values() for row in rows_in(s, Part.TEST)}
        for name, split in splits.items():
            learnt = {cells[split.dataset][row] for row in rows_in(split, Part.TRAIN, Part.VALIDATION)}
            assert not learnt & tested
            gone = set(split.rows.tolist()) - rows_in(split, Part.TRAIN, Part.VALIDATION, Part.TEST)
            aside[name, fold] = {cells[split.dataset][row] for row in gone}
            assert aside[name, fold] <= common & tested
    assert set().union(*(found for (name, _), found in aside.items() if name == "event")) == common
    assert set().union(*(found for (name, _), found in aside.items() if name == "urban")) == common


@pytest.mark.data
def test_digit_beside_speaker_is_refused(real):
    """Digit holds speakers out, speaker has all of them on both sides of its official split."""
    fsdd = [real("fsdd")]
    digit, speaker = task("digit", "fsdd", "digit", None, "speaker"), task("speaker", "fsdd", "speaker", "fold")
    assert told(fsdd, digit)[0] == told(fsdd, speaker)[0] == []
    mistakes = told(fsdd, digit, speaker)[0]
    assert [mistake.partition(":")[0] for mistake in mistakes] == ["tasks.digit", "tasks.speaker"]
    assert "more than 5%" in mistakes[1]
    mistakes, _, folds = told(fsdd, digit, speaker, allow=True)
    assert mistakes == []
    assert folds[0]["speaker"].count(Part.TRAIN) > 2000


@pytest.mark.data
def test_silence_of_speech_commands_is_one_group(real):
    """It cannot be held out: warned of, in each fold, unless it is dropped; its duplicates set nobody aside."""
    commands = [real("speech_commands")]
    mistakes, warnings, _ = told(commands, task("keyword", "speech_commands", "keyword"))
    assert mistakes == []
    assert any(
        warning.startswith("tasks.keyword: label '_silence_' is absent from training or test in fold 0, 1, 2, 3, 4")
        for warning in warnings
    )
    mistakes, warnings, folds = told(commands, task("keyword", "speech_commands", "keyword", drop=["_silence_"]))
    assert mistakes == warnings == []
    assert all(splits["keyword"].scored.all() for splits in folds.values())
    assert all(splits["keyword"].cleared.set_aside == 0 for splits in folds.values())


def test_metric_of_another_kind_is_a_mistake():
    known = r"accuracy, auc, eer, f1, top2, top3, top5, uar"
    with pytest.raises(
        DataError, match=rf"^tasks.a.metric: a task of kind multiclass has no metric 'map' \(known: {known}\)"
    ):
        partition([sources("one")], task("a", "one", "label", "fold", metric="map"))
