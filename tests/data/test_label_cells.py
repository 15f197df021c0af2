"""Several labels a clip, however a table writes them; and what is one label although it looks like several."""

import pandas as pd
import pytest

from cohear.base.errors import DataError
from cohear.data.folds.selection import LabelChoice, guess_kind, select
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.label_cells import (
    LIST,
    LabelCells,
    labels_of,
    mark_beside_semicolons,
    one_hot_targets,
    proposed_cells,
    separator_of,
)


def table_of(tmp_path, **columns):
    count = len(next(iter(columns.values())))
    paths = [f"{number}.wav" for number in range(count)]
    return ClipTable("d", tmp_path, pd.DataFrame({"path": paths, **columns}, dtype=object))


@pytest.mark.parametrize(
    ("cells", "separator", "read"),
    [
        (["a", "b", "a,b"], ",", ["a", "b", "a;b"]),
        (["a", "b", "c", "a, b", "b,c", ""], ",", ["a", "b", "c", "a;b", "b;c", ""]),
        (["a", "b", "a|b"], "|", ["a", "b", "a;b"]),
        (["a", "b", "b/a"], "/", ["a", "b", "b;a"]),
        (["a", "b", "a + b"], "+", ["a", "b", "a;b"]),
        (["['a', 'b']", "['a']", "[]"], LIST, ["a;b", "a", ""]),
        (['["a", "b"]', '["c"]'], LIST, ["a;b", "c"]),
        (["['a' 'b']", "['b']"], LIST, ["a;b", "b"]),
        (["[a, b]", "[b]"], LIST, ["a;b", "b"]),
        (["{'a'}", "('a', \"b's\")"], LIST, ["a", "a;b's"]),
    ],
)
def test_cells_of_several_labels(tmp_path, cells, separator, read):
    assert separator_of(cells) == separator
    table = table_of(tmp_path, event=cells)
    assert proposed_cells(table) == LabelCells({"event": separator})
    assert LabelCells({"event": separator}).applied(table).column("event", "t") == read


@pytest.mark.parametrize(
    "cells",
    [
        ["a", "b", "c"],
        ["Boston, MA", "Cambridge, MA", "New York, NY"],
        ["tap, running", "dog", "cat"],
        ["a;b", "a", "b,c", "c"],
        ["1,5", "2,5", "3,0"],
        ["and/or", "dog"],
        ["", ""],
        [],
    ],
)
def test_cells_of_one_label(cells):
    assert separator_of(cells) is None


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["dog, cat", "cow; dog", "cat"], ","),
        (["a;b", "a|b", "a"], "|"),
        (["a;b", "a", "b"], None),
        (["a;tap, running", "a"], None),
        (["a, b", "a", "b;"], None),
        ([], None),
    ],
)
def test_two_marks_in_one_column(cells, mark):
    assert mark_beside_semicolons(cells) == mark


def test_a_semicolon_inside_a_label_separates_nothing(tmp_path):
    assert labels_of("a;b|c", "|") == ["a,b", "c"]


@pytest.mark.parametrize("one", ["1", "1.0", "True", "true"])
def test_columns_of_zero_and_one_are_one_target(tmp_path, one):
    zero = {"1": "0", "1.0": "0.0", "True": "False", "true": "false"}[one]
    table = table_of(
        tmp_path,
        dog=[one, zero, zero, one, ""],
        cat=[zero, one, zero, one, one],
        owl=[zero, zero, zero, zero, one],
        speaker=["1", "2", "3", "4", "5"],
    )
    cells = proposed_cells(table)
    assert cells == LabelCells({}, {"labels": ["dog", "cat", "owl"]})
    read = cells.applied(table)
    assert read.column("labels", "t") == ["dog", "cat", "none", "dog;cat", ""]
    assert list(read.rows.columns) == ["path", "speaker", "labels"]


def test_names_of_such_columns_may_begin_alike(tmp_path):
    bits = {"event_dog": ["1", "0", "0"], "event_cat": ["0", "1", "0"], "event_big_owl": ["1", "1", "0"]}
    table = table_of(tmp_path, **bits)
    cells = proposed_cells(table)
    assert list(cells.one_hot) == ["event"]
    assert cells.applied(table).column("event", "t") == ["dog;big_owl", "cat;big_owl", "none"]


def test_two_questions_with_yes_and_no_are_two(tmp_path):
    assert proposed_cells(table_of(tmp_path, male=["1", "0"], noisy=["0", "1"])) == LabelCells()
    assert proposed_cells(table_of(tmp_path, a=["0", "0"], b=["1", "2"], c=["1", "0"])) == LabelCells()


def test_three_questions_that_are_mostly_answered_with_yes_are_three(tmp_path):
    """Of several labels a clip most are absent."""
    bits = {name: ["1", "0", "1", "0"] for name in ("male", "noisy", "indoors")}
    assert proposed_cells(table_of(tmp_path, **bits)) == LabelCells()


def test_one_label_each_makes_a_multiclass_target(tmp_path):
    table = table_of(tmp_path, a=["1", "0", "0"], b=["0", "1", "0"], c=["0", "0", "1"])
    assert guess_kind(proposed_cells(table).applied(table).column("labels", "t")) == "multiclass"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (LabelCells({"evnt": ","}), r"datasets.d.separators: dataset 'd' has no column 'evnt' \(did you mean 'event'"),
        (LabelCells({}, {"x": ["n", "b"]}), r"datasets.d.one_hot: dataset 'd' has no column 'b'"),
        (LabelCells({}, {"event": ["n"]}), "has a column 'event'; give the target another name"),
        (LabelCells({}, {"x": ["event"]}), "column 'event' of dataset 'd' holds 'a'; expected 0 or 1"),
    ],
)
def test_mistakes(tmp_path, cells, told):
    with pytest.raises(DataError, match=told):
        cells.applied(table_of(tmp_path, event=["a", "b"], n=["1", "0"]))


@pytest.mark.parametrize("cells", [["dog;", "cat;", "dog"], ["dog", "cat; "], [";dog", "cat"], ["dog;;", "cat;"]])
def test_a_semicolon_at_the_end_changes_no_kind(tmp_path, cells):
    assert guess_kind(cells) == "multiclass"
    kind, selection = select(table_of(tmp_path, event=cells), "event", None, LabelChoice(), 0, "tasks.t")
    assert (kind, selection.labels) == ("multiclass", ["cat", "dog"])
    assert selection.targets.known.all()


def test_a_semicolon_between_labels_does(tmp_path):
    assert guess_kind(["dog;cat", "dog"]) == "multilabel"
    assert guess_kind(["dog; ;dog"]) == "multilabel"


def test_a_part_written_as_0_and_1_is_no_label(tmp_path):
    labels = {name: list("100010000100") for name in ("dog", "cat", "bird")}
    parts = {"split": list("000000000011"), "test": list("000000000011")}
    found = one_hot_targets(table_of(tmp_path, **labels, **parts))
    assert list(found.values()) == [["dog", "cat", "bird"]]
