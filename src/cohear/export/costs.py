"""What every combination of a study costs at work: one shared model against single ones, measured without training.

A setting's network of all its tasks is built once; what a combination of some of them needs is cut out of its graph, as
`cohear bench` cuts a bundle's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from onnx import utils

from cohear.base.errors import FolderError, UserError
from cohear.base.files import write_text
from cohear.base.tables import COST_CELL, COSTS_CSV, MEASURED_COSTS
from cohear.export import parts
from cohear.export.bench import SetupCost, compare, setups_of
from cohear.export.untrained import Architecture, UntrainedModels
from cohear.runtime.session import WAVEFORM
from cohear.study.file import StudySettings
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.progress import NoProgress, Progress


class CostRow(NamedTuple):
    """What a row of the table is of."""

    features: str
    encoder: str
    arm: str
    combination: str


def measure_costs(
    study: Path,
    settings: StudySettings,
    *,
    seconds: float = 10.0,
    repeats: int = 30,
    code: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure every combination that a study planned, on one thread, and write ``costs.csv`` into its folder.

    Args:
        study: the study folder.
        settings: the study's.
        seconds: of noise, in one row, that each run answers.
        repeats: runs of each set-up of a combination; its set-ups take turns.
        code: folder of a user's own encoder module; None is the study folder.
        progress: told of every combination, and of what cannot be exported and is left out.

    Returns:
        ``rows`` (those of the table, with the number of ``models``), and facts.

    Raises:
        FolderError: the study has no plan, or it is damaged.
        UserError: nothing of it can be exported.
    """
    folder = StudyFolder(study)
    cells = _planned_cells(folder, settings.label_free)
    models = UntrainedModels.of_study(folder, settings, code or study.resolve())
    built = _architectures(study, cells, settings, models)
    measured = _measure(cells, built, models, seconds, repeats, progress or NoProgress())
    rows = [
        {**cell._asdict(), **asdict(row)} for cell in cells for row in measured.get((built[cell], cell.combination), [])
    ]
    if not rows:
        raise UserError(f"nothing of {study} can be exported, so there is nothing to measure")
    write_text(study / COSTS_CSV.file, COSTS_CSV.text({name: row[name] for name in COSTS_CSV.names} for row in rows))
    cost_rows = [{name: row[name] for name in (*COST_CELL, "models", *MEASURED_COSTS)} for row in rows]
    return {"study": settings.study, "seconds": seconds, "repeats": repeats, "threads": 1, "rows": cost_rows}


def _planned_cells(folder: StudyFolder, label_free: Collection[str]) -> list[CostRow]:
    """Every cell of the plan that has a network once, controls left out.

    So are combinations with a task without labels: at work nothing is left of it.
    """
    rows = [row for row in folder.read_plan() if row.is_network and not row.control]
    if not rows:
        raise FolderError(f"{folder.root} has no plan yet; run the study first: cohear run")
    rows = [row for row in rows if not any(task in label_free for task in row.tasks)]
    return list(dict.fromkeys(CostRow(row.features, row.encoder, row.arm, row.combination) for row in rows))


def _architectures(
    study: Path, cells: Sequence[CostRow], settings: StudySettings, models: UntrainedModels
) -> dict[CostRow, Architecture]:
    """What each cell's network is."""
    built = {}
    for cell in cells:
        known = cell.features in models.front_ends and cell.encoder in models.encoders and cell.arm in settings.arms
        if not known:
            raise FolderError(f"{study}: plan.json is not of the study.yaml beside it; run the study again")
        training, window = settings.arm(cell.arm)
        scaled = frozenset(task for task in settings.tasks if settings.normalise_of(task, cell.arm) != "none")
        built[cell] = Architecture(cell.features, cell.encoder, window, training.sharing, scaled)
    return built


def _measure(
    cells: Sequence[CostRow],
    built: Mapping[CostRow, Architecture],
    models: UntrainedModels,
    seconds: float,
    repeats: int,
    progress: Progress,
) -> dict[tuple[Architecture, str], list[SetupCost]]:
    """The set-ups of each combination of each architecture; what cannot be exported is told and left out."""
    wanted: dict[Architecture, list[str]] = {}
    for architecture, combination in dict.fromkeys((built[cell], cell.combination) for cell in cells):
        wanted.setdefault(architecture, []).append(combination)
    measured = {}
    total = sum(map(len, wanted.values()))
    with progress.stage("measure") as advance, tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole.onnx"
        for architecture, combinations in wanted.items():
            try:
                windowings = models.write(architecture, whole)
            except UserError as error:
                progress.say(f"{architecture.features} with {architecture.encoder} is not measured: {error}")
                total -= len(combinations)
                continue
            for combination in combinations:
                files = _cut(whole, combination.split("+"))
                found, _ = compare(setups_of(files), windowings, seconds=seconds, threads=1, repeats=repeats)
                measured[architecture, combination] = found
                advance(len(measured), total)
    return measured


def _cut(whole: Path, tasks: list[str]) -> parts.ComparedModels:
    """Models of some of the tasks, together and alone, beside the file of all of them."""
    shared = whole.with_name("combination.onnx")
    utils.extract_model(str(whole), str(shared), [WAVEFORM], tasks)
    return parts.cut(shared, tasks, whole.parent)
