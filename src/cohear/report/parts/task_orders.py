"""Orders of the matrix's tasks: the study's, by likeness, by what they gain and by what they give."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def orders(tasks: Sequence[str], gain: Mapping[tuple[str, str], float]) -> dict[str, list[int]]:
    """Positions of the tasks in each order.

    Args:
        tasks: in the study's order.
        gain: of a task beside a partner, by both; what is missing or NaN counts as no gain.

    Returns:
        ``study``, ``clustered`` (average linkage of what tasks gain and give, leaves ordered so that neighbours
        are alike, Bar-Joseph 2001), ``gaining`` and ``giving`` (the largest mean first).
    """
    table = np.array([[_known(gain.get((task, partner))) for partner in tasks] for task in tasks]).reshape(
        len(tasks), len(tasks)
    )  # [task, partner]
    return {
        "study": list(range(len(tasks))),
        "clustered": _clustered(table),
        "gaining": [int(place) for place in np.argsort(-table.sum(axis=1), kind="stable")],
        "giving": [int(place) for place in np.argsort(-table.sum(axis=0), kind="stable")],
    }


def _known(value: float | None) -> float:
    return 0.0 if value is None or math.isnan(value) else value


def _clustered(table: NDArray[np.float64]) -> list[int]:
    if len(table) < 3:
        return list(range(len(table)))
    from scipy.cluster import hierarchy  # noqa: PLC0415 - slow to import, and only large matrices need it

    both = np.hstack([table, table.T])
    tree = hierarchy.linkage(both, "average", optimal_ordering=True)
    return [int(leaf) for leaf in hierarchy.leaves_list(tree)]
