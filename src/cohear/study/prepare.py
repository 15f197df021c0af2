"""Everything before the first training: clips, folds, splits, and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from cohear.base.counting import counted
from cohear.base.errors import FolderError, StudyError, UserError
from cohear.base.files import digest, write_json
from cohear.data.folds.crossing import warnings_of_crossing
from cohear.data.folds.partition import Partition, TaskChoice, TaskSplit, mistakes_in_folds, warnings_in_folds
from cohear.data.scan.dataset import Dataset, open_dataset
from cohear.data.scan.joined import DATASET, DOMAIN, JoinedDataset
from cohear.data.scan.unused import unused_files
from cohear.data.tables.clip_table import ClipTable
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.front_end import FrontEnd
from cohear.features.store import ensure_store, store_key
from cohear.runs.spec import Spec
from cohear.study.checked import warnings_of_check
from cohear.study.controls.clips import Clips
from cohear.study.file import StudySettings
from cohear.study.file.networks import mistakes_in_heads
from cohear.study.folder.folder import StudyFolder
from cohear.study.group_scale import mistakes_in_groups, warnings_of_groups
from cohear.study.joined_datasets import with_joined
from cohear.study.launch.progress import NoProgress, Progress
from cohear.study.plan.baseline_runs import baseline_runs
from cohear.study.plan.control_runs import control_runs
from cohear.study.plan.labels import FrontEndLabels
from cohear.study.plan.plan import PlannedRun, make_plan, mistakes_in_needs
from cohear.study.plan.probe_runs import probe_runs
from cohear.tasks import TARGET_KINDS
from cohear.training.device import AUTO, Device


class Store(NamedTuple):
    """A feature store that runs may read: what a front-end makes of a dataset."""

    key: str
    front_end: FrontEnd
    dataset: str


@dataclass(frozen=True)
class Prepared:
    """A study that can be run.

    Attributes:
        settings: with absolute dataset paths.
        datasets: by name.
        folds: every task's split by fold index.
        plan: all runs.
        stores: of features, those that no run reads too.
        warnings: what a reader of the results should know.
        further_splits: splits that controls and label budgets have beside those of the folds.
        precision: of the runs whose settings leave it to the machine.
    """

    settings: StudySettings
    datasets: Mapping[str, Dataset]
    folds: Mapping[int, Mapping[str, TaskSplit]]
    plan: Sequence[PlannedRun[Spec]]
    stores: list[Store]
    warnings: list[str]
    further_splits: Sequence[TaskSplit]
    precision: str


def prepare(
    settings: StudySettings,
    source_folder: Path,
    *,
    cache: Path,
    jobs: int | None = None,
    progress: Progress | None = None,
    precision: str | None = None,
    trains: bool = True,
) -> Prepared:
    """Read and scan the data, cut the folds and plan the runs; nothing is written but facts in the cache.

    Args:
        settings: with absolute dataset paths.
        source_folder: the study file's, where a user's own encoder is looked for.
        cache: folder of facts and feature stores.
        jobs: processes.
        progress: told of the scan.
        precision: of runs whose settings leave it to the machine; None for the fastest of the study's device.
        trains: whether runs are trained on this machine, which then must have the study's device.

    Raises:
        UserError: the device is not here.
        StudyError: with every mistake that the data shows, all datasets and tasks at once.
    """
    progress = progress or NoProgress()
    fastest = _fastest(settings, precision, trains=trains)  # before anything is read
    datasets, beside = _open_datasets(settings, cache, jobs, progress)
    choices = settings.task_choices()
    partition = _partition(settings, datasets)
    folds = {index: partition.fold(index) for index in range(settings.repeats.folds)}
    front_ends, encoders = settings.front_ends(), settings.encoder_choices(str(source_folder))
    kinds = {task: split.kind for task, split in folds[0].items()}
    mistakes = [
        *mistakes_in_folds(folds, allow_overlap=settings.allow_input_overlap),
        *mistakes_in_groups(settings, folds),
        *mistakes_in_heads(settings, encoders, front_ends, {task: TARGET_KINDS[kind] for task, kind in kinds.items()}),
    ]
    if mistakes:
        raise StudyError(list(dict.fromkeys(mistakes)))
    splits = {
        (index, task): digest(split.to_json()) for index, by_task in folds.items() for task, split in by_task.items()
    }
    stores = [
        Store(store_key(front_end, datasets[name].facts, datasets[name].clip_names(), settings.stored), front_end, name)
        for front_end, name in heard(settings)
    ]
    front_end_label = FrontEndLabels(settings)
    labels = [front_end_label(each) for each in dict.fromkeys(store.front_end for store in stores)]
    if mistakes := [*_called_alike(labels), *_without_features(stores, datasets)]:
        raise StudyError(mistakes)
    by_label = {(front_end_label(store.front_end), store.dataset): store.key for store in stores}
    precision = precision or fastest
    clips = Clips(folds, settings.seed, lambda: _without_limit(settings, datasets))
    networks = make_plan(settings, front_ends, encoders, splits, by_label, precision, clips.cut)
    if trains and (mistakes := mistakes_in_needs(networks)):
        raise StudyError(mistakes)
    controls = control_runs(settings, networks, encoders, clips)
    runs: list[PlannedRun[Spec]] = [
        *networks,
        *controls,
        *baseline_runs(settings, kinds, splits, by_label, clips.cut),
        *probe_runs(settings, networks),
    ]
    plan = sorted(runs, key=lambda run: (run.seed, run.fold))  # repeats outermost, their order kept
    single = {name: dataset for name, dataset in datasets.items() if not isinstance(dataset, JoinedDataset)}
    sentences = [
        *_silence(single),
        *_cancelling(single),
        *_missing(single),
        *beside,
        *_given_away(settings),
        *_rates(single, [store.front_end for store in stores]),
        *partition.remarks(),
        *warnings_in_folds(folds),
        *warnings_of_groups(settings, folds),
        *warnings_of_crossing(datasets, choices, folds),
        *_other_precision(settings, precision, fastest),
        *warnings_of_check(settings, single, cache),
    ]
    return Prepared(settings, datasets, folds, plan, stores, sentences, list(clips.added.values()), precision)


def heard(settings: StudySettings) -> list[tuple[FrontEnd, str]]:
    """Each front-end with each dataset that a task hears through it, in the order of the grid, tasks' own behind."""
    grid = settings.front_ends()
    pairs = [(front_end, name) for each in grid for name, (front_end, _) in settings.inputs(each, 0).items()]
    baselines = [each for baseline in settings.baselines for each in settings.inputs_of_baseline(baseline)]
    pairs += [(front_end, name) for _, name, front_end, _ in baselines]
    ranked = list(dict.fromkeys([*grid, *(front_end for front_end, _ in pairs)]))
    found = {(front_end, settings.tasks[name].dataset_name) for front_end, name in pairs}
    return sorted(found, key=lambda pair: (ranked.index(pair[0]), pair[1]))


