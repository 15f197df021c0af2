"""What a run reads: splits and feature stores, found by their keys wherever this machine keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import DataError
from cohear.base.files import digest
from cohear.base.streams import Name, stream
from cohear.base.versions import demand_same
from cohear.features.front_end import FrontEnd, build_front_end
from cohear.features.store import FeatureStore, open_store
from cohear.tasks.kind import TARGET_KINDS, TargetKind
from cohear.tasks.metrics import METRICS, Metric, versions_of_kind
from cohear.tasks.targets import Targets
from cohear.training.spec import RunSpec, TaskReference


@dataclass(frozen=True)
class Sources:
    """Where things are on this machine: ``splits`` holds ``<digest>.json``, ``cache`` the feature stores."""

    splits: Path
    cache: Path


@dataclass(frozen=True)
class TaskData:
    """One task of a run, ready to train.

    Attributes:
        name: of the task.
        kind, metric: how it is learnt and scored.
        labels: ordered label list.
        scored: ``[labels]`` bool, labels that enter this fold's score.
        clips: ids of the N clips.
        rows: ``[N]`` their rows in the store.
        targets: of the N clips.
        parts: train, validation, test: positions in 0..N-1.
        store: frames of the dataset.
        test_part: id of the clips tested on.
    """

    name: str
    kind: TargetKind
    metric: Metric
    labels: list[str]
    scored: NDArray[np.bool_]
    clips: list[str]
    rows: NDArray[np.int64]
    targets: Targets
    parts: Mapping[str, NDArray[np.int64]]
    store: FeatureStore
    test_part: str

    @property
    def outputs(self) -> int:
        """How many numbers the head gives."""
        return self.kind.outputs(self.labels)


def load_front_end(spec: RunSpec) -> FrontEnd:
    """The run's front-end."""
    settings = {name: value for name, value in spec.front_end.items() if name != "version"}
    return build_front_end(settings)


def load_task(reference: TaskReference, sources: Sources) -> TaskData:
    """Join a task's split with its frames, by content and not by position alone.

    Raises:
        DataError: the split or the store is missing, or they do not belong together.
        OtherVersions: the target kind or a metric is not the one that the split was made for.
    """
    split = read_split(sources.splits, reference.split)
    store = open_store(reference.store, sources.cache)
    rows = np.array(split["rows"], dtype=np.int64)
    stored = [store.contents[row] if row < len(store.contents) else "" for row in rows]
    if stored != split["contents"]:
        raise DataError(f"task {reference.name!r}: the feature store does not hold the clips of its split")
    kind = TARGET_KINDS[split["kind"]]
    demand_same(split["versions"], versions_of_kind(kind))
    parts = np.array(split["parts"])
    targets = kind.from_json(split["targets"], split["labels"])
    return TaskData(
        name=reference.name,
        kind=kind.fitted(targets.take(np.flatnonzero(parts == "train"))),
        metric=METRICS[split["metric"]],
        labels=split["labels"],
        scored=np.array(split["scored"], dtype=np.bool_),
        clips=split["clips"],
        rows=rows,
        targets=targets,
        parts={name: np.flatnonzero(parts == name) for name in ("train", "validation", "test")},
        store=store,
        test_part=split["test_part"],
    )


def with_shuffled_labels(task: TaskData, name: tuple[Name, ...]) -> TaskData:
    """A task whose training clips have each other's labels: audio and label counts stay, what relates them is gone.

    Only the training part is shuffled. Over all parts, labels of test clips would reach training, and the counts of
    labels would not be those of the ordinary run. A clip keeps its new label throughout, as a true one is kept.

    Args:
        task: as it is.
        name: the run's stream (study seed, fold, seed).
    """
    train = task.parts["train"]
    order = np.arange(len(task.clips))
    order[train] = stream(*name, "task", task.name, "shuffled labels").permutation(train)
    return replace(task, targets=task.targets.take(order))


def read_split(folder: Path, name: str) -> dict[str, Any]:
    """Read a split and check it against its name."""
    path = folder / f"{name}.json"
    try:
        split: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read the split {path}: {error}; run the study again to write it") from error
    if digest(split) != name:
        raise DataError(f"the split {path} was changed after it was written; run the study again to write it")
    return split
