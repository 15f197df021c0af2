"""Parquet files with the audio inside, as the library ``datasets`` writes them."""

import io
import json

import numpy as np
import pytest
import soundfile

from cohear.base.errors import DataError
from cohear.data.scan.dataset import open_dataset
from cohear.data.tables.name_groups import name_groups
from cohear.data.tables.reader import READERS, read_clip_table, reader_of
from cohear.study.draft.places import dataset_places
from cohear.testing.reader import ReaderContract

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

NAMES = ["dog", "no", "01"]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path_factory.mktemp("cache")))


def sound(number, kind="WAV"):
    stream = io.BytesIO()
    noise = np.random.default_rng(number).uniform(-0.5, 0.5, 4000)
    soundfile.write(stream, noise, 16000, format=kind)
    return stream.getvalue()


def shard(file, numbers, kind="WAV", **columns):
    """As ``Dataset.to_parquet`` does: a struct of bytes and path, and what the columns mean beside the schema."""
    file.parent.mkdir(parents=True, exist_ok=True)
    audio = [
        {"bytes": sound(number, kind), "path": f"{number}.{kind.lower()}" if number else None} for number in numbers
    ]
    features = {"audio": {"_type": "Audio"}, "label": {"names": NAMES, "_type": "ClassLabel"}}
    label = pyarrow.array([number % 3 if number != 5 else None for number in numbers], pyarrow.int64())
    table = pyarrow.table({"audio": audio, "label": label, **columns})
    note = json.dumps({"info": {"features": features}})
    parquet.write_table(table.replace_schema_metadata({"huggingface": note}), file)


class TestEmbedded(ReaderContract):
    def make(self):
        return READERS["embedded"]

    def write(self, folder):
        shard(folder / "data/train-00000-of-00002.parquet", [0, 1])
        shard(folder / "data/train-00001-of-00002.parquet", [2])
        shard(folder / "data/test-00000-of-00001.parquet", [3, 4])


def test_shards_are_parts_and_classes_have_names(tmp_path):
    TestEmbedded().write(tmp_path)
    assert reader_of(tmp_path) == "embedded"
    table = read_clip_table(tmp_path, "t")
    assert table.column("label", "t") == ["dog", "no", "dog", "no", "01"]
    assert table.column("fold", "t") == ["test", "test", "train", "train", "train"]
    assert table.about.labels == {"label": NAMES}
    paths = table.column("path", "t")
    assert paths[0] == "test-00000-of-00001/000000_3.wav"
    assert paths[2] == "train-00000-of-00002/000000.wav"
    dataset = open_dataset(table, cache=tmp_path / "facts", skip_bad=False)
    assert [fact.samples for fact in dataset.facts] == [4000] * 5


def test_one_file_in_another_format(tmp_path):
    shard(tmp_path / "some.parquet", [1, 5], "FLAC", speaker=["a", "b"])
    table = read_clip_table(tmp_path / "some.parquet", "t")
    assert table.rows.to_dict("list") == {
        "path": ["some/000000_1.flac", "some/000001_5.flac"],
        "label": ["no", ""],
        "speaker": ["a", "b"],
    }
    assert table.segments()[0].path.read_bytes() == sound(1, "FLAC")


def test_changed_files_are_read_anew(tmp_path):
    shard(tmp_path / "some.parquet", [1])
    before = read_clip_table(tmp_path, "t")
    shard(tmp_path / "some.parquet", [2, 4])
    after = read_clip_table(tmp_path, "t")
    assert before.root != after.root
    assert len(after) == 2


def test_a_second_time_no_audio_is_read(tmp_path, monkeypatch):
    TestEmbedded().write(tmp_path)
    first = read_clip_table(tmp_path, "t")
    monkeypatch.setattr(parquet, "ParquetFile", None)
    assert read_clip_table(tmp_path, "t").rows.equals(first.rows)


def test_names_cannot_leave_the_folder(tmp_path):
    audio = [{"bytes": sound(1), "path": "../../../x/a b.wav"}, {"bytes": sound(2), "path": ".hidden"}]
    parquet.write_table(pyarrow.table({"audio": audio, "label": ["a", "b"]}), tmp_path / "some.parquet")
    table = read_clip_table(tmp_path, "t")
    assert table.column("path", "t") == ["some/000000_a_b.wav", "some/000001_hidden.wav"]


