"""What a design can find before anything is trained: smallest gains, by what repeats of other studies scattered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.gains.moderation import SMALLEST_FAMILY
from cohear.analysis.gains.spread import A_PRIORI_SHARE
from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.looking.power import POWER
from cohear.analysis.looking.recorded_parts import parts_like
from cohear.base.arrays import Array

Sample = Literal["new clips", "these clips"]
"""What a verdict is for: folds and seeds are the sample, or seeds alone."""


@dataclass(frozen=True)
class RepeatsPlanned:
    """Of a cell.

    Attributes:
        parts: J, distinct test parts.
        seeds: repeats a test part.
        ratio: r, test clips over training clips.
    """

    parts: int
    seeds: float
    ratio: float

    @property
    def number(self) -> float:
        """n, all repeats."""
        return self.parts * self.seeds


class LeastGain(TypedDict):
    """The smallest gain that is found with 80 % power: of the middle recorded task, the steadiest, the least steady."""

    middle: float
    least: float
    most: float


def smallest_gain(
    encoder: str, score: str, sample: Sample, repeats: RepeatsPlanned, cells: int, *, in_family: bool
) -> LeastGain | None:
    """What a cell of a family would have to gain.

    The error of a gain is that of :mod:`cohear.analysis.gains.cell_tests` (new clips) or
    :mod:`cohear.analysis.gains.here` (these clips), with the parts of the spread that other studies had.

    Args:
        encoder: its name in the tables.
        score: ``metric`` or ``nll``.
        sample: what the verdict is for.
        repeats: of each cell.
        cells: in the family.
        in_family: at the level that the first called of these cells must pass, else by a test of it alone.
    """
    parts = parts_like(encoder, score)
    if repeats.number < FEWEST_REPEATS:
        return None
    error, freedom = _error(parts, sample, repeats, cells)
    if error is None:
        return None
    level = LEVEL / cells if in_family else LEVEL
    found = (stats.t.ppf(1 - level / 2, freedom) + stats.t.ppf(POWER, freedom)) * error
    return {"middle": float(np.median(found)), "least": float(found.min()), "most": float(found.max())}


def _error(parts: pd.DataFrame, sample: Sample, repeats: RepeatsPlanned, cells: int) -> tuple[Array | None, Array]:
    """Standard errors ``(recorded tasks,)`` and degrees of freedom; none where repeats do not tell it."""
    folds, seeds = (parts[name].to_numpy(float) ** 2 for name in ("fold_sd", "seed_sd"))
    prior = parts["prior"].to_numpy(float) if cells >= SMALLEST_FAMILY else np.zeros(len(parts))
    if sample == "these clips":
        if repeats.seeds < 2:
            return None, prior
        return np.sqrt(seeds / repeats.number), repeats.number - repeats.parts + prior
    if repeats.parts == 1:
        return np.sqrt(seeds / repeats.number), repeats.number - 1 + prior
    a_part = folds + seeds / repeats.seeds
    share = folds / np.where(a_part > 0, a_part, 1.0)
    if repeats.seeds < 2:  # nothing tells folds and seeds apart: the test assumes it
        share = np.full(len(parts), A_PRIORI_SHARE if cells >= SMALLEST_FAMILY else 1.0)
    return np.sqrt(a_part * (1 / repeats.parts + share * repeats.ratio)), repeats.parts - 1 + prior
