"""The table of what was measured of a study: by runs of its plan, and by `cohear measure`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from statistics import fmean

from cohear.base.files import remove_file, write_text
from cohear.base.tables import MEASUREMENTS_CSV, PROBE_CSV, Row
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.journal_of_measurements import Measurement, MeasurementJournal, ToldNumber, current
from cohear.study.plan.row import PlanRow

CELL = ("task", "partner", "name", "features", "encoder", "arm")


def write_measurements(folder: StudyFolder, plan: Sequence[PlanRow]) -> list[Row]:
    """Write ``measurements.csv``, or remove it where nothing that was measured here is of the plan.

    One in a folder that never measured anything is from elsewhere, and stays: tables are copied without the journal.

    Returns:
        Its rows; none where it is from elsewhere.
    """
    path = folder.root / MEASUREMENTS_CSV.file
    probes = {row.probe for row in plan if row.probe}
    if not probes and not _has_measured(folder):
        return []
    beside = current(MeasurementJournal(folder.measured_file).read(), {row.run for row in plan}, probes)
    if not probes and not beside:
        remove_file(path)
        return []
    rows = list(_means([*_of_runs(folder, plan), *beside], _Trainings(folder, plan)))
    write_text(path, MEASUREMENTS_CSV.text(rows))
    return rows


def _has_measured(folder: StudyFolder) -> bool:
    """Whether anything was measured here, by `cohear measure` or by a run of this plan or of an earlier one."""
    if folder.measured_file.exists():
        return True
    return folder.runs.is_dir() and any((run / PROBE_CSV.file).exists() for run in folder.runs.iterdir())


class _Trainings:
    """How long it takes to train a task alone."""

    def __init__(self, folder: StudyFolder, plan: Sequence[PlanRow]) -> None:
        self._seconds: dict[tuple[str, str, str, str], list[float]] = {}
        for row in plan:
            is_single = row.is_network and not row.control and "+" not in row.combination
            if is_single and (record := folder.record(row.run)) is not None:
                cell = (row.combination, row.features, row.encoder, row.arm)
                self._seconds.setdefault(cell, []).append(record.seconds)

    def mean(self, task: str, features: str, encoder: str, arm: str) -> float:
        """In a cell, or in all cells that it stands for where it names no features or no encoder; 0 of none."""
        found = [
            second
            for cell, seconds in self._seconds.items()
            if cell[0] == task and cell[3] == arm and features in ("", cell[1]) and encoder in ("", cell[2])
            for second in seconds
        ]
        return fmean(found) if found else 0.0


def _means(measurements: Iterable[Measurement], trainings: _Trainings) -> Iterable[Row]:
    """A row a cell: means over the repeats that could be measured, and what one cost beside a training."""
    values: dict[tuple[str, ...], list[float]] = {}
    seconds: dict[tuple[str, ...], list[float]] = {}
    for measured in measurements:
        settings = "".join(measured.probe.partition("(")[1:])  # two of one probe are told apart by theirs
        for task, partner, name, value in measured.numbers:
            cell = (task, partner, name + settings, measured.features, measured.encoder, measured.arm)
            values.setdefault(cell, []).extend([] if value is None else [value])
            seconds.setdefault(cell, []).append(measured.seconds)
    trained: dict[tuple[str, ...], float] = {}
    for place, found in values.items():
        task, _, _, features, encoder, arm = place
        alone = (task, features, encoder, arm)
        if alone not in trained:
            trained[alone] = trainings.mean(*alone)
        cost = fmean(seconds[place]) / trained[alone] if trained[alone] else None
        yield {**dict(zip(CELL, place, strict=True)), "value": fmean(found) if found else None, "cost": cost}


def _of_runs(folder: StudyFolder, plan: Sequence[PlanRow]) -> Iterable[Measurement]:
    """What finished probes of the plan left; nothing where their file is gone."""
    for row in plan:
        if row.probe and (record := folder.record(row.run)) is not None:
            yield Measurement(
                key=row.run,
                probe=row.probe,
                features=row.features,
                encoder=row.encoder,
                arm=row.arm,
                fold=row.fold,
                seed=row.seed,
                tasks=row.tasks,
                runs=(),
                seconds=record.seconds,
                numbers=tuple(_told(folder, row)),
            )


def _told(folder: StudyFolder, row: PlanRow) -> Iterable[ToldNumber]:
    try:
        with (folder.runs / row.run / PROBE_CSV.file).open(encoding="utf-8", newline="") as file:
            for told in csv.DictReader(file):
                yield told["task"], told["partner"], told["name"], float(told["value"]) if told["value"] else None
    except OSError:
        return
