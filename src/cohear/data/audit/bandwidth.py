"""Sample rates, channels and how far up there is sound, inside a dataset and across a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from cohear.base.counting import clips_that, counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, quoted

DIFFERENT = 1.25
"""Ratio of two bandwidths from which they are called different."""
_FRONT_END_HERTZ = 8000.0  # what lies above it no front-end of ours hears


class BandwidthCheck(Check):
    """What tells recordings apart before anything is heard."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "mixed-rates",
            ("warning",),
            "Files of one dataset have different sample rates.",
            "Look whether the rate goes with the label or the split; resample all to the lowest.",
        ),
        Code(
            "mixed-channels",
            ("note",),
            "Files of one dataset have different numbers of channels; they are averaged to one.",
            "Look whether the number goes with the label or the split.",
        ),
        Code(
            "upsampled",
            ("warning",),
            "A clip has no sound above a sharp edge well below half its sample rate: it was upsampled or coded.",
            "Resample all clips to twice the lowest edge, or limit the front-end with its setting `high`.",
        ),
        Code(
            "mixed-bandwidth",
            ("warning",),
            "Datasets of one study differ in bandwidth, so that a shared network can tell them apart by that alone.",
            "Resample all to the lowest rate, or limit the front-end's setting `high` to the lowest bandwidth.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Each dataset, then all of them together."""
        for data in evidence.datasets.values():
            yield from self._mixed(data)
            yield from self._upsampled(data)
        usual = {
            name: float(np.median(data.numbers("bandwidth")[~data.silent]))
            for name, data in evidence.datasets.items()
            if not data.silent.all()
        }
        heard = {name: min(hertz, _FRONT_END_HERTZ) for name, hertz in usual.items()}
        if heard and max(heard.values()) > DIFFERENT * min(heard.values()):
            low = [name for name, hertz in heard.items() if hertz * DIFFERENT < max(heard.values())]
            tasks = [task.name for task in evidence.tasks if task.dataset in low]
            others = [name for name in heard if name not in low]
            yield self.finding(
                "mixed-bandwidth",
                "warning",
                f"{', '.join(low)} {'has' if len(low) == 1 else 'have'} sound up to "
                f"{min(heard[name] for name in low):.0f} Hz only; {', '.join(others)} up to "
                f"{min(heard[name] for name in others):.0f} Hz or more",
                datasets=usual,
                figures={"hertz": usual, "low": low, "tasks": tasks},
            )

    def _mixed(self, data: MeasuredDataset) -> Iterable[AuditFinding]:
        for code, severity, attribute, unit in (
            ("mixed-rates", "warning", "rate", "Hz"),
            ("mixed-channels", "note", "channels", "channel"),
        ):
            values = [getattr(fact, attribute) for fact in data.facts]
            counts = Counter(values).most_common()
            if len(counts) == 1:
                continue
            rare = [row for row, value in enumerate(values) if value != counts[0][0]]
            yield self.finding(
                code,
                "warning" if severity == "warning" else "note",
                ", ".join(f"{count:,} with {_valued(value, unit)}" for value, count in counts)
                + f"; {quoted([data.ids[row] for row in rare])} {'differs' if len(rare) == 1 else 'differ'} from most",
                dataset=data.name,
                clips=data.names(rare),
                figures={attribute: {str(value): count for value, count in counts}},
            )

    def _upsampled(self, data: MeasuredDataset) -> Iterable[AuditFinding]:
        bandwidth = data.numbers("bandwidth")
        half = np.array([fact.rate / 2 for fact in data.facts])
        rows = np.flatnonzero((bandwidth < half) & ~data.silent)
        if len(rows):
            yield self.finding(
                "upsampled",
                "warning",
                f"{clips_that(len(rows), len(half), 'ends', 'end')} below half the sample rate, "
                f"the median at {np.median(bandwidth[rows]):.0f} Hz: {quoted([data.ids[row] for row in rows])}",
                dataset=data.name,
                clips=data.names(rows),
                figures={"hertz": {data.ids[row]: float(bandwidth[row]) for row in rows}},
            )


def _valued(value: int, unit: str) -> str:
    return f"{value} Hz" if unit == "Hz" else counted(value, unit)


CHECKS.register("bandwidth")(BandwidthCheck())
