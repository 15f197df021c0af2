"""Layouts that many datasets share: read, written, and read again."""

from itertools import pairwise

import mini_trees
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohear.base.errors import DataError, FolderError, UserError
from cohear.data.exporters import EXPORTERS, export_table
from cohear.data.importers.dcase import read_dcase_events
from cohear.data.scan.dataset import open_dataset
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.events import LabelledEvent, read_events, tag_segments
from cohear.data.tables.reader import READERS, read_clip_table
from cohear.data.tables.table_files import frame
from cohear.testing.reader import ReaderContract


class TestAudiofolder(ReaderContract):
    layout = "audiofolder"
    reader = "audiofolder"

    def make(self):
        return READERS[self.reader]

    def write(self, folder):
        mini_trees.GENERAL[self.layout](folder)


class TestAudiofolderInParts(TestAudiofolder):
    layout = "audiofolder_parts"


class TestClassFolders(TestAudiofolder):
    layout, reader = "class_folders", "class_folders"


class TestClassFoldersInParts(TestAudiofolder):
    layout, reader = "class_folders_parts", "class_folders"


class TestDcaseScenes(TestAudiofolder):
    layout, reader = "dcase_scenes", "dcase"


class TestDcaseEvents(TestAudiofolder):
    layout, reader = "dcase_events", "dcase"


def read(layout, folder):
    mini_trees.GENERAL[layout](folder)
    return read_clip_table(folder, "mine")


def test_audiofolder(tmp_path):
    table = read("audiofolder", tmp_path)
    assert table.rows.to_dict("list") == {
        "path": ["a/1.wav", "a/2.wav", "b 3.wav"],
        "text": ["one, two", "", "x"],
        "label": ["no", "on", "01"],
    }
    table = read("audiofolder_parts", tmp_path / "parts")
    assert table.column("path", "t") == ["test/1.wav", "train/1.wav", "train/2.wav"]
    assert table.column("fold", "t") == ["test", "train", "train"]


def test_audiofolder_in_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"file_name": ["a.wav"], "label": [["x", "y"]]}), tmp_path / "metadata.parquet")
    assert read_clip_table(tmp_path, "m").column("label", "t") == ["x;y"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name,label\na,b\n", "no column 'file_name'"),
        ("file_name,path\na,b\n", "has a column 'path' beside 'file_name'"),
        ("file_name,label\n../a.wav,b\n", "leaves the dataset's folder"),
        ("file_name,label\n,b\n", "row 1 has an empty path"),
    ],
)
def test_mistakes_in_audiofolder(tmp_path, content, told):
    (tmp_path / "metadata.csv").write_text(content)
    with pytest.raises(DataError, match=told):
        read_clip_table(tmp_path, "mine")


def test_class_folders(tmp_path):
    table = read("class_folders", tmp_path)
    assert table.rows.to_dict("list") == {
        "path": ["dog bark/1.wav", "dog bark/2.wav", "größe/1.wav", "no/1.wav"],
        "label": ["dog bark", "dog bark", "größe", "no"],
    }
    table = read("class_folders_parts", tmp_path / "parts")
    assert table.column("label", "t") == ["no", "yes", "no", "yes"]
    assert table.column("fold", "t") == ["test", "test", "train", "train"]
    mini_trees.clip(tmp_path / "no" / "deeper" / "1.wav")
    with pytest.raises(DataError, match="deeper lies in the folder of a class and holds audio"):
        read_clip_table(tmp_path, "mine")


def test_a_class_that_is_a_link_out_of_the_folder(tmp_path):
    mini_trees.class_folders(tmp_path / "data")
    (tmp_path / "data" / "no").rename(tmp_path / "elsewhere")
    (tmp_path / "data" / "no").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="is a link that leaves the dataset's folder"):
        open_dataset(read_clip_table(tmp_path / "data", "m"), cache=tmp_path / "cache", skip_bad=True)


def test_dcase_scenes(tmp_path):
    table = read("dcase_scenes", tmp_path)
    assert table.rows.to_dict("list") == {
        "path": ["audio/one.wav", "audio/two.wav"],
        "scene": ["park", "cafe/restaurant"],
        "group": ["p1", "c1"],
        "device": ["a", "b"],
    }
    (tmp_path / "bare.txt").write_text("audio/one.wav\tpark\tp1\naudio/two.wav\tcafe/restaurant\tc1\n")
    assert read_clip_table(tmp_path / "bare.txt", "m", "dcase").rows.equals(table.rows[["path", "scene", "group"]])
    (tmp_path / "weak.tsv").write_text("filename\tevent_labels\na.wav\tSpeech,Dog\nb.wav\tDog\n")
    assert read_clip_table(tmp_path / "weak.tsv", "m").column("event", "t") == ["Speech;Dog", "Dog"]


