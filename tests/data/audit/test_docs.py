"""docs/check.md lists every kind of finding, as the code has it."""

from pathlib import Path

import cohear.study.check  # noqa: F401 - enters the checks
from cohear.data.audit.check import all_codes

DOCS = Path(__file__).parents[3] / "docs" / "check.md"


def test_the_docs_list_every_finding():
    text = DOCS.read_text(encoding="utf-8")
    for code in all_codes():
        row = f"| `{code.name}` | {', '.join(code.severities)} | {code.meaning} | {code.cure} |"
        assert row in text, row
    assert text.count("\n| `") == len(all_codes())
