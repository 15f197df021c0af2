"""What is said of results is said once, in `findings`: what shows it has layout, and neither words nor conditions."""

import ast
import re
from pathlib import Path

import pytest

from cohear.analysis.tables.columns import VERDICTS

SOURCE = Path(__file__).resolve().parents[1] / "src" / "cohear"
SHOWING = [
    *sorted((SOURCE / "report" / "figures").glob("*.py")),
    *sorted((SOURCE / "report" / "terminal").glob("*.py")),
    *sorted((SOURCE / "cli").glob("*.py")),
]
PAGE = [path for path in sorted((SOURCE / "report" / "page").iterdir()) if path.suffix in (".j2", ".js")]
SURENESS = ("beyond chance", "by chance", "could be chance", "surely", "helped", "not sure")
SAID = re.compile(rf"\b(?:{'|'.join([*VERDICTS, *SURENESS])})\b", re.IGNORECASE)
ASKED = re.compile(r"\{%-?\s*(?:el)?if\b[^%]*\b(?:verdict|sureness)\b")
"""A condition of a template on a verdict."""


def texts(path):
    """Every string in a module that is no docstring, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    with_text = (ast.Module, ast.ClassDef, ast.FunctionDef)
    documents = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, with_text)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents
    ]


def test_there_is_something_to_look_at():
    assert len(SHOWING) > 30 and len(PAGE) > 8


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_what_is_drawn_or_printed_has_no_words_on_verdicts(path):
    told = [(line, text) for line, text in texts(path) if SAID.search(text)]
    assert told == [], "words belong into `findings`, looks into `report/parts/verdict_looks.py`"
    assert "verdict_words import OPEN" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGE, ids=lambda path: path.name)
def test_the_page_has_layout_alone(path):
    text = path.read_text(encoding="utf-8")
    assert SAID.findall(text) == [], "words belong into `findings`"
    assert ASKED.findall(text) == [], "a condition on a verdict belongs into `findings`"
