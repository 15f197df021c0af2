"""What duplicates reveal: labels that contradict each other, and excerpts that repeat inside a clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from cohear.base.counting import clips_that, counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset, Place, equal_sets
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.folds.selection import guess_kind
from cohear.tasks.kind import TARGET_KINDS


class ContentsCheck(Check):
    """Labels of equal clips, and repeats inside one."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "contradicting-labels",
            ("error", "warning"),
            "The same recording has different labels in a column that a task learns; a warning for near-duplicates and "
            "for silence.",
            "Correct the wrong one, remove both, or make it a multilabel column.",
        ),
        Code(
            "repeated-excerpt",
            ("warning",),
            "A clip is a shorter excerpt, repeated to fill its length.",
            "Cut it to the excerpt, or use a window no longer than that; the repeat gives the true length away.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Column by column, then dataset by dataset."""
        yield from self._contradicting(evidence, equal_sets(evidence))
        for data in evidence.datasets.values():
            yield from self._repeated(data)

    def _contradicting(self, evidence: Evidence, sets: Sequence[Sequence[Place]]) -> Iterable[AuditFinding]:
        named = {(task.dataset, task.target): task.kind for task in reversed(evidence.tasks)}
        for name, target in dict.fromkeys((task.dataset, task.target) for task in evidence.tasks):
            data = evidence.datasets.get(name)
            if data is None or target not in data.table.rows.columns:
                continue
            cells = data.table.column(target, name)
            labels = _said(cells, named[name, target] or guess_kind(cells), target)
            alike = [[place.row for place in places if place.dataset == name] for places in sets]
            near = [
                [pair.first.row, pair.second.row]
                for pair in evidence.near
                if pair.first.dataset == pair.second.dataset == name
            ]
            sounding = [rows for rows in alike if not data.silent[rows[:1]].any()]
            silent = [rows for rows in alike if data.silent[rows[:1]].any()]
            kinds = ((sounding, "error", "equal"), (silent, "warning", "silent"), (near, "warning", "nearly equal"))
            for every, severity, what in kinds:
                found = [rows for rows in every if len({labels[row] for row in rows if labels[row]}) > 1]
                if found:
                    rows = [row for same in found for row in same]
                    yield self.finding(
                        "contradicting-labels",
                        "error" if severity == "error" else "warning",
                        f"{counted(len(found), 'set')} of {what} clips with different {target!r}: "
                        + " but ".join(f"{data.ids[row]!r} is {cells[row]!r}" for row in found[0][:2]),
                        dataset=name,
                        clips=data.names(dict.fromkeys(rows)),
                        figures={"column": target, "sets": [{data.ids[r]: cells[r] for r in same} for same in found]},
                    )

    def _repeated(self, data: MeasuredDataset) -> Iterable[AuditFinding]:
        rows = [row for row, measures in enumerate(data.measures) if measures.repeat]
        if rows:
            repeats = {data.ids[row]: repeat for row in rows if (repeat := data.measures[row].repeat)}
            shortest = min(repeats, key=lambda clip: repeats[clip].seconds)
            yield self.finding(
                "repeated-excerpt",
                "warning",
                f"{clips_that(len(rows), len(data.ids), 'repeats', 'repeat')} a shorter "
                f"excerpt; {shortest!r} repeats "
                f"{repeats[shortest].seconds:.2f} s",
                dataset=data.name,
                clips=data.names(rows),
                figures={"seconds": {clip: round(repeat.seconds, 4) for clip, repeat in repeats.items()}},
            )


def _said(cells: Sequence[str], name: str, target: str) -> list[frozenset[str]]:
    """What each cell says of its clip, however it is written; nothing, where a column is not what its kind reads."""
    kind = TARGET_KINDS[name]
    if kind.has_labels:
        return [frozenset(kind.labels_in(cell)) for cell in cells]
    names = kind.names(target, cells)
    try:
        written = kind.cells(kind.encode(cells, names), names)
    except ValueError:
        return [frozenset()] * len(cells)
    return [frozenset([cell] if cell else []) for cell in written]


CHECKS.register("contents")(ContentsCheck())
