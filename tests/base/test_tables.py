"""Definitions of tables: rows are given by name, and what is written is what the definition says."""

import math

import pytest

from cohear.base.tables import ARMS_CSV, METRICS_CSV, PREDICTIONS_CSV, RESULTS_CSV, TABLES, Column, Table, csv_text
from cohear.testing.table import TableContract

PEOPLE = Table(
    "people.csv", "A row a person.", (Column("name", "its name"), Column("age", "years", "number", "a", True))
)


class TestTables(TableContract):
    @pytest.fixture(autouse=True, params=TABLES, ids=lambda table: table.file)
    def _table(self, request):
        self.table = request.param

    def make(self):
        return self.table


def test_the_contract_of_the_tables():
    """Names and their order are promised to the world."""
    assert RESULTS_CSV.names == (
        *("run", "features", "encoder", "arm", "combination", "control", "fold", "seed", "task", "metric", "value"),
        *("higher_is_better", "test_clips", "parameters", "steps", "seconds", "test_part", "focal", "wall_seconds"),
    )
    assert METRICS_CSV.names == ("run", "task", "part", "selection", "metric", "value")
    assert PREDICTIONS_CSV.names == ("task", "clip", "label", "part")
    assert ARMS_CSV.names == ("arm", "setting", "value")


def test_rows_are_by_name_and_sorted():
    rows = [{"age": 2.5, "name": "b"}, {"name": "a", "age": None}, {"name": "a", "age": math.nan}]
    assert PEOPLE.text(rows) == "name,age\na,\na,\nb,2.5\n"


def test_numbers_are_sorted_before_text_and_nothing_before_both():
    rows = [{"name": "x", "age": age} for age in ("", 10, 9, None)]
    assert [row[1] for row in PEOPLE.rows(rows)] == [None, 9, 10, ""]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"name": "a"}, "people.csv: a row is without 'age'"),
        ({"name": "a", "age": 1.0, "size": 2}, "people.csv has no column 'size'"),
        ({"name": "", "age": 1.0}, "people.csv: 'name' must not be empty"),
        ({"name": None, "age": 1.0}, "people.csv: 'name' must not be empty"),
    ],
)
def test_a_row_that_is_not_the_tables_is_refused(row, message):
    with pytest.raises(ValueError, match=message):
        PEOPLE.text([row])


def test_further_columns_are_empty_where_a_row_has_none():
    fixed = {"task": "t", "clip": "c", "label": "l", "part": "test"}
    text = PREDICTIONS_CSV.text([{**fixed, "dog": 0.5}, fixed], further=["dog"])
    assert text == "task,clip,label,part,dog\nt,c,l,test,0.5\nt,c,l,test,\n"
    with pytest.raises(ValueError, match="has no column 'cat'"):
        PREDICTIONS_CSV.text([{**fixed, "cat": 0.5}], further=["dog"])


def test_cells_are_quoted_and_truths_are_words():
    assert csv_text(["a", "b"], [(None, True), ("x,y", 0.5)]) == 'a,b\n,true\n"x,y",0.5\n'
