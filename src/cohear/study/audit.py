"""``cohear check``: the audit of a study's data, with its tasks, folds and what a finished study adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypedDict

import cohear.data.audit  # noqa: F401 - enters the checks
from cohear.base.errors import StudyError, UserError
from cohear.data.audit.audit_check import CHECKS
from cohear.data.audit.evidence import BadName, Evidence, MeasuredDataset
from cohear.data.audit.finding import SEVERITIES, AuditFinding, AuditFindingAsData, in_order
from cohear.data.audit.merged_groups import MergedGroups, merged_groups
from cohear.data.audit.near import near_duplicates
from cohear.data.audit.store import MeasureStore
from cohear.data.folds.partition import Partition, TaskChoice, TaskSplit, mistakes_in_folds
from cohear.data.scan.dataset import Dataset, scan_dataset
from cohear.data.scan.unused import unused_files
from cohear.data.tables.clip_table import ClipTable
from cohear.study.checked import keep_errors
from cohear.study.file import StudySettings
from cohear.study.joined_datasets import with_joined
from cohear.study.launch.progress import NoProgress, Progress
from cohear.study.score_gaps import Advice, gap_findings


class AuditedDataset(TypedDict):
    """A dataset that was listened to: its clips, those of them that cannot be read, its length and rates in Hz."""

    clips: int
    unreadable: int
    seconds: float
    rates: list[int]


class AuditAsData(TypedDict):
    """An audit, as JSON."""

    study: str
    counts: dict[str, int]
    datasets: dict[str, AuditedDataset]
    tasks: list[str]
    findings: list[AuditFindingAsData]


@dataclass(frozen=True)
class Audit:
    """What a check found.

    Attributes:
        study: name of the study.
        findings: the worst first.
        datasets: clips, seconds and unreadable clips of each dataset.
        tasks: names of the study's tasks.
        groups: of datasets whose tasks part duplicates, groups that do not.
        group_lines: of the same datasets, what must change in the study's tasks besides, a sentence each.
        unjoined: of the same datasets, copies that groups cannot keep together, a sentence each.
    """

    study: str
    findings: list[AuditFinding]
    datasets: Mapping[str, AuditedDataset]
    tasks: list[str]
    groups: Mapping[str, MergedGroups] = field(default_factory=dict)
    group_lines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unjoined: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(finding.severity == "error" for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        return {name: sum(finding.severity == name for finding in self.findings) for name in SEVERITIES}

    def to_json(self) -> AuditAsData:
        """Everything as one JSON document."""
        return {
            "study": self.study,
            "counts": self.counts(),
            "datasets": dict(self.datasets),
            "tasks": self.tasks,
            "findings": [finding.to_json() for finding in self.findings],
        }


def check_data(
    settings: StudySettings,
    *,
    cache: Path,
    finished: Path | None = None,
    partners: Advice | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Audit a study's data; nothing is written but facts and measures in the cache.

    Args:
        settings: with absolute dataset paths.
        cache: the cache folder.
        finished: a study folder with results, whose scores are looked at too.
        partners: what measured partners did to its tasks.
        jobs: threads.
        progress: told of each dataset.

    Raises:
        StudyError: a dataset cannot be read at all; every mistake at once.
    """
    progress = progress or NoProgress()
    evidence, facts = gather_evidence(settings, cache=cache, jobs=jobs, progress=progress)
    findings: list[AuditFinding] = []
    with progress.stage("judging") as advance:
        for number, name in enumerate(CHECKS, start=1):
            findings += CHECKS[name].find(evidence)
            advance(number, len(list(CHECKS)))
    if finished is not None:
        findings += gap_findings(finished, findings, partners)
    found = in_order([_with_datasets(finding, settings) for finding in findings])
    errors = [f"{finding.code}: {finding.sentence}" for finding in found if finding.severity == "error"]
    keep_errors(errors, settings, {name: data.dataset for name, data in evidence.datasets.items()}, cache)
    cures = merged_groups(evidence)
    groups = {name: cure.groups for name, cure in cures.items() if cure.groups}
    lines = {name: cure.lines for name, cure in cures.items() if cure.lines}
    unjoined = {name: cure.unjoined for name, cure in cures.items() if cure.unjoined}
    return Audit(settings.study, found, facts, list(settings.tasks), groups, lines, unjoined)


def _with_datasets(finding: AuditFinding, settings: StudySettings) -> AuditFinding:
    """The finding with the datasets that it concerns: those of its clips or its task, or else all."""
    if finding.dataset or finding.datasets:
        return finding
    named = {clip.dataset for clip in finding.clips}
    if not named and finding.task in settings.tasks:
        named = set(settings.tasks[finding.task].datasets)
    return replace(finding, datasets=tuple(name for name in settings.datasets if name in named or not named))