def make_stores(prepared: Prepared, *, cache: Path, jobs: int | None, progress: Progress) -> None:
    """Make what is missing of the feature stores that the plan reads."""
    read = {task.store for run in prepared.plan for task in run.spec.tasks}
    front_end_label = FrontEndLabels(prepared.settings)
    for store in prepared.stores:
        if store.key not in read:
            continue
        dataset = prepared.datasets[store.dataset]
        with progress.stage(f"features {front_end_label(store.front_end)} of {store.dataset}") as advance:
            segments = dataset.table.segments()
            ensure_store(
                store.front_end,
                segments,
                dataset.facts,
                cache=cache,
                names=dataset.clip_names(),
                stored=prepared.settings.stored,
                jobs=jobs,
                progress=advance,
            )


def write_splits(prepared: Prepared, folder: StudyFolder) -> None:
    """Write each split under its digest; one that is there is the same."""
    ordinary = [split for by_task in prepared.folds.values() for split in by_task.values()]
    for split in [*ordinary, *prepared.further_splits]:
        content = split.to_json()
        path = folder.splits / f"{digest(content)}.json"
        if not path.exists():
            write_json(path, content)


def _open_datasets(
    settings: StudySettings, cache: Path, jobs: int | None, progress: Progress
) -> tuple[dict[str, Dataset], list[str]]:
    """The datasets that tasks use, and sentences on what lies in their folders and is not used."""
    used = {name for task in settings.tasks.values() for name in task.datasets}
    measured = {
        name for choice in settings.task_choices() if choice.measures for name in settings.tasks[choice.name].datasets
    }
    datasets, tables, mistakes = {}, {}, []
    for name, dataset in settings.datasets.items():
        if name not in used:
            continue
        try:
            table = dataset.read(name)
            tables[name] = (dataset.path, table)
            with progress.stage(f"scan {name}") as advance:
                skip = settings.on_bad_file == "skip"
                datasets[name] = open_dataset(
                    table, cache=cache, skip_bad=skip, jobs=jobs, progress=advance, with_signals=name in measured
                )
        except FolderError:  # of the cache, which is the same for all datasets
            raise
        except UserError as error:
            mistakes.append(str(error))
    if mistakes:
        raise StudyError(mistakes)
    return {**datasets, **with_joined(settings.tasks.values(), datasets)}, _beside(tables)


def _beside(tables: Mapping[str, tuple[Path, ClipTable]]) -> list[str]:
    """What lies in folders of datasets and is not used."""
    return [f"datasets.{name}: {kind.sentence}" for name, kinds in unused_files(tables).items() for kind in kinds]


def _given_away(settings: StudySettings) -> list[str]:
    """Of tasks that ask which dataset or domain a clip is of, that this is heard in other ways too."""
    return [
        f"tasks.{name}: which {task.target} a clip is of is told by how it was recorded, too (rate, microphone, room, "
        "level); what is scored is whether datasets can be told apart, and not that their content is"
        for name, task in settings.tasks.items()
        if len(task.datasets) > 1 and task.target in (DATASET, DOMAIN)
    ]


