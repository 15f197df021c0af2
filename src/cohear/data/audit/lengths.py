"""Durations and rates: what the table says, what the window needs, and lengths that are all the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.columns import DURATIONS, RATES
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, quoted

SLACK_SECONDS, SLACK_SHARE = 0.02, 0.01
"""A duration in the table may be off by so much: it is often rounded."""


class LengthsCheck(Check):
    """Durations of clips."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "shorter-than-window",
            ("note",),
            "A clip is shorter than the study's window, so that a part of the window is empty.",
            "Choose a window that most clips fill.",
        ),
        Code(
            "wrong-duration",
            ("warning",),
            "A column of the table gives another duration than the audio has (by 20 ms and 1 %).",
            "Look which is right: the audio was cut, padded or decoded at another rate, or the row is another clip's.",
        ),
        Code(
            "wrong-rate",
            ("warning",),
            "A column of the table gives another sample rate than the file has.",
            "Look which is right: audio that is played at a wrong rate has a wrong pitch and length.",
        ),
        Code(
            "fixed-duration",
            ("note",),
            "All clips have the same length to the sample: they were cut or filled up.",
            "Look for cut ends, filling with zeros (trailing-silence) and repeats (repeated-excerpt).",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Dataset by dataset."""
        for data in evidence.datasets.values():
            seconds = np.array([fact.seconds for fact in data.facts])
            window = evidence.windows.get(data.name, evidence.window)
            short = np.flatnonzero(seconds < window - 1e-9)
            if len(short):
                yield self.finding(
                    "shorter-than-window",
                    "note",
                    f"{len(short):,} of {counted(len(seconds), 'clip')} last less than the window of "
                    f"{window:g} s; the shortest {seconds.min():.2f} s",
                    dataset=data.name,
                    clips=data.names(short),
                    figures={"shortest": float(seconds.min()), "median": float(np.median(seconds))},
                )
            yield from self._told_otherwise(data, seconds)
            if len(seconds) >= 10 and len({(fact.samples, fact.rate) for fact in data.facts}) == 1:
                yield self.finding(
                    "fixed-duration",
                    "note",
                    f"all {len(seconds):,} clips last {seconds[0]:g} s to the sample",
                    dataset=data.name,
                    figures={"seconds": float(seconds[0])},
                )

    def _told_otherwise(self, data: MeasuredDataset, seconds: NDArray[np.float64]) -> Iterable[AuditFinding]:
        rates = np.array([fact.rate for fact in data.facts], dtype=np.float64)
        for column in map(str, data.table.rows.columns):
            name = column.strip().lower()
            if name not in DURATIONS and name not in RATES:
                continue
            stated = np.array([_number(cell) for cell in data.table.column(column, data.name)])
            if name in DURATIONS:
                stated, found, unit = stated / DURATIONS[name], seconds, "s"
                slack = np.maximum(SLACK_SECONDS, SLACK_SHARE * seconds)
            else:
                found, slack, unit = rates, np.full(len(rates), 0.5), "Hz"
                stated = np.where(stated < 1000, stated * 1000, stated)  # 16 and 44.1 are kHz
            wrong = np.flatnonzero(np.abs(stated - found) > slack)  # what is no number is not compared
            if len(wrong):
                first = wrong[0]
                yield self.finding(
                    "wrong-duration" if name in DURATIONS else "wrong-rate",
                    "warning",
                    f"column {column!r} is wrong for {len(wrong):,} of {counted(len(found), 'clip')}: "
                    f"{quoted([data.ids[row] for row in wrong])} (the first: {stated[first]:g} {unit} in the table, "
                    f"{found[first]:g} {unit} in the file)",
                    dataset=data.name,
                    clips=data.names(wrong),
                    figures={"column": column, "told": stated[wrong].tolist(), "found": found[wrong].tolist()},
                )


def _number(cell: str) -> float:
    """The number in a cell, or NaN."""
    try:
        return float(cell)
    except ValueError:
        return float("nan")


CHECKS.register("lengths")(LengthsCheck())
