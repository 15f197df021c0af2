"""The contract of every control, as tests to inherit.

::

    class TestMine(ControlContract):
        name = "mine"

        def given(self) -> tuple[ControlInputs, PackInPlace]:
            return self.made, self.pack
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import torch

from cohear.base.files import write_json
from cohear.runs.in_place import PackInPlace
from cohear.runs.pack import Pack
from cohear.runs.scaled_task import with_scale
from cohear.runs.spec import TaskReference
from cohear.runs.task_data import TaskData, load_task
from cohear.study.controls import CONTROLS, ControlInputs
from cohear.training.batches import Rows, TaskBatches
from cohear.training.loop import train_one
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec


class ControlContract(ABC):
    """What must hold for a control; pytest runs it for each subclass whose name begins with ``Test``."""

    name: ClassVar[str]
    """In the registry."""

    @abstractmethod
    def given(self) -> tuple[ControlInputs, PackInPlace]:
        """A task and its partner whose ordinary runs train in about a second, and where their data are."""

    def made(self) -> tuple[ControlInputs, PackInPlace, RunSpec]:
        """The control run, its splits written."""
        given, pack = self.given()
        spec = CONTROLS[self.name]().make(given)
        for name, split in given.clips.added.items():
            write_json(pack.splits / f"{name}.json", split.to_json())
        return given, pack, spec

    def test_is_a_run_of_its_own_and_the_same_each_time(self) -> None:
        """Its key is new, and nothing is drawn by lot when it is planned."""
        given, _, spec = self.made()
        assert spec.key not in (given.single.key, given.pair.key)
        assert spec.key == CONTROLS[self.name]().make(given).key
        assert RunSpec.model_validate(spec.model_dump(mode="json")).key == spec.key

    def test_repeat_and_input_are_those_of_the_ordinary_runs(self) -> None:
        """What it is compared with differs in nothing else."""
        given, _, spec = self.made()
        for name in ("front_end", "window", "study_seed", "fold", "seed"):
            assert getattr(spec, name) == getattr(given.single, name) == getattr(given.pair, name)

    def test_focal_task_keeps_training_and_test_clips_and_windows(self) -> None:
        """Differences to the single run are paired: same clips, same labels, same windows from the same streams."""
        given, pack, spec = self.made()
        before, after = (_loaded(each, given, pack) for each in (given.single, spec))
        assert after.name == before.name
        assert after.test_part == before.test_part
        for part in ("train", "test"):
            assert [after.clips[clip] for clip in after.parts[part]] == [
                before.clips[clip] for clip in before.parts[part]
            ]
        for one, other in zip(_batches(before, given.single), _batches(after, given.single), strict=True):
            assert torch.equal(one.windows.features, other.windows.features)
            assert torch.equal(one.targets.values, other.targets.values)

    def test_it_trains_and_scores_the_focal_task_alone(self) -> None:
        """What a partner of a control scores is no result."""
        given, pack, spec = self.made()
        result = train_one(spec, pack)
        assert list(result.tasks) == [given.focal]
        [metric] = {result.tasks[given.focal].data.metric.name}
        assert np.isfinite(result.tasks[given.focal].scores["test"]["last"][metric])
        assert result.steps == spec.training.steps


def _focal(spec: RunSpec, given: ControlInputs) -> TaskReference:
    [found] = [task for task in spec.tasks if task.name == given.focal]
    assert found.scored
    return found


def _loaded(spec: RunSpec, given: ControlInputs, pack: Pack) -> TaskData:
    focal = _focal(spec, given)
    return with_scale(load_task(focal, pack), inputs_of(spec)[given.focal], focal.normalise)


def _batches(task: TaskData, spec: RunSpec) -> list[Rows]:
    name = (spec.study_seed, spec.fold, spec.seed)
    batches = TaskBatches(task, inputs_of(spec)[task.name], spec.training, name)
    return [batches.make(step) for step in range(spec.training.steps)]
