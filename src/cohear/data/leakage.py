"""The leakage rule: what is tested by any task of a study trains no network of that fold.

Two tasks that share a trunk also share what the trunk has heard, so a recording in the test part of one may not be
in the training part of another. A recording is known by its ``source_id``, by its decoded samples, and inside one
dataset by the value of every column that some task holds out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.data.dataset import Dataset
from cohear.data.splits import Part

Recording = tuple[str, ...]


def recordings(dataset: Dataset, held_out: Sequence[str]) -> list[list[Recording]]:
    """Every name that each clip's recording goes by.

    Args:
        dataset: its clips.
        held_out: columns whose groups some task of the study holds out.
    """
    names: list[list[Recording]] = [[("samples", content)] for content in dataset.contents()]
    for row, source in enumerate(dataset.table.optional_column("source_id")):
        if source:
            names[row].append(("source", source))
    for column in held_out:
        for row, value in enumerate(dataset.table.column(column, dataset.name)):
            if value:
                names[row].append(("held out", dataset.name, column, value))
    return names


@dataclass(frozen=True)
class Cut:
    """One task's clips in one fold.

    Attributes:
        dataset: name of its dataset.
        rows: ``[N]`` rows of the dataset.
        parts: ``[N]`` of ``Part``.
    """

    dataset: str
    rows: NDArray[np.int64]
    parts: NDArray[np.int64]


@dataclass(frozen=True)
class Cleared:
    """A task's clips in one fold after the rule.

    Attributes:
        parts: ``[N]`` of ``Part``; a clip that was set aside is in no part.
        set_aside: how many clips left training and validation.
        overlap: how many clips stay although another task tests their recording (``allow_input_overlap``).
        share: clips that the rule concerns, as a share of the task's training and validation clips.
    """

    parts: NDArray[np.int64]
    set_aside: int
    overlap: int
    share: float


def set_aside(
    cuts: Mapping[str, Cut], names: Mapping[str, list[list[Recording]]], *, allow_overlap: bool
) -> dict[str, Cleared]:
    """Apply the rule to all tasks of a study in one fold.

    Args:
        cuts: each task's clips.
        names: ``recordings`` of each dataset.
        allow_overlap: let recordings that only *other* tasks test stay in training.
    """
    tested = {task: _tested(cut, names[cut.dataset]) for task, cut in cuts.items()}
    everywhere = set().union(*tested.values())
    return {
        task: _clear(cut, names[cut.dataset], tested[task], everywhere, allow_overlap) for task, cut in cuts.items()
    }


def _tested(cut: Cut, names: list[list[Recording]]) -> set[Recording]:
    return {name for row in cut.rows[cut.parts == Part.TEST] for name in names[row]}


def _clear(
    cut: Cut,
    names: list[list[Recording]],
    own: set[Recording],
    everywhere: set[Recording],
    allow_overlap: bool,
) -> Cleared:
    learnt = np.isin(cut.parts, (Part.TRAIN, Part.VALIDATION))
    in_any = np.array([not everywhere.isdisjoint(names[row]) for row in cut.rows], dtype=np.bool_) & learnt
    leaving = in_any
    if allow_overlap:
        leaving = np.array([not own.isdisjoint(names[row]) for row in cut.rows], dtype=np.bool_) & learnt
    parts = np.where(leaving, int(Part.NONE), cut.parts)
    share = float(in_any.sum() / max(learnt.sum(), 1))
    return Cleared(parts, int(leaving.sum()), int((in_any & ~leaving).sum()), share)
