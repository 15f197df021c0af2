"""Tables that somebody else wrote: other names of columns, separators, codings, places; each with the right clips."""

import json
import unicodedata

import mini_trees
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.base.errors import DataError
from cohear.data.scan.dataset import open_dataset, scan_dataset
from cohear.data.tables import names_there
from cohear.data.tables.audio_column import AUDIO_COLUMNS, inside
from cohear.data.tables.names_there import ClipNames
from cohear.data.tables.reader import READERS, read_clip_table, reader_of
from cohear.data.tables.text_files import decode_text, read_text
from cohear.study.draft.places import dataset_places
from cohear.testing.reader import ReaderContract

CLIPS = {"a.wav": "dog", "b.wav": "größe", "c.wav": "no"}


class TestTable(ReaderContract):
    def make(self):
        return READERS["table"]

    def write(self, folder):
        rows = [f"{name};{label};S{number}" for number, (name, label) in enumerate(CLIPS.items())]
        mini_trees.text(folder / "labels.csv", "fname;label;speaker", *rows)
        for name in CLIPS:
            mini_trees.clip(folder / name)


def written(folder, name, content, clips=CLIPS):
    for clip in clips:
        mini_trees.clip(folder / clip)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def labels_of(table):
    return dict(zip(table.column("path", "t"), table.column("label", "t"), strict=True))


def lines(separator=",", column="path", clips=CLIPS):
    return "".join(f"{separator.join(pair)}\n" for pair in ((column, "label"), *clips.items()))


# names of the column


@pytest.mark.parametrize("column", [*AUDIO_COLUMNS, "File Name", "FileName", "audio-filepath", "PATH"])
@pytest.mark.parametrize("name", ["manifest.csv", "metadata.csv", "anything.csv"])
def test_a_column_of_audio_files_by_any_of_its_names(tmp_path, column, name):
    written(tmp_path, name, lines(column=column))
    table = read_clip_table(tmp_path, "t")
    assert labels_of(table) == CLIPS
    usual = column == "path" or (name, column) == ("metadata.csv", "file_name")
    assert usual or f"its column {column!r} is taken for the names of audio files" in table.remarks


def test_of_two_columns_the_one_with_names_of_audio_files(tmp_path):
    """``file`` holds a number, ``wav`` the name."""
    rows = "".join(f"{number},{name},{label}\n" for number, (name, label) in enumerate(CLIPS.items()))
    written(tmp_path, "data.csv", "file,wav,label\n" + rows)
    assert labels_of(read_clip_table(tmp_path, "t")) == CLIPS


def test_manifest_of_nemo(tmp_path):
    """``offset`` and ``duration`` are the part of a file, exact in their digits."""
    rows = [
        {"audio_filepath": "a.wav", "offset": 0.1, "duration": 0.2, "label": "dog"},
        {"audio_filepath": "a.wav", "offset": 0.3, "duration": 0.2, "label": "no"},
    ]
    written(tmp_path, "train_manifest.json", "".join(json.dumps(row) + "\n" for row in rows))
    table = read_clip_table(tmp_path, "t")
    assert table.column("path", "t") == ["a.wav", "a.wav"]
    assert table.column("start", "t") == ["0.1", "0.3"]
    assert table.column("end", "t") == ["0.3", "0.5"]
    assert table.column("label", "t") == ["dog", "no"]


# separators and codings


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["manifest.csv", "metadata.csv", "labels.csv"])
def test_separators(tmp_path, separator, name):
    written(tmp_path, name, lines(separator, "file_name"))
    assert labels_of(read_clip_table(tmp_path, "t")) == CLIPS


def test_separators_inside_cells(tmp_path):
    """What stands in cells is not taken for what separates them, quoted or not."""
    written(tmp_path, "manifest.csv", 'path;label\na.wav;"x;y"\nb.wav;x,y\nc.wav;no\n')
    assert labels_of(read_clip_table(tmp_path, "t")) == {"a.wav": "x;y", "b.wav": "x,y", "c.wav": "no"}
    (tmp_path / "manifest.csv").write_text('path,label\na.wav,x;y\nb.wav,"x,y"\nc.wav,no\n')
    assert labels_of(read_clip_table(tmp_path, "t")) == {"a.wav": "x;y", "b.wav": "x,y", "c.wav": "no"}


