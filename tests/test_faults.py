"""Every fault in docs/faults.md has its test."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
HEADS = ("| kind |", "| promise |")
EVERY = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(HEADS)]
PROMISES = {mark[1]: line for line in EVERY if (mark := re.match(r"\| ([A-Z]\.\d) ", line))}
ROWS = [line for line in EVERY if line not in PROMISES.values()]
WANTED = [f"{room}.{number}" for room, count in {"A": 3, "B": 4, "E": 8}.items() for number in range(1, count + 1)]


def functions_of(file):
    """Names of a file's tests: of functions, and of methods behind their class."""
    names = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{child.name}" for child in node.body if isinstance(child, ast.FunctionDef)}
    return names


def test_rows_are_found():
    assert len(ROWS) > 40
    assert len(set(ROWS)) == len(ROWS)


@pytest.mark.parametrize("promise", WANTED)
def test_every_promise_has_faults_that_would_break_it(promise):
    kinds = {row.strip("|").split("|")[0].strip() for row in ROWS}
    _, named = PROMISES[promise].strip("|").split("|")
    assert {kind.strip() for kind in named.split(";")} <= kinds


def test_no_promise_is_told_twice():
    assert sorted(PROMISES) == WANTED
    assert sum(bool(re.match(r"\| [A-Z]\.\d ", line)) for line in EVERY) == len(WANTED)


@pytest.mark.parametrize("row", ROWS)
def test_every_fault_has_its_test(row):
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert len(cells) == 4
    assert all(cells), "kind, example, right, test"
    named = re.fullmatch(r"`(tests/[\w/]+\.py)::([\w:]+)`", cells[-1])
    assert named, "a test is named as pytest names it"
    file = ROOT / named[1]
    assert file.is_file()
    assert named[2] in functions_of(file)
    assert named[2].rpartition("::")[2].startswith("test_")
