"""The page and the terminal's lines of an audit."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cohear.base.counting import counted
from cohear.base.files import make_folder, write_bytes, write_json
from cohear.data.audit.finding import AuditFindingAsData
from cohear.report.page.build import own_page
from cohear.study.audit import AuditAsData

_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
_SHOWN_CLIPS = 200
"""Clips of a finding that the page lists; the JSON has all."""


def write_audit(path: Path, audit: AuditAsData) -> Path:
    """Write the page of an audit: one HTML file that opens from disk and loads nothing.

    Args:
        path: the file, its folder is made.
        audit: ``Audit.to_json()``.

    Raises:
        FolderError: it cannot be written.
    """
    make_folder(path.parent)
    page = own_page("audit.html.j2", audit=audit, groups=_by_place(audit["findings"]), shown=_SHOWN_CLIPS)
    write_bytes(path, page.encode("utf-8", errors="replace"))
    return path


def keep_audit(folder: Path, audit: AuditAsData) -> None:
    """Write ``check.json`` into a study folder, for its page; of each finding some clips are enough there.

    Raises:
        FolderError: it cannot be written.
    """
    findings = [{**finding, "clips": finding["clips"][:_SHOWN_CLIPS]} for finding in audit["findings"]]
    write_json(make_folder(folder) / "check.json", {**audit, "findings": findings})


def audit_lines(audit: AuditAsData) -> Group:
    """Findings for the terminal, the worst first; notes are counted and listed shortest."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for finding in audit["findings"]:
        style = _STYLES[finding["severity"]]
        where = _where(finding)
        head = Text.assemble((finding["code"], style), f"  {where}" if where else "")
        body = Text.assemble(head, "\n", finding["sentence"])
        if finding["severity"] != "note":
            body.append(f"\n→ {finding['cure']}", style="dim")
        table.add_row(Text(finding["severity"], style=style), body)
    return Group(table, Text(summary(audit)))


def summary(audit: AuditAsData) -> str:
    """``2 errors, 1 warning, no notes in 8 datasets (6,197 clips)``."""
    counts = [counted(count, name) if count else f"no {name}s" for name, count in audit["counts"].items()]
    clips = sum(facts["clips"] for facts in audit["datasets"].values())
    return f"{', '.join(counts)} in {counted(len(audit['datasets']), 'dataset')} ({clips:,} clips)"


def _where(finding: AuditFindingAsData) -> str:
    parts = [finding["dataset"], finding["task"]]
    if finding["fold"] is not None:
        parts.append(f"fold {finding['fold']}")
    return " · ".join(part for part in dict.fromkeys(parts) if part)


def _by_place(findings: list[AuditFindingAsData]) -> dict[str, list[AuditFindingAsData]]:
    """Findings by dataset; what concerns several comes first."""
    places: dict[str, list[AuditFindingAsData]] = {"": []}
    for finding in findings:
        places.setdefault(finding["dataset"], []).append(finding)
    return {place: found for place, found in places.items() if found}
