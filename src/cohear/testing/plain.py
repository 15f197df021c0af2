"""Tasks made up in memory, whose classes are easily told apart, and runs on them: what contracts train with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.torch import save

from cohear.base.named import name_of
from cohear.features.build import build_front_end
from cohear.features.store import FeatureStore
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.sharing import SHARING
from cohear.models.tied import tensors_of
from cohear.runs.manifest import Manifest
from cohear.runs.pack import Pack
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Need, TaskReference
from cohear.runs.split import Split
from cohear.runs.task_data import TaskData
from cohear.tasks import METRICS, Multiclass
from cohear.tasks.metrics import versions_of_kind
from cohear.training.loop import train_one
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec, beginning_of
from cohear.training.versions import training_versions

CLIPS, FRAMES, BANDS = 48, 8, 4
LABELS = ["a", "b", "c"]


def plain_task(name: str, seed: int) -> TaskData:
    """A task of 48 clips of 8 frames of 4 bands, in three classes."""
    classes = np.arange(CLIPS) % 3
    noise = np.random.default_rng(seed).normal(size=(CLIPS, FRAMES, BANDS))
    frames = noise + 3 * np.eye(3, BANDS)[classes][:, None]
    kind, every = Multiclass(), np.arange(CLIPS)
    clips = tuple(f"{name}{clip}" for clip in every)
    offsets, heard = np.arange(0, (CLIPS + 1) * FRAMES, FRAMES), np.ones(CLIPS * FRAMES, np.bool_)
    return TaskData(
        name=name,
        kind=kind,
        metric=METRICS[kind.default_metric],
        labels=LABELS,
        scored=np.ones(3, dtype=np.bool_),
        clips=list(clips),
        rows=every,
        targets=kind.encode([LABELS[number] for number in classes], LABELS),
        parts={"train": every[:24], "validation": every[24:36], "test": every[36:]},
        store=FeatureStore(name, frames.reshape(-1, BANDS).astype(np.float32), offsets, heard, clips),
        test_part=f"{name} test",
    )


class PlainPack(Pack):
    """Holds plain tasks, each under its name."""

    def __init__(self, tasks: Sequence[str]) -> None:
        self.code, self.manifest = Path(), Manifest()
        self.files: dict[tuple[str, str], bytes] = {}
        self._tasks = {name: plain_task(name, number) for number, name in enumerate(tasks)}

    def open(self) -> None:
        """There is nothing to make ready."""

    def split(self, name: str) -> Split:
        """A task's clips and targets."""
        task = self._tasks[name]
        parts = {clip: part for part, clips in task.parts.items() for clip in clips}
        return Split(
            task=name,
            dataset=name,
            kind=task.kind.name,
            metric=task.metric.name,
            labels=task.labels,
            scored=[True] * len(task.labels),
            clips=task.clips,
            contents=task.clips,
            rows=task.rows.tolist(),
            parts=[parts[clip] for clip in range(CLIPS)],
            targets=task.kind.to_json(task.targets),
            versions=versions_of_kind(task.kind),
            test_part=task.test_part,
        )

    def store(self, key: str) -> FeatureStore:
        """A task's frames."""
        return self._tasks[key].store

    def file(self, need: Need) -> bytes:
        """What was put there under the run's key and its own name."""
        return self.files[need.run, need.file]

    def to_json(self) -> str:
        """Names of the tasks."""
        return json.dumps(list(self._tasks))

    @classmethod
    def from_json(cls, text: str) -> PlainPack:
        """Of these tasks."""
        return cls(json.loads(text))


def plain_run(tasks: Sequence[str], training: TrainingSettings) -> RunSpec:
    """A run of a small fully connected network without dropout on plain tasks."""
    front_end = build_front_end({"name": "summary", "bands": BANDS})
    window = FRAMES * front_end.hop / front_end.rate
    return RunSpec(
        tasks=tuple(TaskReference(name=name, split=name, store=name) for name in tasks),
        study_seed=0,
        fold=0,
        seed=0,
        front_end=front_end.key(),
        encoder=EncoderChoice("dnn", settings={"hidden": 16, "layers": 1, "dropout": 0.0}).key(),
        window=window,
        training=training,
        versions=training_versions(training, [TaskInput.of(front_end, window)]),
    )


def plain_run_with_needs(tasks: Sequence[str], training: TrainingSettings) -> tuple[RunSpec, PlainPack]:
    """The same, and a pack with the weights that its way of sharing begins with, of runs that are trained for it."""
    spec, pack = plain_run(tasks, training), PlainPack(tasks)
    source = SHARING[name_of(training.sharing)].begins_with
    if source is None or len(tasks) == 1:
        return spec, pack
    needs = {}
    for task in tasks:
        giver = spec.beginning(task, source)
        needs[beginning_of(task)] = need = Need(run=giver.key, file=KEPT["weights"])
        if (need.run, need.file) not in pack.files:
            pack.files[need.run, need.file] = save(tensors_of(train_one(giver, pack).network))
    return spec.model_copy(update={"needs": needs}), pack
