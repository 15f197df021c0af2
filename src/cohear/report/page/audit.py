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
_SHOWN_KINDS = 5
_SHOWN_PLACES = 3
_SHOWN_NAMES = 6


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


def audit_lines(audit: AuditAsData, *, every: bool = False) -> Group:
    """Findings for the terminal, the worst first.

    The kinds that matter most are shown with their sentences and cure; of all others a line says where they are.

    Args:
        audit: ``Audit.to_json()``.
        every: show each finding.
    """
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    kinds = [[finding] for finding in audit["findings"]] if every else _kinds(audit["findings"])
    shown = len(kinds) if every else _SHOWN_KINDS
    for findings in kinds[:shown]:
        table.add_row(Text(findings[0]["severity"], style=_STYLES[findings[0]["severity"]]), _in_full(findings))
    for findings in kinds[shown:]:
        places = _listed([_where(finding) for finding in findings])
        style = _STYLES[findings[0]["severity"]]
        table.add_row(Text(findings[0]["severity"], style=style), Text.assemble((findings[0]["code"], style), places))
    lines: list[Table | Text] = [table, Text(summary(audit))]
    if len(kinds) > shown:
        lines.append(Text(f"{counted(shown, 'kind')} that matter most are shown in full; --all shows every finding"))
    return Group(*lines)


def _kinds(findings: list[AuditFindingAsData]) -> list[list[AuditFindingAsData]]:
    """Findings of one code and severity together, in their order."""
    kinds: dict[tuple[str, str], list[AuditFindingAsData]] = {}
    for finding in findings:
        kinds.setdefault((finding["severity"], finding["code"]), []).append(finding)
    return list(kinds.values())


def _in_full(findings: list[AuditFindingAsData]) -> Text:
    """The sentences of findings of one kind, a few, and the cure."""
    first, style = findings[0], _STYLES[findings[0]["severity"]]
    body = Text()
    for finding in findings[:_SHOWN_PLACES]:
        where = _where(finding)
        body.append_text(Text.assemble((finding["code"], style), f"  {where}" if where else ""))
        body.append(f"\n{finding['sentence']}\n")
    if len(findings) > _SHOWN_PLACES:
        rest = [_where(finding) for finding in findings[_SHOWN_PLACES:]]
        body.append(f"and {counted(len(rest), 'more', 'more')}{_listed(rest)}\n")
    if first["severity"] != "note":
        body.append(f"→ {first['cure']}", style="dim")
    body.rstrip()
    return body


def _listed(places: list[str]) -> str:
    """``: bird, door and 5 more``; each place once."""
    places = list(dict.fromkeys(filter(None, places)))
    if not places:
        return ""
    more = f" and {len(places) - _SHOWN_NAMES} more" if len(places) > _SHOWN_NAMES else ""
    return f": {', '.join(places[:_SHOWN_NAMES])}{more}"


def summary(audit: AuditAsData) -> str:
    """``2 errors, 1 warning, no notes in 8 datasets (6,197 clips)``."""
    counts = [counted(count, name) if count else f"no {name}s" for name, count in audit["counts"].items()]
    clips = sum(facts["clips"] for facts in audit["datasets"].values())
    return f"{', '.join(counts)} in {counted(len(audit['datasets']), 'dataset')} ({clips:,} clips)"


def _where(finding: AuditFindingAsData) -> str:
    named = finding["dataset"] and (finding["task"] or "").startswith(f"{finding['dataset']}_")  # as `init` names tasks
    parts = [finding["task"] if named else finding["dataset"], finding["task"]]
    if finding["fold"] is not None:
        parts.append(f"fold {finding['fold']}")
    return " · ".join(part for part in dict.fromkeys(parts) if part)


def _by_place(findings: list[AuditFindingAsData]) -> dict[str, list[AuditFindingAsData]]:
    """Findings by dataset; what concerns several comes first."""
    places: dict[str, list[AuditFindingAsData]] = {"": []}
    for finding in findings:
        place = "" if "," in finding["dataset"] else finding["dataset"]
        places.setdefault(place, []).append(finding)
    return {place: found for place, found in places.items() if found}
