"""Clips whose samples are odd: silent, clipped, off centre, far too loud or too quiet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, quoted

MOST_OFFSET = 0.01
"""Largest mean of a clip's samples, as a share of full scale."""
MOST_CLIPPED = 0.0005
"""Largest share of a clip's samples that may lie in flat tops."""
FEWEST_CLIPPED = 10
"""Fewer flat samples are not heard and not told of."""
FARTHEST_LEVEL = 30.0
"""dB from the median level of a dataset."""
QUIETEST, LOUDEST = -65.0, -3.0
"""Level in dB of full scale that no recording should be beyond."""

_LONG_ENOUGH = 0.1  # seconds; the mean of a shorter clip is that of a part of its waves


class LevelsCheck(Check):
    """Level, peaks and mean of each clip."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "silent-clip",
            ("warning",),
            "A clip is digital silence from end to end.",
            "Remove it, or give it a label that says so.",
        ),
        Code(
            "cancelling-channels",
            ("warning",),
            "The channels of a clip cancel each other when they are averaged (opposite phase); little is left.",
            "Turn the sign of one channel, or make the file of one channel alone.",
        ),
        Code(
            "clipped",
            ("warning",),
            "Peaks of a clip are cut off flat (more than 0.05 % of its samples, ten at least).",
            "Record or convert it again at a lower level; if it stays, let augmentation clip other clips too.",
        ),
        Code(
            "dc-offset",
            ("warning",),
            "The mean of a clip's samples is further from zero than 1 % of full scale.",
            "Subtract the mean, or filter below 20 Hz.",
        ),
        Code(
            "extreme-level",
            ("warning",),
            "A clip is over 30 dB from the median level of its dataset, below -65 dB, or above -3 dB of full scale.",
            "Listen to it: the wrong take, a wrong scale (integers read as fractions) or hardly any sound.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Dataset by dataset."""
        for data in evidence.datasets.values():
            sounding = ~data.silent
            level, mean = data.numbers("level"), data.numbers("mean")
            clipped = data.numbers("clipped")
            samples = np.array([fact.samples for fact in data.facts])
            usual = float(np.median(level[sounding])) if sounding.any() else 0.0
            far = (np.abs(level - usual) > FARTHEST_LEVEL) | (level < QUIETEST) | (level > LOUDEST)
            flat = (clipped >= FEWEST_CLIPPED) & (clipped > MOST_CLIPPED * samples)
            silent = ~sounding & ~data.cancels
            yield from self._told(data, "silent-clip", silent, "digital silence from end to end", samples * 0.0)
            what = "all but lost when channels are averaged (level in dB)"
            yield from self._told(data, "cancelling-channels", data.cancels, what, level)
            yield from self._told(
                data, "clipped", flat & sounding & ~data.cancels, "clipped (samples in flat tops)", clipped
            )
            seconds = np.array([fact.seconds for fact in data.facts])
            off = (np.abs(mean) > MOST_OFFSET) & sounding & (seconds >= _LONG_ENOUGH)
            yield from self._told(data, "dc-offset", off, "off centre (mean of the samples)", mean)
            yield from self._told(
                data,
                "extreme-level",
                far & sounding & ~data.cancels,
                f"far from the usual level of {usual:.0f} dB (level in dB)",
                level,
            )

    def _told(
        self, data: MeasuredDataset, code: str, found: NDArray[np.bool_], what: str, values: NDArray[np.float64]
    ) -> Iterable[AuditFinding]:
        rows = np.flatnonzero(found)
        if not len(rows):
            return
        names = data.names(rows)
        verb = "is" if len(rows) == 1 else "are"
        yield self.finding(
            code,
            "warning",
            f"{len(rows):,} of {counted(len(found), 'clip')} {verb} {what}: {quoted([name.clip for name in names])}",
            dataset=data.name,
            clips=names,
            figures={"values": {data.ids[row]: round(float(values[row]), 6) for row in rows}},
        )


CHECKS.register("levels")(LevelsCheck())