@pytest.mark.parametrize("name", ["labels.tsv", "manifest.tsv", "metadata.tsv"])
def test_tabs_by_the_ending(tmp_path, name):
    written(tmp_path, name, lines("\t", "filename"))
    assert labels_of(read_clip_table(tmp_path, "t")) == CLIPS
    assert labels_of(read_clip_table(tmp_path / name, "t")) == CLIPS


@pytest.mark.parametrize("name", ["list.json", "list.jsonl", "list.ndjson"])
def test_json(tmp_path, name):
    rows = [{"file": clip, "label": label} for clip, label in CLIPS.items()]
    content = json.dumps(rows) if name == "list.json" else "".join(json.dumps(row) + "\n" for row in rows)
    written(tmp_path, name, content)
    assert labels_of(read_clip_table(tmp_path, "t")) == CLIPS


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["manifest.csv", "metadata.csv", "labels.tsv"])
def test_unicode_in_every_form(tmp_path, coding, name):
    written(tmp_path, name, lines("\t" if name.endswith("tsv") else ",", "file_name").encode(coding))
    table = read_clip_table(tmp_path, "t")
    assert labels_of(table) == CLIPS
    assert not any("UTF-8" in remark for remark in table.remarks)


@pytest.mark.parametrize(("coding", "told"), [("latin-1", "Latin-1"), ("cp1252", "Latin-1")])
def test_single_bytes_are_told(tmp_path, coding, told):
    written(tmp_path, "manifest.csv", lines().encode(coding))
    table = read_clip_table(tmp_path, "t")
    assert labels_of(table) == CLIPS
    assert [remark for remark in table.remarks if f"was read as {told}" in remark]


def test_windows_1252_is_told_by_what_latin_1_has_not(tmp_path):
    (tmp_path / "a.csv").write_bytes("path,label\na.wav,„x“\n".encode("cp1252"))
    assert decode_text(tmp_path / "a.csv").coding == "Windows-1252"
    assert "„x“" in decode_text(tmp_path / "a.csv").text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", "größe".encode() + b"\xff", b"\xff" * 9 + b"\x00"])
def test_what_is_no_text_or_damaged_is_refused(tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)
    for read in (read_text, decode_text):
        with pytest.raises(DataError, match="is not UTF-8 text"):
            read(tmp_path / "a.csv")


def test_lists_of_publishers_are_not_guessed(tmp_path):
    """Their coding is known; what is not UTF-8 there is a damaged file."""
    mini_trees.esc50(tmp_path)
    file = tmp_path / "ESC-50-master/meta/esc50.csv"
    file.write_bytes(file.read_bytes().replace(b"dog", b"d\xf6g"))
    with pytest.raises(DataError, match="is not UTF-8 text"):
        read_clip_table(tmp_path, "t", "esc50")


# places


def test_absolute_names_and_climbs_inside_the_tree(tmp_path):
    clips = {"audio/a.wav": "x", "audio/b.wav": "y", "audio/c.wav": "z"}
    given_names = [str(tmp_path / "audio/a.wav"), "audio/../audio/b.wav", "lists/../audio/c.wav"]
    text = "path,label\n" + "".join(f"{n},{label}\n" for n, label in zip(given_names, clips.values(), strict=True))
    written(tmp_path, "manifest.csv", text, clips)
    assert labels_of(read_clip_table(tmp_path, "t")) == clips


def test_a_table_in_a_folder_of_its_own(tmp_path):
    clips = {"audio/a.wav": "x", "audio/b.wav": "y"}
    for number, names in enumerate((["../audio/a.wav", "../audio/b.wav"], list(clips), ["a.wav", "b.wav"])):
        root = tmp_path / str(number)
        rows = "".join(f"{name},{label}\n" for name, label in zip(names, clips.values(), strict=True))
        written(root, "meta/labels.csv", "filename,label\n" + rows, clips)
        assert labels_of(read_clip_table(root, "t")) == clips


@pytest.mark.parametrize("name", ["/etc/passwd", "../a.wav", "audio/../../a.wav", "..", "C:\\x\\..\\..\\a.wav"])
@pytest.mark.parametrize("table", ["manifest.csv", "metadata.csv"])
def test_what_leads_out_is_refused(tmp_path, name, table):
    mini_trees.clip(tmp_path / "d" / "a.wav")
    (tmp_path / "d" / table).write_text(f"path,label\na.wav,x\n{name},y\n")
    with pytest.raises(DataError, match="leaves the dataset's folder"):
        read_clip_table(tmp_path / "d", "t")


