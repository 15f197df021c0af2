"""Runs that an export stands on: the study's own, and those that it has to train, kept in the study folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cohear.base.errors import DataError, RunFailed, UserError
from cohear.base.files import digest, make_folder, remove_left_behind, write_json
from cohear.base.named import WithSettings, check_named, make
from cohear.base.registry import did_you_mean
from cohear.base.tables import PREDICTIONS_CSV
from cohear.data.folds.partition import TaskSplit
from cohear.data.folds.parts import Part
from cohear.export.grid_cell import GridCell
from cohear.features.task_input import TaskInput
from cohear.models.sharing import Network
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import read_spec
from cohear.runs.place import RunPlace
from cohear.runs.record import Record, read_record
from cohear.runs.run_folder import KEPT, RunFolders
from cohear.runs.scaled_task import with_scale
from cohear.runs.spec import Need, Spec
from cohear.runs.task_data import TaskData, load_task
from cohear.study.file import CombinationSettings, StudySettings
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.device import device_here
from cohear.study.launch.driver import ensure
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.needs import Wanted, with_needs
from cohear.study.launch.progress import Progress
from cohear.study.prepare import Prepared, make_stores, prepare, write_splits
from cohear.tasks.label_free import LabelFree
from cohear.training.networks import load_network
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec

ALL_CLIPS = -1
"""Fold index of the final training, which holds nothing out; it names the training's random streams."""
TRAINED = "export/runs"
WEIGHTS = KEPT["weights"]


@dataclass(frozen=True)
class Places:
    """Where things are: the study, the cache of features, and the folder of a user's own encoder."""

    study: StudyFolder
    cache: Path
    code: Path

    @property
    def folders(self) -> RunFolders:
        """The study's own runs, and those that were made for exports."""
        return RunFolders(self.study.root / TRAINED, (self.study.runs,))


@dataclass(frozen=True)
class Trained:
    """A network with what is needed to use it.

    Attributes:
        spec: of its training.
        network: in evaluation mode.
        inputs: what each task that it answers gives it; a partner without labels is none.
        tasks: their clips and labels.
        weights: the bytes of ``weights.safetensors``.
    """

    spec: RunSpec
    network: Network
    inputs: dict[str, TaskInput]
    tasks: dict[str, TaskData]
    weights: bytes

    @property
    def scaled(self) -> list[str]:
        """Tasks whose features are at a scale of their own."""
        return [task for task, data in self.tasks.items() if data.scale is not None]


def prepare_cell(
    places: Places, settings: StudySettings, cell: GridCell, jobs: int | None, progress: Progress
) -> tuple[Prepared, list[RunSpec]]:
    """Read the data, make what is missing of features, and give the specifications of the cell's repeats."""
    try:
        prepared = prepare(
            narrowed(settings, cell),
            places.code,
            cache=make_folder(places.cache),
            jobs=jobs,
            progress=progress,
            precision=places.study.precision(),
            trains=False,  # as far as its runs are there
        )
    except UserError as error:
        if "cannot be imported" in str(error):
            raise UserError(f"{error}; --code names the folder that its file is in (now {places.code})") from error
        raise
    make_stores(prepared, cache=places.cache, jobs=jobs, progress=progress)
    for folder in (places.study.splits, places.study.root / TRAINED):
        remove_left_behind(make_folder(folder))
    write_splits(prepared, places.study)
    specs = [run.spec for run in prepared.plan if cell.holds(run.row) and isinstance(run.spec, RunSpec)]
    if not specs:
        raise UserError("the study has no runs with these features, this encoder and this arm together")
    return prepared, specs


def narrowed(settings: StudySettings, cell: GridCell) -> StudySettings:
    """Settings of a study that trains the cell's combination, with whatever encoder, and what it is compared with."""
    wanted = CombinationSettings(lists=[list(cell.tasks)])
    encoders = [each.model_copy(update={"combinations": None, "controls": None}) for each in settings.encoders]
    return settings.model_copy(
        update={"combinations": wanted, "controls": [], "baselines": [], "probes": [], "encoders": encoders}
    )


def repeats_of(places: Places, cell: GridCell, specs: Sequence[RunSpec], progress: Progress) -> list[RunSpec]:
    """The finished runs of the cell that the study's tables stand on, or the repeats it would have."""
    records = [places.study.record(row.run) for row in places.study.read_plan() if cell.holds(row)]
    done = [RunSpec.model_validate(record.specification) for record in records if record]
    if not done:
        progress.say(f"the study has no finished runs of {cell.combination}: its {len(specs)} repeats are trained now")
        return list(specs)
    if {spec.key for spec in done} - {spec.key for spec in specs}:
        progress.say("data, settings or versions changed since the study ran: expected scores are those of its runs")
    return done


def study_records(places: Places, repeats: Sequence[RunSpec]) -> list[Record]:
    """The records of repeats, as the study's tables have them; of a run that it never made, the one made here."""
    folders = [places.folders.find(spec.key) for spec in repeats]
    return [record for folder in folders if folder and (record := read_record(folder))]


def final_runs(places: Places, prepared: Prepared, spec: RunSpec) -> list[RunSpec]:
    """A repeat's specification with every clip in training, behind those of all runs that it then needs.

    What a repeat needs of another run (a teacher's answers, weights to begin with) was learnt from the clips of that
    fold; the final network needs it of a run that learnt from all of them. Their splits are written.

    Raises:
        UserError: it needs a run that trained no network, or that nobody knows any more.
    """
    finals: dict[str, RunSpec] = {}
    _make_final(places, prepared, spec, finals, spec.seed)
    return list(finals.values())


