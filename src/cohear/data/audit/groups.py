"""What must not be split, and is: groups across folds, sources across datasets, segments that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Integers
from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.columns import columns_of_names
from cohear.data.audit.evidence import Evidence, MeasuredDataset, Place
from cohear.data.audit.finding import AuditFinding, Code, Severity, quoted
from cohear.data.folds.parts import Part
from cohear.data.tables.spelling import known_names


class GroupsCheck(Check):
    """Columns that name what clips have in common."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "groups-across-folds",
            ("warning", "note"),
            "Clips of one group (speaker, recording) lie in several official folds; a note where no task uses these.",
            "Hold the group out (`hold_out`) instead of using the official folds, unless the task is about the group.",
        ),
        Code(
            "sources-across-datasets",
            ("warning",),
            "The same original recording (`source_id`) is in several datasets.",
            "The leakage rule sets such clips aside; keep each source in one dataset to lose none.",
        ),
        Code(
            "sources-across-groups",
            ("warning",),
            "Clips of one original recording (`source_id`) are in several groups, so folds over groups split it.",
            "Give the clips one group.",
        ),
        Code(
            "sources-across-folds",
            ("warning", "note"),
            "Clips of one original recording (`source_id`) lie in several official folds; a note where no task uses "
            "these.",
            "Hold out source_id instead of using the official folds.",
        ),
        Code(
            "values-on-both-sides",
            ("note",),
            "Values of another column (sentence, room, device) are both trained and tested on in every fold.",
            "If a network could learn the value instead of the label, hold that column out.",
        ),
        Code(
            "overlapping-segments",
            ("error", "warning"),
            "Two clips are parts of one file that overlap; an error where one is trained and the other tested on.",
            "Cut segments that do not overlap, or give all segments of a file one group.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Inside each dataset, then across them."""
        for data in evidence.datasets.values():
            rules = [task.rule.folds for task in evidence.tasks if task.dataset == data.name]
            severity: Severity = "warning" if not rules or "fold" in rules else "note"
            for code, column in (("groups-across-folds", "group"), ("sources-across-folds", "source_id")):
                yield from self._split(data, code, column, "fold", severity)
            yield from self._split(data, "sources-across-groups", "source_id", "group", "warning")
        yield from self._across(evidence)
        yield from self._both_sides(evidence)
        yield from self._overlapping(evidence)

    def _split(
        self, data: MeasuredDataset, code: str, column: str, by: str, severity: Severity
    ) -> Iterable[AuditFinding]:
        """Values of a column that lie in several values of another."""
        places: dict[str, set[str]] = {}
        known = known_names(data.table.optional_column(column))  # words for unknown are another finding
        cells = list(zip(known, data.table.optional_column(by), strict=True))
        for value, part in cells:
            if value and part:
                places.setdefault(value, set()).add(part)
        split = [value for value, parts in places.items() if len(parts) > 1]
        if split:
            held = set(split)
            rows = [row for row, (value, _) in enumerate(cells) if value in held]
            lie = "lies" if len(split) == 1 else "lie"
            yield self.finding(
                code,
                severity,
                f"{len(split):,} of {len(places):,} values of {column!r} {lie} in several values of {by!r}, "
                f"{counted(len(rows), 'clip')} in all: {quoted(split)}",
                dataset=data.name,
                clips=data.names(rows),
                figures={"column": column, "values": {value: sorted(places[value]) for value in split}},
            )

    def _across(self, evidence: Evidence) -> Iterable[AuditFinding]:
        places: dict[str, list[Place]] = {}
        for name, data in evidence.datasets.items():
            for row, source in enumerate(data.table.optional_column("source_id")):
                if source:
                    places.setdefault(source, []).append(Place(name, row))
        shared = {source: found for source, found in places.items() if len({place.dataset for place in found}) > 1}
        if shared:
            datasets = sorted({place.dataset for found in shared.values() for place in found})
            yield self.finding(
                "sources-across-datasets",
                "warning",
                f"{counted(len(shared), 'source')} in {' and '.join(datasets)}: {quoted(sorted(shared))}",
                clips=[evidence.name(place) for found in shared.values() for place in found],
                figures={
                    "sources": {s: [list(evidence.name(place)) for place in found] for s, found in shared.items()}
                },
            )

    def _both_sides(self, evidence: Evidence) -> Iterable[AuditFinding]:
        for task in evidence.split_tasks():
            data, splits = evidence.datasets[task.dataset], evidence.distinct(task.name)
            sides = [_sides(split.rows, split.cleared.parts) for split in splits.values()]
            crossing = {}
            for column in columns_of_names(data.table):
                if column in (task.target, task.rule.hold_out):
                    continue
                cells = np.array(data.table.column(column, data.name), dtype=object)
                values = {str(cell) for cell in cells if cell}
                both = [set(cells[learnt]) & set(cells[tested]) - {""} for learnt, tested in sides]
                if both and all(both):
                    crossing[column] = (max(map(len, both)), len(values))
            if crossing:
                columns_text = ", ".join(
                    f"{column} ({many} of {values} values)" for column, (many, values) in crossing.items()
                )
                yield self.finding(
                    "values-on-both-sides",
                    "note",
                    f"on both sides of every split: {columns_text}",
                    dataset=task.dataset,
                    task=task.name,
                    figures={"columns": {column: list(counts) for column, counts in crossing.items()}},
                )

    def _overlapping(self, evidence: Evidence) -> Iterable[AuditFinding]:
        found = {name: pairs for name, data in evidence.datasets.items() if (pairs := _overlaps(data))}
        sides = {fold: evidence.sides(fold) for fold in evidence.folds} if found else {}
        for name, pairs in found.items():
            data = evidence.datasets[name]
            leaking = [fold for fold, both in sides.items() if _any_leaks(data.name, pairs, *both)]
            rows = sorted({row for pair in pairs for row in pair})
            one, two = pairs[0]
            where = f"; in fold {', '.join(map(str, leaking))} they lie on both sides" if leaking else ""
            yield self.finding(
                "overlapping-segments",
                "error" if leaking else "warning",
                f"{counted(len(pairs), 'pair')} of segments overlap: {data.ids[one]!r} and {data.ids[two]!r}{where}",
                dataset=data.name,
                clips=data.names(rows),
                figures={"pairs": [[data.ids[a], data.ids[b]] for a, b in pairs], "folds": leaking},
            )


def _sides(rows: Integers, parts: Integers) -> tuple[Integers, Integers]:
    return rows[np.isin(parts, (Part.TRAIN, Part.VALIDATION))], rows[parts == Part.TEST]


def _overlaps(data: MeasuredDataset) -> list[tuple[int, int]]:
    """Rows of segments of one file that share samples, each with the segments that begin before it ends."""
    by_file: dict[str, list[tuple[float, float, int]]] = {}
    for row, (segment, fact) in enumerate(zip(data.table.segments(), data.facts, strict=True)):
        start = segment.start or 0.0
        by_file.setdefault(str(segment.path), []).append((start, start + fact.seconds, row))
    pairs = []
    for segments in by_file.values():
        segments.sort()
        for number, (_, end, row) in enumerate(segments):
            for start, _, other in segments[number + 1 :]:
                if start >= end - 1e-3:
                    break
                pairs.append((row, other))
    return pairs


def _any_leaks(dataset: str, pairs: Sequence[tuple[int, int]], learnt: set[Place], tested: set[Place]) -> bool:
    return any(
        (Place(dataset, a) in learnt and Place(dataset, b) in tested)
        or (Place(dataset, b) in learnt and Place(dataset, a) in tested)
        for a, b in pairs
    )


CHECKS.register("groups")(GroupsCheck())