def test_links_inside_the_tree(tmp_path):
    """A table and a folder of audio that are links inside the dataset are what they lead to."""
    clips = {"audio/a.wav": "x", "audio/b.wav": "y"}
    written(tmp_path, "meta/list.csv", "file_name,label\naudio/a.wav,x\naudio/b.wav,y\n", clips)
    (tmp_path / "audio").rename(tmp_path / "real")
    (tmp_path / "audio").symlink_to("real")
    (tmp_path / "metadata.csv").symlink_to("meta/list.csv")
    table = read_clip_table(tmp_path, "t")
    assert labels_of(table) == clips
    assert open_dataset(table, cache=tmp_path / "cache", skip_bad=False).bad == ()


def test_a_link_in_a_folder_of_a_part(tmp_path):
    written(tmp_path, "lists/train.csv", "file_name,label\na.wav,x\nb.wav,y\n", {"train/a.wav": "", "train/b.wav": ""})
    (tmp_path / "train" / "metadata.csv").symlink_to("../lists/train.csv")
    assert labels_of(read_clip_table(tmp_path, "t", "audiofolder")) == {"train/a.wav": "x", "train/b.wav": "y"}


@pytest.mark.parametrize("table", ["metadata.csv", "labels.csv"])
def test_bare_names_and_names_without_their_ending(tmp_path, table):
    clips = {"data/audio/7.ogg": "x", "data/audio/8.ogg": "y"}
    written(tmp_path, table, "fname,label\n7,x\n8,y\n", clips)
    read = read_clip_table(tmp_path, "t")
    assert labels_of(read) == clips
    assert "its audio files lie in data/audio/" in read.remarks
    assert "its names of audio files lack their ending, .ogg" in read.remarks


def test_several_tables_are_not_guessed(tmp_path):
    written(tmp_path, "one.csv", lines())
    written(tmp_path, "two.csv", lines())
    with pytest.raises(DataError, match=r"2 tables of .* name audio files \(one.csv, two.csv\); name the one"):
        read_clip_table(tmp_path, "t", "table")
    assert labels_of(read_clip_table(tmp_path / "two.csv", "t")) == CLIPS


def test_a_table_about_something_else_is_no_dataset(tmp_path):
    """Its column has such a name, its cells no file that is there."""
    mini_trees.class_folders(tmp_path)
    (tmp_path / "notes.csv").write_text("file,remark\nreport.pdf,x\n")
    assert reader_of(tmp_path) == "class_folders"


def test_a_list_of_events_is_no_table_of_clips(tmp_path):
    """Beside folders of classes, and beside a table."""
    mini_trees.class_folders(tmp_path)
    (tmp_path / "events.csv").write_text("path,onset,offset,label\nno/1.wav,0,1,a\nno/1.wav,1,2,b\n")
    assert reader_of(tmp_path) == "class_folders"
    (tmp_path / "labels.csv").write_text("fname,label\nno/1.wav,x\ndog bark/1.wav,y\n")
    assert labels_of(read_clip_table(tmp_path, "t", "table")) == {"no/1.wav": "x", "dog bark/1.wav": "y"}


def test_recordings_that_somebody_renamed_are_no_public_layout(tmp_path):
    """A copy of Speech Commands in one folder, with a table, is not refused for its names."""
    clips = {"clips/down-0c540988_nohash_0.flac": "down", "clips/up-0c540988_nohash_1.flac": "up"}
    written(tmp_path, "labels.csv", lines(column="fname", clips=clips), clips)
    assert reader_of(tmp_path) == "table"
    assert labels_of(read_clip_table(tmp_path, "t")) == clips


NAMES = st.text("ab./\\ü", min_size=1, max_size=12)


@given(NAMES)
@settings(max_examples=300, deadline=None)
def test_no_name_leads_out(tmp_path_factory, name):
    """What comes back is below the root, or what was given."""
    root = tmp_path_factory.getbasetemp()
    found = inside(name, root)
    assert found == name or not (found.startswith(("/", "..")) or "/../" in f"/{found}/")


# names that are nearly right


