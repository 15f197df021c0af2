"""Is the exported graph the network? On real clips, and on waveforms that real life is unkind enough to hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnx
from numpy.typing import NDArray

from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.base.arrays import Floats
from cohear.base.decoding import activated
from cohear.base.errors import CohearError
from cohear.data.scan.dataset import Dataset
from cohear.export.outputs import Output
from cohear.export.runs import Trained
from cohear.features.front_end import FrontEnd, WaveformFrontEnd
from cohear.features.store import FeatureStore
from cohear.runs.task_data import TaskData
from cohear.runtime.session import WAVEFORM, statistics_name
from cohear.training.evaluate import Evaluation

CLIPS = 200
TOLERANCE = 1e-4
LONGEST_SECONDS = 600.0
"""The plain graph holds a clip and its spectrum whole; clips that are longer are not compared."""


class ParityLost(CohearError):
    """The exported graph gives other answers than the network."""


@dataclass(frozen=True)
class Parity:
    """Largest difference between the network in PyTorch and the graph in onnxruntime.

    In a probability; in a number as a share of the largest one, where that is above 1.
    """

    clips: int
    largest: float


def check_parity(
    trained: Trained, model: onnx.ModelProto, outputs: list[Output], datasets: Mapping[str, Dataset]
) -> Parity:
    """Compare on 200 clips or a few more, where there are as many, spread evenly over the tasks and each task's clips.

    Args:
        trained: the network.
        model: the whole graph.
        outputs: what it gives.
        datasets: of each task, by task.

    Raises:
        ParityLost: something differs by more than 1e-4.
    """
    import onnxruntime  # noqa: PLC0415 - slow to import

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    clips, largest = 0, 0.0
    for output in outputs:
        data = trained.tasks[output.task]
        front_end = trained.inputs[output.task].front_end
        chosen = _spread(_short_clips(data, front_end), -(-CLIPS // len(outputs)))
        sounds = waveforms(datasets[output.task], data.rows[chosen], front_end.rate)
        if data.store.stored != "exact":  # a graph rounds nothing, and what rounding does is in the scores
            heard = list(sounds)
            data, sounds = _heard_exactly(data, chosen, front_end, heard), iter(heard)
        expected = torch_answers(trained, data, chosen, output)
        scale = max(1.0, *(float(np.abs(row).max()) for row in expected))
        for clip, row, waveform in zip(chosen, expected, sounds, strict=True):
            (found,) = session.run([output.task], {WAVEFORM: waveform[None], **_statistics(data, int(clip))})
            largest = float(np.maximum(largest, np.abs(found[0] - row).max() / scale))  # NaN stays NaN
            clips += 1
    if not largest <= TOLERANCE:
        raise ParityLost(f"the exported graph's answers differ from the network's by {largest:.2g}")
    return Parity(clips, largest)


def _statistics(data: TaskData, clip: int) -> dict[str, Floats]:
    """What the graph is told of a clip's group, where features are normalised by group."""
    if data.scale is None or not data.scale.by_group:
        return {}
    return {statistics_name(data.name): data.scale.scales[data.scale.of_clip[clip]]}


def _short_clips(data: TaskData, front_end: FrontEnd) -> NDArray[np.int64]:
    """Numbers of the clips that fit in memory in one piece, or of the shortest one where none does."""
    frames = data.store.lengths[data.rows]
    short = np.flatnonzero(frames * front_end.hop <= LONGEST_SECONDS * front_end.rate)
    return short if len(short) else np.array([int(np.argmin(frames))])


def _heard_exactly(data: TaskData, clips: NDArray[np.int64], front_end: FrontEnd, sounds: Sequence[Floats]) -> TaskData:
    """The task with the frames of some clips as they are made, none of another clip's."""
    assert isinstance(front_end, WaveformFrontEnd)  # others have no graph
    frames = [front_end.frames([samples])[0] for samples in sounds]
    store = data.store
    heard = [store.heard[store.offsets[row] : store.offsets[row + 1]] for row in data.rows[clips]]
    own = FeatureStore(
        store.key,
        np.concatenate(frames),
        np.concatenate([np.zeros(1, np.int64), np.cumsum([len(each) for each in frames])]),
        np.concatenate(heard),
        tuple(store.contents[row] for row in data.rows[clips]),
    )
    rows = np.zeros_like(data.rows)
    rows[clips] = np.arange(len(clips))
    return replace(data, store=own, rows=rows)


def _spread(clips: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """So many of the clips at most, evenly over all of them."""
    return clips[np.unique(np.linspace(0, len(clips) - 1, most).astype(np.int64))]


def torch_answers(
    trained: Trained, data: TaskData, clips: NDArray[np.int64], output: Output
) -> list[NDArray[np.float64]]:
    """What the evaluation that scored the study's runs says of each clip: calibrated probabilities, or numbers.

    Returns:
        ``[columns]`` of each clip, or ``[steps, columns]``: the shape that the graph gives.
    """
    alone = replace(data, parts={"test": clips})
    name = (trained.spec.study_seed, trained.spec.fold, trained.spec.seed)
    stride = trained.network.encoder_of(data.name).stride
    told = Evaluation(alone, "test", trained.inputs[data.name], name, stride=stride).predict(trained.network)
    shape = [-1] * (len(output.shape) - 1) + [output.width]
    calibrated = [(rows / output.temperature).astype(np.float64) for rows in told.outputs.by_clip()]
    return [activated(output.decoding.activation, rows).reshape(shape) for rows in calibrated]


def waveforms(dataset: Dataset, rows: NDArray[np.int64], rate: int) -> Iterator[Floats]:
    """Clips of a dataset ``[samples]`` at a rate."""
    segments = dataset.table.segments()
    for row in rows.tolist():
        samples, own_rate = read_audio(segments[row])
        yield resample(samples, own_rate, rate)
