"""The table of what a study's probes measured, made from the runs of the current plan."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from cohear.base.files import remove_file, write_text
from cohear.base.tables import MEASUREMENTS_CSV, PROBE_CSV, Row
from cohear.study.folder.folder import StudyFolder
from cohear.study.plan.row import PlanRow

CELL = ("task", "partner", "name", "features", "encoder", "arm")


def write_measurements(folder: StudyFolder, plan: Sequence[PlanRow]) -> None:
    """Write ``measurements.csv``, or remove it where nothing is measured."""
    path = folder.root / MEASUREMENTS_CSV.file
    if any(row.probe for row in plan):
        write_text(path, MEASUREMENTS_CSV.text(_means(folder, plan)))
    else:
        remove_file(path)


def _means(folder: StudyFolder, plan: Sequence[PlanRow]) -> Iterable[Row]:
    """A row a cell: means over the repeats that could be measured, and what one cost beside a training."""
    seconds = {row.run: record.seconds for row in plan if (record := folder.record(row.run)) is not None}
    alone: dict[tuple[str, str, str, str], list[float]] = {}
    for row in plan:
        if row.is_network and not row.control and row.run in seconds:
            alone.setdefault((row.features, row.encoder, row.arm, row.combination), []).append(seconds[row.run])
    values: dict[tuple[str, ...], list[float]] = {}
    costs: dict[tuple[str, ...], list[float]] = {}
    for row in plan:
        for measured in _told(folder, row) if row.probe and row.run in seconds else ():
            settings = "".join(row.probe.partition("(")[1:])  # two of one probe are told apart by theirs
            cell = (
                measured["task"],
                measured["partner"],
                measured["name"] + settings,
                row.features,
                row.encoder,
                row.arm,
            )
            values.setdefault(cell, []).extend([float(measured["value"])] if measured["value"] else [])
            trainings = alone.get((row.features, row.encoder, row.arm, measured["task"]), [])
            costs.setdefault(cell, []).extend([seconds[row.run] / fmean(trainings)] if any(trainings) else [])
    for place, found in values.items():
        means = {"value": _mean(found), "cost": _mean(costs[place])}
        yield {**dict(zip(CELL, place, strict=True)), **means}


def _told(folder: StudyFolder, row: PlanRow) -> list[Mapping[str, str]]:
    """Rows that a finished probe left; none where its file is gone."""
    try:
        with (folder.runs / row.run / PROBE_CSV.file).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError:
        return []


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
