"""Whatever lies in a folder: each file of audio is a clip, or a line says that it is not used."""

import zipfile
from pathlib import Path

import mini_trees
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohear.base.errors import DataError
from cohear.data import importers, readers  # noqa: F401 - enters the readers
from cohear.data.scan.dataset import open_dataset
from cohear.data.scan.unused import unused_files
from cohear.data.tables import manifest  # noqa: F401 - enters the reader
from cohear.data.tables.reader import read_clip_table, reader_of
from cohear.study.draft.datasets import find_datasets
from cohear.study.launch.progress import NoProgress

FOLDERS = [
    "train",
    "val",
    "test",
    "fold1",
    "fold2",
    "s01",
    "s02",
    "anna",
    "dog",
    "cat",
    "000",
    "1",
    "2",
    "audio",
    "wav",
]
FILES = ["1.wav", "2.wav", "dog-s01_1.wav", "3.flac", "4.wave", "5.WAV", "6", "7.part", "9.mp4", "1.mp4"]
OTHERS = ["notes.txt", ".DS_Store", "._1.wav", "cover.jpg", "list.csv"]
SOUND = (".wav", ".flac", ".wave", "", ".part", ".mp4")


@st.composite
def trees(draw):
    """Paths of files, some of them in a table."""
    depth = draw(st.integers(0, 3))
    shapes = [st.lists(st.sampled_from(FOLDERS), min_size=low, max_size=depth) for low in (depth, 0)]
    paths = draw(
        st.lists(
            st.tuples(st.one_of(shapes[0], shapes[0], shapes[1]), st.sampled_from([*FILES, *FILES, *OTHERS])),
            min_size=1,
            max_size=25,
        )
    )
    names = sorted({"/".join([*folders, file]) for folders, file in paths})
    names = [name for name in names if not any(other.startswith(f"{name}/") for other in names)]
    told = draw(st.sampled_from(["", "", "manifest.csv", "metadata.csv", "labels.csv", "train.csv"]))
    listed = draw(st.lists(st.sampled_from(names), unique=True)) if told else []
    return names, told, [name for name in listed if is_sound(name)]


def is_sound(name):
    """Whether a file of this test holds sound: all do whose names begin with a number or a class."""
    path = Path(name)
    return not path.name.startswith(".") and path.suffix.lower() in SOUND and path.name != ".DS_Store"


def write(root, names, told, listed, content):
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if is_sound(name) else b"nothing that could be heard\n")
    if told:
        column = {"manifest.csv": "path", "metadata.csv": "file_name"}.get(told, "filename")
        rows = [f"{name},{'ab'[number % 2]}" for number, name in enumerate(listed)]
        (root / told).write_text("\n".join([f"{column},label", *rows, ""]))


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    file = tmp_path_factory.mktemp("sound") / "a.wav"
    mini_trees.clip(file, seconds=0.02)
    return file.read_bytes()


def on_disk(root, names):
    return {str(root / name) for name in names if is_sound(name)}


@given(trees())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_file_is_a_clip_or_told(tmp_path_factory, content, tree):
    """By the readers alone, as `run` and `check` read a dataset."""
    root = tmp_path_factory.mktemp("tree")
    write(root, *tree, content)
    try:
        if reader_of(root) is None:
            return  # said: nothing in it is recognised
        table = read_clip_table(root, "mine")
    except DataError as error:
        assert str(error)
        return
    kinds = unused_files({"mine": (root, table)})["mine"]
    used = {str(root / path) for path in table.rows["path"]}
    told = [str(root / file) for kind in kinds if kind.is_audio for file in kind.files]
    assert len(told) == len(set(told)), "told once"
    assert not used & set(told)
    assert used | set(told) == on_disk(root, tree[0]) | used
    for kind in kinds:
        assert kind.what.startswith(f"{len(kind.files):,} ")
        assert kind.what.partition(" not ")[0].endswith(" is" if len(kind.files) == 1 else " are")
    ignored = [file for kind in kinds if not kind.is_audio for file in kind.files]
    tables = {name for name in [*tree[0], tree[1]] if name.endswith(".csv")}
    assert set(ignored) | {file.relative_to(root).as_posix() for file in table.tables} >= tables


@given(trees())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_init_accounts_for_every_file(tmp_path_factory, content, tree):
    """Clips of all datasets that are found, files that are told, and those of folders that are left out: it is all."""
    root = tmp_path_factory.mktemp("tree") / "data"
    root.mkdir()
    write(root, *tree, content)
    try:
        found, left_out = find_datasets([root], cache=root.parent / "cache", jobs=1, progress=NoProgress())
    except DataError as error:
        sounding = on_disk(root, tree[0])
        assert not sounding or "audio file" in str(error) or "dataset" in str(error)
        return
    accounted = set()
    for known in found:
        table = known.dataset.table
        accounted |= {str(table.root / path) for path in table.rows["path"]}
        accounted |= {str(known.path / file) for kind in known.unused for file in kind.files}
        accounted |= {str(bad.path) for bad in known.dataset.bad}
    for file in on_disk(root, tree[0]) - accounted:
        folders = [path for path in left_out if Path(file).is_relative_to(path)]
        assert folders, f"{file} is in no line"
        assert any("audio file" in left_out[path] or "dataset" in left_out[path] for path in folders)