def test_audio_that_is_elsewhere_is_told(tmp_path):
    audio = [{"bytes": None, "path": "/home/somebody/a.wav"}]
    schema = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    parquet.write_table(pyarrow.table({"audio": pyarrow.array(audio, schema), "label": ["a"]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"row 1 has no audio inside, only the path '/home/somebody/a.wav'"):
        read_clip_table(tmp_path, "t")


def parts_of(folder):
    table = read_clip_table(folder, "t")
    return table.optional_column("fold")


def test_folders_of_shards_are_parts(tmp_path):
    """As the hub converts datasets: a folder a configuration, in it a folder a part, in it numbered files."""
    for number, part in enumerate(("train", "test")):
        shard(tmp_path / "hub/default" / part / "0000.parquet", [number])
        shard(tmp_path / "hub/default" / part / "0001.parquet", [number + 3])
        shard(tmp_path / "plain" / part / "0000.parquet", [number])
    assert parts_of(tmp_path / "hub") == ["test", "test", "train", "train"]
    assert parts_of(tmp_path / "plain") == ["test", "train"]


def test_numbered_files_are_no_folds(tmp_path):
    for number in range(2):
        shard(tmp_path / "one" / f"{number:04}.parquet", [number])
        shard(tmp_path / "two" / f"part-{number}.parquet", [number])
        shard(tmp_path / "three" / f"{('train', 'test')[number]}.parquet", [number])
    assert parts_of(tmp_path / "one") == parts_of(tmp_path / "two") == ["", ""]
    assert parts_of(tmp_path / "three") == ["test", "train"]


def test_configurations_are_datasets(tmp_path):
    for language in ("en", "de"):
        shard(tmp_path / language / "train-00000-of-00001.parquet", [0, 1])
    found_places = dataset_places([tmp_path])
    places, left_out = found_places.readers, found_places.left_out
    assert ({place.name: reader for place, reader in places.items()}, left_out) == (
        {"en": "embedded", "de": "embedded"},
        {},
    )


def test_groups_of_dataset_yaml_are_taken(tmp_path):
    """The table lies beside the Parquet files, the audio in the cache."""
    shard(tmp_path / "data/train-00000-of-00001.parquet", [1, 2])
    (tmp_path / "dataset.yaml").write_text("groups: groups.csv\n", encoding="utf-8")
    clips = [f"train-00000-of-00001/{row:06}_{row + 1}.wav" for row in range(2)]
    (tmp_path / "groups.csv").write_text("clip,group\n" + "".join(f"{clip},x\n" for clip in clips), encoding="utf-8")
    assert read_clip_table(tmp_path, "t").column("group", "t") == ["x", "x"]


def test_rows_of_shards_are_no_groups(tmp_path):
    """Row 3 of one shard and row 3 of another have nothing in common; the names that the publisher gave may."""
    for number, part in enumerate(("train", "test")):
        audio = [{"bytes": sound(row + 20 * number), "path": f"{'abc'[row % 3]}.wav"} for row in range(12)]
        columns = {"audio": audio, "label": ["xy"[row % 2] for row in range(12)]}
        file = tmp_path / f"data/{part}-00000-of-00001.parquet"
        file.parent.mkdir(exist_ok=True)
        parquet.write_table(pyarrow.table(columns), file)
    table = read_clip_table(tmp_path, "t")
    assert name_groups(table.column("path", "t"), table.column("label", "t")) is None
    named = [path.replace("_", f"_s0{row % 4}_") for row, path in enumerate(table.column("path", "t"))]
    assert name_groups(named, table.column("label", "t")).pattern == "[^-_. ]+[-_. ]+([^-_. ]+)"


def test_a_table_without_audio_inside_is_not_taken(tmp_path):
    parquet.write_table(pyarrow.table({"path": ["a.wav"], "label": ["x"]}), tmp_path / "manifest.parquet")
    assert reader_of(tmp_path) == "manifest"
