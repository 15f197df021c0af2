"""Groups that are written in two ways, and so are two groups to every split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np

from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.columns import columns_of_groups
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.folds.parts import Part
from cohear.data.tables.spelling import plain_name

_SHOWN = 3


class SpellingsCheck(Check):
    """Columns that say who or what was recorded."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "groups-alike",
            ("error", "warning"),
            "A speaker, recording or other group is written in several ways (S1 and s1, 01 and 1, a space at the end); "
            "an error where one way is trained and the other tested on.",
            "Write each group in one way in the clip table; as they are, they are different groups.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Column by column."""
        for data in evidence.datasets.values():
            for column in columns_of_groups(data.table, evidence.tasks):
                yield from self._column(evidence, data, column)

    def _column(self, evidence: Evidence, data: MeasuredDataset, column: str) -> Iterable[AuditFinding]:
        cells = data.table.column(column, data.name)
        ways: dict[str, set[str]] = {}
        for cell in cells:
            if cell:
                ways.setdefault(plain_name(cell), set()).add(cell)
        alike = sorted(sorted(names) for names in ways.values() if len(names) > 1)
        if not alike:
            return
        leaking = [names for names in alike if _on_both_sides(evidence, data.name, column, cells, set(names))]
        shown = [*leaking, *(names for names in alike if names not in leaking)]
        held = {name for names in alike for name in names}
        both = f"; {counted(len(leaking), 'of them is', 'of them are')} trained and tested on" if leaking else ""
        yield self.finding(
            "groups-alike",
            "error" if leaking else "warning",
            f"{counted(len(alike), 'value')} of {column!r} written in several ways: "
            + "; ".join(" and ".join(map(repr, names)) for names in shown[:_SHOWN])
            + both,
            dataset=data.name,
            clips=data.names(row for row, cell in enumerate(cells) if cell in held),
            figures={"column": column, "values": alike, "on_both_sides": leaking},
        )


def _on_both_sides(evidence: Evidence, dataset: str, column: str, cells: Sequence[str], names: set[str]) -> bool:
    """Whether a task trains on one way to write a name and tests on another, while no way alone is on both sides."""
    values = np.array(cells, dtype=object)
    for task in evidence.split_tasks():
        if task.dataset != dataset or task.target == column:
            continue
        for split in evidence.distinct(task.name).values():
            parts = split.cleared.parts
            learnt = set(values[split.rows[np.isin(parts, (Part.TRAIN, Part.VALIDATION))]]) & names
            tested = set(values[split.rows[parts == Part.TEST]]) & names
            if learnt and tested and not learnt & tested:
                return True
    return False


CHECKS.register("spellings")(SpellingsCheck())
