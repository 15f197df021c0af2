import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import read_table, write_table
from cohear.base.errors import UserError
from cohear.base.tables import RESULTS_CSV

NAMES = [
    "01",
    "no",
    "NaN",
    "null",
    "on",
    "a.b",
    "ä ö",
    'say "hi", you',
    "1e5",
    "None",
    "<script>",
    "x\ny",
    "🐦",
]


def two(**changes):
    return results_table([("a", "a", 0, 0, 0.5, changes), ("a", "a+b", 0, 0, 0.6, changes)])


def test_names_stay_the_text_they_are(tmp_path):
    rows = [(name, name, 0, 0, 0.1 * i, {"features": name, "arm": name}) for i, name in enumerate(NAMES)]
    table = results_table(rows)
    write_table(tmp_path / "results.csv", table)
    read = read_results(tmp_path)
    assert set(read["task"]) == set(read["arm"]) == set(read["features"]) == set(NAMES)
    assert (read["control"] == "").all() and (read["test_part"] == "").all()


def test_numbers_come_back_bit_for_bit_and_missing_stays_missing(tmp_path):
    values = [0.1 + 0.2, 1 / 3, np.nan, 1e-300, 0.0]
    write_table(tmp_path / "results.csv", results_table([("a", "a", i, 0, v) for i, v in enumerate(values)]))
    read = read_results(tmp_path)
    np.testing.assert_array_equal(read["value"].to_numpy(), values)
    assert read["fold"].tolist() == [0, 1, 2, 3, 4]
    assert read["higher_is_better"].dtype == bool


def test_the_file_does_not_depend_on_the_order_of_rows(tmp_path):
    table = results_table([(t, t, f, 0, 0.1 * f) for t in "ab" for f in range(11)])
    write_table(tmp_path / "one.csv", table)
    write_table(tmp_path / "two.csv", table.sample(frac=1, random_state=1))
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    again = read_table(tmp_path / "one.csv", RESULTS_CSV)
    write_table(tmp_path / "empty.csv", again.iloc[:0])
    assert (tmp_path / "empty.csv").read_text().startswith("run,features")


def broken(text):
    header = ",".join(RESULTS_CSV.names)
    return {
        "nothing": "",
        "no column": text.replace("encoder", "encodr", 1),
        "twice": text.replace("encoder", "arm", 1),
        "short line": text + "a,b\n",
        "cut quote": text + '"a,b',
        "number": text.replace("0.5", "half", 1),
        "infinite": text.replace("0.5", "inf", 1),
        "truth": text.replace("true", "maybe", 1),
        "no fold": text.replace(",0,0,", ",,0,", 1),
        "half fold": text.replace(",0,0,", ",0.5,0,", 1),
        "only header": header,
    }


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("nothing", "is empty"),
        ("no column", "did you mean 'encodr'"),
        ("twice", "'arm' is there twice"),
        ("short line", "line 4: 2 cells where the header has 16"),
        ("cut quote", "not a readable CSV line"),
        ("number", "line 3: value is 'half', not a number"),
        ("infinite", "not a finite number"),
        ("truth", "neither true nor false"),
        ("no fold", "fold is empty"),
        ("half fold", "not a whole number"),
    ],
)
def test_broken_files_are_told_in_one_sentence(tmp_path, case, message):
    write_table(tmp_path / "results.csv", two())
    (tmp_path / "results.csv").write_text(broken((tmp_path / "results.csv").read_text())[case])
    with pytest.raises(UserError, match=message) as caught:
        read_results(tmp_path)
    assert "\n" not in str(caught.value)


def test_missing_and_undecodable_files(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        read_results(tmp_path)
    (tmp_path / "results.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not UTF-8"):
        read_results(tmp_path)
    (tmp_path / "results.csv").write_text(",".join(RESULTS_CSV.names) + "\n")
    assert len(read_results(tmp_path)) == 0


@pytest.mark.parametrize("column", ["test_clips", "parameters", "steps", "seconds"])
def test_what_other_trainers_do_not_write_is_empty(tmp_path, column):
    write_table(tmp_path / "results.csv", two().drop(columns=column).assign(extra="kept"))
    table = read_results(tmp_path)
    assert table[column].isna().all() and (table["extra"] == "kept").all() and len(table) == 2


@pytest.mark.parametrize("column", ["control", "value", "seed"])
def test_what_gains_cannot_do_without_is_asked_for(tmp_path, column):
    write_table(tmp_path / "results.csv", two().drop(columns=column))
    with pytest.raises(UserError, match=f"column '{column}' is missing"):
        read_results(tmp_path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a", "b+c", 0, 0, 0.5), "not part of combination"),
        (("a+b", "a+b", 0, 0, 0.5), "not part of combination"),
        (("a", "a+a", 0, 0, 0.5), "names a task twice"),
        (("a", "b+a", 0, 0, 0.5), "are one combination"),
        (("a", "a", 0, 0, 0.7), "is there twice for fold 0, seed 0"),
        (("a", "a", 0, 0, 0.7, {"metric": "accuracy"}), "keep the one metric .* of accuracy, uar"),
        (("", "a", 0, 0, 0.7), "task is empty"),
        (("", "", 0, 0, 0.7), "combination is empty"),
        (("a", "a", 1, 0, 0.7, {"control": "None"}), "line 4: control is 'None', but it must be empty"),
    ],
)
def test_contradictions_are_told(tmp_path, row, message):
    write_table(tmp_path / "results.csv", pd.concat([two(), results_table([row])]))
    with pytest.raises(UserError, match=message):
        read_results(tmp_path)
