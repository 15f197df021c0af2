"""A share of a task's training clips: what an owner of fewer labels would have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cohear.base.streams import stream
from cohear.data.folds.partition import TaskSplit
from cohear.data.folds.parts import Part
from cohear.tasks.kind import TARGET_KINDS


def with_label_share(split: TaskSplit, share: float, seed: int) -> TaskSplit:
    """The split with a share of its training clips; validation and test stay.

    Stratified: of each label's clips the share is kept, rounded up, so that no label is lost; a clip with several
    labels counts for its rarest. Nested: clips of a small share are among those of a larger one, and they do not depend
    on what else is in the study.

    Args:
        split: of a task in one fold.
        share: more than 0, at most 1.
        seed: of the study.
    """
    kind, parts = TARGET_KINDS[split.kind], split.cleared.parts
    train = np.flatnonzero(parts == Part.TRAIN)
    draw = stream("label share", seed, split.dataset, split.task, split.test_part())
    place = draw.permutation(len(split.clips))[train]
    kept = np.zeros(len(train), dtype=np.bool_)
    for stratum in _by_rarest(kind.strata(split.targets.take(train), split.labels), len(train)):
        first = stratum[np.argsort(place[stratum])]
        kept[first[: int(np.ceil(round(share * len(first), 9)))]] = True
    cut = parts.copy()
    cut[train[~kept]] = split.set_apart
    learnt = kind.counts(split.targets.take(train[kept]), split.labels) > 0
    return replace(split, scored=split.scored & learnt, cleared=replace(split.cleared, parts=cut))


def _by_rarest(strata: list[NDArray[np.int64]], clips: int) -> list[NDArray[np.int64]]:
    """Strata in which each clip is once: in the smallest of its own."""
    free, found = np.ones(clips, dtype=np.bool_), []
    for stratum in sorted(strata, key=len):
        found.append(stratum[free[stratum]])
        free[stratum] = False
    return found