def _make_final(
    places: Places, prepared: Prepared, spec: RunSpec, finals: dict[str, RunSpec], first_seed: int
) -> RunSpec:
    """One of them; ``finals`` has those that were made, by the key of the repeat.

    The seed of the repeat that is made final becomes 0, others keep their distance to it.
    """
    seed = spec.seed - first_seed
    if spec.key in finals:
        return finals[spec.key]
    needs = {}
    for name, need in spec.needs.items():
        needed = _make_final(places, prepared, _network_needed(places, prepared, need), finals, first_seed)
        needs[name] = need.model_copy(update={"run": needed.key})
    references = []
    for reference in spec.tasks:
        whole = _all_in_training(next(iter(prepared.folds.values()))[reference.name])
        content = replace(whole, tells_groups=reference.normalise == "group").to_json()
        name = digest(content)
        write_json(places.study.splits / f"{name}.json", content)
        references.append(reference.model_copy(update={"split": name}))
    changed = {"tasks": tuple(references), "needs": needs, "fold": ALL_CLIPS, "seed": seed}
    finals[spec.key] = spec.model_copy(update=changed)
    return finals[spec.key]


def _network_needed(places: Places, prepared: Prepared, need: Need) -> RunSpec:
    """The network that a run needs a file of."""
    found = next((run.spec for run in prepared.plan if run.key == need.run), None)
    if found is None and (record := places.study.record(need.run)) is not None:
        found = read_spec(record.specification)
    if isinstance(found, RunSpec):
        return found
    is_what = "is not in the plan and has no record" if found is None else f"is a {found.job} and no network"
    raise UserError(
        f"the network of a bundle is trained on all clips, and so is what it needs; but it needs {need.file} of run "
        f"{need.run}, which {is_what}; export a finished run as it is, by --run"
    )


def _all_in_training(split: TaskSplit) -> TaskSplit:
    parts = np.full(len(split.clips), int(Part.TRAIN), dtype=split.cleared.parts.dtype)
    return replace(split, cleared=replace(split.cleared, parts=parts), scored=np.ones_like(split.scored))


def spec_of_run(places: Places, key: str) -> RunSpec:
    """The specification of a finished run.

    Raises:
        UserError: there is none, or it trained no network.
    """
    record = places.study.record(key)
    if record is None:
        done = [path.parent.name for path in places.study.runs.glob("*/record.json")]
        raise UserError(f"--run: the study has no finished run {key!r}{did_you_mean(key, done)}")
    spec = read_spec(record.specification)
    if not isinstance(spec, RunSpec):
        raise UserError(f"--run: {key!r} is a run of the job {spec.job!r}; a bundle is made of a network")
    return spec


def train_missing(
    places: Places,
    wanted: Sequence[Wanted],
    others: Mapping[str, Spec],
    plugins: Sequence[Path],
    launcher: str | WithSettings,
    place: RunPlace,
    jobs: int | None,
    progress: Progress,
) -> int:
    """Train the runs that have not kept what is needed of them.

    Args:
        places: where.
        wanted: runs and the files that are needed.
        others: runs by key that these may need.
        plugins: files of parts that the study uses.
        launcher: where they are trained.
        place: what each may use there.
        jobs: runs at once.
        progress: told of every run.

    Returns:
        How many were trained.

    Raises:
        UserError: the device is not here.
        RunFailed: one of them failed.
    """
    folders = places.folders
    files = frozenset([PREDICTIONS_CSV.file, WEIGHTS])  # whatever the next export needs of them
    missing = [Wanted(run.spec, files) for run in wanted if folders.find(run.spec.key, run.files) is None]
    if not missing:
        return 0
    if check_named(LAUNCHERS, launcher).here:
        device_here(place.device, progress)
    runs = with_needs(missing, folders, others)
    pack = PackInPlace.of(
        [run.spec for run in runs.values()],
        splits=places.study.splits,
        cache=places.cache,
        code=places.code,
        runs=folders.all,
        plugins=plugins,
    )
    with closing(make(LAUNCHERS, launcher, pack, folders.into, jobs, place)) as pool:
        ended = ensure(runs.values(), pool, folders, progress=progress)
    for run, error in ended.failed.items():
        raise RunFailed(f"the training of run {run} failed: {error}")
    return len(ended.trained)


def load_trained(places: Places, spec: RunSpec) -> Trained:
    """A run's network with its weights.

    Raises:
        DataError: they are damaged, or not this run's.
    """
    folder = places.folders.find(spec.key, [WEIGHTS])
    if folder is None:
        raise DataError(f"run {spec.key} has kept no weights")
    weights = (folder / WEIGHTS).read_bytes()
    pack = PackInPlace(places.study.splits, places.cache)
    inputs = inputs_of(spec)
    loaded = [(reference, load_task(reference, pack)) for reference in spec.tasks]
    tasks = {each.name: with_scale(data, inputs[each.name], each.normalise) for each, data in loaded}
    network = load_network(spec, tasks, weights, str(places.code))
    answered = {task: data for task, data in tasks.items() if not isinstance(data.kind, LabelFree)}
    return Trained(spec, network, {task: inputs[task] for task in answered}, answered, weights)