def test_dcase_events(tmp_path):
    table = read("dcase_events", tmp_path)
    assert table.rows.to_dict("list") == {"path": ["1.wav", "2.wav", "3.wav"], "event": ["Dog;Speech", "", "Dog"]}
    events = read_dcase_events(tmp_path)
    assert events == [
        LabelledEvent("1.wav", "0.5", "1.0", "Dog"),
        LabelledEvent("1.wav", "0.75", "2.25", "Speech"),
        LabelledEvent("3.wav", "0", "0.5", "Dog"),
    ]
    for lines in ("1.wav\t0.5\t1.0\tDog\n", "1.wav\tstreet\t0.5\t1.0\tDog\tm\n"):
        (tmp_path / "bare.txt").write_text(lines)
        assert read_dcase_events(tmp_path / "bare.txt") == events[:1]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "a line needs a file and a label"),
        ("a.wav\n", "a line needs a file and a label"),
        ("filename\tonset\na.wav\t1\n", "has a column 'onset', but not all of"),
        ("../a.wav\tpark\n", "leaves the dataset's folder"),
        ("filename\tscene_label\na.wav\n", "row 1 has 1 cells"),
        ("filename\tx\tx\na\tb\tc\n", "column 'x' stands twice"),
    ],
)
def test_mistakes_in_dcase(tmp_path, content, told):
    (tmp_path / "meta.txt").write_text(content)
    with pytest.raises(DataError, match=told):
        read_clip_table(tmp_path, "mine")


def test_mistakes_in_events(tmp_path):
    (tmp_path / "meta.txt").write_text("a.wav\tpark\n")
    with pytest.raises(DataError, match="is no list of events"):
        read_dcase_events(tmp_path)
    (tmp_path / "events.csv").write_text("path,onset,offset,label\na.wav,1,nan,x\n")
    with pytest.raises(DataError, match="lasts from '1' to 'nan'"):
        read_events(tmp_path / "events.csv")
    (tmp_path / "events.csv").write_text("path,onset,label\na.wav,1,x\n")
    with pytest.raises(DataError, match="no column 'offset'"):
        read_events(tmp_path / "events.csv")


def test_the_manifest_comes_first(tmp_path):
    """A folder with a manifest is read by it, whatever else it looks like."""
    mini_trees.class_folders(tmp_path)
    mini_trees.fsdd(tmp_path)
    (tmp_path / "manifest.csv").write_text("path,mine\nno/1.wav,x\n")
    assert list(read_clip_table(tmp_path, "m").rows.columns) == ["path", "mine"]


# segments of recordings with events


def test_tag_segments():
    events = [
        LabelledEvent("a", "0", "1", "x"),
        LabelledEvent("a", "4.95", "6", "y"),
        LabelledEvent("a", "9.0", "9.01", "z"),
    ]
    assert tag_segments(events, 10.0, 5.0) == [(0.0, 5.0, ["x"]), (5.0, 10.0, ["y", "z"])]
    assert tag_segments([], 3.0, 5.0) == [(0.0, 3.0, ["none"])]


@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.01, 20), st.sampled_from("abc")), max_size=8),
    st.floats(0.2, 60),
    st.floats(0.5, 10),
)
@settings(max_examples=100, deadline=None)
def test_segments_cover_a_recording_and_its_events(made, length, seconds):
    events = [LabelledEvent("a", repr(onset), repr(onset + lasts), label) for onset, lasts, label in made]
    segments = tag_segments(events, length, seconds)
    assert segments[0][0] == 0
    assert all(after[0] == before[1] for before, after in pairwise(segments))
    assert abs(segments[-1][1] - length) < 1e-9 or segments[-1][1] - segments[-1][0] < 0.2
    assert all(start < end and labels for start, end, labels in segments)
    within = {event.label for event in events if float(event.offset) <= length}
    assert within <= {label for _, _, labels in segments for label in labels}


# export


def contents(table, folder):
    return open_dataset(table, cache=folder, skip_bad=False).contents()


