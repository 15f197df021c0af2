"""Whatever lies in a folder: each file of audio is a clip, or a line says that it is not used."""

import os
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import mini_trees
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
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
    told = draw(st.sampled_from(["", "", "manifest.csv", "metadata.csv", "labels.csv", "train.csv", "notes/owls.csv"]))
    folders = sorted({"/".join(Path(name).parts[:-1]) for name in names} - {""})
    if told and folders and draw(st.booleans()):  # in the folder of a part, a class, a speaker
        told = f"{draw(st.sampled_from(folders))}/{Path(told).name}"
    column = draw(st.sampled_from(["", "", "audio", "clip", "my_sounds"]))
    listed = draw(st.lists(st.sampled_from(names), unique=True)) if told else []
    cells = draw(st.sampled_from(["whole", "below", "bare", "stem", "climbing"])) if column else "whole"
    return names, Table(told, column, [name for name in listed if is_sound(name)], cells)


@dataclass(frozen=True)
class Table:
    """A table in the tree: where, its column of files (the usual one by default), which it lists, and how."""

    file: str
    column: str
    listed: list[str]
    cells: str

    def cell(self, name):
        """How a file is called: from the top, from the table's folder, without folders or ending."""
        own = PurePosixPath(self.file).parent
        ways = {
            "below": name.removeprefix(f"{own}/"),
            "bare": PurePosixPath(name).name,
            "stem": PurePosixPath(name).stem,
            "climbing": os.path.relpath(name, own),
        }
        return ways.get(self.cells, name)

    @property
    def lines(self):
        """Its rows as text."""
        usual = {"manifest.csv": "path", "metadata.csv": "file_name"}.get(PurePosixPath(self.file).name, "filename")
        rows = [f"{self.cell(name)},{'ab'[number % 2]}" for number, name in enumerate(self.listed)]
        return "\n".join([f"{self.column or usual},label", *rows, ""])


NO_TABLE = Table("", "", [], "whole")


def is_sound(name):
    """Whether a file of this test holds sound: all do whose names begin with a number or a class."""
    path = Path(name)
    return not path.name.startswith(".") and path.suffix.lower() in SOUND and path.name != ".DS_Store"


def write(root, names, table, content):
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if is_sound(name) else b"nothing that could be heard\n")
    if table.file:
        mini_trees.text(root / table.file, *table.lines.splitlines())


def listing(file="", listed=()):
    return Table(file, "", list(listed), "whole")


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
    tables = {name for name in [*tree[0], tree[1].file] if name.endswith(".csv")}
    assert set(ignored) | {file.relative_to(root).as_posix() for file in table.tables} >= tables


@given(trees())
@example((["1.wav", "train/2.wav", "train/train/2.wav"], Table("train/manifest.csv", "", ["1.wav"], "whole")))
@example(
    (["s01/s01/train/1.wav", "train/train/train/1.wav", "train/val/val/1.wav", "val/train/train/7.part"], NO_TABLE)
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_init_accounts_for_every_file(tmp_path_factory, content, tree):
    """Clips of all datasets that are found, files that are told, and those of folders that are left out: it is all."""
    root = tmp_path_factory.mktemp("tree") / "data"
    root.mkdir()
    write(root, *tree, content)
    try:
        found, places = find_datasets([root], cache=root.parent / "cache", jobs=1, progress=NoProgress())
        left_out = places.left_out
    except DataError as error:
        assert counts_in(str(error)) == len(on_disk(root, tree[0]))
        return
    accounted = set()
    for known in found:
        table = known.dataset.table
        accounted |= {str(table.root / path) for path in table.rows["path"]}
        accounted |= {str(known.path / file) for kind in known.unused for file in kind.files}
        accounted |= {str(bad.path) for bad in known.dataset.bad}
    lost: Counter[str] = Counter()
    for file in on_disk(root, tree[0]) - accounted:
        folders = [path for path in left_out if Path(file).is_relative_to(path)]
        assert folders, f"{file} is in no line"
        lost[max(folders, key=len)] += 1
    told = {str(known.path / file) for known in found for kind in known.unused for file in kind.files}
    for path, line in left_out.items():  # a dataset that is refused may lie in the folder of one that is not
        twice = sum(Path(file).is_relative_to(path) for file in told & on_disk(root, tree[0]))
        assert lost[path] <= counts_in(line) <= lost[path] + twice, line


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["train/1.wav", "val/7.part"], {}),
        (["train/x/1.wav", "train/y/1.wav", "other/1.wav", "val/deep/7.wav.part"], {"other": 1, "val": 1}),
        (["one/a/1.wav", "one/b/1.wav", "two/1.wav", "two/1.mp4", "two/2.part"], {"two": 3}),
        (["one/a/1.wav", "one/b/1.wav", "two/1.wav", "1.wav", "1.mp4", "2.part"], {"data": 3, "two": 1}),
    ],
)
def test_what_copies_left_behind_is_counted_where_nothing_is_recognised(tmp_path, content, names, told):
    """A folder that holds nothing else was in no line of `init`."""
    write(tmp_path / "data", names, listing(), content)
    try:
        _, places = find_datasets([tmp_path / "data"], cache=tmp_path / "cache", jobs=1, progress=NoProgress())
        left_out = places.left_out
    except DataError as error:
        assert not told
        assert counts_in(str(error)) == len(names)
    else:
        assert {Path(path).name: counts_in(line) for path, line in left_out.items()} == told


