"""``check --write``: groups that keep duplicates together, and what takes them up."""

import csv
import json
from pathlib import Path

import numpy as np
import planted
import pytest
from command import called

from cohear.base.errors import DataError
from cohear.data.folds.parts import Part
from cohear.data.tables.reader import read_clip_table
from cohear.study.audit import check_data, gather_evidence
from cohear.study.file.parts import DatasetSettings
from cohear.study.group_files import write_groups
from cohear.study.launch.progress import NoProgress


@pytest.fixture
def copy(clean, tmp_path):
    """`bird` with a near-duplicate in groups g1 and g3 and an exact one in g3 and g4."""
    copy = planted.Copy(clean, tmp_path)
    planted._replace(copy, 7, planted.another_take(copy.samples(20)))  # g1, g3
    planted._replace(copy, 25, copy.samples(21))  # g4, g3
    return copy


def groups_of(table):
    return dict(zip(table.clip_ids(), table.column("group", ""), strict=True))


def test_whole_groups_are_joined(copy, cache):
    """The clips stay with their speakers: g1, g3 and g4 become one group, all others stay."""
    before = groups_of(read_clip_table(copy.folder / "bird", "bird"))
    (groups,) = check_data(copy.settings(), cache=cache).groups.values()
    joined = {clip for clip, group in before.items() if group in ("g1", "g3", "g4")}
    assert {clip for clip, group in groups.items() if group == "g1"} == joined
    assert {clip: group for clip, group in groups.items() if clip not in joined} == {
        clip: group for clip, group in before.items() if clip not in joined
    }


def test_a_sound_in_every_group_joins_none_and_is_told(copy, cache):
    """A jingle made all groups one, so that the copies of g1, g3 and g4 were not kept together either."""
    before = groups_of(read_clip_table(copy.folder / "bird", "bird"))
    first = {group: clip for clip, group in reversed(before.items())}
    rows = [row["path"] for row in planted.read_rows(copy.folder / "bird")]
    for clip in first.values():
        planted._replace(copy, rows.index(clip), copy.samples(rows.index(first["g0"])))
    audit = check_data(copy.settings(), cache=cache)
    (groups,) = audit.groups.values()
    assert {group for clip, group in groups.items() if before[clip] in ("g1", "g3", "g4")} == {"g1"}
    assert {clip: group for clip, group in groups.items() if group != "g1"} == {
        clip: group for clip, group in before.items() if group not in ("g1", "g3", "g4")
    }
    (told,) = audit.unjoined["bird"]
    many = len(first)
    assert told == (
        f"{many} copies of {rows[0]!r} lie in {many} groups, which joined would leave nearly one: keep one of them"
    )


def test_the_command_tells_what_it_does_not_join(clean, tmp_path, monkeypatch):
    """One copy in each of all groups: there is no file, and the clip is named."""
    copy = planted.Copy(clean, tmp_path)
    before = groups_of(read_clip_table(copy.folder / "bird", "bird"))
    rows = [row["path"] for row in planted.read_rows(copy.folder / "bird")]
    for clip in {group: clip for clip, group in before.items()}.values():
        planted._replace(copy, rows.index(clip), copy.samples(0))
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path / "cache"))
    done = called("check", copy.folder / "bird", "--write", tmp_path / "groups.csv")
    assert not (tmp_path / "groups.csv").exists()
    assert "groups, which joined would leave nearly one: keep one of them" in done.stderr
    assert "no groups to write" not in done.stderr


def test_clean_data_need_no_groups(clean, cache):
    assert check_data(planted.settings(clean), cache=cache).groups == {}


