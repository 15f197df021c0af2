"""Features of a run where its network is: on an accelerator they all lie there, and there windows are cut out of them.

Which windows is settled on the processor, and places alone are sent. What cannot lie there is made on the processor, as
in runs on it, and sent window by window; to the last bit the numbers are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cohear.base.arrays import Integers
from cohear.features.store import FeatureStore
from cohear.features.task_input import TaskInput
from cohear.features.window_grid import WindowGrid
from cohear.features.window_vectors import kept_vectors
from cohear.features.windows import lengths_of
from cohear.runs.place import RunPlace
from cohear.runs.task_data import TaskData
from cohear.training.device import Device

Send = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class KeptFrames:
    """Stored frames on a device, for front-ends of which an encoder sees just these.

    Attributes:
        frames: of a store, ``[total, frame_width]``.
        send: brings places to them.
    """

    frames: Tensor
    send: Send

    def at(self, places: Integers) -> Tensor:
        """Frames at places of the store, of any shape."""
        return self.frames[self.send(torch.from_numpy(places))]

    def windows(self, store: FeatureStore, rows: Integers, starts: Integers, window: int) -> tuple[Tensor, Integers]:
        """What `cohear.features.windows.gather` gives of the same arguments."""
        lengths = lengths_of(store, rows, starts, window)
        places = (store.offsets[rows] + starts)[:, None] + np.minimum(np.arange(window), lengths[:, None] - 1)
        return zero_beyond(self.at(places), lengths, self.send), lengths


@dataclass(frozen=True)
class KeptVectors:
    """Vectors of the windows of a grid on a device.

    Attributes:
        vectors: ``[windows, width]``.
        grid: the windows.
        send: brings places to them.
    """

    vectors: Tensor
    grid: WindowGrid
    send: Send

    def windows(self, store: FeatureStore, rows: Integers, starts: Integers, window: int) -> tuple[Tensor, Integers]:
        """Vectors and valid frames of windows that are all on the grid."""
        places = self.grid.places(rows, starts)
        return self.vectors[self.send(torch.from_numpy(places))], lengths_of(store, rows, starts, window)


def zero_beyond(features: Tensor, lengths: Integers, send: Send) -> Tensor:
    """Features ``[B, W, D]`` with zeros beyond lengths."""
    inside = np.arange(features.shape[1]) < lengths[:, None]  # [B, W]
    return features if inside.all() else torch.where(send(torch.from_numpy(inside))[..., None], features, 0.0)


class RunFeatures:
    """Features of a run's tasks, each store once.

    Args:
        device: where the network is.
        room: bytes that they may take there; what has no room stays on the processor.
        keeps: whether they lie on the device; None where that is not the processor, which has them at hand.
    """

    def __init__(self, device: Device | None = None, room: float = float("inf"), *, keeps: bool | None = None) -> None:
        self.device = device or Device()
        self._room, self._keeps = room, not self.device.is_processor if keeps is None else keeps
        self._kept: dict[object, KeptFrames | KeptVectors | None] = {}

    @classmethod
    def beside_networks(cls, device: Device, place: RunPlace) -> RunFeatures:
        """With room in half of what a process has of a device's memory: the rest is for networks."""
        return cls(device, device.memory / (2 * place.at_once))

    def kept(self, task: TaskData, given: TaskInput) -> KeptFrames | KeptVectors | None:
        """What lies on the device of a task's features, if they do."""
        if not self._keeps:
            return None
        front_end, store = given.front_end, task.store
        if front_end.sees_frames:
            key: object = store.key
        elif given.draws_from_grid:
            key = (store.key, front_end, given.window)
        else:
            return None
        if key not in self._kept:
            self._kept[key] = self._frames(store) if front_end.sees_frames else self._vectors(store, given)
        return self._kept[key]

    def _frames(self, store: FeatureStore) -> KeptFrames | None:
        if not self._fits(store.frames.nbytes):
            return None
        return KeptFrames(self.device.send(torch.from_numpy(np.array(store.frames))), self.device.send)

    def _vectors(self, store: FeatureStore, given: TaskInput) -> KeptVectors | None:
        made = kept_vectors(given.front_end, store, given.window)
        if made is None or not self._fits(made.bytes):
            return None
        return KeptVectors(self.device.send(torch.from_numpy(made.make_all())), made.grid, self.device.send)

    def _fits(self, size: int) -> bool:
        fits = size <= self._room
        self._room -= size if fits else 0
        return fits
