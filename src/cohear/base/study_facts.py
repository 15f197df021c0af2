"""What a study knows of its datasets, tasks and folds: the content of ``data.json``, read and written here alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from cohear.base.errors import FolderError
from cohear.base.files import write_json

DATA_JSON = "data.json"

T = TypeVar("T")


@dataclass(frozen=True)
class BadFile:
    """A clip that cannot be read.

    Attributes:
        path: as its table gives it.
        reason: why not.
    """

    path: str
    reason: str = ""


@dataclass(frozen=True)
class DatasetFacts:
    """A dataset.

    Attributes:
        clips: that can be read.
        seconds: of them all.
        rates: number of clips by sampling rate in Hz.
        channels: number of clips by number of channels.
        silent: clips without sound.
        bad_files: clips that were left out.
        name, licence, citation: as its publisher or its owner states them; empty where nobody does.
        domain: what is heard in it (``speech``, ``environment``, ``music``…); empty where nobody states it.
    """

    clips: int = 0
    seconds: float = 0.0
    rates: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)
    silent: Sequence[str] = ()
    bad_files: Sequence[BadFile] = ()
    name: str = ""
    licence: str = ""
    citation: str = ""
    domain: str = ""


@dataclass(frozen=True)
class FoldFacts:
    """A task in one fold.

    Attributes:
        fold: its number.
        train, validation, test: clips of each part.
        set_aside: training clips that were left out because their recording is tested elsewhere.
        overlap: recordings that training and test share where the study allows it.
        unscored: labels that training or test lacks.
        test_part: names the test clips.
        chance: what an answer that ignores the sound scores on the test clips, by metric, of those that tell.
    """

    fold: int = 0
    train: int = 0
    validation: int = 0
    test: int = 0
    set_aside: int = 0
    overlap: int = 0
    unscored: Sequence[str] = ()
    test_part: str = ""
    chance: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Durations:
    """How long clips of a label are.

    Attributes:
        seconds: of all together.
        median: of the middle one.
    """

    seconds: float = 0.0
    median: float = 0.0


@dataclass(frozen=True)
class TaskFacts:
    """A task.

    Attributes:
        dataset, target: where its labels come from.
        kind: name of its target kind.
        metric: that gains are of.
        units: what the values of each metric of the kind are shown in.
        bounds: between which values those of each metric lie, None where there is no end.
        margin: what ``harmless`` may cost, in the metric's unit; None where nothing is told.
        margin_nll: the same of log loss, in bits a clip.
        labels: in their order; names of the numbers where there are no labels.
        counts: clips of each label.
        durations: of the clips of each label.
        folds: of the study.
        without_labels: what is learnt of its audio, where it is a partner that needs nothing else and has no score
            (``fills in masked patches of sound``); else empty.
    """

    dataset: str = ""
    target: str = ""
    kind: str = ""
    metric: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    margin: float | None = None
    margin_nll: float | None = None
    labels: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    durations: Mapping[str, Durations] = field(default_factory=dict)
    folds: Sequence[FoldFacts] = ()
    without_labels: str = ""

    @property
    def has_no_validation(self) -> bool:
        """Whether no fold has a validation part."""
        return bool(self.folds) and not any(fold.validation for fold in self.folds)


@dataclass(frozen=True)
class RepeatFacts:
    """How often cells are run.

    Attributes:
        folds, seeds, until, at_most: as the study file says; None where it does not.
        looks: numbers of repeats at which verdicts are looked at; empty where repeats are fixed.
    """

    folds: int | None = None
    seeds: int | None = None
    until: str | None = None
    at_most: int | None = None
    looks: Sequence[int] = ()


@dataclass(frozen=True)
class LabelBudget:
    """How many labels tasks have in an arm.

    Attributes:
        shares: of a task's training clips; one that is not named has all.
        in_turn: whether they are of the task whose score it is, and its partners have all.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    in_turn: bool = False

    def share_of(self, task: str, *, focal: bool) -> float:
        """A task's share, where it is the one whose score it is, or a partner."""
        return self.shares.get(task, 1.0) if focal or not self.in_turn else 1.0


@dataclass(frozen=True)
class StudyFacts:
    """Everything. What an older study did not tell yet has its default.

    Attributes:
        datasets, tasks: by name.
        related: pairs of tasks that are related by what they are about.
        repeats: how often cells are run.
        label_budgets: of arms that differ in nothing else, by their names, those with all labels too.
        warnings: sentences.
        devices: how many networks were trained on each, as far as their runs tell.
    """

    datasets: Mapping[str, DatasetFacts] = field(default_factory=dict)
    tasks: Mapping[str, TaskFacts] = field(default_factory=dict)
    related: Sequence[Sequence[str]] = ()
    repeats: RepeatFacts = RepeatFacts()
    label_budgets: Mapping[str, LabelBudget] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    devices: Mapping[str, int] = field(default_factory=dict)

    @property
    def label_free(self) -> dict[str, TaskFacts]:
        """Tasks that have no labels and no score."""
        return {name: task for name, task in self.tasks.items() if task.without_labels}

    def __bool__(self) -> bool:
        """Whether anything is told of data."""
        return bool(self.datasets or self.tasks or self.warnings)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> StudyFacts:
        """From what :meth:`to_json` made, by this version or an older one.

        Raises:
            TypeError, ValueError, AttributeError: it is something else.
        """
        known = _known(cls, content)
        known["datasets"] = {name: _dataset(of) for name, of in known.get("datasets", {}).items()}
        known["tasks"] = {name: _task(of) for name, of in known.get("tasks", {}).items()}
        budgets = known.get("label_budgets", {})
        known["label_budgets"] = {arm: LabelBudget(**_known(LabelBudget, of)) for arm, of in budgets.items()}
        known["repeats"] = RepeatFacts(**_known(RepeatFacts, known.get("repeats", {})))
        return cls(**known)

    def to_json(self) -> dict[str, object]:
        """The content of ``data.json``."""
        content = asdict(self)
        return {**content, "repeats": {name: value for name, value in content["repeats"].items() if value is not None}}


def read_facts(folder: Path) -> StudyFacts:
    """What a study folder tells; nothing where it has no ``data.json``.

    Raises:
        FolderError: the file cannot be read, or holds something else.
    """
    path = folder / DATA_JSON
    if not path.exists():
        return StudyFacts()
    try:
        return StudyFacts.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise FolderError(f"cannot read {path}: {error}; run the study again to write it") from error


def write_facts(folder: Path, facts: StudyFacts) -> None:
    """Write ``data.json`` of a study folder."""
    write_json(folder / DATA_JSON, facts.to_json())


def _dataset(content: Mapping[str, Any]) -> DatasetFacts:
    known = _known(DatasetFacts, content)
    known["bad_files"] = [BadFile(**_known(BadFile, bad)) for bad in known.get("bad_files", [])]
    return DatasetFacts(**known)


def _task(content: Mapping[str, Any]) -> TaskFacts:
    known = _known(TaskFacts, content)
    known["folds"] = [FoldFacts(**_known(FoldFacts, fold)) for fold in known.get("folds", [])]
    durations = known.get("durations", {})
    known["durations"] = {label: Durations(**_known(Durations, own)) for label, own in durations.items()}
    return TaskFacts(**known)


def _known(of: type[T], content: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of the fields of a class; what is null there is not told."""
    names = [each.name for each in fields(of)]  # type: ignore[arg-type]
    return {name: content[name] for name in names if content.get(name) is not None}