@pytest.mark.parametrize(
    ("there", "named", "what"),
    [
        (unicodedata.normalize("NFD", "größe.wav"), unicodedata.normalize("NFC", "größe.wav"), "Unicode form"),
        (unicodedata.normalize("NFC", "größe.wav"), unicodedata.normalize("NFD", "größe.wav"), "Unicode form"),
        ("a/B.WAV", "A/b.wav", "upper and lower case"),
        ("clips/a.wav", "clips\\a.wav", "backslashes"),
        ("Clips/a.wav", "clips\\A.WAV", "upper and lower case"),
        ("a.flac", "a.wav", "ending"),
        ("deep/er/a.wav", "a.wav", "folder"),
        ("a .wav", "a.wav ", "spaces"),
    ],
)
def test_the_file_that_could_be_meant_is_named(tmp_path, there, named, what):
    mini_trees.clip(tmp_path / "other.wav")
    mini_trees.clip(tmp_path / there) if what != "spaces" else mini_trees.clip(tmp_path / "a.wav")
    (tmp_path / "manifest.csv").write_text(f'path,label\nother.wav,x\n"{named}",y\n', encoding="utf-8")
    _, bad = scan_dataset(read_clip_table(tmp_path, "t"), cache=tmp_path / "cache")
    (clip,) = bad.values()
    assert clip.kind == "missing"
    assert what in clip.reason
    assert repr(there if what != "spaces" else "a.wav") in clip.reason


NEAR = [
    (("a1/a10.wav", "b2/b20.wav"), ("a1\\a10.wav", "b2\\b20.wav")),
    (("Clips/a.wav", "Clips/b.wav"), ("clips/a.wav", "clips/b.wav")),
    (("Clips/a 1.wav", "Clips/b 1.wav"), ("C:\\me\\clips\\a 1.wav", "C:\\me\\clips\\b 1.wav")),
    (("clips/a 1.wav", "clips/b 1.wav"), ("clips/a%201.wav", "clips/b%201.wav")),
    (("clips/a.wav", "clips/b.wav"), ("/home/nobody/of/clips/a.wav", "/home/nobody/of/clips/b.wav")),
    (("clips/a.wav", "clips/b.wav"), ("https://example.org/set/clips/a.wav", "https://example.org/set/clips/b.wav")),
    (("clips/a.wav", "clips/b.wav"), ("clips/a.wav ", " clips/b.wav")),
    *(
        tuple(tuple(unicodedata.normalize(form, f"{name}/größe.wav") for name in ("é", "ö")) for form in forms)
        for forms in (("NFC", "NFD"), ("NFD", "NFC"))
    ),
]


BARE = (("clips/A.WAV", "clips/B.WAV"), ("a.wav", "b.wav"))


@pytest.mark.parametrize(("there", "named"), [*NEAR, BARE])
@pytest.mark.parametrize("place", ["labels.csv", "meta/labels.csv", "metadata.csv"])
def test_a_table_all_of_whose_names_are_nearly_right_is_read(tmp_path, there, named, place):
    """Its labels were dropped, and folders became the labels."""
    for file in there:
        mini_trees.clip(tmp_path / file)
    mini_trees.text(tmp_path / place, "filename,label", *(f"{name},{'xy'[n]}" for n, name in enumerate(named)))
    assert [known.name for known in dataset_places([tmp_path]).readers] == [tmp_path.name]
    table = read_clip_table(tmp_path, "t")
    assert labels_of(table) == dict(zip(there, "xy", strict=True))
    assert any("but for backslashes, Unicode form, or upper and lower case" in remark for remark in table.remarks)


@pytest.mark.parametrize(("there", "named"), NEAR)
@pytest.mark.parametrize("name", ["manifest.csv", "manifest.jsonl"])
def test_a_manifest_all_of_whose_names_are_nearly_right_is_read(tmp_path, there, named, name):
    """It was refused, file by file."""
    for file in there:
        mini_trees.clip(tmp_path / file)
    rows = [{"path": path, "label": "xy"[number]} for number, path in enumerate(named)]
    lines_of = ["path,label", *(",".join(row.values()) for row in rows)]
    mini_trees.text(tmp_path / name, *(lines_of if name.endswith("csv") else map(json.dumps, rows)))
    table = read_clip_table(tmp_path, "t", "manifest")
    assert labels_of(table) == dict(zip(there, "xy", strict=True))
    assert [remark for remark in table.remarks if "but for backslashes, Unicode form, or upper" in remark]


