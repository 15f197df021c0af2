"""Where a run is carried out, on whichever machine."""

from __future__ import annotations

from dataclasses import dataclass

PROCESSOR = "cpu"


@dataclass(frozen=True)
class RunPlace:
    """What a run may use. It is no part of the specification: only the precision that it brings is.

    Attributes:
        device: as torch calls it, or ``auto`` for the fastest that is there; a job without torch has no use for it.
        threads: of the processor.
        launcher: that brought the run there; empty where none did.
        host: the machine, as its user calls it.
        at_once: how many processes share the device.
        together: how many runs that are alike a process may do as one; None for as many as pay for themselves there.
    """

    device: str = PROCESSOR
    threads: int = 1
    launcher: str = ""
    host: str = ""
    at_once: int = 1
    together: int | None = None
