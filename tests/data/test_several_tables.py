"""Tables of parts are one dataset with folds; tables beside folders say what these are not."""

import mini_trees
import pytest

from cohear.base.errors import DataError
from cohear.data.importers import inner_datasets
from cohear.data.scan.unused import unused_files
from cohear.data.tables.part_names import holds_parts, role_of
from cohear.data.tables.reader import read_clip_table, reader_of
from cohear.study.draft.places import dataset_places

PARTS = ("train", "val", "test")


def clips(root, *names):
    for name in names:
        mini_trees.clip(root / name, seconds=0.01)


def read(root):
    """Label and fold of each clip, and the table."""
    table = read_clip_table(root, "mine")
    cells = zip(table.column("path", ""), table.column("label", ""), table.column("fold", ""), strict=True)
    return {path: (label, fold) for path, label, fold in cells}, table


@pytest.mark.parametrize("name", ["metadata.csv", "manifest.csv", "labels.csv", "{part}.csv"])
@pytest.mark.parametrize("parts", [PARTS, ("training", "validation", "testing"), ("fold1", "fold2"), ("dev", "eval")])
def test_a_table_in_each_part(tmp_path, name, parts):
    """`val` was dropped where `validation` was read."""
    for part in parts:
        clips(tmp_path, f"{part}/1.wav", f"{part}/2.wav")
        file = tmp_path / part / name.format(part=part)
        mini_trees.text(file, "file_name,label", "1.wav,a", "2.wav,b")
    found, table = read(tmp_path)
    assert found == {f"{part}/{n}.wav": (label, part) for part in parts for n, label in ((1, "a"), (2, "b"))}
    assert len(table.tables) == len(parts)


@pytest.mark.parametrize("name", ["{part}.csv", "{part}_labels.csv", "metadata_{part}.csv", "esd-{part}.csv"])
@pytest.mark.parametrize("place", ["{part}/", "audio/{part}/", ""])
def test_tables_of_parts_beside_each_other(tmp_path, name, place):
    """The files of both parts have the same names: each is looked for in the folder of its part."""
    for part in PARTS:
        inside = place.format(part=part)
        own = [f"{inside}{part if not inside else ''}{n}.wav" for n in "12"]
        clips(tmp_path, *own)
        rows = [f"{file.rpartition('/')[2]},{label}" for file, label in zip(own, "ab", strict=True)]
        mini_trees.text(tmp_path / name.format(part=part), "filename,label", *rows)
    found, _ = read(tmp_path)
    assert len(found) == 6
    for path, (label, fold) in found.items():
        assert (tmp_path / path).is_file()
        part = next(part for part in PARTS if part in path)
        assert role_of(fold) == role_of(part)
        assert label == "ab"[int(path[-5]) - 1]


def test_a_part_that_lacks_a_column_is_told(tmp_path):
    """Labels of a test part are often kept back: they are unknown, not negative."""
    clips(tmp_path, "train/1.wav", "train/2.wav", "test/3.wav")
    mini_trees.text(tmp_path / "train.csv", "fname,label", "1.wav,a", "2.wav,b")
    mini_trees.text(tmp_path / "test.csv", "fname", "3.wav")
    found, table = read(tmp_path)
    assert found["test/3.wav"] == ("", "test")
    assert any("has no column 'label': unknown for its clips" in remark for remark in table.remarks)


def test_folds_of_a_table_stay_beside_its_part(tmp_path):
    clips(tmp_path, "train/1.wav", "test/2.wav")
    mini_trees.text(tmp_path / "train.csv", "filename,label,fold", "1.wav,a,3")
    mini_trees.text(tmp_path / "test.csv", "filename,label,fold", "2.wav,b,4")
    found, table = read(tmp_path)
    assert found == {"train/1.wav": ("a", "3"), "test/2.wav": ("b", "4")}
    assert dict(zip(table.column("path", ""), table.column("split", ""), strict=True)) == {
        "train/1.wav": "train",
        "test/2.wav": "test",
    }


def test_a_part_finds_another_column_where_fold_and_split_are_taken(tmp_path):
    """One of the tables has them: both have the part in the same column."""
    clips(tmp_path, "train/1.wav", "test/2.wav")
    mini_trees.text(tmp_path / "train.csv", "filename,label,fold,split", "1.wav,a,3,x")
    mini_trees.text(tmp_path / "test.csv", "filename,label", "2.wav,b")
    _, table = read(tmp_path)
    assert dict(zip(table.column("path", ""), table.column("part", ""), strict=True)) == {
        "train/1.wav": "train",
        "test/2.wav": "test",
    }
    assert holds_parts("part", table.column("part", ""))
    assert any("the part that each table is of is column part" in remark for remark in table.remarks)


