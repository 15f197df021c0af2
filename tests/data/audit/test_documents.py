"""docs/check.md lists what the code can find, in its words."""

import re
from pathlib import Path

from cohear.data.audit.audit_check import all_codes
from cohear.study.score_gaps import Gap


def test_every_finding_is_described():
    text = (Path(__file__).resolve().parents[3] / "docs" / "check.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    codes = [*all_codes(), *Gap.codes]
    assert sorted(rows) == sorted((code.name, ", ".join(code.severities), code.meaning, code.cure) for code in codes)
