"""What answers that ignore the sound score: chance, of each metric here.

They may know how many of the scored clips have each label, and nothing of which. Of several ways to guess it is the one
that scores best on average, so that a network has learnt something where its score is surely better.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cohear.tasks.targets import Targets

Scored = NDArray[np.bool_]
"""Which labels are scored, ``[labels]``."""


def guessed_recall(targets: Targets, scored: Scored) -> float:
    """Unweighted average recall: one label always, or any by lot, is right on one of so many labels."""
    shares = _shares(targets, scored)
    return 1 / len(shares) if len(shares) > 1 else float("nan")


def guessed_accuracy(targets: Targets, scored: Scored) -> float:
    """Accuracy: always the commonest label."""
    shares = _shares(targets, scored)
    return float(shares.max()) if len(shares) > 1 else float("nan")


def guessed_among(most: int, targets: Targets, scored: Scored) -> float:
    """The label among so many that are most probable: always the commonest ones."""
    shares = np.sort(_shares(targets, scored))
    return float(shares[-most:].sum()) if len(shares) > 1 else float("nan")


def guessed_order(targets: Targets, scored: Scored) -> float:
    """Area under the ROC curve, and equal error rate, of clips in an order by lot: one half of any label."""
    if targets.values.ndim == 1:
        return 0.5 if len(_shares(targets, scored)) > 1 else float("nan")
    ranked = [truth for truth in _truths(targets, scored) if truth.any() and not truth.all()]
    return 0.5 if ranked else float("nan")


def guessed_f1(targets: Targets, scored: Scored) -> float:
    """Macro F1.

    Of one label a clip: each label as often as it occurs finds a share ``p`` of its clips, and so often it is right;
    ``2 p q / (p + q)``, summed over labels that are said with shares ``q``, is nowhere larger than at ``q = p``.
    Of several: a label is said of every clip, which finds all and is right on a share ``p``.
    """
    if targets.values.ndim == 1:
        return guessed_recall(targets, scored)
    shares = np.array([np.mean(truth) for truth in _truths(targets, scored) if truth.any()])
    return float(np.mean(2 * shares / (1 + shares))) if len(shares) else float("nan")


def guessed_precision(targets: Targets, scored: Scored) -> float:
    """Mean average precision of clips in an order by lot, exactly (Bestgen 2015, Prague Bulletin of Math. Ling. 103).

    With ``R`` of ``N`` clips that carry the label, and ``H`` the sum of ``1 / k`` up to ``N``, it is
    ``(H + (N - H) (R - 1) / (N - 1)) / N``: a little above the share ``R / N``, the more so the fewer clips there are.
    """
    values = []
    for truth in _truths(targets, scored):
        clips, carried = len(truth), int(truth.sum())
        if 0 < carried < clips:
            harmonic = float(np.sum(1 / np.arange(1, clips + 1)))
            values.append((harmonic + (clips - harmonic) * (carried - 1) / (clips - 1)) / clips)
    return float(np.mean(values)) if values else float("nan")


def _shares(targets: Targets, scored: Scored) -> NDArray[np.float64]:
    """Of the known clips with a scored label, the share that each label has that occurs."""
    values = targets.values[targets.known & scored[targets.values]]
    counts = np.unique(values, return_counts=True)[1]
    return np.asarray(counts / max(len(values), 1), dtype=np.float64)


def _truths(targets: Targets, scored: Scored) -> list[NDArray[np.bool_]]:
    """Which of the clips of which that is known carry each scored label."""
    labels = np.flatnonzero(scored)
    return [np.asarray(targets.values[targets.known[:, label], label] > 0.5) for label in labels]
