"""A network that was trained in the study, as probes look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from cohear.base.arrays import Array, Floats, Integers
from cohear.baselines.vectors import clip_vectors
from cohear.features.task_input import TaskInput
from cohear.features.windows import scored_windows
from cohear.models.sharing import Network
from cohear.models.windows import Windows
from cohear.probes.hearing import Kept
from cohear.runs.pack import Pack
from cohear.runs.scaled_task import with_scale
from cohear.runs.spec import Need
from cohear.runs.task_data import TaskData
from cohear.training.batches import as_windows
from cohear.training.device import Device, to_numpy
from cohear.training.networks import load_network
from cohear.training.objectives import Step
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec


@dataclass(frozen=True)
class TrainedNetwork:
    """The network of a single run, or of a joint one.

    Attributes:
        spec: of its training.
        network: in evaluation mode.
        inputs: what its encoder is given of each of its tasks.
        device: that it is on, in float32.
    """

    spec: RunSpec
    network: Network
    inputs: Mapping[str, TaskInput]
    device: Device
    _kept: Kept = field(default_factory=Kept)
    _said: Kept = field(default_factory=Kept)

    @classmethod
    def load(
        cls, spec: RunSpec, tasks: Mapping[str, TaskData], weights: Need, pack: Pack, device: Device
    ) -> TrainedNetwork:
        """With the weights that its run has left.

        Raises:
            DataError: they are not there.
            UserError: they are damaged, or not this run's.
        """
        own = {reference.name: tasks[reference.name] for reference in spec.tasks}
        network = device.put(load_network(spec, own, pack.file(weights), str(pack.code)))
        return cls(spec, network, inputs_of(spec), device)

    def vectors(self, clips: TaskData) -> Floats:
        """What its frozen encoder makes of the clips of any task, ``[N, width]``: means over windows (and frames).

        They are heard as that task where the network has learnt it, else as the first of those that it has.
        """
        task = clips.name if clips.name in self.inputs else next(iter(self.inputs))

        def embedded(rows: Windows) -> Tensor:
            embedding = self.network.embed({task: rows})[task]
            if embedding.vector is not None:
                return embedding.vector
            frames = embedding.of("frames")
            counts = frames.shape[1] if embedding.lengths is None else embedding.lengths[:, None]
            return frames.sum(dim=1) / counts

        return self._kept.of(clips, lambda: self._over_windows(clips, task, embedded))

    def probabilities(self, clips: TaskData, task: TaskData) -> Array | None:
        """Of the classes of a task that it has learnt, for the clips of any: ``[N, classes]``, of pooled logits.

        None where the task gives no clip one class.
        """
        if task.kind.classes(task.targets) is None:
            return None
        pooled = self._said.of(
            clips, lambda: self._over_windows(clips, task.name, lambda rows: self.network({task.name: rows})[task.name])
        )
        return np.asarray(torch.from_numpy(pooled).double().softmax(dim=1).numpy(), np.float64)

    def shared(self) -> list[nn.Parameter]:
        """Parameters that several of its tasks are behind."""
        return Step({task: torch.zeros(()) for task in self.inputs}, {}, self.network).shared()

    def windows_of(self, task: TaskData, clips: Integers) -> Iterator[Windows]:
        """What it is given of each of some clips of a task that it has learnt: the windows that are scored."""
        given = self.inputs[task.name]
        scaled = self._scaled(task, task.name)
        for clip in clips:
            _, starts = scored_windows(task.store, task.rows[[clip]], given.window)
            features, lengths = given.seen(task.store, np.full(len(starts), task.rows[clip]), starts)
            yield self.device.take(as_windows(given, features, lengths, scaled, np.full(len(starts), clip)))

    def _scaled(self, clips: TaskData, task: str) -> TaskData:
        [how] = [reference.normalise for reference in self.spec.tasks if reference.name == task]
        return with_scale(clips, self.inputs[task], how)

    def _over_windows(self, clips: TaskData, task: str, make: Callable[[Windows], Tensor]) -> Floats:
        """Means over the windows of each clip, heard as a task of the network."""
        given, clips = self.inputs[task], self._scaled(clips, task)

        def made(features: Floats, lengths: Integers, of_clips: Integers) -> Floats:
            with torch.inference_mode():
                return to_numpy(make(self.device.take(as_windows(given, features, lengths, clips, of_clips))).float())

        return clip_vectors(clips, given, made)
