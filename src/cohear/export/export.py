"""From a study folder to a bundle, top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cohear.analysis.gains.design import Design
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.errors import UserError
from cohear.base.files import cache_folder
from cohear.base.named import as_named, check_named
from cohear.base.registry import did_you_mean
from cohear.base.study_facts import DatasetFacts, StudyFacts
from cohear.base.tables import PREDICTIONS_CSV, RESULTS_CSV
from cohear.export.assemble import assemble, describe
from cohear.export.better_singles import better_singles
from cohear.export.calibrate import Calibration
from cohear.export.card import BundledTask, make_card, metadata
from cohear.export.chosen_cell import choose_cell
from cohear.export.expectation import expectation, told_otherwise
from cohear.export.exportable import check_exportable
from cohear.export.forms import calibrate, of_frames
from cohear.export.grid_cell import GridCell, tasks_asked
from cohear.export.kinds import decoding_in_graph
from cohear.export.learnt_parts import files_of, learnt_parts
from cohear.export.network import network_graph
from cohear.export.network_inputs import input_numbers
from cohear.export.out_of_fold import read_out_of_fold
from cohear.export.outputs import Output
from cohear.export.parity import check_parity
from cohear.export.parts import parameter_count
from cohear.export.quantise import Change, check_measured, choose, measure_changes, quantised
from cohear.export.readme import make_readme
from cohear.export.runs import (
    WEIGHTS,
    Places,
    Trained,
    final_runs,
    load_trained,
    prepare_cell,
    repeats_of,
    spec_of_run,
    study_records,
    train_missing,
)
from cohear.export.trained_on import clips_trained_on
from cohear.export.write import check_target, write_bundle
from cohear.features.task_input import TaskInput
from cohear.findings.best_way import recommended_ways
from cohear.findings.not_learnt import unlearnt_in
from cohear.runs.place import RunPlace
from cohear.runs.record import Record
from cohear.study.data_facts import data_facts
from cohear.study.file import StudySettings
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.needs import Wanted
from cohear.study.launch.progress import NoProgress, Progress
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec

QUANTISATIONS = {"int8": None, "int8-static": "static", "int8-dynamic": "dynamic"}
"""What ``--quantize`` takes; plain ``int8`` is whichever of the two costs less."""
MOST_REPEATS_QUANTISED = 5


@dataclass(frozen=True)
class Exported:
    """What an export left.

    Attributes:
        folder: the bundle.
        card: content of ``card.json``.
        trained: runs that had to be trained for it.
    """

    folder: Path
    card: dict[str, Any]
    trained: int


def export_study(
    study: Path,
    settings: StudySettings,
    bundle: Path,
    *,
    tasks: Sequence[str] | None = None,
    features: str | None = None,
    encoder: str | None = None,
    arm: str | None = None,
    run: str | None = None,
    quantize: str | None = None,
    force: bool = False,
    code: Path | None = None,
    licences: Mapping[str, str] | None = None,
    launcher: str | Mapping[str, object] = "local",
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Export a combination of a study's tasks as one model.

    Args:
        study: the study folder.
        settings: with absolute dataset paths.
        bundle: the folder to write; a bundle that is there is replaced.
        tasks: to export; None is all tasks of the study.
        features: front-end by its name in the tables, where the study has several.
        encoder: the same.
        arm: the same; ``base`` without a wish.
        run: key of a finished run whose weights are taken; None trains on all clips.
        quantize: ``int8``, ``int8-static`` or ``int8-dynamic``.
        force: export even where int8 costs a task more than a point.
        code: folder of a user's own encoder module.
        licences: of datasets, by name, where their own folders do not state them; and of files that front-ends are made
            of, by the name of the file.
        launcher: where runs are trained: its name, or a mapping of ``name`` and settings.
        jobs: runs trained at once.
        progress: told of everything.

    Raises:
        UserError: a wish that the study cannot fulfil, or data that is not there any more.
        RunFailed: a training failed.
    """
    progress = progress or NoProgress()
    if quantize is not None and quantize not in QUANTISATIONS:
        raise UserError(f"--quantize: there is no {quantize!r}; choose one of {', '.join(QUANTISATIONS)}")
    where = as_named(launcher)
    check_named(LAUNCHERS, where)  # an unknown one is told before the data are read
    check_target(bundle)
    places = Places(StudyFolder(study), cache_folder(), code or study.resolve())
    cell = _cell(places, settings, tasks, features, encoder, arm, run, progress)
    used = list(dict.fromkeys(name for task in cell.tasks for name in settings.tasks[task].datasets))
    prepared, specs = prepare_cell(places, settings, cell, jobs, progress)
    check_exportable(inputs_of(specs[0]))
    _check_licences(licences or {}, used, inputs_of(specs[0]))
    repeats = repeats_of(places, cell, specs, progress)
    finals = [spec_of_run(places, run)] if run else final_runs(places, prepared, specs[0])
    chosen = finals[-1]
    measured = [] if quantize is None else [chosen] if run else repeats[:MOST_REPEATS_QUANTISED]
    notes = _notes(places, repeats, measured, progress)
    wanted = [Wanted(spec, frozenset([PREDICTIONS_CSV.file])) for spec in repeats]
    wanted += [Wanted(spec, frozenset([WEIGHTS])) for spec in [*measured, chosen]]
    others = {spec.key: spec for spec in [*(planned.spec for planned in prepared.plan), *finals]}
    number = train_missing(places, wanted, others, settings.plugins, where, RunPlace(settings.device), jobs, progress)

    trained = load_trained(places, chosen)
    folders = [folder for spec in repeats if (folder := places.folders.find(spec.key, [PREDICTIONS_CSV.file]))]
    calibrations = _calibrations(places, settings, trained, folders)
    hears, different = input_numbers(trained.inputs), list(dict.fromkeys(trained.inputs.values()))
    outputs = [
        Output(found.decoding, found.temperature, hears[task], trained.tasks[task].scale)
        for task, found in calibrations.items()
    ]
    with progress.stage("graph"):
        graph = network_graph(trained.network, trained.inputs, trained.scaled)
        model = assemble(different, graph, outputs)
    with progress.stage("compare with PyTorch"):
        by_task = {task: prepared.datasets[settings.tasks[task].dataset_name] for task in cell.tasks}
        parity = check_parity(trained, model, outputs, by_task)
    changes: dict[str, dict[str, Change]] | None = None
    method = None
    if quantize is not None:
        with progress.stage("quantise"):
            changes = measure_changes([load_trained(places, spec) for spec in measured])
            check_measured(changes, list(trained.tasks), force=force)
            margins = {task: settings.margin_of(task) for task in cell.tasks}
            method = choose(changes, QUANTISATIONS[quantize], margins, force=force)
            model = assemble(different, quantised(graph, trained, method), outputs)

    facts = data_facts(prepared)
    records = study_records(places, repeats)
    notes += [*_without_labels(facts, cell), *filter(None, [told_otherwise(records, folders)])]
    notes += _recommended(places, cell, progress) if arm is None and run is None else []
    card = make_card(
        study=settings.study,
        cell=cell,
        trained=trained,
        run=run,
        tasks=_tasks(places, cell, records, calibrations, facts, trained),
        datasets={name: _shown(facts.datasets[name], (licences or {}).get(name)) for name in used},
        learnt=learnt_parts(different, licences or {}),
        parity=parity,
        parameters=parameter_count(model),
        quantisation=changes,
        method=method,
        notes=notes,
    )
    describe(model, metadata(card))
    known_clips = clips_trained_on(chosen, places.study.splits, prepared.datasets)
    write_bundle(bundle, model, outputs, card, make_readme(card), trained.weights, known_clips)
    return Exported(bundle, card, number)


