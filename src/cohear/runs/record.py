"""The record of a run: all that the tables need of it. A run is done when its record is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from cohear.base.files import digest, without_nan, write_json

CHECKSUM = "checksum"
"""Of all else in the file; one of an earlier version has none."""
RECORD = "record.json"
"""File of the record in the folder of its run."""

Scores = Mapping[str, Mapping[str, Mapping[str, float | None]]]
"""``{part: {selection: {metric: value}}}``; None, or NaN before it is written, where nothing can be scored."""


@dataclass(frozen=True)
class TaskRecord:
    """What a run says of one task.

    Attributes:
        metric: the primary one.
        higher_is_better: of it.
        test_clips: how many enter the test score.
        test_part: id of the clips tested on.
        scores: of all metrics.
        selected_steps: the step of the optimiser that each selection took its weights from; empty where a job has
            no steps.
        log_losses: by part, mean log loss in bits a clip at each of :data:`cohear.runs.log_losses.TEMPERATURES`; a part
            of which there is none is left out, and all of them by earlier versions.
        decisions: by label, the ``threshold`` and the ``filter`` (steps of a median) that were set on validation for
            scores of selection ``decided``; empty where nothing was set, and of earlier versions.
    """

    metric: str
    higher_is_better: bool
    test_clips: int
    test_part: str
    scores: Scores
    selected_steps: Mapping[str, int] = field(default_factory=dict)
    log_losses: Mapping[str, Sequence[float]] = field(default_factory=dict)
    decisions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def score(self, part: str = "test", selection: str = "last") -> float | None:
        """The primary metric on a part; None where there is none."""
        return self.scores.get(part, {}).get(selection, {}).get(self.metric)

    @property
    def diverged(self) -> bool:
        """Whether clips were scored by answers that are no numbers, as earlier versions let pass."""
        tested = self.scores.get("test", {}).get("last", {})
        return self.test_clips > 0 and "loss" in tested and tested["loss"] is None


@dataclass(frozen=True)
class Record:
    """What a run left.

    Attributes:
        run: its key.
        specification: as JSON; `cohear.runs.job.read_spec` makes it a specification again.
        tasks: those that were scored, by name.
        seconds: it took of the processor, or of an accelerator; of runs without ``wall_seconds``, by the clock.
        wall_seconds: it took by the clock, beside whatever else the machine did; None where nobody looked.
        device: that a network was trained on, as people call it; empty of other jobs, and of earlier versions.
        parameters: numbers that were trained; None where a job has none.
        steps: of the optimiser that each task took part in; None where a job has none.
        peak_memory_bytes: of its process; None where nobody looked.
        launcher: that carried it out; empty where none did, and of earlier versions.
        host: the machine, by the name that its user calls it.
    """

    run: str
    specification: Mapping[str, Any]
    tasks: Mapping[str, TaskRecord]
    seconds: float
    parameters: int | None = None
    steps: int | None = None
    peak_memory_bytes: int | None = None
    wall_seconds: float | None = None
    launcher: str = ""
    host: str = ""
    device: str = ""

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Record:
        """Of a file's content; what a later version wrote beside it is left out.

        Raises:
            KeyError, TypeError: it is no record.
        """
        tasks = {name: TaskRecord(**_known(TaskRecord, task)) for name, task in dict(content["tasks"]).items()}
        return cls(**{**_known(cls, content), "tasks": tasks})

    def write(self, folder: Path) -> None:
        """Write it into its run's folder."""
        content = without_nan(asdict(self))
        write_json(folder / RECORD, {**content, CHECKSUM: digest(content)})


def read_record(folder: Path) -> Record | None:
    """A run's record, or None where it is not there, half written, damaged, another's, or of a run that diverged."""
    try:
        content = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        checksum = content.pop(CHECKSUM, None)
        if checksum is not None and checksum != digest(content):
            return None
        record = Record.from_json(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    is_result = record.run == folder.name and not any(task.diverged for task in record.tasks.values())
    return record if is_result else None


def _known(of: type[Record] | type[TaskRecord], content: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name: content[each.name] for each in fields(of) if each.name in content}
