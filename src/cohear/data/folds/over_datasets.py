"""Folds of a task over several datasets: fold f is fold f of each, so that whoever tests one of them tests the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cohear.data.folds.leakage import Recording, recordings
from cohear.data.folds.splits import FoldPlan, FoldRule
from cohear.data.scan.dataset import Dataset
from cohear.data.scan.joined import DATASET, JoinedDataset


class JoinedFoldPlan:
    """All folds of several datasets.

    Args:
        plans: of each, in the order of its clips.
    """

    def __init__(self, plans: Sequence[FoldPlan]) -> None:
        self._plans = plans
        self.remarks = tuple(remark for plan in plans for remark in plan.remarks)

    def parts(self, fold: int) -> NDArray[np.int64]:
        """``Part`` of every clip, ``[clips]``, in fold index ``fold``, of each dataset modulo its own number."""
        return np.concatenate([plan.parts(fold) for plan in self._plans])


def datasets_in(dataset: Dataset) -> Sequence[Dataset]:
    """The datasets that one is made of; itself, where it is one."""
    return dataset.parts if isinstance(dataset, JoinedDataset) else (dataset,)


def whole_datasets_held_out(dataset: Dataset, rule: FoldRule) -> bool:
    """Whether folds are the datasets themselves."""
    return isinstance(dataset, JoinedDataset) and rule.hold_out == DATASET


def recordings_of(dataset: Dataset, held_out: dict[str, list[str]]) -> list[list[Recording]]:
    """Every name that each clip's recording goes by, of each part as tasks of that dataset alone call it.

    Args:
        dataset: one, or several as one.
        held_out: by dataset, columns whose groups some task holds out; ``dataset`` is that of each clip.
    """
    found = []
    for part in datasets_in(dataset):
        columns = held_out[part.name]
        names = recordings(part, [column for column in columns if column != DATASET])
        if DATASET in columns:
            names = [[*each, (DATASET, part.name)] for each in names]
        found += names
    return found
