"""How much there is to do in a run: counted, without any feature being there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cohear.base.arrays import Integers
from cohear.base.files import digest
from cohear.base.named import name_of
from cohear.features.build import runs_code_of_others
from cohear.features.store import bytes_a_frame, first_rows
from cohear.features.task_input import TaskInput
from cohear.features.window_grid import grid_starts
from cohear.features.windows import hop_in_scoring, window_starts
from cohear.study.prepare import Prepared, Store
from cohear.training.curve import grid
from cohear.training.evaluate import MOST_CLIPS_BESIDE_TEST
from cohear.training.spec import RunSpec

LATE_PICKS = (0.7, 1.4)
"""How often the test part is scored once more, of a network alone and of a shared one: so many of the steps that
validation would pick, one for the task and one for all, are not the last."""


@dataclass(frozen=True)
class Load:
    """What the time of a network's run is made of.

    Attributes:
        tasks: in it.
        steps: of each task.
        width: of a step: windows as long as the run's, over the batch of a task; in a batch all are as long as the
            longest.
        scored: windows as long as the run's that are scored, all looks together.
        told: clips whose predictions are written, times labels.
    """

    tasks: int
    steps: int
    width: float
    scored: float
    told: float


class Sizes:
    """Counts of a prepared study's runs.

    Args:
        prepared: the study.

    Attributes:
        splits: as runs read them, by digest; short ones are added.
        stores: by key.
    """

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        ordinary = [split for by_task in prepared.folds.values() for split in by_task.values()]
        contents = [split.to_json() for split in (*ordinary, *prepared.further_splits)]
        self.splits: dict[str, Mapping[str, Any]] = {digest(content): content for content in contents}
        self.stores: dict[str, Store] = {store.key: store for store in prepared.stores}
        self._offsets: dict[str, Integers] = {}
        self._inputs: dict[tuple[str, float], TaskInput] = {}
        self._scored: dict[tuple[str, str, str, int], float] = {}

    @cached_property
    def read(self) -> list[Store]:
        """Stores that the plan reads."""
        keys = {task.store for run in self._prepared.plan for task in run.spec.tasks}
        return [store for key, store in self.stores.items() if key in keys]

    def offsets(self, key: str) -> Integers:
        """First row of each clip of a store, and how many it has."""
        if key not in self._offsets:
            store = self.stores[key]
            dataset = self._prepared.datasets[store.dataset]
            self._offsets[key] = first_rows(store.front_end, dataset.facts, dataset.clip_names())
        return self._offsets[key]

    def bytes(self, key: str) -> int:
        """Of a store, on disk and in memory."""
        return int(self.offsets(key)[-1]) * bytes_a_frame(self.stores[key].front_end)

    def clips(self, split: str, part: str) -> Integers:
        """Rows of the clips of a part."""
        content = self.splits[split]
        rows: Integers = np.array(content["rows"], dtype=np.int64)[np.array(content["parts"]) == part]
        return rows

    def load(self, spec: RunSpec) -> Load:
        """Of a network's run."""
        inputs = {task.name: self.given(task.store, spec.window_of(task)) for task in spec.tasks}
        longest = max(each.window for each in inputs.values())
        usual = spec.window * inputs[spec.tasks[0].name].window / spec.window_of(spec.tasks[0])  # in frames
        alone = len(spec.tasks) == 1
        looks = len(grid(spec.training.steps))
        if not alone and name_of(spec.training.schedule) != "mixed":
            looks = 2 * looks - 1  # at points of its own steps, and at those of the optimiser's
        scored = told = 0.0
        for task in spec.tasks:
            if not task.scored:
                continue
            window = inputs[task.name].window
            found = {
                part: self._windows(task.split, task.store, part, window) for part in ("train", "validation", "test")
            }
            total = found["train"] + looks * found["validation"] + (1 + LATE_PICKS[not alone]) * found["test"]
            scored += total * window / usual
            clips = self._clips(task.split, "validation") + self._clips(task.split, "test")
            told += clips * len(self.splits[task.split]["labels"])
        return Load(len(spec.tasks), spec.training.steps, len(spec.tasks) * longest / usual, scored, told)

    def runs_code_of_others(self, store: str) -> bool:
        """Whether features of a store are made by code that is not cohear's."""
        return runs_code_of_others(self.stores[store].front_end.key())

    def vectors(self, key: str, window: int) -> int:
        """Windows of a store of which vectors are made beforehand."""
        return _over_clips(np.diff(self.offsets(key)), lambda frames: len(grid_starts(frames, window)))

    def given(self, store: str, seconds: float) -> TaskInput:
        """What an encoder is given of windows of a store."""
        if (store, seconds) not in self._inputs:
            self._inputs[store, seconds] = TaskInput.of(self.stores[store].front_end, seconds)
        return self._inputs[store, seconds]

    def _clips(self, split: str, part: str) -> int:
        """How many clips a part has."""
        clips: int = self.splits[split]["parts"].count(part)
        return clips

    def _windows(self, split: str, store: str, part: str, window: int) -> float:
        """Windows of a part that are scored at one look, silence counted as sound; seeds and partners share them."""
        place = (split, store, part, window)
        if place not in self._scored:
            self._scored[place] = self._counted(*place)
        return self._scored[place]

    def _counted(self, split: str, store: str, part: str, window: int) -> float:
        rows, hop = self.clips(split, part), hop_in_scoring(window)
        lengths = np.diff(self.offsets(store))[rows]
        windows = _over_clips(lengths, lambda frames: len(window_starts(frames, window, hop)))
        most = MOST_CLIPS_BESIDE_TEST if part != "test" else len(rows)
        return windows * min(1.0, most / max(len(rows), 1))


def _over_clips(lengths: Integers, count: Callable[[int], int]) -> int:
    """A count over clips that depends on their lengths alone."""
    values, clips = np.unique(lengths, return_counts=True)
    return sum(count(int(frames)) * int(number) for frames, number in zip(values, clips, strict=True))
