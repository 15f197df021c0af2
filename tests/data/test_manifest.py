"""Clip tables from CSV, JSONL and Parquet, and what dataset.yaml says of them."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.base.errors import DataError, UserError
from cohear.data.tables.manifest import ManifestReader
from cohear.data.tables.reader import read_clip_table
from cohear.testing.reader import ReaderContract

ODD = [
    "yes",
    "no",
    "on",
    "off",
    "NA",
    "null",
    "01",
    "1e3",
    "1.0",
    "a.b",
    "two words",
    " x",
    "Ünsinn",
    'a "b"',
    "a\nb",
    "a,b",
]


class TestManifestCsv(ReaderContract):
    def make(self):
        return ManifestReader()

    def write(self, folder):
        (folder / "clips").mkdir()
        for name in "abc":
            (folder / "clips" / f"{name}.wav").write_bytes(b"")
        (folder / "manifest.csv").write_text(
            "path,start,end,group,event\nclips/a.wav,0,1.5,1,dog\nclips/a.wav,1.5,3,1,cat\nclips/b.wav,,,2,\n"
        )
        (folder / "dataset.yaml").write_text("name: Mine\nlabels: {event: [dog, cat, owl]}\n")


class TestManifestJsonl(TestManifestCsv):
    def write(self, folder):
        super().write(folder)
        table = csv.DictReader(io.StringIO((folder / "manifest.csv").read_text()))
        (folder / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in table))
        (folder / "manifest.csv").unlink()


class TestManifestParquet(TestManifestCsv):
    def write(self, folder):
        pyarrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        super().write(folder)
        rows = list(csv.DictReader(io.StringIO((folder / "manifest.csv").read_text())))
        parquet.write_table(pyarrow.Table.from_pylist(rows), folder / "manifest.parquet")
        (folder / "manifest.csv").unlink()


def read(folder, content, name="manifest.csv", about=None):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    if about is not None:
        (folder / "dataset.yaml").write_text(about, encoding="utf-8")
    return read_clip_table(folder, "mine")


def as_csv(rows, **options):
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows(rows)
    return text.getvalue()


# text stays text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_cells_stay_text(tmp_path, end, mark):
    """Pitfall 15: whatever ends the lines, with a byte order mark or without."""
    rows = [["path", "label"], *([f"{n}.wav", label] for n, label in enumerate(ODD))]
    clips = read(tmp_path, mark + as_csv(rows, lineterminator=end, quoting=csv.QUOTE_ALL))
    assert clips.column("label", "t") == ODD
    assert list(clips.rows.columns) == ["path", "label"]


def test_jsonl_cells_stay_text(tmp_path):
    """Numbers as they are written; lists are joined; null and NaN are unknown; odd line ends inside text are text."""
    cells = [*ODD, "a\u2028b\x85c", "ä"]
    lines = [json.dumps({"path": f"{n}.wav", "label": cell}, ensure_ascii=n % 2 == 0) for n, cell in enumerate(cells)]
    assert read(tmp_path, "\n".join(lines), "manifest.jsonl").column("label", "t") == cells
    values = {"1e3": "1e3", "10000000000000000000001": "10000000000000000000001", "1.50": "1.50", "true": "true"}
    values |= {'["a", "b", 3]': "a;b;3", "[]": "", "null": "", "NaN": "", '"NaN"': "NaN", "-0": "-0"}
    lines = [f'{{"path": "{n}.wav", "label": {value}}}' for n, value in enumerate(values)]
    lines.append('{"path": "last.wav"}\r\n')
    assert read(tmp_path, "\r\n".join(lines), "manifest.jsonl").column("label", "t") == [*values.values(), ""]


def test_parquet_cells_become_text(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {
        "path": ["a.wav", "b.wav", "c.wav"],
        "label": ["01", "no", None],
        "digit": [1, None, 3],
        "share": [0.5, float("nan"), 1.0],
        "tags": [["a", "b"], [], None],
        "told": [True, False, None],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "manifest.parquet")
    assert {name: read_clip_table(tmp_path, "m").column(name, "t") for name in columns} == {
        "path": ["a.wav", "b.wav", "c.wav"],
        "label": ["01", "no", ""],
        "digit": ["1", "", "3"],
        "share": ["0.5", "", "1.0"],
        "tags": ["a;b", "", ""],
        "told": ["true", "false", ""],
    }
    parquet.write_table(pyarrow.table({"path": ["a"], "label": [{"k": 1}]}), tmp_path / "manifest.parquet")
    with pytest.raises(DataError, match="a cell must be text, a number or a list of them"):
        read_clip_table(tmp_path, "m")
    (tmp_path / "manifest.parquet").write_bytes(b"PAR1 but no table")
    with pytest.raises(DataError, match="not a Parquet table"):
        read_clip_table(tmp_path, "m")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(CELLS, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_csv_round_trip(tmp_path_factory, cells):
    """A cell of nothing but space is unknown; every other comes back as it was."""
    rows = [["path", "label"], *([f"{n}.wav", cell] for n, cell in enumerate(cells))]
    clips = read(tmp_path_factory.mktemp("m"), as_csv(rows, quoting=csv.QUOTE_ALL))
    assert clips.column("label", "t") == [cell if cell.strip() else "" for cell in cells]


@given(
    st.binary(max_size=60) | st.text('path,start"\n\r;{}[]:1\\u0d8 ', max_size=60).map(str.encode),
    st.sampled_from(["csv", "jsonl", "parquet"]),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_told(tmp_path_factory, content, ending):
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    folder = tmp_path_factory.mktemp("m")
    for begin in (b"", b"path,label\n"):
        try:
            read(folder, begin + content, f"manifest.{ending}")
        except UserError as error:
            assert str(error)


# mistakes


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty; it needs a line of column names"),
        ("\n\n", "is empty"),
        ("path,label\n", "has no rows"),
        ("files,label\na,b\n", r"no column 'path' \(known: files, label\)"),
        ("Pathh,label\na,b\n", r"no column 'path' \(did you mean 'Pathh'\?\)"),
        ("path,label,label\na,b,c\n", "column 'label' stands twice"),
        ("path,label\na.wav,x\nb.wav\n", "row 2 has 1 cells, the header has 2"),
        ("path,label\na.wav,x,y\n", "row 1 has 3 cells"),
        ('path,label\na.wav,"x\n', "not a proper CSV file"),
        ('path,label\na.wav,"x"y\n', "not a proper CSV file"),
        ("path,label\na.wav,größe\x00\n".encode("latin-1"), r"not UTF-8 text \(byte 19\)"),
        ("path,label\na.wav,größe\n".encode()[:-3] + b"\xff\n", r"not UTF-8 text \(byte 21\)"),
        ("path,label\n,x\n", "row 1 has an empty path"),
        ("path,label\n  ,x\n", "row 1 has an empty path"),
        ("path,label\na.wav,x\na.wav,y\n", r"rows 1 and 2 are the same clip 'a.wav'; a clip has one row \(several"),
        ("path,start,end\na.wav,0,1\na.wav,1,2\na.wav,0,1\n", "rows 1 and 3 are the same clip 'a.wav@0-1'"),
        ("path,start\na.wav,soon\n", "row 1: start must be seconds from 0, found 'soon'"),
        ("path,end\na.wav,-1\n", "row 1: end must be seconds"),
        ("path,end\na.wav,nan\n", "row 1: end must be seconds"),
        ("path,end\na.wav,inf\n", "row 1: end must be seconds"),
        ("path,start,end\na.wav,,1\nb.wav,3,2\n", "row 2: the segment ends at 2, before it starts"),
        ("path,start,end\na.wav,2,2\n", "row 1: the segment ends at 2"),
    ],
)
def test_mistakes_in_csv(tmp_path, content, told):
    with pytest.raises(DataError, match=told):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no column 'path'"),
        ('{"path": "a.wav"}\n{"path": \n', "line 2 is not JSON"),
        ("[1]\n", "line 1 is not an object"),
        ("[" * 100_000, "line 1 is not JSON"),
        ('{"path": "a.wav", "label": {"k": 1}}', "line 1: a cell must be text, a number or a list"),
        (r'{"path": "a.wav", "label": "\ud800"}', "line 1: .*surrogates not allowed"),
    ],
)
def test_mistakes_in_jsonl(tmp_path, content, told):
    with pytest.raises(DataError, match=told):
        read(tmp_path, content, "manifest.jsonl")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../a.wav", "a/../../b.wav", "a\\..\\..\\b.wav", "\\\\host\\a.wav", ".."]
)
def test_paths_that_leave_the_folder(tmp_path, path):
    with pytest.raises(DataError, match=r"row 2: path .* leaves the dataset's folder"):
        read(tmp_path, as_csv([["path"], ["a.wav"], [path]]))


def test_paths_that_look_odd_are_fine(tmp_path):
    paths = ["a..b.wav", "...wav", "./a.wav", "ä ö/1.wav", "a:b.wav", "~/x.wav", "-rf"]
    assert read(tmp_path, as_csv([["path", "x"], *([path, ""] for path in paths)])).column("path", "t") == paths


# dataset.yaml


def test_about(tmp_path):
    about = "name: Streets\nlicense: CC0\ncitation:\nlabels:\n  event: [no, on, 01, null, 'b;c']\n"
    clips = read(tmp_path, "path,event\na.wav,no\n", about=about)
    assert (clips.about.title, clips.about.licence, clips.about.citation) == ("Streets", "CC0", "")
    assert clips.about.domain == ""
    assert clips.about.labels == {"event": ["no", "on", "01", "null", "b;c"]}
    for empty in ("", "name:\nlabels:\n"):
        assert read(tmp_path, "path\na.wav\n", about=empty).about.labels == {}


def test_domain(tmp_path):
    assert read(tmp_path, "path,event\na.wav,no\n", about="domain: environment\n").about.domain == "environment"


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("domain: [a]\n", "domain must be text"),
        ("- a\n", "expected name, licence, citation and labels"),
        ("labels: [a, b]\n", "labels must give a list of labels, each once, for each column"),
        ("labels: {event: dog}\n", "labels must give"),
        ("labels: {event: [dog, dog]}\n", "labels must give"),
        ("labels: {event: [{dog: 1}]}\n", "labels must give"),
        ("lables: {event: [dog]}\n", r"unknown key 'lables' \(did you mean 'labels'\?\)"),
        ("name: [a]\n", "name must be text"),
        ("name: a\nname: b\n", "line 2: name stands twice"),
        ("name: [\n", "not valid YAML"),
    ],
)
def test_mistakes_in_about(tmp_path, about, told):
    with pytest.raises(DataError, match=f"dataset.yaml.*{told}"):
        read(tmp_path, "path,event\na.wav,dog\n", about=about)


# finding the reader


def test_where_the_table_is(tmp_path):
    (tmp_path / "list.CSV").write_text("path\na.wav\n")
    assert read_clip_table(tmp_path / "list.CSV", "mine").root == tmp_path
    with pytest.raises(DataError, match=r"^dataset 'mine': .*none does not exist; check datasets.mine.path"):
        read_clip_table(tmp_path / "none", "mine")
    with pytest.raises(DataError, match=r"nothing in .* is recognised as a clip table; put a manifest.csv"):
        read_clip_table(tmp_path, "mine")
    with pytest.raises(UserError, match=r"unknown reader 'manifst' \(did you mean 'manifest'\?\)"):
        read_clip_table(tmp_path, "mine", "manifst")
    with pytest.raises(DataError, match=r"holds none of manifest.csv, manifest.jsonl, manifest.parquet"):
        read_clip_table(tmp_path, "mine", "manifest")


@pytest.mark.parametrize("word", ["nan", "NaN", "n/a", "NULL", "-", "NA", "unknown", "None"])
def test_a_source_that_says_unknown_is_no_recording(tmp_path, word):
    """All such clips were one recording, so that in each fold most of them left training."""
    rows = ["path,label,source_id", f"a.wav,x,{word}", f"b.wav,y,{word}", "c.wav,x,fs:1", "d.wav,y,"]
    table = read(tmp_path, "\n".join(rows))
    assert table.column("source_id", "t") == ["", "", "fs:1", ""]
    assert table.remarks == (f"source_id says {word!r} of 2 clips, which is taken for unknown",)


def test_a_source_that_begins_like_a_word_for_unknown_is_one(tmp_path):
    rows = ["path,source_id,speaker", "a.wav,nancy,nan", "b.wav,unknown_2,-", "c.wav,NA1,none"]
    table = read(tmp_path, "\n".join(rows))
    assert table.column("source_id", "t") == ["nancy", "unknown_2", "NA1"]
    assert (table.column("speaker", "t"), table.remarks) == (["nan", "-", "none"], ())
