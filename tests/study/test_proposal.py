"""cohear init: what it proposes runs as it is, and it says why."""

import csv
import os
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tiny
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dataset, speech, table

from cohear.api import Study
from cohear.base.errors import DataError, FolderError
from cohear.base.yaml_text import read_yaml
from cohear.data.folds.partition import mistakes_in_folds
from cohear.data.folds.selection import guess_kind
from cohear.data.tables.reader import read_clip_table
from cohear.data.tables.targets import label_columns, nearly_alike, same_partition
from cohear.study.draft.proposal_text import scalar
from cohear.study.draft.propose import write_proposal
from cohear.study.draft.tasks import drafts, splits_of


def write(folder, rows, seconds=0.05):
    """A manifest with audio; every clip sounds different."""
    tiny.write_table(folder, rows)
    for number, row in enumerate(rows):
        file = folder / row["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        seed = zlib.crc32(f"{folder.name}/{number}".encode())
        soundfile.write(file, tiny.sound(300 + 7 * number, seed, seconds), tiny.RATE)


def words(text):
    """A study file's text with its comments in one line each."""
    return re.sub(r"\n *# *", " ", text)


def rows(count, **columns):
    """Rows whose columns are functions of the number."""
    return [{"path": f"{n:03}.wav", **{name: str(cell(n)) for name, cell in columns.items()}} for n in range(count)]


def propose(tmp_path, *paths, **options):
    file = tmp_path / "study.yaml"
    proposal = write_proposal([Path(path) for path in paths], file, cache=tmp_path / "cache", **options)
    return proposal, file.read_text(encoding="utf-8")


def plan(tmp_path):
    """What ``cohear run`` makes of the file, which it refuses to do for any mistake."""
    return Study.load(tmp_path / "study.yaml").plan()


def test_every_kind_of_folder(tmp_path):
    """A public layout, folders of classes, an audiofolder and a manifest in one study that can be run."""
    digits = [(d, s, n) for d in range(3) for s in ("theo", "lucas", "jackson", "george") for n in (0, 7)]
    for number, (digit, speaker, take) in enumerate(digits):
        file = tmp_path / f"fsdd/recordings/{digit}_{speaker}_{take}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(file, tiny.sound(200 + 5 * number, number, 0.05), tiny.RATE)
    for number, name in enumerate(f"{label}/{n}" for label in ("dog", "größe") for n in range(10)):
        file = tmp_path / "folders" / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(file, tiny.sound(2000 + 5 * number, number, 0.05), tiny.RATE)
    write(tmp_path / "hub", rows(20, label=lambda n: "ab"[n % 2]))
    table_file = tmp_path / "hub" / "manifest.csv"
    table_file.with_name("metadata.csv").write_text(table_file.read_text().replace("path", "file_name", 1))
    table_file.unlink()
    write(tmp_path / "rooms", rows(30, room=lambda n: "xyz"[n % 3], group=lambda n: n // 3))
    (tmp_path / "README.md").write_text("no data")
    proposal, text = propose(tmp_path, *(tmp_path / name for name in ("fsdd", "folders", "hub", "rooms", "README.md")))
    assert [task.choice.name for task in proposal.tasks] == ["digit", "folders_label", "hub_label", "room"]
    assert "  fsdd: {path: fsdd, reader: fsdd}\n" in text
    assert "  folders: {path: folders, reader: class_folders}\n" in text
    assert "  hub: {path: hub, reader: audiofolder}\n" in text
    assert "  rooms: {path: rooms}\n" in text
    assert "  digit: {dataset: fsdd, target: digit, hold_out: speaker, drop: [3, 4, 5, 6, 7, 8, 9]}\n" in text
    assert "Dropped, because no clip has them: 3, 4, 5, 6, 7, 8, 9." in words(text)
    assert "README.md: nothing in it is recognised as a dataset" in words(text)
    assert "Licence: CC BY-SA 4.0." in text
    runs, _, warnings = plan(tmp_path)
    assert len(runs) == 5 * (4 + 6 + 1 + 2 * 4)  # and two baselines a task
    assert not [warning for warning in warnings if "no score" in warning]


def test_a_folder_of_datasets_stands_for_what_is_in_it(tmp_path):
    tiny.write_datasets(tmp_path / "data")
    (tmp_path / "data" / "notes").mkdir()
    proposal, text = propose(tmp_path, tmp_path / "data")
    assert "notes: nothing in it is recognised" in words(text)
    assert [known.name for known in proposal.found] == ["birds", "doors", "tones"]
    plan(tmp_path)


def test_what_cannot_be_held_out_is_dropped(tmp_path):
    """Label d lives in one group, label e in two clips."""
    write(
        tmp_path / "one",
        rows(
            60,
            sound=lambda n: "d" if n % 12 == 11 else "e" if n in (3, 40) else "abc"[n % 3],
            group=lambda n: "g" if n % 12 == 11 else f"g{n % 12}",
        ),
    )
    proposal, text = propose(tmp_path, tmp_path / "one")
    assert set(proposal.tasks[0].choice.labels.drop) == {"d", "e"}
    assert "because all their clips have the same group: d." in words(text)
    assert "because most folds lack them in training or test: e." in words(text)
    plan(tmp_path)


def test_clips_of_two_seconds_are_heard_two_seconds_at_once(tmp_path):
    """By the median: one long clip among short ones makes no difference."""
    write(tmp_path / "long", rows(20, scene=lambda n: "ab"[n % 2]), seconds=2.0)
    write(tmp_path / "short", rows(20, word=lambda n: "cd"[n % 2]), seconds=0.3)
    soundfile.write(tmp_path / "short/000.wav", tiny.sound(900, 1, 9.0), tiny.RATE)
    proposal, text = propose(tmp_path, tmp_path / "long", tmp_path / "short")
    assert {task.choice.name: task.window for task in proposal.tasks} == {"scene": 2.0, "word": None}
    assert "scene: {dataset: long, target: scene, window: 2.0}" in text
    assert "Its clips last 2.0 s (the median): 2 s of them are heard at once." in words(text)
    assert "Seconds the network sees at once of tasks that have no window of their own; 19 clips are" in words(text)
    assert plan(tmp_path)
    assert Study.load(tmp_path / "study.yaml").settings.tasks["scene"].window == 2.0


def test_pairs_that_the_leakage_rule_would_refuse_are_not_proposed(tmp_path):
    """Digits over speakers, speakers over official folds: what one tests, the other trains on."""
    speakers = {"digit": lambda n: n % 3, "speaker": lambda n: "stuv"[n // 15], "group": lambda n: f"g{n // 15}"}
    write(tmp_path / "one", rows(60, **speakers, fold=lambda n: "test" if n % 5 == 0 else "train"))
    proposal, text = propose(tmp_path, tmp_path / "one")
    assert [task.choice.name for task in proposal.tasks] == ["digit"]
    assert "  # speaker: {dataset: one, target: speaker, folds: fold}\n  #   the study would be refused: " in text
    plan(tmp_path)
    uncommented = text.replace("  # speaker:", "  speaker:")
    (tmp_path / "study.yaml").write_text(uncommented)
    with pytest.raises(DataError.__mro__[1], match="more than 5%"):
        plan(tmp_path)


def test_speakers_are_held_out_where_no_column_is_called_group(tmp_path):
    """Their column is taken for groups by its name; a task on the speakers themselves would then leak."""
    columns = {"emotion": lambda n: "ab"[n % 2], "speaker": lambda n: f"s{n // 10}"}
    write(tmp_path / "one", rows(60, **columns))
    _, text = propose(tmp_path, tmp_path / "one")
    assert "  emotion: {dataset: one, target: emotion, hold_out: speaker}\n" in text
    assert "There is no column group; speaker is taken for it by its name." in words(text)
    assert "  # speaker: {dataset: one, target: speaker}\n  #   the study would be refused: " in text
    plan(tmp_path)


@pytest.mark.parametrize("word", ["nan", "n/a", "null", "-", "unknown"])
@pytest.mark.parametrize("column", ["speaker", "group"])
def test_a_group_of_nobody_is_told(tmp_path, word, column):
    """Half the speakers are `nan`, one giant group: told with the cure; empty cells are groups of their own."""
    columns = {"emotion": lambda n: "ab"[n % 2], column: lambda n: word if n < 30 else f"s{n // 6}"}
    write(tmp_path / "one", rows(60, **columns))
    proposal, text = propose(tmp_path, tmp_path / "one")
    told = (
        f" Of 60 clips {column} says unknown ({word!r} of 30), and each such word is held out as one {column}: leave "
        "these cells empty."
    )
    assert told.strip() in words(text)
    assert any(told.strip() in reason for task in proposal.tasks for reason in task.why)
    write(tmp_path / "two", rows(60, **{**columns, column: lambda n: "" if n < 30 else f"s{n // 6}"}))
    (draft, *_), _ = drafts(propose(tmp_path, tmp_path / "two", force=True)[0].found[0].dataset, "emotion", "e", 0)
    assert (draft.choice.rule.hold_out or "group") == column
    assert "unknown" not in " ".join(draft.why)


@pytest.mark.parametrize("word", ["nan", "-", "unknown"])
def test_a_recording_of_nobody_is_none(tmp_path, word):
    """Clips of which no source is known are each by themselves, which is told; they were one of half the clips."""
    columns = {"emotion": lambda n: "ab"[n % 2], "source_id": lambda n: word if n < 30 else f"s{n // 6}"}
    write(tmp_path / "one", rows(60, **columns))
    proposal, text = propose(tmp_path, tmp_path / "one")
    assert f"source_id says {word!r} of 30 clips, which is taken for unknown." in words(text)
    (task,) = proposal.tasks
    assert task.choice.rule.hold_out == "source_id"
    assert "unknown" not in " ".join(task.why)


@pytest.mark.parametrize("word", ["nan", "n/a", ""])
def test_nobody_is_not_on_both_sides_of_official_folds(tmp_path, word):
    """Nor does one known speaker beside many unknown ones make groups."""
    sides = {"emotion": lambda n: "ab"[n % 2], "fold": lambda n: ("train", "test")[n >= 40]}
    write(tmp_path / "one", rows(60, **sides, speaker=lambda n: word if n % 3 else f"s{n // 10}"))
    proposal, _ = propose(tmp_path, tmp_path / "one")
    assert proposal.tasks[0].choice.rule.folds == "fold"
    write(tmp_path / "two", rows(60, emotion=sides["emotion"], speaker=lambda n: word if n else "s1"))
    proposal, _ = propose(tmp_path, tmp_path / "two", force=True)
    assert proposal.tasks[0].choice.rule.hold_out is None


def test_a_label_that_may_say_unknown_is_told(tmp_path):
    write(tmp_path / "one", rows(60, emotion=lambda n: ("a", "b", "nan")[n % 3]))
    _, text = propose(tmp_path, tmp_path / "one")
    assert "Taken for a label, though it may say unknown (then add it to `drop`): nan." in words(text)


def test_official_folds(tmp_path):
    """Folds that keep groups together are used; folds that are all one part are not."""
    write(tmp_path / "good", rows(30, sound=lambda n: "ab"[n % 2], group=lambda n: n // 2, fold=lambda n: n // 10 + 1))
    write(tmp_path / "bad", rows(30, tone=lambda n: "ab"[n % 2], group=lambda n: n // 2, fold=lambda n: "test"))
    _, text = propose(tmp_path, tmp_path / "good", tmp_path / "bad")
    assert "  sound: {dataset: good, target: sound, folds: fold}\n" in text
    assert "  tone: {dataset: bad, target: tone}\n" in text
    assert "The official folds give no training and test part" in words(text)


def test_official_validation_may_share_groups_with_training(tmp_path):
    """What must be kept apart is test and the rest."""
    columns = {"sound": lambda n: "ab"[n % 2], "group": lambda n: n // 4}
    write(tmp_path / "one", rows(60, **columns, fold=lambda n: "test" if n >= 40 else ("val", "train")[n % 4 > 0]))
    _, text = propose(tmp_path, tmp_path / "one")
    assert "  sound: {dataset: one, target: sound, folds: fold}\n" in text


def test_segments_in_which_nothing_sounds_are_negatives(tmp_path):
    write(tmp_path / "one", rows(40, event=lambda n: ("none", "car", "car;bus", "bus")[n % 4], group=lambda n: n // 4))
    proposal, text = propose(tmp_path, tmp_path / "one")
    assert proposal.tasks[0].choice.labels.drop == ("none",)
    assert proposal.tasks[0].clips == 40
    assert "clips in which nothing of the list sounds are negatives" in words(text)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_that_may_not_be_read(tmp_path):
    write(tmp_path / "good", rows(20, sound=lambda n: "ab"[n % 2]))
    (tmp_path / "shut").mkdir(mode=0)
    _, text = propose(tmp_path, tmp_path / "good", tmp_path / "shut")
    assert "cannot look into" in words(text)


COUNTS_AND_NAMES = (
    "num_sources n_speakers numEvents votes votes_down gain gain_db mixture recording track rec take rec1".split()  # noqa: SIM905
)


def test_what_is_said_of_a_recording_may_be_a_target():
    """A word for a recording is bookkeeping alone, not beside what is said of it; nor is a count's word alone."""
    heard = {name: ["a", "b"] * 20 for name in ("recording_room", "track_genre", "mixture_type", "count")}
    assert label_columns(table(heard)) == (list(heard), {})


@pytest.mark.parametrize("name", ["label_num", "class_num", "n_class", "emotion_nb", "digit_count", "targetNum"])
@pytest.mark.parametrize("cells", [("0", "1"), ("a", "b")])
def test_the_number_of_a_label_may_be_a_target(name, cells):
    """A table whose only label was called so had no task."""
    assert label_columns(table({name: list(cells) * 20})) == ([name], {})


@pytest.mark.parametrize("name", ["event_count", "num_instrument", "n_speakers"])
def test_a_count_is_of_numbers(name):
    assert label_columns(table({name: ["few", "many"] * 20})) == ([name], {})
    assert label_columns(table({name: ["1", "2"] * 20})) == ([], {name: "bookkeeping by their names"})


def test_bookkeeping_is_no_target():
    count = 40
    clips = table(
        {
            "label": ["a", "b"] * 20,
            "gender": ["f", "m"] * 20,
            "digit": [n % 4 for n in range(count)],
            "duration": [f"{n % 7}.25" for n in range(count)],
            "pcm_sha1": [f"{n % 5:040x}" for n in range(count)],
            "sourcePath": ["x", "y"] * 20,
            "freesound_id": [n % 3 for n in range(count)],
            "clip_license": ["CC0", "CC-BY"] * 20,
            "loudness": [f"{-n % 6}.5" for n in range(count)],
            "note": [f"clip {n}" for n in range(count)],
            "rate": ["8000"] * count,
            **{name: [n % 3 for n in range(count)] for name in COUNTS_AND_NAMES},
            "empty": [""] * count,
            "group": [n // 4 for n in range(count)],
        }
    )
    targets, reasons = label_columns(clips)
    assert targets == ["label", "gender", "digit"]
    assert {reasons[name] for name in COUNTS_AND_NAMES} == {"bookkeeping by their names"}
    assert set(reasons) == set(clips.rows.columns) - {"path", "group", *targets}
    assert reasons["loudness"] == "measurements"
    assert reasons["note"].startswith("40 values for 40 clips")
    assert label_columns(clips, published=["note"])[0][0] == "note", "what the publisher calls a label is one"


def test_columns_that_say_the_same():
    assert same_partition(["a", "b", "a"], ["1", "2", "1"])
    assert not same_partition(["a", "b", "a"], ["1", "1", "1"])
    assert not same_partition(["a", "", "a"], ["1", "2", "1"])
    one = {number: "abc"[number % 3] for number in range(30)}
    assert nearly_alike(one, {number: label.upper() for number, label in one.items()})
    assert nearly_alike(one, {number: label.upper() for number, label in one.items() if number > 1})
    assert not nearly_alike(one, dict.fromkeys(one, "x"))
    assert not nearly_alike(one, {number: str(number % 2) for number in one})
    assert not nearly_alike(one, {})


def test_the_same_task_twice_is_proposed_once(tmp_path):
    write(tmp_path / "one", rows(30, keyword=lambda n: "ab"[n % 2], word=lambda n: "AB"[n % 2], x=lambda n: n // 3 % 3))
    proposal, text = propose(tmp_path, tmp_path / "one")
    assert [task.choice.name for task in proposal.tasks] == ["keyword", "x"]
    assert "says nearly the same as keyword" in text


HOSTILE = [
    "a: b",
    "no",
    "null",
    "~",
    "- x",
    "# y",
    'q"q',
    "back\\slash",
    "new\nline",
    "{",
    "]",
    "ü",
    "a;b"[:1],
    "\u2028",
    "'",
]


def test_hostile_names(tmp_path):
    """Labels, columns and folders that YAML could take for something else come back as they are."""
    labels = [*HOSTILE, "lonely"]
    clips = rows(len(labels) * 6, group=lambda n: n // len(labels))
    for number, row in enumerate(clips):
        row["on: [x]"] = labels[number % len(labels)]
        if row["on: [x]"] == "lonely":
            row["group"] = "one"
        row["a+b"] = "xy"[number // 2 % 2]
    folder = tmp_path / "it's a: #1 {folder}, ü"
    write(folder, clips)
    proposal, text = propose(tmp_path, folder)
    assert [task.choice.target for task in proposal.tasks] == ["on: [x]", "a+b"]
    assert [task.choice.name for task in proposal.tasks] == ["on:_[x]", "a_b"]
    assert read_yaml(text).value["tasks"]["on:_[x]"]["drop"] == ["lonely"]
    plan(tmp_path)


@given(st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_scalar_reads_back(word):
    try:
        word.encode()
    except UnicodeEncodeError:
        return
    value = read_yaml(f"key: {{inner: {scalar(word)}}}\nlist: [{scalar(word)}]\n{scalar(word)}: x\n").value
    assert value["key"]["inner"] == word
    assert value["list"] == [word]
    assert word in value
    assert yaml.safe_load(f"[{scalar(word)}]") is not None


def test_clips_that_cannot_be_read(tmp_path):
    write(tmp_path / "one", rows(30, sound=lambda n: "ab"[n % 2]))
    (tmp_path / "one" / "004.wav").write_bytes(b"RIFF broken")
    _, text = propose(tmp_path, tmp_path / "one")
    assert "\non_bad_file: skip\n" in text
    assert re.search(r"# 1 clips cannot be read and are left out: 004.wav: ", text)
    assert any("1 clip is missing" in warning for warning in plan(tmp_path)[2])


def test_a_file_that_is_there_is_kept(tmp_path):
    write(tmp_path / "one", rows(20, sound=lambda n: "ab"[n % 2]))
    (tmp_path / "study.yaml").write_text("mine")
    with pytest.raises(FolderError, match="is there already; name another one with -o, or write over it with --force"):
        propose(tmp_path, tmp_path / "one")
    assert (tmp_path / "study.yaml").read_text() == "mine"
    propose(tmp_path, tmp_path / "one", force=True)
    with pytest.raises(FolderError, match="there is no folder"):
        write_proposal([tmp_path / "one"], tmp_path / "none" / "x.yaml", cache=tmp_path / "cache")


def test_nothing_to_propose(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"no dataset in the paths given:\n  - .*empty: nothing in it is recognised"):
        propose(tmp_path, tmp_path / "empty")
    with pytest.raises(DataError, match=r"none does not exist \(2 such paths\)"):
        propose(tmp_path, tmp_path / "none", tmp_path / "empty", tmp_path / "neither")
    write(tmp_path / "one", rows(8, sound=lambda n: n, group=lambda n: "g"))
    with pytest.raises(DataError, match=r"no task can be made of these datasets:\n  - one.sound: 8 values for 8 clips"):
        propose(tmp_path, tmp_path / "one")
    assert not (tmp_path / "study.yaml").exists()


def test_events_in_time_are_a_target(tmp_path):
    """Of a list beside the table; a dataset without it, and without labels, is said to have neither."""
    write(tmp_path / "strong", rows(10))
    events = [f"{number:03}.wav,0.0,0.02,{'ab'[number % 2]}\n" for number in range(10)]
    (tmp_path / "strong" / "events.csv").write_text("path,onset,offset,label\n" + "".join(events))
    proposal, text = propose(tmp_path, tmp_path / "strong")
    assert [task.choice.target for task in proposal.tasks] == ["events"]
    assert "  events: {dataset: strong, target: events}" in text and "It is told when each label sounds" in words(text)
    plan(tmp_path)
    (tmp_path / "strong" / "events.csv").unlink()
    with pytest.raises(DataError, match=r"\n  - strong: it has no column of labels, and no events in time beside it"):
        propose(tmp_path, tmp_path / "strong", force=True)


def test_one_broken_dataset_does_not_spoil_the_rest(tmp_path):
    write(tmp_path / "good", rows(20, sound=lambda n: "ab"[n % 2]))
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "manifest.csv").write_text("path;label\na\n")
    proposal, text = propose(tmp_path, tmp_path / "bad", tmp_path / "good")
    assert [known.name for known in proposal.found] == ["good"]
    assert "row 1 has 1 cells, the header has 2" in words(text)
    plan(tmp_path)


def test_partners_without_labels_and_tasks_over_several_datasets_are_mentioned(tmp_path):
    """In a line; of a single dataset there is nothing to join."""
    for name in ("one", "two"):
        write(tmp_path / name, rows(20, sound=lambda n: "ab"[n % 2]))
    _, text = propose(tmp_path, tmp_path / "one", tmp_path / "two")
    told = "A partner that needs no labels is `free: {dataset: one, kind: reconstruct}`"
    assert f"{told}; one task may be of several datasets (`dataset: [one, two]`), where labels have one name." in words(
        text
    )
    _, text = propose(tmp_path, tmp_path / "one", force=True)
    assert f"{told}." in words(text) and "several datasets" not in words(text)


def test_most_tasks(tmp_path):
    write(tmp_path / "one", rows(40, a=lambda n: n % 2, b=lambda n: n // 2 % 2, c=lambda n: n // 4 % 2))
    proposal, text = propose(tmp_path, tmp_path / "one", most_tasks=2)
    assert [task.choice.name for task in proposal.tasks] == ["a", "b"]
    assert "  # c: {dataset: one, target: c}\n  #   2 tasks make enough combinations; it can be added\n" in text


def test_the_same_folder_name_twice(tmp_path):
    for place in ("x", "y"):
        write(tmp_path / place / "clips", rows(20, sound=lambda n: "ab"[n % 2]))
    proposal, _ = propose(tmp_path, tmp_path / "x/clips", tmp_path / "y/clips/manifest.csv", tmp_path / "x/clips")
    assert [known.name for known in proposal.found] == ["clips", "clips_2"]


@given(st.integers(0, 10_000), st.integers(6, 60), st.integers(1, 8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_draft_can_be_run(seed, clips, groups, official):
    """Whatever a table is like: a draft by itself has no mistake, or there is none and a reason."""
    draw = np.random.default_rng(seed)
    columns = {
        "group": [f"g{g}" for g in draw.integers(0, groups, clips)],
        "one": draw.choice(["a", "b", "c", ""], clips, p=[0.5, 0.3, 0.1, 0.1]),
        "many": draw.choice(["a", "a;b", "b", "c"], clips),
    }
    if official:
        columns["fold"] = draw.choice(["train", "test", "val"], clips)
    made = dataset(columns)
    for target in ("one", "many"):
        ways, why = drafts(made, target, "task", 0)
        assert bool(ways) != bool(why)
        for way in ways:
            folds = splits_of({"made": made}, [way.choice], 0)
            assert mistakes_in_folds(folds, allow_overlap=False) == []
            assert way.why


def test_a_speaker_task_needs_official_folds():
    """Speakers are the groups: there is no way without official folds, and theirs where there are."""
    columns = {"speaker": list("abcd") * 10, "group": list("wxyz") * 10}
    assert drafts(dataset(columns), "speaker", "t", 0) == ([], "its labels are the groups, which must not be split")
    (way,), _ = drafts(dataset({**columns, "fold": ["train"] * 32 + ["test"] * 8}), "speaker", "t", 0)
    assert way.choice.rule.folds == "fold"
    ways, _ = drafts(speech(), "word", "t", 0)
    assert [way.choice.rule.hold_out for way in ways] == ["speaker"]


@pytest.mark.data
@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(["README.md", "donateacry", "emodb", "speech_commands"], id="three"),
        pytest.param(["*"], id="all", marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
    ],
)
def test_the_real_datasets(shared_data, tmp_path, chosen):
    """A study of all of them, and a first single of it trained without an edit of what was proposed."""
    paths = sorted(path for pattern in chosen for path in shared_data.glob(pattern))
    folders = {path.name for path in paths if path.is_dir()}
    proposal, text = propose(tmp_path, *paths, most_tasks=len(folders))
    assert {known.name for known in proposal.found} == folders
    assert {task.choice.dataset for task in proposal.tasks} == {known.name for known in proposal.found}
    assert "README.md: nothing in it is recognised" in words(text)
    assert "drop: [_silence_]" in text
    runs, _, _ = plan(tmp_path)
    assert len(runs) >= 5 * (len(folders) + len(folders) * (len(folders) - 1) // 2)  # folds, singles and pairs
    content = yaml.safe_load(text)
    first = next(iter(content["tasks"]))
    content |= {
        "tasks": {first: content["tasks"][first]},
        "features": ["summary"],
        "encoders": [{"name": "dnn", "hidden": 8, "layers": 1}],
        "combinations": ["singles"],
        "repeats": {"folds": 1},
        "training": {"steps": 3, "batch": 4},
    }
    (tmp_path / "first.yaml").write_text(yaml.safe_dump(content))
    outcome = Study.load(tmp_path / "first.yaml").run(tmp_path / "out", jobs=1)
    assert (outcome.done, outcome.failed) == (1 + 2, {})
    with (tmp_path / "out" / "results.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 1 + 2


def foreign(folder, columns, count=48, name="labels.csv", separator=";", coding="utf-8"):
    """A table that somebody else wrote, with audio in a folder beside it."""
    cells = [[f"{number:03}.wav", *(str(cell(number)) for cell in columns.values())] for number in range(count)]
    text = "\n".join(separator.join(line) for line in [["fname", *columns], *cells]) + "\n"
    (folder / "audio").mkdir(parents=True)
    (folder / name).write_bytes(text.encode(coding))
    for number in range(count):
        soundfile.write(folder / "audio" / f"{number:03}.wav", tiny.sound(300 + 7 * number, number, 0.05), tiny.RATE)


def test_several_labels_in_a_cell_are_proposed_as_several(tmp_path):
    event = ("dog", "cat", "dog,cat", "owl")
    tags = ("['x', 'y']", "['x']", "['y']", "['z', 'x']")
    foreign(tmp_path / "d", {"event": lambda n: event[n % 4], "tags": lambda n: tags[n % 4]})
    proposal, text = propose(tmp_path, tmp_path / "d")
    assert '  d: {path: d, reader: table, separators: {event: ",", tags: list}}\n' in text
    assert "Cells of event hold several labels with ',' between them" in words(text)
    assert "Cells of tags are lists" in words(text)
    assert {task.choice.target: task.holds for task in proposal.tasks}["event"] == "3 labels"
    assert {task["kind"] for task in kinds(tmp_path).values()} == {"multilabel"}


def test_columns_of_zero_and_one_are_proposed_as_one_target(tmp_path):
    foreign(tmp_path / "d", {f"event_{bit}": lambda n, bit=bit: int(n % 4 == bit or n % 6 == 0) for bit in range(4)})
    proposal, text = propose(tmp_path, tmp_path / "d")
    assert "one_hot: {event: [event_0, event_1, event_2, event_3]}" in words(text)
    assert [(task.choice.target, task.holds) for task in proposal.tasks] == [("event", "4 labels")]
    assert kinds(tmp_path)["event"]["kind"] == "multilabel"


def test_how_a_table_was_read_is_told(tmp_path):
    foreign(tmp_path / "d", {"place": lambda n: ("Höhle", "Wald")[n % 2]}, coding="latin-1")
    _, text = propose(tmp_path, tmp_path / "d")
    assert "Of d: it is not UTF-8 and was read as Latin-1" in words(text)
    assert "Of d: its column 'fname' is taken for the names of audio files" in words(text)
    assert "Of d: its audio files lie in audio/" in words(text)


def kinds(tmp_path):
    """Each task's split as the study that was proposed cuts it."""
    study = Study.load(tmp_path / "study.yaml")
    study.plan()
    return {
        name: {"kind": guess_kind(read_clip_table(tmp_path / "d", "d", "table", study_cells(study)).column(name, "t"))}
        for name in study.settings.tasks
    }


def study_cells(study):
    return study.settings.datasets["d"].cells


@pytest.mark.parametrize("column", ["class_id", "classID", "label_idx", "target_id", "emotion_no"])
def test_numbers_of_labels_are_labels_where_there_are_no_names(tmp_path, column):
    """`id` alone is bookkeeping; beside the names of the labels their numbers say the same."""
    write(tmp_path / "one", rows(60, **{column: lambda n: n % 3}))
    proposal, _ = propose(tmp_path, tmp_path / "one")
    assert [task.choice.target for task in proposal.tasks] == [column]
    write(tmp_path / "two", rows(60, **{column: lambda n: n % 3, "sound": lambda n: "abc"[n % 3]}))
    proposal, _ = propose(tmp_path, tmp_path / "two", force=True)
    assert [task.choice.target for task in proposal.tasks] == ["sound"]
    assert [(draft.choice.target, why) for draft, why in proposal.set_back] == [
        (column, "says nearly the same as sound")
    ]


@pytest.mark.parametrize("column", ["class_name", "Label Name", "categoryName"])
def test_names_of_labels_are_labels(tmp_path, column):
    """They were bookkeeping for the word `name`, so that the numbers beside them were the task."""
    write(tmp_path / "one", rows(60, class_id=lambda n: n % 3, **{column: lambda n: "abc"[n % 3]}))
    proposal, _ = propose(tmp_path, tmp_path / "one")
    assert [task.choice.target for task in proposal.tasks] == [column]


def test_speakers_are_the_last_task_of_a_table(tmp_path):
    """Where their column stands first, the emotion was not proposed: speakers must be on both sides of every fold."""
    write(tmp_path / "one", rows(60, speaker=lambda n: f"s{n // 10}", emotion=lambda n: "ab"[n % 2]))
    proposal, _ = propose(tmp_path, tmp_path / "one")
    assert [(task.choice.target, task.choice.rule.hold_out) for task in proposal.tasks] == [("emotion", "speaker")]
    assert [task.choice.target for task, _ in proposal.set_back] == ["speaker"]


def test_folders_of_speakers_beside_a_table_are_held_out(tmp_path):
    told = [{"path": f"s{n // 10}/{n:03}.wav", "emotion": "ab"[n % 2]} for n in range(60)]
    for number in range(6):
        (tmp_path / "one" / f"s{number}").mkdir(parents=True)
    write(tmp_path / "one", told)
    proposal, text = propose(tmp_path, tmp_path / "one")
    assert 'group_in_name: "([^/]+)/"' in text
    assert "Folders tell groups: folders have 6 values there (s0, s1, s2, s3, s4 and 1 more)" in words(text)
    assert set(proposal.found[0].dataset.table.column("group", "")) == {f"s{number}" for number in range(6)}
    plan(tmp_path)


def test_measured_numbers_are_a_task_of_numbers(tmp_path):
    """Behind labels; what its cells look like is said, and what is not known of them."""
    columns = {"word": lambda n: "abc"[n % 3], "level": lambda n: f"{-60 + 1.37 * n:.2f}", "group": lambda n: n // 5}
    write(tmp_path / "voices", rows(40, **columns))
    proposal, text = propose(tmp_path, tmp_path / "voices")
    assert [(task.choice.name, task.choice.kind) for task in proposal.tasks] == [
        ("word", None),
        ("level", "regression"),
    ]
    assert "  level: {dataset: voices, target: level, kind: regression}\n" in text
    told = words(text)
    assert "numbers from -60 to -6.57, 40 clips. Its cells are numbers, 40 different ones, and so are its" in told
    assert "Name what they are counted in under `unit`." in told
    assert "level (" not in told
    assert {run.combination for run in plan(tmp_path)[0]} == {"word", "level", "word+level"}


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("duration", lambda n: f"{n / 7:.3f}"),  # how the file came about
        ("snr", lambda n: f"{n / 7:.3f}"),
        ("speaker", lambda n: f"{n / 7:.3f}"),  # of whom it is
        ("take_no", str),  # running numbers
        ("piece", lambda n: str(1000 + n)),
        ("level", lambda n: f"{n / 7:.3f}" if n else "loud"),  # not all of them are numbers
        ("level", lambda n: f"{(n % 5) / 7:.3f}"),  # few
        ("level", lambda n: f"{n / 7:.3f}".replace(".", ",")),
    ],
)
def test_what_is_no_measured_number_is_none(tmp_path, name, cell):
    write(tmp_path / "voices", rows(40, word=lambda n: "abc"[n % 3], group=lambda n: n // 5, **{name: cell}))
    proposal, text = propose(tmp_path, tmp_path / "voices")
    assert "regression" not in text
    assert all(task.choice.kind is None for task in proposal.tasks)


def test_whole_numbers_that_come_again_are_measured_and_several_by_name_too(tmp_path):
    columns = {"age": lambda n: str(20 + n % 17), "affect": lambda n: f"valence={n / 9:.2f};arousal={-n}"}
    write(tmp_path / "voices", rows(51, group=lambda n: n // 5, **columns))
    proposal, text = propose(tmp_path, tmp_path / "voices")
    assert {task.choice.target: task.choice.kind for task in proposal.tasks} == {
        "age": "regression", "affect": "regression"
    }  # fmt: skip
    assert "numbers arousal from -50 to 0, valence from 0 to 5.56, 51 clips." in words(text)
