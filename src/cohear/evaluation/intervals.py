"""How sure a score of some clips is: groups of them left out in turn, for clips of one group are not independent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cohear.base.streams import stream
from cohear.tasks.metrics import SHARE, Metric

MOST_BLOCKS = 50
"""Groups are left out in so many blocks at most."""
FEWEST_GROUPS = 5
"""With fewer there is no interval: what it would rest on are as many numbers."""
SURE = 0.975
"""Of an interval's end: 95 % lie between both."""


@dataclass(frozen=True)
class ScoreInterval:
    """Where a score of further groups would lie.

    Attributes:
        low, high: 95 %, within the metric's scale.
        error: standard error.
        freedom: degrees of freedom of it.
    """

    low: float
    high: float
    error: float
    freedom: int

    @property
    def reach(self) -> float:
        """Half the width, before it ends at the scale's end."""
        return float(stats.t.ppf(SURE, self.freedom)) * self.error


def interval_over_groups(
    score: Callable[[NDArray[np.int64]], float], groups: Sequence[str], metric: Metric, value: float
) -> ScoreInterval | None:
    """The delete-a-group jackknife (Kott 2001, "The delete-a-group jackknife"; for one clip a group Miller 1974).

    A share at an end of its scale does not vary however groups are left out, and is not sure for that: there the far
    end is that of Clopper and Pearson (1934) for as many trials as there are groups.

    Args:
        score: of clips by their positions.
        groups: of each clip.
        metric: that is scored.
        value: of all clips.

    Returns:
        None where there are fewer than ``FEWEST_GROUPS`` groups, or some part without one of them has no score.
    """
    names, group_of_clip = np.unique(np.array(groups), return_inverse=True)
    if len(names) < FEWEST_GROUPS or not np.isfinite(value):
        return None
    blocks = min(len(names), MOST_BLOCKS)
    block_of_group = stream("evaluation", "blocks").permutation(np.arange(len(names)) % blocks)
    block_of_clip = block_of_group[group_of_clip]
    left = np.array([score(np.flatnonzero(block_of_clip != block)) for block in range(blocks)])
    if not np.isfinite(left).all():
        return None
    freedom = blocks - 1
    error = float(np.sqrt(freedom / blocks * np.square(left - left.mean()).sum()))
    if metric.unit == SHARE and not error and value in (metric.low, metric.high):
        error = (1 - (1 - SURE) ** (1 / len(names))) / float(stats.t.ppf(SURE, freedom))
    reach = float(stats.t.ppf(SURE, freedom)) * error
    return ScoreInterval(metric.within(value - reach), metric.within(value + reach), error, freedom)
