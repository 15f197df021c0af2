"""The probe ``sounds``: how a task's training clips were recorded, as far as levels tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

import numpy as np

from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs, Subject


@PROBES.register("sounds")
class RecordedLevels(Probe):
    """Bandwidth, noise floor and loudness, as `cohear check` hears them; clips without any sound are passed over."""

    subject: ClassVar[Subject] = "task"
    rests_on: ClassVar[Ground] = "data"
    asks_origin: ClassVar[Literal["", "facts", "sounds"]] = "sounds"
    measures: ClassVar[tuple[str, ...]] = ("bandwidth", "noise_floor", "loudness", "loudness_spread")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """Of the training part; NaN where nothing sounds in it."""
        sounds = given.origins[given.task.name].sounds
        assert sounds is not None, "it was asked for"
        train = given.task.parts["train"]
        heard = sounds.take(train[~sounds.silent[train]])
        any_clip = len(heard.level) > 0
        yield given.measured("bandwidth", float(heard.bandwidth.mean()) if any_clip else np.nan)
        yield given.measured("noise_floor", float(heard.noise.mean()) if any_clip else np.nan)
        yield given.measured("loudness", float(heard.level.mean()) if any_clip else np.nan)
        yield given.measured("loudness_spread", float(heard.level.std()) if any_clip else np.nan)
