"""What is not a finite number ends a run: argmax of NaN is the first class, and would be a score."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import RunFailed

NETWORK_CURE = "it is no result; a lower learning rate, or the encoder, may need mending"
BASELINE_CURE = "it is no result; the baseline, or the features, may need mending"


def check_answers(
    task: str, part: str, step: int | None, logits: NDArray[Any], loss: float = 0.0, cure: str = NETWORK_CURE
) -> None:
    """Look at what is said of a part of a task.

    Args:
        task: its name.
        part: ``train``, ``validation`` or ``test``.
        step: of training that the weights are of; None where they are of none.
        logits: of whatever shape.
        loss: over the part.
        cure: what may be done about it.

    Raises:
        RunFailed: some of it is not finite.
    """
    what = "" if np.isfinite(loss) else "the loss"
    what = what if np.isfinite(logits).all() else "a logit"
    if what:
        when = "" if step is None else f" after step {step}"
        raise RunFailed(f"{what} of task {task!r} is not a finite number on the {part} part{when}: {cure}")
