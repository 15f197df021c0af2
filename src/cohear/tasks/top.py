"""Whether a clip's label is among the first few that are said of it."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from cohear.tasks.guessing import Scored, guessed_among
from cohear.tasks.metrics import METRICS, Metric
from cohear.tasks.targets import Targets

NUMBERS = {2: "two", 3: "three", 5: "five"}
"""How many may be said, with their names."""


def recognised_among(most: int, logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Share of the clips whose label is among so many that are most probable; of equally probable ones the first.

    NaN where there are no more labels than that.
    """
    rows = targets.in_score(scored)
    truth, said = targets.values[rows, None], logits[rows]
    if len(np.unique(truth)) < 2 or most >= said.shape[1]:
        return float("nan")
    own = np.take_along_axis(said, truth, axis=1)
    before = (said > own) | ((said == own) & (np.arange(said.shape[1]) < truth))
    return float(np.mean(before.sum(axis=1) < most))


for _most, _number in NUMBERS.items():
    METRICS.register(f"top{_most}")(
        Metric(
            f"top{_most}",
            partial(recognised_among, _most),
            fewest_labels=_most + 1,
            words=f"the share of the clips whose label is among the {_number} that are most probable",
            chance=partial(guessed_among, _most),
        )
    )
