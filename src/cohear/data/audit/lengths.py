"""Durations and rates: what the table says, what the window needs, and lengths that are all the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import clips_that, counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.columns import DURATIONS, RATES
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, quoted

ODD_RATIO = 20.0
"""Of a length and the median of its dataset, or the other way round, from which it is odd."""
_ODD_SPREADS = 3.0  # times what nine of ten lengths are within, on a logarithmic axis
_ENOUGH = 10  # clips, to know what is usual
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
            "odd-length",
            ("warning",),
            "A clip is over twenty times as long or as short as the median of its dataset, and far from all others.",
            "Look whether it is the recording that clips were cut from, or a cut that went wrong; cut it or remove it.",
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
                    f"{clips_that(len(short), len(seconds), 'lasts', 'last')} less than the window of "
                    f"{window:g} s; the shortest {seconds.min():.2f} s",
                    dataset=data.name,
                    clips=data.names(short),
                    figures={"shortest": float(seconds.min()), "median": float(np.median(seconds))},
                )
            yield from self._told_otherwise(data, seconds)
            yield from self._odd(data, seconds)
            if len(seconds) >= 10 and len({(fact.samples, fact.rate) for fact in data.facts}) == 1:
                yield self.finding(
                    "fixed-duration",
                    "note",
                    f"all {len(seconds):,} clips last {seconds[0]:g} s to the sample",
                    dataset=data.name,
                    figures={"seconds": float(seconds[0])},
                )

    def _odd(self, data: MeasuredDataset, seconds: NDArray[np.float64]) -> Iterable[AuditFinding]:
        """Lengths far from the median, as lengths of this dataset go: a heavy tail is no oddity."""
        usual = float(np.median(seconds))
        distance = np.abs(np.log(seconds / usual))
        far = max(np.log(ODD_RATIO), _ODD_SPREADS * float(np.quantile(distance, 0.9)))
        rows = np.flatnonzero(distance > far)
        if len(seconds) >= _ENOUGH and len(rows):
            shown = ", ".join(f"{data.ids[row]!r} lasts {_duration(seconds[row])}" for row in rows[:3])
            more = f" and {len(rows) - 3:,} more do so" if len(rows) > 3 else ""
            yield self.finding(
                "odd-length",
                "warning",
                f"{shown}{more}, where clips usually last {_duration(usual)}",
                dataset=data.name,
                clips=data.names(rows),
                figures={"median": usual, "seconds": {data.ids[row]: float(seconds[row]) for row in rows}},
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


def _duration(seconds: float) -> str:
    """``0.05 s``, ``2.0 h``."""
    if seconds < 120:
        return f"{seconds:.2f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _number(cell: str) -> float:
    """The number in a cell, or NaN."""
    try:
        return float(cell)
    except ValueError:
        return float("nan")


CHECKS.register("lengths")(LengthsCheck())
