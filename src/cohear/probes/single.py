"""A network that was trained for one task alone, as probes look at it."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from cohear.base.arrays import Floats, Integers
from cohear.baselines.vectors import clip_vectors
from cohear.features.task_input import TaskInput
from cohear.models.sharing import Network
from cohear.runs.pack import Pack
from cohear.runs.spec import Need
from cohear.runs.task_data import TaskData
from cohear.training.batches import as_windows
from cohear.training.device import to_numpy
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec
from cohear.training.trained import load_network


@dataclass(frozen=True)
class Single:
    """A trained network of one task.

    Attributes:
        task: its name.
        network: in evaluation mode.
        given: what its encoder is given.
    """

    task: str
    network: Network
    given: TaskInput

    @classmethod
    def load(cls, spec: RunSpec, task: TaskData, weights: Need, pack: Pack) -> Single:
        """With the weights that its run has left.

        Raises:
            DataError: they are not there, or not this run's.
        """
        network = load_network(spec, {task.name: task}, pack.file(weights), str(pack.code))
        return cls(task.name, network, inputs_of(spec)[task.name])

    def vectors(self, clips: TaskData) -> Floats:
        """What its frozen encoder makes of the clips of any task, ``[N, width]``: means over windows (and frames)."""
        return clip_vectors(clips, self.given, self._embedded)

    def _embedded(self, windows: Floats, lengths: Integers) -> Floats:
        with torch.inference_mode():
            batch = {self.task: as_windows(self.given.front_end, windows, lengths)}
            embedding = self.network.embed(batch)[self.task]
            if embedding.vector is not None:
                return to_numpy(embedding.vector.float())
            frames = embedding.of("frames")
            counts = frames.shape[1] if embedding.lengths is None else embedding.lengths[:, None]
            return to_numpy((frames.sum(dim=1) / counts).float())
