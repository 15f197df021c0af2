"""The leakage rule: what is tested by any task of a study trains no network of that fold.

Two tasks that share a trunk also share what the trunk has heard, so a recording in the test part of one may not be
in the training part of another. A recording is known by its ``source_id``, by its decoded samples, and inside one
dataset by the value of every column that some task holds out, or by its file where that column says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.data.folds.parts import Part
from cohear.data.scan.dataset import Dataset

Recording = tuple[str, ...]
_HELD_OUT = "held out"


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
    files = dataset.table.column("path", dataset.name)
    for column in held_out:
        cells = dataset.table.column(column, dataset.name)
        unknown = _files_cut_at_unknown(files, cells)
        for row, (file, value) in enumerate(zip(files, cells, strict=True)):
            if value:
                names[row].append((_HELD_OUT, dataset.name, column, value))
            if file in unknown:
                names[row].append((_HELD_OUT, dataset.name, "path", file))
    return names


def _files_cut_at_unknown(files: Sequence[str], cells: Sequence[str]) -> set[str]:
    """Files of several clips of which some have no cell: these clips may be of any group that the file has."""
    several = {file for file, count in Counter(files).items() if count > 1}
    return several & {file for file, cell in zip(files, cells, strict=True) if not cell}


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
        learnt: how many clips training and validation had before.
        trained: how many clips training had before.
        from_training: how many of these the rule concerns.
        from_others: how many of these the task's own test part does not hold as well; those that it holds leave the
            task's single runs too, so that no comparison suffers.
        testers: tasks whose test parts hold recordings of these clips, in the study's order.
        other_testers: the same of the clips of ``from_others``.
    """

    parts: NDArray[np.int64]
    set_aside: int
    overlap: int
    learnt: int
    trained: int
    from_training: int
    from_others: int
    testers: tuple[str, ...]
    other_testers: tuple[str, ...]

    @property
    def share(self) -> float:
        """What share of the training clips the rule concerns, whether or not they left."""
        return self.from_training / max(self.trained, 1)

    @property
    def share_of_others(self) -> float:
        """The same of the clips that the task itself does not test."""
        return self.from_others / max(self.trained, 1)


def set_aside(
    cuts: Mapping[str, Cut], names: Mapping[str, list[list[Recording]]], *, allow_overlap: bool
) -> dict[str, Cleared]:
    """Apply the rule to all tasks of a study in one fold.

    Args:
        cuts: each task's clips.
        names: ``recordings`` of each dataset.
        allow_overlap: let recordings that only *other* tasks test stay in training; samples and sources that the
            task itself tests leave all the same.
    """
    tested = {task: _tested(cut, names[cut.dataset]) for task, cut in cuts.items()}
    return {task: _clear(task, cut, names[cut.dataset], tested, allow_overlap) for task, cut in cuts.items()}


def left_to_hear(
    free: Mapping[str, Cut], cuts: Mapping[str, Cut], names: Mapping[str, list[list[Recording]]]
) -> dict[str, Cleared]:
    """What tasks without labels train on in one fold: every clip whose recording no task tests or validates on.

    ``allow_input_overlap`` lets them hear no more: there is other audio to learn from.

    Args:
        free: their clips; what part these are in does not matter.
        cuts: clips of the tasks with labels, before the rule.
        names: ``recordings`` of each dataset.
    """
    tested = {task: _tested(cut, names[cut.dataset]) for task, cut in cuts.items()}
    validated = [_of_part(cut, names[cut.dataset], Part.VALIDATION) for cut in cuts.values()]
    left = {}
    for task, cut in free.items():
        own = names[cut.dataset]
        unheard = _known_by(cut, own, set().union(*tested.values(), *validated))
        left[task] = Cleared(
            parts=np.where(unheard, int(Part.NONE), int(Part.TRAIN)),
            set_aside=int(unheard.sum()),
            overlap=0,
            learnt=len(cut.rows),
            trained=len(cut.rows),
            from_training=int(unheard.sum()),
            from_others=0,
            testers=_testers(cut.rows[unheard], own, tested),
            other_testers=(),
        )
    return left


def _tested(cut: Cut, names: list[list[Recording]]) -> set[Recording]:
    return _of_part(cut, names, Part.TEST)


def _of_part(cut: Cut, names: list[list[Recording]], part: Part) -> set[Recording]:
    return {name for row in cut.rows[cut.parts == part].tolist() for name in names[row]}


def _clear(
    task: str, cut: Cut, names: list[list[Recording]], tested: Mapping[str, set[Recording]], allow_overlap: bool
) -> Cleared:
    learnt = np.isin(cut.parts, (Part.TRAIN, Part.VALIDATION))
    concerned = learnt & _known_by(cut, names, set().union(*tested.values()))
    # what others hold out is no business of this task's own folds
    by_itself = learnt & _known_by(cut, names, {name for name in tested[task] if name[0] != _HELD_OUT})
    leaving = by_itself if allow_overlap else concerned
    training = cut.parts == Part.TRAIN
    by_others = concerned & ~by_itself
    return Cleared(
        parts=np.where(leaving, int(Part.NONE), cut.parts),
        set_aside=int(leaving.sum()),
        overlap=int((concerned & ~leaving).sum()),
        learnt=int(learnt.sum()),
        trained=int(training.sum()),
        from_training=int((concerned & training).sum()),
        from_others=int((by_others & training).sum()),
        testers=_testers(cut.rows[concerned], names, tested),
        other_testers=_testers(cut.rows[by_others], names, tested),
    )


def _testers(
    rows: NDArray[np.int64], names: list[list[Recording]], tested: Mapping[str, set[Recording]]
) -> tuple[str, ...]:
    """Tasks that test recordings of some clips."""
    found = {name for row in rows.tolist() for name in names[row]}
    return tuple(task for task, recorded in tested.items() if not found.isdisjoint(recorded))


def _known_by(cut: Cut, names: list[list[Recording]], recorded: set[Recording]) -> NDArray[np.bool_]:
    """Clips that go by any of the names."""
    return np.array([not recorded.isdisjoint(names[row]) for row in cut.rows.tolist()], dtype=np.bool_)
