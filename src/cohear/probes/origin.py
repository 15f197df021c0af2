"""Where clips come from: what their dataset and its audio tell of them, beside features and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClipSounds:
    """What was heard of N clips (`cohear.data.audit.measures`).

    Attributes:
        level: ``[N]`` root mean square in dB of full scale.
        noise: ``[N]`` dB of the quietest tenth of the clip's frames, below the mean of its frames: mean over bands.
        bandwidth: ``[N]`` Hz up to which there is sound.
        silent: ``[N]`` bool, clips without any, which the rest says nothing of.
    """

    level: NDArray[np.float64]
    noise: NDArray[np.float64]
    bandwidth: NDArray[np.float64]
    silent: NDArray[np.bool_]

    def take(self, clips: NDArray[np.int64]) -> ClipSounds:
        """Of some clips."""
        return ClipSounds(self.level[clips], self.noise[clips], self.bandwidth[clips], self.silent[clips])


@dataclass(frozen=True)
class Origin:
    """Of the N clips of a task.

    Attributes:
        dataset: its name in the study.
        domain: what is heard in it; empty where nobody states it.
        groups: of each clip, empty where it has none.
        seconds: ``[N]`` duration.
        rates: ``[N]`` of the files, in Hz.
        sounds: of the clips; None where nobody listened.
    """

    dataset: str
    domain: str
    groups: Sequence[str]
    seconds: NDArray[np.float64]
    rates: NDArray[np.float64]
    sounds: ClipSounds | None = None