@pytest.mark.parametrize("audio", ["{part}", "audio/{part}", "{part}_audio", "wav/{part}_set"])
def test_a_metadata_table_in_each_part_and_its_audio_elsewhere(tmp_path, audio):
    """Both parts have files of the same names."""
    for part, label in (("train", "a"), ("test", "b")):
        clips(tmp_path, f"{audio.format(part=part)}/1.wav")
        mini_trees.text(tmp_path / part / "metadata.csv", "file_name,label", f"1.wav,{label}")
    found, _ = read(tmp_path)
    assert found == {f"{audio.format(part=p)}/1.wav": (label, p) for p, label in (("train", "a"), ("test", "b"))}


@pytest.mark.parametrize(
    ("table", "audio"),
    [
        ("{part}/labels.csv", "{part}/audio"),
        ("labels_{part}.csv", "{part}/audio"),
        ("{part}.csv", "{part}/wav"),
        ("meta/{part}.csv", "{part}/clips"),
    ],
)
@pytest.mark.parametrize("parts", [PARTS, ("fold1", "fold2"), ("train", "test", "eval")])
def test_audio_in_a_folder_of_the_folder_of_its_part(tmp_path, table, audio, parts):
    """All parts have files of the same names: they were refused."""
    for part in parts:
        clips(tmp_path, f"{audio.format(part=part)}/000.wav")
        mini_trees.text(tmp_path / table.format(part=part), "filename,label", f"000.wav,{part[::-1]}")
    found, _ = read(tmp_path)
    assert {path: label for path, (label, _) in found.items()} == {
        f"{audio.format(part=part)}/000.wav": part[::-1] for part in parts
    }
    assert all(fold.removeprefix("labels_") == path.split("/")[0] for path, (_, fold) in found.items())


def test_of_two_folders_of_a_part_none_is_guessed(tmp_path):
    for part in ("train", "test"):
        clips(tmp_path, f"{part}/clean/1.wav", f"{part}/noisy/1.wav")
        mini_trees.text(tmp_path / f"{part}.csv", "filename,label", "1.wav,a")
    with pytest.raises(DataError, match="test/clean/ and test/noisy/, and its table does not say which is meant"):
        read_clip_table(tmp_path, "mine", "table")


@pytest.mark.parametrize("folders", [("fold1", "fold2"), ("000", "001"), ("s01", "s02"), ("anna", "bela")])
@pytest.mark.parametrize("cell", ["{folder}/{name}", "{name}"])
def test_folders_are_no_classes_where_a_table_names_every_file(tmp_path, folders, cell):
    """Folds, archives' numbers, speakers: the table has the labels."""
    rows = []
    for number, folder in enumerate(folders):
        for label in "ab":
            name = f"{label}{number}.wav"
            clips(tmp_path, f"{folder}/{name}")
            rows.append(f"{cell.format(folder=folder, name=name)},{label},{number}")
    mini_trees.text(tmp_path / "labels.csv", "filename,label,fold", *rows)
    assert reader_of(tmp_path) == "table"
    found, _ = read(tmp_path)
    assert found == {f"{f}/{label}{n}.wav": (label, str(n)) for n, f in enumerate(folders) for label in "ab"}


def test_classes_stay_where_a_table_names_few_files(tmp_path):
    clips(tmp_path, *(f"{label}/{n}.wav" for label in ("dog", "owl") for n in range(5)))
    mini_trees.text(tmp_path / "favourites.csv", "filename,stars", "dog/1.wav,5")
    assert reader_of(tmp_path) == "class_folders"
    assert len(read_clip_table(tmp_path, "mine")) == 10


def test_datasets_with_tables_are_not_one(tmp_path):
    for name in ("one", "two"):
        clips(tmp_path, f"{name}/clips/1.wav")
        mini_trees.text(tmp_path / name / "labels.csv", "filename,label", "clips/1.wav,a")
    assert reader_of(tmp_path) is None


@pytest.mark.parametrize("name", ["manifest.csv", "metadata.csv", "labels.csv", "info.tsv"])
@pytest.mark.parametrize("count", [2, 16])
def test_a_folder_of_datasets_with_flat_audio_is_no_dataset_of_classes(tmp_path, name, count):
    """Each has a table beside its clips; `birds` and `words` became the labels, and the tables were dropped."""
    column = {"manifest.csv": "path", "metadata.csv": "file_name"}.get(name, "filename")
    comma = "\t" if name.endswith(".tsv") else ","
    folders = [f"{('birds', 'words')[number % 2]}{number}" for number in range(count)]
    for folder in folders:
        clips(tmp_path, *(f"{folder}/{n:03}.wav" for n in range(4)))
        label = folder[:-1] if count == 2 else "kind"
        rows = [comma.join((f"{n:03}.wav", "ab"[n % 2])) for n in range(4)]
        mini_trees.text(tmp_path / folder / name, comma.join((column, label)), *rows)
    assert reader_of(tmp_path) is None
    found_places = dataset_places([tmp_path])
    places, left_out = found_places.readers, found_places.left_out
    assert [place.name for place in places] == sorted(folders)
    assert left_out == {}
    for folder in folders:
        assert len(read_clip_table(tmp_path / folder, folder).tables) == 1


