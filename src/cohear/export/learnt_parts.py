"""What a bundle holds that others have trained: files of front-ends, with licence, size and cost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from cohear.base.assets import Asset, place_of
from cohear.export.front_graph import front_graph
from cohear.export.graph_values import features_name
from cohear.features.front_end import FrontEnd
from cohear.features.task_input import TaskInput
from cohear.runtime.session import WAVEFORM

SECONDS, REPEATS = 10, 3


@dataclass(frozen=True)
class LearntFile:
    """A file that a front-end is made of.

    Attributes:
        name: of the file.
        bytes: of it.
        licence: as whoever exports states it; None where nobody does.
    """

    name: str
    bytes: int
    licence: str | None


@dataclass(frozen=True)
class LearntPart:
    """A front-end with files.

    Attributes:
        front_end: its name.
        files: in the order of its settings.
        milliseconds: that one core takes for a second of audio, from waveform to what the encoder sees.
    """

    front_end: str
    files: tuple[LearntFile, ...]
    milliseconds: float

    def to_json(self) -> dict[str, Any]:
        """For the card."""
        return asdict(self)


def files_of(front_end: FrontEnd) -> dict[str, Path]:
    """Files among a front-end's settings, and among those of front-ends in it, by name."""
    return {place.name: place for place in (place_of(asset.content) for asset in _assets(front_end))}


def learnt_parts(inputs: Sequence[TaskInput], licences: Mapping[str, str]) -> list[LearntPart]:
    """Front-ends of a bundle that are made of files.

    Args:
        inputs: of the bundle.
        licences: of files, by name.
    """
    found = {given.front_end: given for given in inputs if files_of(given.front_end)}
    return [
        LearntPart(
            front_end.name,
            tuple(LearntFile(name, _size(place), licences.get(name)) for name, place in files_of(front_end).items()),
            _milliseconds(given),
        )
        for front_end, given in found.items()
    ]


def _assets(value: object) -> Iterator[Asset]:
    if isinstance(value, Asset):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _assets(getattr(value, each.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _assets(each)


def _size(place: Path) -> int:
    files = [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files)


def _milliseconds(given: TaskInput) -> float:
    """Least of a few runs on noise, for a second of it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = front_graph([given]).SerializeToString()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, (1, SECONDS * given.front_end.rate)).astype(np.float32)
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        session.run([features_name()], {WAVEFORM: noise})
        taken.append(time.perf_counter() - begun)
    return round(1000 * min(taken) / SECONDS, 3)