def test_a_manifest_with_a_name_that_is_right_stays_as_it_is(tmp_path):
    """Names that are not there are told by the scan, each with the file that could be meant."""
    for file in ("a/x.wav", "a/y.wav"):
        mini_trees.clip(tmp_path / file)
    mini_trees.text(tmp_path / "manifest.csv", "path,label", "a/x.wav,x", "A/Y.wav,y")
    table = read_clip_table(tmp_path, "t")
    assert (table.column("path", "t"), table.remarks) == (["a/x.wav", "A/Y.wav"], ())
    _, bad = scan_dataset(table, cache=tmp_path / "cache")
    assert "'a/y.wav' is there, another name by its upper and lower case" in bad[1].reason


def test_names_of_another_machine_that_two_files_end_like_are_not_taken(tmp_path):
    for file in ("a/1.wav", "b/1.wav", "a/2.wav"):
        mini_trees.clip(tmp_path / file)
    names = ["/nowhere/1.wav", "/nowhere/a/1.wav", "C:\\x\\2.wav", "x/2.wav", "/nowhere/../a/2.wav"]
    assert ClipNames(tmp_path).spelled(names) == ["1.wav", "a/1.wav", "2.wav", *names[3:]]
    mini_trees.text(tmp_path / "labels.csv", "filename,label", "/nowhere/1.wav,x", "/nowhere/1.wav,y")
    assert reader_of(tmp_path) == "class_folders"


@pytest.mark.parametrize("name", ["meta.csv", "meta.tsv"])
def test_a_table_that_is_called_as_a_list_of_dcase(tmp_path, name):
    """With commas it was refused, with tabs its line of names was a clip."""
    comma = "\t" if name.endswith("tsv") else ","
    written(tmp_path, name, lines(comma, column="name"))
    assert reader_of(tmp_path) == "table"
    assert labels_of(read_clip_table(tmp_path, "t")) == CLIPS


def test_columns_of_nothing_are_left_out(tmp_path):
    """Commas that a spreadsheet leaves at the ends of lines; the column of numbers before stays."""
    rows = [f"{n},{path},{label},," for n, (path, label) in enumerate(CLIPS.items())]
    written(tmp_path, "labels.csv", "\n".join((",filename,label,,", *rows)))
    table = read_clip_table(tmp_path, "t")
    assert labels_of(table) == CLIPS
    assert sorted(table.rows.columns) == ["", "label", "path"]


def test_a_spelling_that_two_files_have_is_not_guessed(tmp_path):
    for file in ("a/X.wav", "a/x.WAV"):
        mini_trees.clip(tmp_path / file)
    clips = ClipNames(tmp_path)
    assert clips.spelled(["A\\x.wav", "a/X"]) == ["A\\x.wav", "a/X"]
    assert clips.spelled(["..\\a\\X.wav", "a/X.wav"]) == ["..\\a\\X.wav", "a/X.wav"]


def test_a_folder_is_looked_through_once_for_all_its_tables(tmp_path, monkeypatch):
    """Forty lists of files that are not there were forty walks."""
    for number in range(2):
        mini_trees.clip(tmp_path / f"{number}.wav")
    for number in range(40):
        mini_trees.text(tmp_path / f"list{number}.csv", "filename,label", "gone.wav,x", "lost.wav,y")
    walks = []
    walk = names_there.folder_tree
    monkeypatch.setattr(names_there, "folder_tree", lambda root: walks.append(root) or walk(root))
    assert not READERS["table"].recognises(tmp_path)
    assert walks == [tmp_path]


def test_a_file_that_could_be_one_of_two_is_not_named(tmp_path):
    for name in ("other.wav", "x/a.wav", "y/a.wav"):
        mini_trees.clip(tmp_path / name)
    (tmp_path / "manifest.csv").write_text("path,label\nother.wav,x\na.wav,y\n")
    _, bad = scan_dataset(read_clip_table(tmp_path, "t"), cache=tmp_path / "cache")
    assert [clip.reason for clip in bad.values()] == ["there is no such file"]


def test_names_that_two_folders_have_are_not_guessed(tmp_path):
    """Labels would come to files that only bear the same names."""
    for folder in ("set_a", "set_b"):
        for name in CLIPS:
            mini_trees.clip(tmp_path / folder / name)
    (tmp_path / "labels.csv").write_text(lines())
    with pytest.raises(DataError, match=r"a\.wav is there in set_a/ and set_b/, and its table does not say which"):
        read_clip_table(tmp_path, "t", "table")