@pytest.mark.parametrize("name", [*mini_trees.PUBLIC, *mini_trees.GENERAL])
def test_manifest_round_trip(name, tmp_path):
    """Whatever was read comes back: cells, label lists, licence, samples."""
    {**mini_trees.PUBLIC, **mini_trees.GENERAL}[name](tmp_path / "from")
    table = read_clip_table(tmp_path / "from", "mine")
    export_table(table, "manifest", tmp_path / "to" / "here")
    again = read_clip_table(tmp_path / "to" / "here", "mine")
    gone = ["path", "start", "end"]
    assert again.rows.drop(columns=gone, errors="ignore").equals(table.rows.drop(columns=gone, errors="ignore"))
    assert again.about == table.about
    assert contents(again, tmp_path / "cache") == contents(table, tmp_path / "cache")


@pytest.mark.parametrize(
    "name", ["esc50", "fsd50k", "tut_events_2017", "ravdess", "audiofolder", "class_folders_parts"]
)
def test_audiofolder_round_trip(name, tmp_path):
    {**mini_trees.PUBLIC, **mini_trees.GENERAL}[name](tmp_path / "from")
    table = read_clip_table(tmp_path / "from", "mine")
    export_table(table, "audiofolder", tmp_path / "to")
    again = read_clip_table(tmp_path / "to", "mine", "audiofolder")
    gone = ["path", "start", "end"]
    assert again.rows.drop(columns=gone, errors="ignore").equals(table.rows.drop(columns=gone, errors="ignore"))
    assert again.about == table.about
    assert contents(again, tmp_path / "cache") == contents(table, tmp_path / "cache")


@pytest.mark.parametrize("name", ["tut_scenes_2017", "tau_urban", "dcase_scenes", "esc50", "fsd50k"])
def test_dcase_round_trip(name, tmp_path):
    {**mini_trees.PUBLIC, **mini_trees.GENERAL}[name](tmp_path / "from")
    table = read_clip_table(tmp_path / "from", "mine")
    export_table(table, "dcase", tmp_path / "to")
    again = read_clip_table(tmp_path / "to", "mine", "dcase")
    assert again.rows.equals(table.rows)
    assert again.about == table.about
    assert contents(again, tmp_path / "cache") == contents(table, tmp_path / "cache")


def test_events_round_trip(tmp_path):
    """DCASE to the house's layout and back."""
    table = read("dcase_events", tmp_path / "from")
    events = read_dcase_events(tmp_path / "from")
    export_table(table, "manifest", tmp_path / "house", events)
    assert read_events(tmp_path / "house" / "events.csv") == events
    export_table(
        read_clip_table(tmp_path / "house", "m"), "dcase", tmp_path / "back", read_events(tmp_path / "house/events.csv")
    )
    assert read_dcase_events(tmp_path / "back") == events
    assert read_clip_table(tmp_path / "back", "mine").rows.sort_values("path").reset_index(drop=True).equals(table.rows)
    with pytest.raises(DataError, match="no place for events"):
        export_table(table, "audiofolder", tmp_path / "other", events)
    assert not (tmp_path / "other").exists(), "whole or not at all"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=8)


@given(st.lists(TEXT, min_size=1, max_size=4), st.sampled_from(["manifest", "audiofolder", "dcase"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_label_comes_back_or_is_told(tmp_path_factory, labels, layout):
    folder = tmp_path_factory.mktemp("e")
    mini_trees.clip(folder / "from" / "0.wav", seconds=0.01)
    rows = [[f"{number}.wav", label if label.strip() else "x"] for number, label in enumerate(labels)]
    for path, _ in rows:
        (folder / "from" / path).write_bytes((folder / "from" / "0.wav").read_bytes())
    table = ClipTable("mine", folder / "from", frame(["path", "scene"], rows))
    try:
        export_table(table, layout, folder / "to")
    except DataError as error:
        assert layout == "dcase"
        assert "cannot be written with tabs" in str(error)
        return
    assert read_clip_table(folder / "to", "mine", layout).rows.equals(table.rows)


def test_mistakes_at_export(tmp_path):
    table = read("class_folders", tmp_path / "from")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    with pytest.raises(FolderError, match="is there and not empty"):
        export_table(table, "manifest", tmp_path / "full")
    with pytest.raises(UserError, match=r"unknown export layout 'dcse' \(did you mean 'dcase'\?\)"):
        export_table(table, "dcse", tmp_path / "to")
    (tmp_path / "from/no/1.wav").unlink()
    with pytest.raises(DataError, match=r"cannot read .*no/1.wav: No such file"):
        export_table(table, "manifest", tmp_path / "to")
    assert not (tmp_path / "to").exists()
    assert sorted(EXPORTERS) == ["audiofolder", "dcase", "manifest"]