def _partition(settings: StudySettings, datasets: Mapping[str, Dataset]) -> Partition:
    """The partition of all tasks; where tasks have mistakes, all of them are told at once."""
    choices = settings.task_choices()
    try:
        partition = Partition(datasets, choices, settings.seed, allow_overlap=settings.allow_input_overlap)
        partition.fold(0)
    except UserError:
        mistakes = [mistake for choice in choices if (mistake := _mistake(datasets, choice, settings.seed))]
        if mistakes:
            raise StudyError(mistakes) from None
        raise
    return partition


def _mistake(datasets: Mapping[str, Dataset], choice: TaskChoice, seed: int) -> str:
    """What is wrong with a task by itself; nothing where it can be cut."""
    try:
        Partition(datasets, [choice], seed).fold(0)
    except UserError as error:
        return str(error)
    return ""


def _without_limit(settings: StudySettings, datasets: Mapping[str, Dataset]) -> Partition:
    """The partition as it is where no task has a ``limit``, for controls that take other clips."""
    choices = [replace(choice, labels=replace(choice.labels, limit=None)) for choice in settings.task_choices()]
    return Partition(datasets, choices, settings.seed, allow_overlap=settings.allow_input_overlap)


def _fastest(settings: StudySettings, begun: str | None, *, trains: bool) -> str:
    """The precision that the study's device is fastest in; where it may be elsewhere, the one that runs have anyway.

    Args:
        settings: of the study.
        begun: precision of the runs that are there.
        trains: whether runs are trained on this machine.
    """
    try:
        return Device.of(settings.device).precision
    except UserError:
        if trains:
            raise
        if begun is None and _leaves_precision(settings):
            raise UserError(
                f"device {settings.device!r} is not on this machine, so which precision it is fastest in is not known: "
                "give training: {precision: bfloat16}, or float32, in the study file"
            ) from None
        return begun or "float32"


def _leaves_precision(settings: StudySettings) -> bool:
    """Whether some runs have the precision that their device is fastest in."""
    return any(settings.arm(arm)[0].precision == AUTO for arm in settings.arms)


def _other_precision(settings: StudySettings, precision: str, fastest: str) -> list[str]:
    """That runs keep to the precision of those from before; scores in two would not compare."""
    if precision == fastest or not _leaves_precision(settings):
        return []
    return [
        f"the study goes on in {precision}, as it began; this machine is faster in {fastest} "
        f"(training: {{precision: {fastest}}} and another --out begin anew)"
    ]


def _called_alike(labels: Sequence[str]) -> list[str]:
    """Different front-ends with one name in the tables, as two files of one name give them."""
    return [
        f"features: two different front-ends would both be called {label!r} in the tables; give one of them "
        "another name (`called`)"
        for label in dict.fromkeys(labels)
        if labels.count(label) > 1
    ]


def _without_features(stores: Sequence[Store], datasets: Mapping[str, Dataset]) -> list[str]:
    """Clips that a front-end which knows them by their names does not know."""
    mistakes = []
    for store in stores:
        if isinstance(store.front_end, ClipFrontEnd):
            try:
                store.front_end.frames_of_all(datasets[store.dataset].clip_names())
            except UserError as error:
                mistakes.append(f"datasets.{store.dataset}: {error}")
    return mistakes


def _silence(datasets: Mapping[str, Dataset]) -> list[str]:
    return [
        f"datasets.{name}: {_are(silent)} digital silence from end to end, {silent[0]!r} among them"
        for name, dataset in datasets.items()
        if (silent := dataset.silent_clips())
    ]


def _cancelling(datasets: Mapping[str, Dataset]) -> list[str]:
    return [
        f"datasets.{name}: {_are(cancelling)} hardly heard, {cancelling[0]!r} among them, because the channels cancel "
        "each other when they are averaged; make these files of one channel"
        for name, dataset in datasets.items()
        if (cancelling := dataset.cancelling_clips())
    ]


def _are(clips: Sequence[object]) -> str:
    return f"{counted(len(clips), 'clip')} {'is' if len(clips) == 1 else 'are'}"


def _missing(datasets: Mapping[str, Dataset]) -> list[str]:
    return [
        f"datasets.{name}: {_are(dataset.bad)} missing, because their audio cannot be read"
        for name, dataset in datasets.items()
        if dataset.bad
    ]


def _rates(datasets: Mapping[str, Dataset], front_ends: Sequence[FrontEnd]) -> list[str]:
    """A warning where what front-ends hear of some clips has no high frequencies and of others has.

    A clip below a front-end's rate is silent above half its own; rates above it are cut down to it and do not differ.
    """
    highest = max(front_end.rate for front_end in front_ends)
    heard = {name: {min(fact.rate, highest) for fact in dataset.facts} for name, dataset in datasets.items()}
    if len(set().union(*heard.values())) < 2:
        return []
    own = {name: sorted({fact.rate for fact in dataset.facts}) for name, dataset in datasets.items()}
    listed = "; ".join(f"{name}: {', '.join(map(str, rates))} Hz" for name, rates in own.items())
    lowest = min(rate for rates in own.values() for rate in rates)
    return [
        f"datasets differ in sampling rate ({listed}): some clips hold nothing above {lowest // 2} Hz and others do, "
        "so a network can tell recordings apart by that alone; bring all to one rate where labels go with it"
    ]
