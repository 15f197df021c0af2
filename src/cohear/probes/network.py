"""A network that was trained in the study, as probes look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from cohear.base.arrays import Floats, Integers
from cohear.baselines.vectors import clip_vectors
from cohear.features.task_input import TaskInput
from cohear.models.sharing import Network
from cohear.runs.pack import Pack
from cohear.runs.scaled_task import with_scale
from cohear.runs.spec import Need
from cohear.runs.task_data import TaskData
from cohear.training.batches import as_windows
from cohear.training.device import Device, to_numpy
from cohear.training.networks import load_network
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
        given = self.inputs[task]
        [how] = [reference.normalise for reference in self.spec.tasks if reference.name == task]
        clips = with_scale(clips, given, how)

        def embedded(features: Floats, lengths: Integers, of_clips: Integers) -> Floats:
            with torch.inference_mode():
                rows = self.device.take(as_windows(given, features, lengths, clips, of_clips))
                embedding = self.network.embed({task: rows})[task]
                if embedding.vector is not None:
                    return to_numpy(embedding.vector.float())
                frames = embedding.of("frames")
                counts = frames.shape[1] if embedding.lengths is None else embedding.lengths[:, None]
                return to_numpy((frames.sum(dim=1) / counts).float())

        return clip_vectors(clips, given, embedded)
