"""How often the partner that is best for a task is a related one, against chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

import numpy as np
import pandas as pd

from cohear.analysis.tables.columns import SETTING


class RelatedBest(TypedDict):
    """Tasks of a setting that had related partners and others.

    ``related`` of the ``tasks`` have a related one for their best; ``chance`` would if all partners were alike, and
    ``p`` is how often that many or more would.
    """

    features: str
    encoder: str
    arm: str
    tasks: int
    related: int
    chance: float
    p: float


def related_partners(pairs: pd.DataFrame, is_related: Callable[[str], bool]) -> list[RelatedBest]:
    """For each setting, where some task had partners of both kinds.

    Args:
        pairs: gains of pairs, a row for each task of each pair.
        is_related: whether the tasks of a combination are related.
    """
    found: list[RelatedBest] = []
    for (features, encoder, arm), cells in pairs[pairs["gain"].notna()].groupby(list(SETTING), sort=False):
        shares, hits = [], 0
        for _, own in cells.groupby("task", sort=False):
            related = own["combination"].map(is_related).to_numpy(dtype=bool)
            if related.any() and not related.all():
                shares.append(float(related.mean()))
                hits += bool(related[own["gain"].argmax()])
        if shares:
            found.append(
                {
                    "features": str(features),
                    "encoder": str(encoder),
                    "arm": str(arm),
                    "tasks": len(shares),
                    "related": hits,
                    "chance": sum(shares),
                    "p": as_many_or_more(hits, shares),
                }
            )
    return found


def as_many_or_more(hits: int, shares: Sequence[float]) -> float:
    """Probability of so many hits or more in tries that hit with these probabilities, each by itself.

    >>> as_many_or_more(2, [0.5, 0.5]), as_many_or_more(0, [0.1])
    (0.25, 1.0)
    """
    counts = np.ones(1)
    for share in shares:
        counts = np.convolve(counts, [1 - share, share])
    return float(counts[hits:].sum())
