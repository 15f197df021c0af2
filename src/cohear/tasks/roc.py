"""Metrics of the receiver operating characteristic: what share of false alarms buys what share of finds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.tasks.guessing import Scored, guessed_order
from cohear.tasks.metrics import METRICS, Metric, ranked
from cohear.tasks.targets import Targets


def area_under_roc(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean over the scored labels of the area under the curve of a label against all others.

    It is how often a clip with the label is ranked above one without, ties counted half.
    """
    curves = [_curve(truth, said) for truth, said in ranked(logits, targets, scored)]
    areas = [np.sum(np.diff(alarms) * (found[1:] + found[:-1]) / 2) for alarms, found in curves]
    return float(np.mean(areas)) if areas else float("nan")


def equal_error_rate(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean over the scored labels of the share of errors where misses and false alarms are equally frequent.

    Between two thresholds the curve is a straight line.
    """
    curves = [_curve(truth, said) for truth, said in ranked(logits, targets, scored)]
    rates = [np.interp(0.0, alarms + found - 1, alarms) for alarms, found in curves]
    return float(np.mean(rates)) if rates else float("nan")


METRICS.register("auc")(
    Metric(
        "auc",
        area_under_roc,
        words="area under the ROC curve (how often a clip with a label is ranked above one without, mean over the "
        "labels)",
        chance=guessed_order,
    )
)
METRICS.register("eer")(
    Metric(
        "eer",
        equal_error_rate,
        higher_is_better=False,
        words="equal error rate (errors at the threshold with as many misses as false alarms in a hundred, mean over "
        "the labels; less is better)",
        chance=guessed_order,
    )
)


def _curve(truth: NDArray[np.bool_], said: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of false alarms and of finds at every threshold from the highest to the lowest, ``[thresholds + 1]``."""
    places = np.unique(-said, return_inverse=True)[1]
    shares = []
    for of_those in (~truth, truth):
        at_each = np.bincount(places[of_those], minlength=int(places.max()) + 1)
        shares.append(np.concatenate([[0.0], np.cumsum(at_each) / of_those.sum()]))
    return shares[0], shares[1]
