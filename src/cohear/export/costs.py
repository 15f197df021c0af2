"""What every combination of a study costs at work: one shared model against single ones, measured without training.

Cost does not depend on weights, so the networks keep their first ones. A setting's network of all its tasks is built
once; what a combination of some of them needs is cut out of its graph, as `cohear bench` cuts a bundle's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnx
from onnx import utils

from cohear.base.columns import COST_CELL, MEASURED_COSTS
from cohear.base.errors import FolderError, UserError
from cohear.base.files import write_text
from cohear.export import parts
from cohear.export.assemble import Output, assemble
from cohear.export.bench import compare, setups_of
from cohear.export.kinds import output_kind
from cohear.export.network import network_graph
from cohear.export.write import windowing_of
from cohear.features.front_end import FrontEnd
from cohear.models.encoder import EncoderChoice, build_encoder
from cohear.models.sharing import SHARING, Draws
from cohear.runtime.session import WAVEFORM
from cohear.study.folder import StudyFolder
from cohear.study.plan import encoder_label, front_end_label
from cohear.study.progress import NoProgress, Progress
from cohear.study.spec import StudySettings
from cohear.study.tables import table
from cohear.tasks import TARGET_KINDS
from cohear.training.loop import window_frames

COSTS = "costs.csv"
Architecture = tuple[str, str, float, str]
"""Front-end, encoder, window (seconds) and sharing scheme: arms that differ in training alone cost the same."""


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
    progress, folder = progress or NoProgress(), StudyFolder(study)
    cells = list(dict.fromkeys(_cell(row) for row in folder.read_plan() if not row["control"]))
    if not cells:
        raise FolderError(f"{study} has no plan yet; run the study first: cohear run")
    outputs = _outputs(folder, settings)
    front_ends = {front_end_label(each): each for each in settings.front_ends()}
    choices = {encoder_label(each): each for each in settings.encoder_choices(str(code or study.resolve()))}
    if any(cell[0] not in front_ends or cell[1] not in choices or cell[2] not in settings.arms for cell in cells):
        raise FolderError(f"{study}: plan.json is not of the study.yaml beside it; run the study again")
    wanted: dict[Architecture, list[str]] = {}
    for features, encoder, arm, combination in cells:
        wanted.setdefault(_architecture(settings, features, encoder, arm), []).append(combination)
    measured: dict[tuple[Architecture, str], list[dict[str, Any]]] = {}
    with progress.stage("measure") as advance, tempfile.TemporaryDirectory() as place:
        total = len({(built, name) for built, names in wanted.items() for name in names})
        for built, names in wanted.items():
            front_end = front_ends[built[0]]
            try:
                whole = _whole_model(built, front_end, choices[built[1]], outputs, Path(place))
            except UserError as error:
                progress.say(f"{built[0]} with {built[1]} is not measured: {error}")
                total -= len(set(names))
                continue
            windowing = windowing_of(front_end, window_frames(built[2], front_end))
            for name in dict.fromkeys(names):
                tasks, part = name.split("+"), Path(place) / "combination.onnx"
                utils.extract_model(str(whole), str(part), [WAVEFORM], tasks)
                files = parts.cut(part, tasks, Path(place))
                found, _ = compare(setups_of(files), windowing, seconds=seconds, threads=1, repeats=repeats)
                measured[built, name] = [asdict(row) for row in found]
                advance(len(measured), total)
    rows = [
        {**dict(zip(COST_CELL, (features, encoder, arm, name), strict=False)), **row}
        for features, encoder, arm, name in cells
        for row in measured.get((_architecture(settings, features, encoder, arm), name), [])
    ]
    if not rows:
        raise UserError(f"nothing of {study} can be exported, so there is nothing to measure")
    columns = (*COST_CELL, *MEASURED_COSTS)
    write_text(study / COSTS, table(columns, sorted([row[column] for column in columns] for row in rows)))
    told = [{name: row[name] for name in (*COST_CELL, "models", *MEASURED_COSTS)} for row in rows]
    return {"study": settings.study, "seconds": seconds, "repeats": repeats, "threads": 1, "rows": told}


def _cell(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return row["features"], row["encoder"], row["arm"], row["combination"]


def _architecture(settings: StudySettings, features: str, encoder: str, arm: str) -> Architecture:
    training, window = settings.arm(arm)
    return features, encoder, window, training.sharing


def _outputs(folder: StudyFolder, settings: StudySettings) -> list[Output]:
    """The tasks' outputs, by the labels that the study found."""
    found = []
    try:
        facts = folder.read_facts()["tasks"]
        for task in settings.tasks:
            kind = TARGET_KINDS[facts[task]["kind"]]
            found.append(Output(task, output_kind(kind, task), kind.outputs(facts[task]["labels"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"cannot read {folder.root / 'data.json'}; run the study again to write it") from error
    return found


def _whole_model(
    built: Architecture, front_end: FrontEnd, choice: EncoderChoice, outputs: Sequence[Output], folder: Path
) -> Path:
    """The file of an untrained model of all tasks."""
    window = window_frames(built[2], front_end)
    heads = {output.task: output.labels for output in outputs}
    network = SHARING[built[3]](heads, lambda: build_encoder(choice, front_end.input_width), Draws((0, 0, 0)))
    model = assemble(front_end, network_graph(network.eval(), front_end, window), window, outputs)
    path = folder / "whole.onnx"
    onnx.save(model, str(path))
    return path