def _calibrations(
    places: Places, settings: StudySettings, trained: Trained, folders: Sequence[Path]
) -> dict[str, Calibration]:
    """How each task of a network is read, set on what runs said of clips that they did not see."""
    found = {}
    for task, data in trained.tasks.items():
        decoding = decoding_in_graph(data.kind, task, data.labels, settings.tasks[task].unit or "")
        decoding = of_frames(decoding, trained.network.encoder_of(task).stride)
        found[task] = calibrate(read_out_of_fold(folders, places.study.splits, decoding, data.kind, data.labels))
    return found


def _cell(
    places: Places,
    settings: StudySettings,
    tasks: Sequence[str] | None,
    features: str | None,
    encoder: str | None,
    arm: str | None,
    run: str | None,
    progress: Progress,
) -> GridCell:
    """The cell that was asked for, or the one that a run is of; where it was chosen, that is said."""
    if run is None:
        asked = tasks_asked(settings, tasks)
        cell = choose_cell(places.study, settings, asked, features=features, encoder=encoder, arm=arm)
        for sentence in cell.told:
            progress.say(sentence)
        return cell
    if tasks or features or encoder or arm:
        raise UserError("--run names one run with its tasks, features, encoder and arm: leave those options out")
    spec_of_run(places, run)
    for row in places.study.read_plan():
        if row.run == run and not row.control:
            return GridCell(row.features, row.encoder, row.arm, row.tasks)
    raise UserError(f"--run: {run!r} is a control or of an earlier plan; name a run of the study's results.csv")


