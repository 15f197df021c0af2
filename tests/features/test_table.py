"""Vectors and frames that were made elsewhere: what files may look like, whose rows they are, what is refused."""

import re

import numpy as np
import pandas as pd
import pytest

from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.data.tables.clip_name import ClipName
from cohear.export.exportable import check_exportable
from cohear.features import build_front_end
from cohear.features.pooling import pooled
from cohear.features.table import TableFrontEnd
from cohear.features.task_input import TaskInput
from cohear.testing.clip_front_end import ClipFrontEndContract

OWL, WREN = ClipName("birds", "owl.wav"), ClipName("birds", "a/001")
VECTORS = "clip,loud,high\nowl.wav,1,-0.5\na/001,2,0.25\n"
FRAMES = "dataset;file;frame;x;y\n" + "".join(
    f"birds;{name};{frame};{frame};{value}\n"
    for name, value, frames in (("owl.wav", 1.5, 60), ("a/001", 2, 31))
    for frame in range(frames)
)


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


class TestVectors(ClipFrontEndContract):
    @pytest.fixture(autouse=True)
    def _files(self, tmp_path):
        self.table = written(tmp_path / "vectors.csv", VECTORS)

    def make(self):
        return TableFrontEnd(Asset.at(self.table))

    def clips(self):
        return [OWL, WREN]


class TestFrames(TestVectors):
    @pytest.fixture(autouse=True)
    def _files(self, tmp_path):
        self.table = written(tmp_path / "frames.csv", FRAMES)

    def make(self):
        return TableFrontEnd(Asset.at(self.table), column="file", drop=("frame",))


class TestPooledFrames(TestFrames):
    def make(self):
        return TableFrontEnd(Asset.at(self.table), column="file", drop=("frame",), pool="mean+std", hop_ms=20.0)


class TestArray(TestVectors):
    @pytest.fixture(autouse=True)
    def _files(self, tmp_path):
        np.save(tmp_path / "array.npy", np.arange(2 * 6 * 3).reshape(2, 6, 3))
        self.table, self.names = tmp_path / "array.npy", written(tmp_path / "names.csv", "clip\nowl.wav\na/001\n")

    def make(self):
        return TableFrontEnd(Asset.at(self.table), Asset.at(self.names))


def test_parquet_holds_what_csv_holds(tmp_path):
    pytest.importorskip("pyarrow")
    written(tmp_path / "vectors.csv", VECTORS)
    table = pd.read_csv(tmp_path / "vectors.csv")
    table.to_parquet(tmp_path / "numbers.parquet")
    lists = pd.DataFrame({"clip": table["clip"], "embedding": table[["loud", "high"]].to_numpy().tolist()})
    lists.to_parquet(tmp_path / "lists.parquet")
    expected = TableFrontEnd(Asset.at(tmp_path / "vectors.csv")).frames([WREN, OWL])
    for name in ("numbers", "lists"):
        found = TableFrontEnd(Asset.at(tmp_path / f"{name}.parquet")).frames([WREN, OWL])
        np.testing.assert_array_equal(found, expected)


def test_names_stay_text_and_a_dataset_has_its_own_rows(tmp_path):
    table = TableFrontEnd(Asset.at(written(tmp_path / "t.csv", "dataset,clip,x\nbirds,001,1\ntones,001,2\n,NA,3\n")))
    assert table.frames([ClipName("tones", "001"), ClipName("birds", "001")])[0].tolist() == [[2]]
    assert table.frames([ClipName("any", "NA")])[0].tolist() == [[3]]
    assert table.layout == "vector" and table.hop == table.rate


def test_pooling_counts_valid_frames_alone():
    windows = np.array([[[1, 5], [3, 5], [np.nan, 7]], [[4, 0], [np.inf, 1], [0, 0]]], np.float32)
    found = pooled(windows, np.array([2, 1]), "mean+std")
    np.testing.assert_allclose(found, [[2, 5, 1, 0], [4, 0, 0, 0]])


def test_clips_without_rows_are_told_with_their_number(tmp_path):
    table = TableFrontEnd(Asset.at(written(tmp_path / "t.csv", VECTORS)))
    with pytest.raises(UserError) as told:
        table.frames_of_all([OWL, ClipName("birds", "x.wav"), WREN, ClipName("birds", "y.wav")])
    sentence = "front-end 'table': 2 of 4 clips have no features: t.csv has no row for clip 'x.wav' of dataset 'birds'"
    assert str(told.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "settings", "sentence"),
    [
        ("clip,x\na,1\n", {"column": "path"}, "t.csv has no column 'path'"),
        ("clip,x\na,one\n", {}, "t.csv: column 'x' holds 'one', which is no number; where it is no feature, name"),
        ("clip,x\na,\n", {}, "t.csv: column 'x' holds '', which is no number"),
        ("clip,x\na,nan\nb,1\n", {}, "t.csv holds what is no finite number in 1 of 2 rows, that of clip 'a' among"),
        ("clip,x,x\na,1,2\n", {}, "t.csv: column 'x' stands twice"),
        ("clip\na\n", {}, "t.csv has no column of numbers beside 'clip'"),
        ("clip,x\n", {}, "t.csv has no rows"),
        ("", {}, "t.csv cannot be read"),
        ("clip,x\na,1\n", {"hop_ms": 0}, "hop_ms must be positive"),
        ("clip,x\na,1\n", {"drop": ["y"]}, "t.csv has no column 'y'"),
        ("clip,x\na,1\n", {"clips": "t.csv"}, "t.csv is a table, whose column 'clip' names clips: leave clips out"),
        ("clip,x\na,1\n", {"path": "t.npy"}, "t.npy is an array, which has no names: give clips, a CSV with a row"),
        ("clip\na\n", {"path": "t.npy", "clips": "t.csv"}, "t.csv names 1 clips, and t.npy has 2: they go together"),
    ],
)
def test_mistakes_are_said(text, settings, sentence, tmp_path):
    written(tmp_path / "t.csv", text)
    np.save(tmp_path / "t.npy", np.zeros((2, 3)))
    paths = {name: str(tmp_path / settings.get(name, "t.csv")) for name in {"path", *settings} & {"path", "clips"}}
    with pytest.raises(UserError, match=re.escape(sentence)):
        build_front_end({"name": "table", **settings, **paths})


def test_no_model_can_compute_it(tmp_path):
    table = TableFrontEnd(Asset.at(written(tmp_path / "t.csv", VECTORS)))
    with pytest.raises(UserError, match="task 'bird' hears 'table', features that were made elsewhere: no model can"):
        check_exportable({"bird": TaskInput(table, 1)})