def test_audio_of_a_dataset_that_is_refused_is_counted(tmp_path, content):
    names = ["one/dog/1.wav", "one/owl/1.wav", "two/yes/1.wav", "two/no/1.wav"]
    write(tmp_path / "data", [*names, "two/no/2.wav.part"], listing(), content)
    mini_trees.text(tmp_path / "data/two/dataset.yaml", "licens: CC0")
    _, places = find_datasets([tmp_path / "data"], cache=tmp_path / "cache", jobs=1, progress=NoProgress())
    left_out = places.left_out
    (line,) = left_out.values()
    assert "unknown key 'licens'" in line
    assert line.endswith(
        "; it holds 2 audio files; 1 audio file is not used, left behind by copies or downloads: 'no/2.wav.part'"
    )


def counts_in(line):
    """How many files of sound a line speaks of."""
    return sum(int(count) for count in re.findall(r"(\d+) (?:audio file|film)s?\b", line))


def test_counts_of_the_other_kinds(tmp_path, content):
    """Each kind by itself, with the right count and the first of them."""
    names = [f"{label}/{number}.wav" for label in ("dog", "cat") for number in range(3)]
    names += [f"intro{number}.wav" for number in range(7)]
    names += ["dog/1.wav.part", "owl/deep/er/1.wav"]
    write(tmp_path, names, listing(), content)
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


def test_texts_of_clips_and_empty_folders(tmp_path, content):
    """A label in a text beside each clip, and the folder of a class whose files got lost: both were in no line."""
    names = [f"{label}/{label}{number}.wav" for label in ("dog", "cat") for number in range(3)]
    write(tmp_path, names, listing(), content)
    for number, ending in enumerate(("txt", "lab", "TextGrid", "json")):
        (tmp_path / "labels").mkdir(exist_ok=True)
        (tmp_path / "labels" / f"dog{number % 3}.{ending}").write_text("barks\n")
    (tmp_path / "labels" / "README.txt").write_text("by hand\n")
    (tmp_path / "labels" / "dog1.jpg").write_bytes(b"\xff\xd8")
    for folder in ("owl/deep/er", ".git/refs", "wolf"):
        (tmp_path / folder).mkdir(parents=True)
    table = read_clip_table(tmp_path, "mine")
    assert [kind.sentence for kind in unused_files({"mine": (tmp_path, table)})["mine"]] == [
        "4 texts are not read, called as clips are: 'labels/dog0.json', 'labels/dog0.txt', 'labels/dog1.lab', "
        "'labels/dog2.TextGrid'",
        "2 folders are empty: 'owl', 'wolf'",
    ]


def test_files_beside_what_a_table_lists(tmp_path, content):
    write(tmp_path, ["a/1.wav", "a/2.wav", "a/3.flac", "b/1.wav"], listing("manifest.csv", ["a/1.wav"]), content)
    (tmp_path / "dataset.yaml").write_text("name: Mine\n")
    told = [kind.sentence for kind in unused_files({"m": (tmp_path, read_clip_table(tmp_path, "m"))})["m"]]
    assert told == [
        "1 audio file is not used, beside clips: 'a/2.wav'",
        "1 audio file is not used, in folders without clips: 'b/1.wav'",
        "1 audio file is not used, of another suffix (.flac) than the clips beside: 'a/3.flac'",
    ]


def test_two_datasets_in_one_folder_use_all_of_it(tmp_path, content):
    """Each has the clips that the other has not."""
    write(tmp_path, ["a/1.wav", "a/2.wav"], listing(), content)
    for name in "12":
        (tmp_path / f"{name}.csv").write_text(f"path,label\na/{name}.wav,x\n")
    tables = {name: (file, read_clip_table(file, name)) for name in "12" for file in [tmp_path / f"{name}.csv"]}
    assert unused_files(tables) == {"1": [], "2": []}


def test_clips_that_cannot_be_read_are_told_once(tmp_path, tmp_path_factory, content):
    """As clips that are missing, and not as files that nobody uses."""
    write(tmp_path, ["dog/1.wav", "dog/2.wav", "cat/1.wav"], listing(), content)
    (tmp_path / "dog/2.wav").write_bytes(b"RIFF")
    table = read_clip_table(tmp_path, "mine")
    assert len(open_dataset(table, cache=tmp_path_factory.mktemp("cache"), skip_bad=True).bad) == 1
    assert unused_files({"mine": (tmp_path, table)})["mine"] == []
    assert np.unique(table.rows["label"]).tolist() == ["cat", "dog"]


def test_lists_archives_and_tables_of_other_forms(tmp_path, content):
    """JSON lines by their other ending, lists without any, as Kaldi has them, and audio that is still packed."""
    names = [f"{label}/{label}_{number}.wav" for label in ("dog", "cat") for number in range(3)]
    write(tmp_path, names, listing(), content)
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