@pytest.mark.parametrize("header", ["filename,label", "filename,speaker"])
def test_classes_stay_where_few_of_their_folders_have_tables_with_labels(tmp_path, header):
    """A list in one of three classes; tables in all of them that say no labels."""
    for folder in ("cat", "dog", "owl"):
        clips(tmp_path, f"{folder}/1.wav", f"{folder}/2.wav")
        if folder == "dog" or "label" not in header:
            mini_trees.text(tmp_path / folder / "list.csv", header, "1.wav,x", "2.wav,y")
    assert reader_of(tmp_path) == "class_folders"
    assert set(read_clip_table(tmp_path, "mine").column("label", "")) == {"cat", "dog", "owl"}


ABOUT_CLIPS_OF_A_CLASS = {
    "split": ("train", "train", "test", "test"),
    "latitude": ("0.25", "0.25", "0.5", "0.5"),
    "quality": ("good", "bad", "good", "bad"),
    "caption": ("it barks", "it barks", "it runs", "it runs"),
    "room": ("kitchen", "hall", "kitchen", "hall"),
    "event": ("one", "one", "one", "one"),
}


@pytest.mark.parametrize("column", ABOUT_CLIPS_OF_A_CLASS)
def test_classes_stay_where_their_tables_say_something_else_of_clips(tmp_path, column):
    """Three datasets without a class were made of them."""
    for folder in ("cat", "cow", "dog"):
        clips(tmp_path, *(f"{folder}/{n}.wav" for n in range(4)))
        rows = [f"{n}.wav,{cell}" for n, cell in enumerate(ABOUT_CLIPS_OF_A_CLASS[column])]
        mini_trees.text(tmp_path / folder / "meta.csv", f"file,{column}", *rows)
    assert {place.name: reader for place, reader in dataset_places([tmp_path]).readers.items()} == {
        tmp_path.name: "class_folders"
    }
    table = read_clip_table(tmp_path, "mine")
    assert sorted(table.column("label", "")) == ["cat"] * 4 + ["cow"] * 4 + ["dog"] * 4
    told = [remark for remark in table.remarks if "are taken for classes, and their own tables" in remark]
    assert len(told) == (column == "room"), "a label that several classes have could be a dataset's"
    assert all("'room'" in remark for remark in told)


def test_tables_of_labels_of_their_own_are_datasets_whatever_folders_are_called(tmp_path):
    """`dog` and `cat` may be datasets of breeds."""
    for folder, breeds in (("cat", ("siamese", "persian")), ("dog", ("beagle", "poodle"))):
        clips(tmp_path, *(f"{folder}/{n}.wav" for n in range(4)))
        rows = [f"{n}.wav,{breeds[n % 2]}" for n in range(4)]
        mini_trees.text(tmp_path / folder / "meta.csv", "file,breed", *rows)
    assert {place.name: reader for place, reader in dataset_places([tmp_path]).readers.items()} == {
        "cat": "table",
        "dog": "table",
    }


def test_classes_stay_where_their_tables_cannot_be_read(tmp_path):
    """Each became a dataset that could not be read; a file of no use says nothing against classes."""
    for folder in ("cat", "cow", "dog"):
        clips(tmp_path, *(f"{folder}/{n}.wav" for n in range(4)))
        mini_trees.text(tmp_path / folder / "README.csv", "file,what", "0.wav,a,b,c")
    assert list(dataset_places([tmp_path]).readers.values()) == ["class_folders"]
    table = read_clip_table(tmp_path, "mine")
    assert set(table.column("label", "")) == {"cat", "cow", "dog"}
    assert any("README.csv" in kind.sentence for kind in unused_files({"mine": (tmp_path, table)})["mine"])


@pytest.mark.parametrize("notes", ["docs/notes.csv", "docs/more/notes.csv"])
@pytest.mark.parametrize("clip", ["{part}/{label}/{n}.wav", "{label}/{n}.wav"])
def test_a_table_in_a_folder_without_clips_says_nothing_of_others(tmp_path, notes, clip):
    """`train` and `test` became two datasets without folds."""
    names = [(clip.format(part=p, label=w, n=f"{p}{n}"), w, p) for p in PARTS for w in ("cat", "dog") for n in "12"]
    clips(tmp_path, *(name for name, _, _ in names))
    mini_trees.text(tmp_path / notes, "when,what", "monday,cut", "tuesday,heard")
    assert list(dataset_places([tmp_path]).readers.values()) == ["class_folders"]
    table = read_clip_table(tmp_path, "mine")
    assert dict(zip(table.column("path", ""), table.column("label", ""), strict=True)) == {
        name: label for name, label, _ in names
    }
    if "{part}" in clip:
        assert dict(zip(table.column("path", ""), table.column("fold", ""), strict=True)) == {
            name: part for name, _, part in names
        }


