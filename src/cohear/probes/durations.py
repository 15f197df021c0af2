"""The probe ``durations``: how long a task's training clips are, and at what rate they were sampled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

import numpy as np

from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs, Subject


@PROBES.register("durations")
class Lengths(Probe):
    """Seconds and hertz."""

    subject: ClassVar[Subject] = "task"
    rests_on: ClassVar[Ground] = "data"
    asks_origin: ClassVar[Literal["", "facts", "sounds"]] = "facts"
    beside_runs: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("seconds", "clip_seconds", "clip_seconds_spread", "rate")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """Of the training part; NaN where it is empty."""
        origin, train = given.origins[given.task.name], given.task.parts["train"]
        seconds, rates = origin.seconds[train], origin.rates[train]
        any_clip = len(train) > 0
        yield given.measured("seconds", float(seconds.sum()))
        yield given.measured("clip_seconds", float(np.median(seconds)) if any_clip else np.nan)
        yield given.measured("clip_seconds_spread", float(np.log(seconds).std()) if any_clip else np.nan)
        yield given.measured("rate", float(np.median(rates)) if any_clip else np.nan)
