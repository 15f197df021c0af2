"""One task of a run: its clips, targets and parts joined with its frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats, Integers
from cohear.base.errors import DataError
from cohear.base.streams import NamePart, stream
from cohear.base.versions import demand_same
from cohear.features.store import FeatureStore
from cohear.runs.input_scale import InputScale
from cohear.runs.pack import Pack
from cohear.runs.spec import TaskReference
from cohear.tasks import METRICS, TARGET_KINDS, Metric, TargetKind, Targets
from cohear.tasks.metrics import NO_METRIC, versions_of_kind


@dataclass(frozen=True)
class TaskData:
    """One task of a run, ready to train.

    Attributes:
        name: of the task.
        kind, metric: how it is learnt and scored.
        further: metrics that are reported beside those of the kind.
        labels: ordered label list.
        scored: ``[labels]`` bool, labels that enter this fold's score.
        clips: ids of the N clips.
        rows: ``[N]`` their rows in the store.
        targets: of the N clips.
        parts: train, validation, test: positions in 0..N-1.
        store: frames of the dataset.
        test_part: id of the clips tested on.
        groups: of each clip, empty where it has none; none at all where nothing asks for them.
        datasets: of each clip, where they are of several; else none at all.
        scale: what is taken out of its features before an encoder sees them.
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
    groups: Sequence[str] = ()
    scale: InputScale | None = None
    further: Sequence[str] = ()
    datasets: Sequence[str] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """All metrics that are reported."""
        return self.kind.metrics_with(self.further)

    @property
    def outputs(self) -> int:
        """How many numbers the head gives."""
        return self.kind.outputs(self.labels)

    def at_scale(self, features: Floats, lengths: Integers, clips: Integers) -> Floats:
        """Features as `InputScale.applied` gives them; as they are where the task has no scale."""
        return features if self.scale is None else self.scale.applied(features, lengths, clips)


def load_task(reference: TaskReference, pack: Pack) -> TaskData:
    """Join a task's split with its frames, by content and not by position alone.

    Raises:
        DataError: the split or the store is missing, or they do not belong together.
        OtherVersions: the target kind or a metric is not the one that the split was made for.
    """
    split = pack.split(reference.split)
    store = pack.store(reference.store)
    rows = np.array(split.rows, dtype=np.int64)
    stored = [store.contents[row] if row < len(store.contents) else "" for row in rows]
    if stored != split.contents:
        raise DataError(f"task {reference.name!r}: the feature store does not hold the clips of its split")
    kind = TARGET_KINDS[split.kind]
    demand_same(split.versions, versions_of_kind(kind, split.further_metrics))
    parts = np.array(split.parts)
    targets = kind.from_json(split.targets, split.labels)
    return TaskData(
        name=reference.name,
        kind=kind.fitted(targets.take(np.flatnonzero(parts == "train"))),
        metric=METRICS[split.metric] if split.metric else NO_METRIC,
        labels=split.labels,
        scored=np.array(split.scored, dtype=np.bool_),
        clips=split.clips,
        rows=rows,
        targets=targets,
        parts={name: np.flatnonzero(parts == name) for name in ("train", "validation", "test")},
        store=store,
        test_part=split.test_part,
        groups=split.groups or (),
        further=split.further_metrics,
        datasets=split.datasets,
    )


def with_shuffled_labels(task: TaskData, name: tuple[NamePart, ...]) -> TaskData:
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
