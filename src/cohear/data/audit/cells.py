"""Cells that say something else than they are taken for: words for unknown, several labels in one, odd tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.columns import columns_of_groups
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.folds.selection import guess_kind
from cohear.data.tables.label_cells import LIST, mark_beside_semicolons, separator_of
from cohear.data.tables.spelling import NO_LABEL, NO_NAME, says_unknown
from cohear.tasks.kind import TARGET_KINDS

_SHOWN = 3


class CellsCheck(Check):
    """How the clip table was read, column by column."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "read-otherwise",
            ("note",),
            "A table is not written as clip tables are (another coding, another column of audio files), and was read "
            "all the same.",
            "Look whether it was read as it is meant; a `manifest.csv` in UTF-8 with a column `path` says it itself.",
        ),
        Code(
            "unknown-as-value",
            ("warning",),
            "A word for unknown (`nan`, `n/a`, `null`, `-`) is taken for a label, or for a group that holds all clips "
            "of which nothing is known.",
            "Leave such cells empty, which is unknown; a label may be left out by `drop`.",
        ),
        Code(
            "several-labels-in-a-cell",
            ("warning",),
            "Cells of a label column look like several labels with a mark between them, and are taken for one each.",
            "Name the mark under `separators` of the dataset in the study file, or write `;` between labels.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Dataset by dataset, then task by task."""
        for data in evidence.datasets.values():
            if data.table.remarks:
                yield self.finding(
                    "read-otherwise",
                    "note",
                    "; ".join(data.table.remarks),
                    dataset=data.name,
                    figures={"remarks": list(data.table.remarks)},
                )
            for column in columns_of_groups(data.table, evidence.tasks):
                yield from self._unknown(data, column, "group", NO_NAME, "")
        for task in evidence.tasks:
            data_of_task = evidence.datasets.get(task.dataset)
            if data_of_task is None or task.target not in data_of_task.table.rows.columns:
                continue
            if not TARGET_KINDS[task.kind or guess_kind(data_of_task.table.column(task.target, ""))].has_labels:
                continue
            yield from self._unknown(data_of_task, task.target, "label", NO_LABEL - set(task.labels.drop), task.name)
            yield from self._several(data_of_task, task.target, task.name)

    def _unknown(
        self, data: MeasuredDataset, column: str, what: str, words: frozenset[str], task: str
    ) -> Iterable[AuditFinding]:
        cells = data.table.column(column, data.name)
        rows = [row for row, cell in enumerate(cells) if says_unknown(cell, words)]
        if rows:
            counts = Counter(cells[row] for row in rows)
            shown = " and ".join(f"{word!r} in {many:,}" for word, many in counts.most_common(_SHOWN))
            yield self.finding(
                "unknown-as-value",
                "warning",
                f"{column!r} has {shown} of {len(cells):,} clips, taken for a {what}",
                dataset=data.name,
                task=task,
                clips=data.names(rows),
                figures={"column": column, "words": dict(counts)},
            )

    def _several(self, data: MeasuredDataset, column: str, task: str) -> Iterable[AuditFinding]:
        cells = data.table.column(column, data.name)
        mixed = mark_beside_semicolons(cells)
        mark = mixed or separator_of(cells)
        if mark is None:
            return
        rows = [row for row, cell in enumerate(cells) if cell and (mark == LIST or mark in cell)]
        verb = "is a list" if len(rows) == 1 else "are lists"
        hold = "holds" if len(rows) == 1 else "hold"
        how = verb if mark == LIST else f"{hold} labels of other clips with {mark!r} between them"
        how += " where others have ';' (write that in all)" if mixed else ""
        yield self.finding(
            "several-labels-in-a-cell",
            "warning",
            f"{counted(len(rows), 'cell')} of {column!r} {how}, such as {cells[rows[0]]!r}",
            dataset=data.name,
            task=task,
            clips=data.names(rows),
            figures={"column": column, "separator": mark},
        )


CHECKS.register("cells")(CellsCheck())