def test_tables_of_many_classes_are_not_all_read(tmp_path, monkeypatch):
    """Half of the folders decide; names of columns, where they say that there are no labels."""
    read_folders = []
    read_one = inner_datasets.read_clip_table

    def counted(folder, *more):
        read_folders.append(folder.name)
        return read_one(folder, *more)

    monkeypatch.setattr(inner_datasets, "read_clip_table", counted)
    for number in range(12):
        clips(tmp_path, f"labels/d{number}/1.wav", f"labels/d{number}/2.wav", f"ids/d{number}/1.wav")
        mini_trees.text(tmp_path / f"labels/d{number}/a.csv", "file,sound", "1.wav,a", "1.wav,b")
        mini_trees.text(tmp_path / f"ids/d{number}/a.csv", "file,speaker,duration", "1.wav,x,1.5")
    assert reader_of(tmp_path / "ids") == "class_folders"
    assert read_folders == []
    assert reader_of(tmp_path / "labels") == "class_folders", "two rows of one file cannot be read"
    assert len(read_folders) == 7, "then fewer than half can have labels"


def test_two_tables_of_the_same_clips_are_told(tmp_path):
    clips(tmp_path, "1.wav")
    for name in ("emotions", "speakers"):
        mini_trees.text(tmp_path / f"{name}.csv", "filename,label", "1.wav,a")
    with pytest.raises(DataError, match=r"2 tables of .* name audio files"):
        read_clip_table(tmp_path, "mine")


def test_events_in_time_are_no_second_table(tmp_path):
    clips(tmp_path, "1.wav")
    mini_trees.text(tmp_path / "labels.csv", "filename,label", "1.wav,a")
    mini_trees.text(tmp_path / "events.csv", "path,onset,offset,label", "1.wav,0,1,a", "1.wav,1,2,b")
    assert len(read_clip_table(tmp_path, "mine")) == 1


@pytest.mark.parametrize("place", ["labels.csv", "meta/labels.csv", "a folder/x.tsv"])
@pytest.mark.parametrize("listed", [8, 2])
def test_a_table_beside_folders_of_speakers_is_read_also_where_it_names_some_of_their_files(tmp_path, place, listed):
    """With fewer than half of them the speakers were the labels."""
    clips(tmp_path, *(f"s{who:02}/{n}.wav" for who in range(4) for n in range(8)))
    comma = "\t" if place.endswith("tsv") else ","
    rows = [comma.join((f"s{who:02}/{n}.wav", "ab"[n % 2])) for who in range(4) for n in range(listed)]
    mini_trees.text(tmp_path / place, comma.join(("filename", "emotion")), *rows)
    assert reader_of(tmp_path) == "table"
    assert len(read_clip_table(tmp_path, "t")) == 4 * listed


def test_a_table_that_names_few_files_of_classes_is_not_read(tmp_path):
    clips(tmp_path, *(f"{name}/{n}.wav" for name in ("dog", "cat", "0") for n in range(8)))
    mini_trees.text(tmp_path / "labels.csv", "filename,quality", *(f"dog/{n}.wav,{n % 2}" for n in range(8)))
    assert reader_of(tmp_path) == "class_folders"


@pytest.mark.parametrize("column", ["split", "set"])
def test_files_of_one_name_are_those_of_their_part(tmp_path, column):
    """Bare names in one table, each file in the folder of its part: refused as two files of one name."""
    clips(tmp_path, *(f"audio/{part}/{n}.wav" for part in ("train", "test") for n in range(4)))
    rows = [f"{n}.wav,{part},{'ab'[n % 2]}{part}" for part in ("train", "test") for n in range(4)]
    mini_trees.text(tmp_path / "labels.csv", f"filename,{column},label", *rows)
    table = read_clip_table(tmp_path, "t")
    told = dict(zip(table.column("path", "t"), table.column("label", "t"), strict=True))
    assert told == {f"audio/{part}/{n}.wav": f"{'ab'[n % 2]}{part}" for part in ("train", "test") for n in range(4)}


def test_files_of_one_name_in_folders_that_no_part_names_are_not_guessed(tmp_path):
    clips(tmp_path, *(f"{room}/{n}.wav" for room in ("kitchen", "hall") for n in range(4)))
    rows = [f"{n}.wav,{part},a" for part in ("train", "test") for n in range(4)]
    mini_trees.text(tmp_path / "labels.csv", "filename,split,label", *rows)
    with pytest.raises(DataError, match=r"0\.wav is there in hall/ and kitchen/"):
        read_clip_table(tmp_path, "t", "table")
