"""Whether a network that was learnt elsewhere hears samples at the rate and the scale that it was made for.

Nothing fails when they are wrong. A rate is told where a file states it. What was made for 16-bit integers hears
samples from -1 to 1 as next to silence: what it says of very different sounds is then nearly the same, and at the other
scale it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from cohear.base.arrays import Floats
from cohear.base.errors import UserError

Scale = Literal["unit", "int16", "normal"]
"""Samples from -1 to 1, integers of 16 bits, or zero mean and unit variance of all that is heard at once."""
FACTORS = {"unit": 1.0, "int16": 32768.0, "normal": 1.0}
"""By which samples from -1 to 1 are multiplied."""

_RATE = 16000
_DEAF = 0.02
"""Share of the spread at the other scale below which the sounds are told apart no longer."""


def refuse_wrong_rate(name: str, stated: int | None, rate: int) -> None:
    """Refuse a rate where a file states another.

    Raises:
        UserError: it does.
    """
    if stated not in (None, rate):
        raise UserError(f"{name} says that it is made for {stated} Hz, not for {rate}")


def refuse_wrong_scale(name: str, scale: str, frames: Callable[[Floats, float], Floats]) -> None:
    """Refuse a scale at which very different sounds give nearly the same numbers, where the other tells them apart.

    Args:
        name: of the front-end.
        scale: as the study has it.
        frames: ``[T, D]`` of a waveform whose samples are multiplied by a factor.

    Raises:
        UserError: the scale is wrong.
    """
    if scale != "unit":
        return  # at the scale of integers what was made for 1 is overdriven, not deaf: that cannot be told
    unit, int16 = (
        _spread([frames(sound, factor) for sound in _sounds()]) for factor in (FACTORS["unit"], FACTORS["int16"])
    )
    if unit < _DEAF * int16:
        raise UserError(
            f"front-end {name!r}: at scale: unit very different sounds are told apart {int16 / max(unit, 1e-12):.0f} "
            "times less than at the scale of integers; it was made for them: give scale: int16"
        )


def _sounds() -> list[Floats]:
    """Half a second each: tones of two pitches, noise, clicks, at the level of speech."""
    time = np.arange(_RATE // 2) / _RATE
    noise = np.random.default_rng(0).normal(size=len(time))
    clicks = np.where(np.arange(len(time)) % 800 < 8, 1.0, 0.0)
    waves = [np.sin(2 * np.pi * 220 * time), np.sin(2 * np.pi * 2500 * time), noise, clicks]
    return [(0.05 * wave / np.sqrt(np.mean(np.square(wave)))).astype(np.float32) for wave in waves]


def _spread(frames: list[Floats]) -> float:
    """Deviation between the sounds, mean over the numbers of a frame."""
    means = np.stack([each.mean(axis=0, dtype=np.float64) for each in frames])
    return float(means.std(axis=0).mean())