def test_what_is_written_is_taken_up_and_mends_the_leak(copy, cache):
    audit = check_data(copy.settings(), cache=cache)
    assert "near-duplicates" in {finding.code for finding in audit.findings if finding.severity == "warning"}
    file = copy.folder / "bird" / "groups.csv"
    assert write_groups(audit.groups, file) == {"bird": file}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["clip", "group"]
    assert len(rows) == len(planted.read_rows(copy.folder / "bird"))
    (file.parent / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")
    copy.changes["tasks"] = {"bird": {"dataset": "bird", "target": "bird", "hold_out": "group"}}
    again = check_data(copy.settings(), cache=cache)
    assert again.groups == {}
    told = {finding.code for finding in again.findings if finding.severity != "note"}
    assert not told & {"near-duplicates", "leaking-near-duplicates", "clips-set-aside"}


def test_what_is_written_is_taken_up_beside_groups_in_names(copy, cache):
    """`cohear init` writes `group_in_name`; what `check` tells to do next must not refuse it."""
    rows = planted.read_rows(copy.folder / "bird")
    clips = [row["path"] for row in rows]
    text = "clip,group\n" + "".join(f"{clip},both\n" for clip in clips[:2])
    (copy.folder / "bird" / "groups.csv").write_text(text, encoding="utf-8")
    (copy.folder / "bird" / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")
    bare = copy.folder / "bird" / "manifest.csv"
    bare.write_text("path,bird\n" + "".join(f"{row['path']},{row['bird']}\n" for row in rows), encoding="utf-8")
    table = DatasetSettings(path=copy.folder / "bird", group_in_name="[0-9]{2}").read("bird")
    assert table.column("group", "bird") == ["both", "both", *(Path(clip).name[:2] for clip in clips[2:])]


def test_several_datasets_have_a_file_each(copy, cache, tmp_path):
    planted._replace(copy, 7, copy.samples(20, "door"), "door")
    audit = check_data(copy.settings(), cache=cache)
    files = write_groups(audit.groups, tmp_path / "made" / "groups.csv")
    assert {name: file.name for name, file in files.items()} == {
        "bird": "groups-bird.csv",
        "door": "groups-door.csv",
    }
    assert all(file.is_file() for file in files.values())


def test_some_clips_and_no_column(clean, tmp_path):
    """A clip that is not listed keeps its group; a dataset without groups gets the column."""
    copy = planted.Copy(clean, tmp_path)
    folder = copy.folder / "bird"
    rows = [{key: cell for key, cell in row.items() if key != "group"} for row in planted.read_rows(folder)]
    planted.write_rows(folder, rows)
    (folder / "groups.csv").write_text("clip,group\nclips/003.wav,x\nclips/001.wav,x\n", encoding="utf-8")
    (folder / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")
    groups = groups_of(read_clip_table(folder, "bird"))
    assert {clip: group for clip, group in groups.items() if group} == {"clips/001.wav": "x", "clips/003.wav": "x"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "groups.csv is not there"),
        ("clip,set\nclips/003.wav,x\n", "must have the columns clip and group"),
        ("clip,group\nclips/003.wav,x\nclips/003.wav,y\n", "1 clip of groups.csv stand twice"),
        ("clip,group\nclips/3.wav,x\n", "names 'clips/3.wav', which is no clip of it"),
    ],
)
def test_mistakes_in_groups(clean, tmp_path, content, told):
    folder = planted.Copy(clean, tmp_path).folder / "bird"
    (folder / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")
    if content:
        (folder / "groups.csv").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_clip_table(folder, "bird")


def test_the_command_checks_a_dataset(copy, tmp_path, monkeypatch):
    """Without a study file: the tasks are those that `cohear init` would propose."""
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "groups.csv"
    ended = called("check", copy.folder / "bird", "--write", file, "--json")
    told = json.loads(ended.stdout)
    assert set(told["datasets"]) == {"bird"}
    assert all(finding["dataset"] == "bird" for finding in told["findings"])
    assert file.read_text(encoding="utf-8").startswith("clip,group\n")
    assert f"groups: {file}; put it beside the table of bird, and `groups: groups.csv`" in ended.stderr
    assert not (tmp_path / "out").exists()
    assert called("check", copy.folder / "door", "--write", tmp_path / "none.csv").returncode == 0
    assert not (tmp_path / "none.csv").exists()


def test_a_file_of_groups_beside_folders_of_classes_is_no_table_of_clips(clean, tmp_path):
    """It names clips, and yet the folders are the dataset."""
    for label in ("low", "high"):
        (tmp_path / "set" / label).mkdir(parents=True)
        for number in range(3):
            (tmp_path / "set" / label / f"{number}.wav").hardlink_to(clean / "bird" / "clips" / f"{number:03}.wav")
    before = read_clip_table(tmp_path / "set", "set")
    (tmp_path / "set" / "groups.csv").write_text("clip,group\nlow/0.wav,x\nlow/1.wav,x\n", encoding="utf-8")
    (tmp_path / "set" / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")
    table = read_clip_table(tmp_path / "set", "set")
    assert table.clip_ids() == before.clip_ids()
    assert set(before.rows.columns) <= set(table.rows.columns)
    assert {clip for clip, group in groups_of(table).items() if group == "x"} == {"low/0.wav", "low/1.wav"}


@pytest.fixture
def speakers(copy):
    """`copy` as a publisher's table would be: `speaker` in place of `group`, tasks that hold it out."""
    rows = planted.read_rows(copy.folder / "bird")
    kept = [{"path": row["path"], "bird": row["bird"], "speaker": row["group"].replace("g", "s")} for row in rows]
    planted.write_rows(copy.folder / "bird", [row | {"room": f"r{number % 2}"} for number, row in enumerate(kept)])
    copy.changes = {
        "datasets": {"bird": {"path": "bird"}},
        "tasks": {"bird": {"dataset": "bird", "target": "bird", "hold_out": "speaker"}},
    }
    return copy


def carry_out(copy, audit):
    file = copy.folder / "bird" / "groups.csv"
    write_groups(audit.groups, file)
    (file.parent / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")


def leaks(audit):
    return {finding.code for finding in audit.findings} & {"leaking-near-duplicates", "clips-set-aside"}


def test_what_tasks_hold_out_is_joined_and_the_told_lines_mend_the_leak(speakers, cache):
    audit = check_data(speakers.settings(), cache=cache)
    assert "leaking-near-duplicates" in leaks(audit)
    line = "tasks.bird: write `hold_out: group` in place of `hold_out: speaker`"
    assert audit.group_lines == {"bird": (line,)}
    carry_out(speakers, audit)
    speakers.changes["tasks"]["bird"]["hold_out"] = "group"
    evidence, _ = gather_evidence(speakers.settings(), cache=cache, jobs=None, progress=NoProgress())
    table = evidence.datasets["bird"].table
    together = set(zip(table.column("speaker", ""), table.column("group", ""), strict=True))
    by_speaker = dict(together)
    assert len(together) == len(by_speaker) == 12
    assert len(set(by_speaker.values())) == 10
    assert by_speaker["s1"] == by_speaker["s3"] == by_speaker["s4"] == "s1"
    speaker = np.array(table.column("speaker", ""))
    for folds in evidence.folds.values():
        split = folds["bird"]
        tested = split.cleared.parts == Part.TEST
        assert not set(speaker[split.rows[tested]]) & set(speaker[split.rows[~tested]])
    again = check_data(speakers.settings(), cache=cache)
    assert not leaks(again)
    assert (again.groups, again.group_lines) == ({}, {})


def test_groups_of_all_tasks_are_joined(speakers, cache):
    """Rooms lie across speakers: what keeps both whole, and both copies, is one group; with rooms of speakers, two."""
    table = planted.read_rows(speakers.folder / "bird")
    rooms = {f"s{number}": f"r{max(0, number - 4) // 4}" for number in range(12)}
    planted.write_rows(speakers.folder / "bird", [row | {"room": rooms[row["speaker"]]} for row in table])
    speakers.changes["tasks"] |= {"other": {"dataset": "bird", "target": "bird", "hold_out": "room"}}
    speakers.changes["allow_input_overlap"] = True
    audit = check_data(speakers.settings(), cache=cache)
    groups = audit.groups["bird"]
    assert {(rooms[row["speaker"]], groups[row["path"]]) for row in table} == {("r0", "s0"), ("r1", "s8")}
    assert [line.split(":")[0] for line in audit.group_lines["bird"]] == ["tasks.bird", "tasks.other"]


def test_groups_that_join_to_one_are_not_written(speakers, cache):
    speakers.changes["tasks"] |= {"other": {"dataset": "bird", "target": "bird", "hold_out": "room"}}
    speakers.changes["allow_input_overlap"] = True
    audit = check_data(speakers.settings(), cache=cache)
    assert audit.groups == {}
    (line,) = audit.group_lines["bird"]
    assert line.endswith("a single group: remove one clip of each pair of copies")


def test_a_task_on_what_is_held_out_is_told_to_remove_copies(speakers, cache):
    speakers.changes["tasks"] |= {"who": {"dataset": "bird", "target": "speaker"}}
    speakers.changes["allow_input_overlap"] = True
    told = check_data(speakers.settings(), cache=cache).group_lines["bird"]
    assert told[1:] == (
        "tasks.who needs every speaker on both sides, which groups forbid: write `hold_out: path`, and remove one clip "
        "of each pair of copies",
    )


def test_the_command_tells_the_line_to_change(speakers, tmp_path, monkeypatch):
    """Before the groups are taken up, and after, as long as the task is not cut over them."""
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path / "cache"))
    study = speakers.folder / "study.yaml"
    study.write_text(json.dumps({"study": "planted", **speakers.changes}), encoding="utf-8")
    line = "bird: tasks.bird: write `hold_out: group` in place of `hold_out: speaker`"
    file = speakers.folder / "bird" / "groups.csv"
    assert line in called("check", study, "--write", file).stderr
    (file.parent / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")
    ended = called("check", study, "--write", tmp_path / "none.csv")
    assert "leaking-near-duplicates" in ended.stdout
    assert line in ended.stderr
    assert "no groups to write" not in ended.stderr
    assert not (tmp_path / "none.csv").exists()
    study.write_text(study.read_text(encoding="utf-8").replace('"hold_out": "speaker"', '"hold_out": "group"'))
    ended = called("check", study, "--write", tmp_path / "none.csv")
    assert "leaking-near-duplicates" not in ended.stdout
    assert "no groups to write" in ended.stderr


def test_duplicates_of_two_datasets_are_not_said_to_be_kept_together(clean, tmp_path, monkeypatch):
    """Groups are a dataset's own: no file of them mends copies in another one, which the finding tells."""
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path / "cache"))
    copy = planted.Copy(clean, tmp_path)
    planted._replace(copy, 7, copy.samples(8, "door"))
    study = copy.folder / "study.yaml"
    datasets = {name: {"path": name} for name in ("bird", "door")}
    tasks = {name: {"dataset": name, "target": name, "hold_out": "group"} for name in datasets}
    content = {"study": "planted", "datasets": datasets, "tasks": tasks}
    study.write_text(json.dumps(content), encoding="utf-8")
    ended = called("check", study, "--write", tmp_path / "none.csv")
    assert "exact-duplicates-across-datasets" in ended.stdout
    assert ended.stderr.endswith(
        "no groups to write: inside each dataset, those that there are keep all duplicates together\n"
    )
