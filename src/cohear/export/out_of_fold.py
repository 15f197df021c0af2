"""What networks of a study said of clips that they were not trained on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import DataError
from cohear.base.tables import PREDICTIONS_CSV
from cohear.runs.prediction_columns import logit_column
from cohear.runs.record import read_record
from cohear.runs.split import read_split
from cohear.tasks.kind import TARGET_KINDS, TargetKind
from cohear.tasks.targets import Targets


@dataclass(frozen=True)
class OutOfFold:
    """Test clips of all repeats of a task.

    Attributes:
        kind: of the target.
        labels: ordered.
        logits: ``[N, labels]`` of the runs that did not see the clip; a clip comes once a repeat that tests it.
        targets: of the N clips; what a repeat cannot score, because its training lacks the label, is not known.
        parts: ``[N]`` number of the test part that each is from.
        clips: ``[N]`` number of the clip; the same one in every repeat that tests it.
    """

    kind: TargetKind
    labels: list[str]
    logits: NDArray[np.float64]
    targets: Targets
    parts: NDArray[np.int64]
    clips: NDArray[np.int64]

    def take(self, rows: NDArray[Any]) -> OutOfFold:
        """Some of the rows."""
        kept = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return OutOfFold(
            self.kind, self.labels, self.logits[kept], self.targets.take(kept), self.parts[kept], self.clips[kept]
        )


def read_out_of_fold(runs: Sequence[Path], splits: Path, task: str) -> OutOfFold:
    """Join the test rows of runs' predictions with the truth in their splits.

    Args:
        runs: folders of runs, each with a record and predictions.
        splits: folder of the study's splits.
        task: whose.

    Raises:
        DataError: predictions are missing or are not those of the split's clips.
    """
    logits: list[list[float]] = []
    values, known, parts, clips = [], [], [], []
    names: list[str] = []
    numbers: dict[str, int] = {}
    kind, labels = TARGET_KINDS["multiclass"], [""]
    for run in runs:
        record = read_record(run)
        if record is None:
            raise DataError(f"{run} holds no finished run")
        reference = next(each for each in record.specification["tasks"] if each["name"] == task)
        split = read_split(splits, reference["split"])
        kind, labels = TARGET_KINDS[split.kind], split.labels
        targets = kind.from_json(split.targets, labels)
        place = {clip: number for number, clip in enumerate(split.clips)}
        scored = np.array(split.scored, dtype=np.bool_)
        if split.test_part not in names:
            names.append(split.test_part)
        for clip, row in _test_rows(run / PREDICTIONS_CSV.file, task, labels):
            if clip not in place:
                raise DataError(f"{run / PREDICTIONS_CSV.file}: clip {clip!r} is not in the run's split")
            value = targets.values[place[clip]]
            logits.append(row)
            values.append(value)
            known.append(targets.known[place[clip]] & (scored[value] if np.ndim(value) == 0 else scored))
            parts.append(names.index(split.test_part))
            clips.append(numbers.setdefault(clip, len(numbers)))
    return OutOfFold(
        kind,
        labels,
        np.array(logits, dtype=np.float64).reshape(len(logits), len(labels)),
        Targets(np.array(values), np.array(known, dtype=np.bool_)),
        np.array(parts, dtype=np.int64),
        np.array(clips, dtype=np.int64),
    )


def _test_rows(path: Path, task: str, labels: Sequence[str]) -> list[tuple[str, list[float]]]:
    """Clip and logits of a task's test rows."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows, columns = csv.DictReader(file), list(map(logit_column, labels))
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