@pytest.mark.parametrize("column", ["itemid", "uuid", "LINK", "utterance"])
@pytest.mark.parametrize("cell", ["{stem}", "{stem}.wav", "audio/{stem}.wav"])
def test_a_column_of_another_name_whose_cells_are_clips(tmp_path, column, cell):
    """ff1010bird, CoughVid and MSWC name clips in columns that nobody could list beforehand."""
    for number in range(6):
        mini_trees.clip(tmp_path / f"audio/{number:04x}.wav")
    rows = [f"{20 + n},{cell.format(stem=f'{n:04x}')},{'ab'[n % 2]}" for n in range(6)]
    mini_trees.text(tmp_path / "data.csv", f"age,{column},label", *rows)
    table = read_clip_table(tmp_path, "mine")
    assert table.column("path", "") == [f"audio/{n:04x}.wav" for n in range(6)]
    assert table.column("label", "") == ["a", "b"] * 3
    assert any(f"its column {column!r} is taken for the names of audio files" in remark for remark in table.remarks)


@pytest.mark.parametrize(
    ("line", "columns"), [("{clip},{label}", {"label"}), ("s1,{clip},{label}", {"column_1", "column_3"})]
)
def test_a_table_without_names_of_columns(tmp_path, line, columns):
    """PhysioNet's `REFERENCE.csv`: the first line is a clip like any other."""
    for number in range(6):
        mini_trees.clip(tmp_path / f"a{number:04}.wav")
    mini_trees.text(
        tmp_path / "REFERENCE.csv", *(line.format(clip=f"a{n:04}", label=("1", "-1")[n % 2]) for n in range(6))
    )
    table = read_clip_table(tmp_path, "mine")
    assert table.column("path", "") == [f"a{n:04}.wav" for n in range(6)]
    assert set(table.rows.columns) == {"path", *columns}
    assert table.column(max(columns), "") == ["1", "-1"] * 3
    assert any("it has no line of column names" in remark for remark in table.remarks)


def test_a_column_of_names_below_the_folder_of_the_clips(tmp_path):
    """MSWC: `LINK` is a place below `clips`, whose folders are the words."""
    names = [f"{word}/{word}_{n}.opus" for word in ("yes", "no") for n in range(4)]
    for name in names:
        (tmp_path / "clips" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "clips" / name).touch()
    rows = [f"{('TRAIN', 'TEST')[n % 2]},{name},{name[:2]},s{n // 2}" for n, name in enumerate(names)]
    mini_trees.text(tmp_path / "en_splits.csv", "SET,LINK,WORD,SPEAKER", *rows)
    table = read_clip_table(tmp_path, "mine")
    assert table.column("path", "") == [f"clips/{name}" for name in names]
    assert {"SET", "WORD", "SPEAKER"} <= set(table.rows.columns)


def test_a_table_of_speakers_names_no_clips(tmp_path):
    """Nor does one of numbers that several files are called by."""
    for label in ("dog", "owl"):
        for number in range(4):
            mini_trees.clip(tmp_path / f"{label}/{number}.wav")
    mini_trees.text(tmp_path / "numbers.csv", "number,age", *(f"{n},{20 + n}" for n in range(4)))
    mini_trees.text(tmp_path / "animals.csv", "animal,legs", "dog,4", "owl,2")
    assert reader_of(tmp_path) == "class_folders"


@pytest.mark.parametrize("table", ["metadata.csv", "labels.csv"])
@pytest.mark.parametrize("place", ["{part}", "audio/{part}", "{part}/wav"])
def test_parts_that_folders_tell_beside_one_table(tmp_path, table, place):
    """As the hub splits a folder whose one table lies at the top."""
    names = [f"{place.format(part=part)}/{n}.wav" for part in ("train", "test") for n in range(4)]
    for name in names:
        mini_trees.clip(tmp_path / name)
    mini_trees.text(tmp_path / table, "file_name,label", *(f"{name},{'ab'[n % 2]}" for n, name in enumerate(names)))
    found = read_clip_table(tmp_path, "mine")
    assert found.column("fold", "") == ["train"] * 4 + ["test"] * 4
    assert any("its files lie in folders of parts (test, train): column fold" in remark for remark in found.remarks)
    rows = [f"{name},{'ab'[n % 2]},{('dev', 'eval')[n % 2]}" for n, name in enumerate(names)]
    mini_trees.text(tmp_path / table, "file_name,label,split", *rows)
    assert "fold" not in read_clip_table(tmp_path, "mine").rows.columns
