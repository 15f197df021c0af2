"""What networks of a study said of clips that they were not trained on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import Decoding
from cohear.base.errors import DataError
from cohear.base.tables import PREDICTIONS_CSV
from cohear.runs.prediction_columns import logit_column
from cohear.runs.record import read_record
from cohear.runs.split import Split, read_split
from cohear.tasks.kind import TargetKind
from cohear.tasks.targets import ClipOutputs, Targets


@dataclass(frozen=True)
class OutOfFold:
    """Rows of the test clips of all repeats of a task.

    Attributes:
        decoding: of the task.
        logits: ``[N, columns]`` of the runs that did not see the clip; what is said of a clip comes once a repeat that
            tests it, a row or several.
        truth: ``[N, columns]`` what should be said; what a repeat cannot score, because its training lacks the label,
            is not known.
        parts: ``[N]`` number of the test part that each is from.
        clips: ``[N]`` number of the clip; the same one in every repeat that tests it.
        answers: ``[N]`` number of what a repeat says of a clip, whose rows follow each other in time; None where each
            row is one.
    """

    decoding: Decoding
    logits: NDArray[np.float64]
    truth: Targets
    parts: NDArray[np.int64]
    clips: NDArray[np.int64]
    answers: NDArray[np.int64] | None = None

    def take(self, rows: NDArray[Any]) -> OutOfFold:
        """Some of the rows."""
        kept = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        answers = None if self.answers is None else self.answers[kept]
        logits, parts, clips = self.logits[kept], self.parts[kept], self.clips[kept]
        return OutOfFold(self.decoding, logits, self.truth.take(kept), parts, clips, answers)

    def rows_of_answers(self) -> list[NDArray[np.int64]]:
        """The rows of each answer."""
        rows = np.arange(len(self.logits))
        if self.answers is None or not len(rows):
            return list(rows[:, None])
        return np.split(rows, np.flatnonzero(np.diff(self.answers)) + 1)


def read_out_of_fold(
    runs: Sequence[Path], splits: Path, decoding: Decoding, kind: TargetKind, labels: Sequence[str]
) -> OutOfFold:
    """Join the test rows of runs' predictions with the truth in their splits.

    Args:
        runs: folders of runs, each with a record and predictions.
        splits: folder of the study's splits.
        decoding: of the task.
        kind: of its target.
        labels: ordered.

    Raises:
        DataError: predictions are missing or are not those of the split's clips.
    """
    task = decoding.name
    outputs, parts, clips, answers = kind.outputs(labels), list[int](), list[int](), list[int]()
    nothing = ClipOutputs.one_each(np.zeros((0, outputs)))  # of no clips, yet
    logits = [nothing.values]
    truths = [kind.truth(kind.rows(kind.encode([], labels), nothing), labels)]
    names: list[str] = []
    numbers: dict[str, int] = {}
    for run in runs:
        record = read_record(run)
        if record is None:
            raise DataError(f"{run} holds no finished run")
        reference = next(each for each in record.specification["tasks"] if each["name"] == task)
        split = read_split(splits, reference["split"])
        place = {clip: number for number, clip in enumerate(split.clips)}
        if split.test_part not in names:
            names.append(split.test_part)
        clip_rows: dict[str, list[list[float]]] = {}
        for clip, row in _test_rows(run / PREDICTIONS_CSV.file, task, kind.output_names(labels)):
            if clip not in place:
                raise DataError(f"{run / PREDICTIONS_CSV.file}: clip {clip!r} is not in the run's split")
            clip_rows.setdefault(clip, []).append(row)
            parts.append(names.index(split.test_part))
            clips.append(numbers.setdefault(clip, len(numbers)))
        told = ClipOutputs(
            np.array([row for rows in clip_rows.values() for row in rows], dtype=np.float64).reshape(-1, outputs),
            np.array([len(rows) for rows in clip_rows.values()], dtype=np.int64),
        )
        answers += (told.clips + (answers[-1] + 1 if answers else 0)).tolist()
        logits.append(told.values)
        own = np.array([place[clip] for clip in clip_rows], dtype=np.int64)
        truths.append(_scored_truth(kind, labels, split, own, told))
    return OutOfFold(
        decoding,
        np.concatenate(logits),
        Targets.joined(truths),
        np.array(parts, dtype=np.int64),
        np.array(clips, dtype=np.int64),
        np.array(answers, dtype=np.int64),
    )


def _scored_truth(
    kind: TargetKind, labels: Sequence[str], split: Split, clips: NDArray[np.int64], told: ClipOutputs
) -> Targets:
    """The truth of what is told of some clips of a split, known where the split scores it."""
    targets = kind.from_json(split.targets, labels).take(clips)
    scored = np.array(split.scored, dtype=np.bool_)
    truth = kind.truth(kind.rows(targets, told), labels)
    return Targets(truth.values, truth.known & scored & kind.scored_clips(targets, scored)[told.clips, None])


def _test_rows(path: Path, task: str, outputs: Sequence[str]) -> list[tuple[str, list[float]]]:
    """Clip and outputs of a task's test rows."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows, columns = csv.DictReader(file), list(map(logit_column, outputs))
            missing = [name for name in (*PREDICTIONS_CSV.names, *columns) if name not in (rows.fieldnames or ())]
            if missing:
                raise DataError(f"{path} has no column {missing[0]!r}")
            return [
                (row["clip"], [float(row[column]) for column in columns])
                for row in rows
                if row["task"] == task and row["part"] == "test"
            ]
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"cannot read {path}: {error}") from error
