"""Whether networks that are compared were trained on different devices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.findings.caveats import Caveat
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Said
from cohear.findings.words import Name, joined, words


class DevicesMixed(Caveat):
    """Runs of one study on several devices."""

    code: ClassVar[str] = "devices-mixed"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of all runs that tell what they were trained on."""
        devices = statistics.tables.data.devices
        if len(devices) > 1:
            yield StudyFinding(code=self.code, figures={"devices": dict(devices)}, rows=(TableRows("data.json"),))

    def said(self, finding: StudyFinding) -> Said:
        """How many on which, and what that can do to a score."""
        devices = finding.figures["devices"]
        where = joined([words(f"{counted(runs, 'run')} on ", Name(name)) for name, runs in devices.items()], ", ")
        return Said(words("Networks were trained on different devices (", where, "). ", _WHAT_OF_IT))


_WHAT_OF_IT = (
    "The same run has other rounding on another device, and training makes more of it: the score of one task was 3 "
    "points apart on two processors. A gain whose sides come from two devices may hold some of that; with another "
    "`--out` all runs are trained on one."
)

FINDINGS.register(DevicesMixed.code)(DevicesMixed())