def _recommended(places: Places, cell: GridCell, progress: Progress) -> list[str]:
    """Which way of sharing the study speaks for where none was named; said now, and in the card."""
    statistics = _statistics(places)
    notes = []
    for way in recommended_ways(statistics) if statistics and len(cell.tasks) > 1 else ():
        if (way.features, way.encoder) == (cell.features, cell.encoder):
            taken = "It was taken." if way.arm == cell.arm else f"Arm {cell.arm} was taken; --arm {way.arm} takes it."
            notes.append(f"{way.words.plain} {taken}")
            progress.say(notes[-1])
    return notes


def _without_labels(facts: StudyFacts, cell: GridCell) -> list[str]:
    """Of each partner without labels that the network was trained beside, that it left no output."""
    free = {task: facts.label_free[task] for task in cell.tasks if task in facts.label_free}
    return [
        f"trained beside {name}, a task without labels that {task.without_labels}: there is no output for it"
        for name, task in free.items()
    ]


def _notes(places: Places, repeats: Sequence[RunSpec], measured: Sequence[RunSpec], progress: Progress) -> list[str]:
    """What is said, now and in the card, of runs that have to be made again."""
    silent = [spec for spec in repeats if _lacks(places, spec, PREDICTIONS_CSV.file)]
    bare = [spec for spec in measured if spec not in silent and _lacks(places, spec, WEIGHTS)]
    notes = []
    if silent:
        notes.append(f"the study kept no predictions of {len(silent)} runs: they are made again to calibrate")
    if bare:
        notes.append(f"the study kept no weights of {len(bare)} runs: they are made again to measure quantisation")
    for note in notes:
        progress.say(note)
    return notes


def _lacks(places: Places, spec: RunSpec, file: str) -> bool:
    """Whether a run of the study's has to be made again, for a file that it did not keep."""
    return places.study.record(spec.key) is not None and places.folders.find(spec.key, [file]) is None


def _tasks(
    places: Places,
    cell: GridCell,
    records: Sequence[Record],
    calibrations: Mapping[str, Calibration],
    facts: StudyFacts,
    trained: Trained,
) -> dict[str, BundledTask]:
    """What is known of each task."""
    design, statistics = Design.of(facts), _statistics(places)
    gained = _gains(statistics, cell) if statistics else {}
    better = better_singles(statistics, cell, records) if statistics else {}
    return {
        task: BundledTask(
            data=data,
            facts=facts.tasks[task],
            expected=expectation(records, task, design.ratio_of(task) or 0.0),
            gain=gained.get(task),
            better=better.get(task),
            calibration=calibrations[task],
        )
        for task, data in trained.tasks.items()
    }


def _statistics(places: Places) -> Statistics | None:
    """The study's, where it has results."""
    return Statistics.of_folder(places.study.root) if (places.study.root / RESULTS_CSV.file).exists() else None


def _gains(statistics: Statistics, cell: GridCell) -> dict[str, dict[str, Any]]:
    """The cell's rows of the study's gains, by task; none for a single.

    Each has ``not_learnt`` besides: the tasks of the cell that alone are not learnt.
    """
    if len(cell.tasks) < 2:
        return {}
    table, setting = statistics.gains, (cell.features, cell.encoder, cell.arm)
    rows = in_setting(table[table["combination"] == cell.combination], setting).astype(object).to_dict("records")
    unlearnt = unlearnt_in(statistics, setting, cell.combination)
    return {str(row["task"]): {**{str(n): v for n, v in row.items()}, "not_learnt": unlearnt} for row in rows}


def _check_licences(licences: Mapping[str, str], datasets: Sequence[str], inputs: Mapping[str, TaskInput]) -> None:
    """Raise UserError for a licence of a dataset that trains nothing here, or of a file that is no part of it."""
    sources = [*datasets, *(name for given in inputs.values() for name in files_of(given.front_end))]
    for name in licences:
        if name not in sources:
            raise UserError(f"--licence: no task here is of a dataset {name!r}{did_you_mean(name, sources)}")


def _shown(dataset: DatasetFacts, licence: str | None) -> dict[str, Any]:
    """What the card says of a dataset."""
    shown = {key: getattr(dataset, key) for key in ("name", "licence", "citation", "clips", "seconds")}
    return {**shown, "licence": licence or dataset.licence}