def test_counts_of_the_other_kinds(tmp_path, content):
    """Each kind by itself, with the right count and the first of them."""
    names = [f"{label}/{number}.wav" for label in ("dog", "cat") for number in range(3)]
    names += [f"intro{number}.wav" for number in range(7)]
    names += ["dog/1.wav.part", "owl/deep/er/1.wav"]
    write(tmp_path, names, "", [], content)
    (tmp_path / "cat" / "1.mp4").write_bytes(content)
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    (tmp_path / "split.txt").write_text("dog/1.wav\n")
    (tmp_path / "README.txt").write_text("Dogs and cats\n")
    table = read_clip_table(tmp_path, "mine")
    assert len(table) == 6
    told = [kind.sentence for kind in unused_files({"mine": (tmp_path, table)})["mine"]]
    assert told == [
        "1 audio file is not used, deeper than the clips: 'owl/deep/er/1.wav'",
        "7 audio files are not used, loose above the folders of the clips: 'intro0.wav', 'intro1.wav', 'intro2.wav', "
        "'intro3.wav', 'intro4.wav' and 2 more",
        "1 film is not used, for audio of the same name lies beside: 'cat/1.mp4'",
        "1 audio file is not used, left behind by copies or downloads: 'dog/1.wav.part'",
        "2 tables are not read: 'notes.csv', 'split.txt'",
    ]


def test_files_beside_what_a_table_lists(tmp_path, content):
    write(tmp_path, ["a/1.wav", "a/2.wav", "a/3.flac", "b/1.wav"], "manifest.csv", ["a/1.wav"], content)
    (tmp_path / "dataset.yaml").write_text("name: Mine\n")
    told = [kind.sentence for kind in unused_files({"m": (tmp_path, read_clip_table(tmp_path, "m"))})["m"]]
    assert told == [
        "1 audio file is not used, beside clips: 'a/2.wav'",
        "1 audio file is not used, in folders without clips: 'b/1.wav'",
        "1 audio file is not used, of another suffix (.flac) than the clips beside: 'a/3.flac'",
    ]


def test_two_datasets_in_one_folder_use_all_of_it(tmp_path, content):
    """Each has the clips that the other has not."""
    write(tmp_path, ["a/1.wav", "a/2.wav"], "", [], content)
    for name in "12":
        (tmp_path / f"{name}.csv").write_text(f"path,label\na/{name}.wav,x\n")
    tables = {name: (file, read_clip_table(file, name)) for name in "12" for file in [tmp_path / f"{name}.csv"]}
    assert unused_files(tables) == {"1": [], "2": []}


def test_clips_that_cannot_be_read_are_told_once(tmp_path, tmp_path_factory, content):
    """As clips that are missing, and not as files that nobody uses."""
    write(tmp_path, ["dog/1.wav", "dog/2.wav", "cat/1.wav"], "", [], content)
    (tmp_path / "dog/2.wav").write_bytes(b"RIFF")
    table = read_clip_table(tmp_path, "mine")
    assert len(open_dataset(table, cache=tmp_path_factory.mktemp("cache"), skip_bad=True).bad) == 1
    assert unused_files({"mine": (tmp_path, table)})["mine"] == []
    assert np.unique(table.rows["label"]).tolist() == ["cat", "dog"]


def test_lists_archives_and_tables_of_other_forms(tmp_path, content):
    """JSON lines by their other ending, lists without any, as Kaldi has them, and audio that is still packed."""
    write(
        tmp_path, [f"{label}/{label}_{number}.wav" for label in ("dog", "cat") for number in range(3)], "", [], content
    )
    (tmp_path / "more.ndjson").write_text('{"a": 1}\n')
    (tmp_path / "utt2spk").write_text("cat_0 s1\ncat_1 s2\ndog_0 s1\n")
    (tmp_path / "wav.scp").write_text("cat_0 cat/cat_0.wav\n")
    (tmp_path / "LICENSE").write_text("dog\n\nmay be copied\n")
    with zipfile.ZipFile(tmp_path / "rest.zip", "w") as archive:
        for name in ("owl/1.wav", "owl/2.WAV", "owl/._1.wav", "read.me"):
            archive.writestr(name, "")
    with zipfile.ZipFile(tmp_path / "paper.zip", "w") as archive:
        archive.writestr("paper.pdf", "")
    (tmp_path / "old.tar.gz").write_bytes(b"\x1f\x8b")
    table = read_clip_table(tmp_path, "mine")
    assert [kind.sentence for kind in unused_files({"mine": (tmp_path, table)})["mine"]] == [
        "3 tables are not read: 'more.ndjson', 'utt2spk', 'wav.scp'",
        "1 archive is not unpacked, with 2 audio files in it: 'rest.zip'",
        "1 archive is not looked into: 'old.tar.gz'",
    ]
