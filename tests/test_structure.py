"""The house's own order: nothing is written twice."""

import ast
import io
import tokenize
from collections import defaultdict
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
LONGEST_BLOCK = 10


def lines_of(file):
    """Lines of code as tokens with their numbers, without imports, docstrings, comments and lone brackets."""
    text = file.read_text(encoding="utf-8")
    passed_over = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str))
        for line in range(node.lineno, node.end_lineno + 1)
    }
    lines = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE) and token.start[0] not in passed_over:
            lines[token.start[0]].append(token.string.strip())
    told = ((number, " ".join(filter(None, words))) for number, words in sorted(lines.items()))
    return [(number, line) for number, line in told if any(map(str.isalnum, line))]


def test_no_block_stands_twice():
    """No run of more than ten lines of code is written in two places."""
    places = defaultdict(list)
    for file in sorted((SOURCE / "cohear").rglob("*.py")):
        lines = lines_of(file)
        for first in range(len(lines) - LONGEST_BLOCK):
            block = lines[first : first + LONGEST_BLOCK + 1]
            places[tuple(line for _, line in block)].append(f"{file.relative_to(SOURCE)}:{block[0][0]}-{block[-1][0]}")
    assert [where for where in places.values() if len(where) > 1] == []