def gather_evidence(
    settings: StudySettings, *, cache: Path, jobs: int | None, progress: Progress
) -> tuple[Evidence, dict[str, AuditedDataset]]:
    """Scan and measure all audio and cut the folds: what the checks judge, and facts about each dataset."""
    tables = _tables(settings)
    measured: dict[str, MeasuredDataset] = {}
    bad: dict[str, list[BadName]] = {}
    for name, table in tables.items():
        store = MeasureStore(cache, table.segments())
        with progress.stage(f"listening to {name}") as advance, store.open():
            dataset, failed = scan_dataset(table, cache=cache, jobs=jobs, progress=advance, inspector=store)
        ids = table.clip_ids()
        bad[name] = [BadName(ids[row], clip.kind, clip.reason) for row, clip in failed.items()]
        if dataset is not None:
            measured[name] = MeasuredDataset(dataset, store.measures(dataset.facts))
    one, over = _with_labels(settings)
    joined, refused = _joined(settings, measured)
    whole = {name: data.dataset for name, data in (measured | joined).items()}
    able = [each for each in over if each.dataset in whole or not refused]
    folds, also_refused = _folds(settings, [*one, *able], whole)
    with progress.stage("comparing clips") as advance:
        near = near_duplicates(measured, cache=cache, jobs=jobs, progress=advance)
    evidence = Evidence(
        datasets=measured,
        bad={name: clips for name, clips in bad.items() if clips},
        tasks=one,
        folds=folds,
        refused=[*refused, *also_refused],
        near=near,
        skip_bad=settings.on_bad_file == "skip",
        window=settings.window,
        windows=_own_windows(settings),
        seed=settings.seed,
        unused=unused_files({name: (settings.datasets[name].path, table) for name, table in tables.items()}),
        over_datasets=over,
        joined=joined,
    )
    return evidence, {name: _facts(measured.get(name), bad[name], len(table)) for name, table in tables.items()}


def _with_labels(settings: StudySettings) -> tuple[list[TaskChoice], list[TaskChoice]]:
    """Tasks that have labels to judge and clips to test: those of one dataset, and those over several."""
    several = {name for name, task in settings.tasks.items() if len(task.datasets) > 1}
    asked = [choice for choice in settings.task_choices() if not choice.is_label_free]
    return [each for each in asked if each.name not in several], [each for each in asked if each.name in several]


def _joined(
    settings: StudySettings, measured: Mapping[str, MeasuredDataset]
) -> tuple[dict[str, MeasuredDataset], list[str]]:
    """The datasets that tasks have several of, as one, and what keeps others from that; none without a part."""
    able = {name: task for name, task in settings.tasks.items() if set(task.datasets) <= set(measured)}
    try:
        whole = with_joined(able.values(), {name: data.dataset for name, data in measured.items()})
    except StudyError as error:
        return {}, error.mistakes
    return {
        name: MeasuredDataset(each, [one for part in each.parts for one in measured[part.name].measures])
        for name, each in whole.items()
    }, []


def _own_windows(settings: StudySettings) -> dict[str, float]:
    """The longest window of each dataset that a task with a window of its own is of."""
    windows: dict[str, float] = {}
    for task in settings.tasks.values():
        for name in task.datasets:
            windows[name] = max(windows.get(name, 0.0), task.window or settings.window)
    return windows


def _tables(settings: StudySettings) -> dict[str, ClipTable]:
    """Every dataset's clip table; all mistakes at once."""
    tables, mistakes = {}, []
    for name, dataset in settings.datasets.items():
        try:
            tables[name] = dataset.read(name)
        except UserError as error:
            mistakes.append(str(error))
    if mistakes:
        raise StudyError(mistakes)
    return tables


def _folds(
    settings: StudySettings, asked: Sequence[TaskChoice], datasets: Mapping[str, Dataset]
) -> tuple[dict[int, dict[str, TaskSplit]], list[str]]:
    """All folds of the tasks that can be cut, and what makes the study impossible."""
    choices, refused = [], []
    for choice in asked:
        if choice.dataset not in datasets:
            refused.append(f"tasks.{choice.name}: no clip of dataset {choice.dataset!r} can be read")
            continue
        try:
            Partition(datasets, [choice], settings.seed).fold(0)
        except UserError as error:
            refused.append(str(error))
        else:
            choices.append(choice)
    if not choices:
        return {}, refused
    partition = Partition(datasets, choices, settings.seed, allow_overlap=settings.allow_input_overlap)
    folds = {index: partition.fold(index) for index in range(settings.repeats.folds)}
    return folds, [*refused, *mistakes_in_folds(folds, allow_overlap=settings.allow_input_overlap)]


def _facts(data: MeasuredDataset | None, bad: list[BadName], clips: int) -> AuditedDataset:
    facts = data.facts if data else []
    return {
        "clips": clips,
        "unreadable": len(bad),
        "seconds": round(sum(fact.seconds for fact in facts), 3),
        "rates": sorted({fact.rate for fact in facts}),
    }
