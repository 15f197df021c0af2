"""The network in 8-bit integers, and what that costs each task on clips that the network never saw."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from cohear.base.errors import UserError
from cohear.export.graph_values import logits_name
from cohear.export.network import network_graph
from cohear.export.network_inputs import NetworkInput, network_inputs
from cohear.export.runs import Trained
from cohear.features.task_input import TaskInput
from cohear.features.windows import hop_in_scoring, window_starts
from cohear.models.sharing import Network
from cohear.models.windows import Windows
from cohear.runs.task_data import TaskData
from cohear.tasks.metrics import METRICS, SHARE
from cohear.training.batches import as_windows
from cohear.training.evaluate import Evaluation

METHODS = ("static", "dynamic")
CALIBRATION_CLIPS = 200
MOST_LOST = 0.01
"""A task may lose a point of its metric; of a metric that is no share, as much as its margin; more is refused."""


@dataclass(frozen=True)
class Change:
    """What quantisation does to a task: means over repeats of scores on test clips, plus is better.

    Attributes:
        metric: its name.
        before: in float32.
        after: in int8.
        change: after less before, with the sign that plus is better.
        clips: scored, over the repeats.
        repeats: networks that were quantised to measure it.
    """

    metric: str
    before: float
    after: float
    change: float
    clips: int
    repeats: int


class WorseThanAllowed(UserError):
    """Quantisation costs a task more than it may."""


def quantised(graph: onnx.ModelProto, trained: Trained, method: str) -> onnx.ModelProto:
    """A network's graph with weights, and activations as they pass, in 8 bits.

    Args:
        graph: of `network_graph`; front-end and pooling stay in float32.
        trained: whose training clips calibrate the ranges of activations (static alone).
        method: ``static`` (ranges fixed beforehand) or ``dynamic`` (ranges taken from each input).
    """
    from onnxruntime import quantization as ort  # noqa: PLC0415 - an extra
    from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        before, prepared, after = (Path(folder) / name for name in ("float.onnx", "prepared.onnx", "int8.onnx"))
        onnx.save(graph, str(before))
        level = logging.root.manager.disable
        logging.disable(logging.WARNING)  # advice to prepare the model, which is prepared
        try:
            quant_pre_process(str(before), str(prepared), skip_symbolic_shape=True)
            if method == "static":
                ort.quantize_static(
                    str(prepared),
                    str(after),
                    _Calibration(trained),
                    quant_format=ort.QuantFormat.QDQ,
                    per_channel=True,
                    reduce_range=True,  # processors without VNNI would saturate
                    activation_type=ort.QuantType.QUInt8,
                    weight_type=ort.QuantType.QInt8,
                )
            else:
                ort.quantize_dynamic(str(prepared), str(after), weight_type=ort.QuantType.QUInt8)
        finally:
            logging.disable(level)
        return onnx.load(str(after))


def measure_changes(repeats: Sequence[Trained]) -> dict[str, dict[str, Change]]:
    """Quantise networks of the study and score them on their own test clips, by method and task."""
    scores: dict[str, dict[str, list[tuple[float, float, int]]]] = {method: {} for method in METHODS}
    for trained in repeats:
        graph = network_graph(trained.network, trained.inputs, trained.scaled)
        graphs = {method: quantised(graph, trained, method) for method in METHODS}
        name = (trained.spec.study_seed, trained.spec.fold, trained.spec.seed)
        for task, data in trained.tasks.items():
            stride = trained.network.encoder_of(task).stride
            test = Evaluation(data, "test", trained.inputs[task], name, stride=stride)
            predictions = test.predict(trained.network)
            before = predictions.scores(data)[data.metric.name]
            for method, model in graphs.items():
                played = cast(Network, GraphNetwork(model, network_inputs(trained.inputs, trained.scaled)))
                after = test.predict(played).scores(data)[data.metric.name]
                if np.isfinite([before, after]).all():
                    scores[method].setdefault(task, []).append((before, after, predictions.scored_clips(data)))
    return {
        method: {
            task: _change(repeats[0].tasks[task].metric.name, repeats[0].tasks[task].metric.higher_is_better, rows)
            for task, rows in by_task.items()
        }
        for method, by_task in scores.items()
    }


def check_measured(changes: Mapping[str, Mapping[str, Change]], tasks: Sequence[str], *, force: bool) -> None:
    """Raise UserError where a method's cost to a task is not known, since no test clip of it could be scored."""
    unknown = [task for task in tasks if any(task not in by_task for by_task in changes.values())]
    if unknown and not force:
        raise UserError(
            f"what int8 costs {', '.join(unknown)} cannot be measured: no test clip of these networks can be scored; "
            "leave --quantize out, or add --force to have it anyway"
        )


def choose(
    changes: Mapping[str, Mapping[str, Change]], method: str | None, margins: Mapping[str, float], *, force: bool
) -> str:
    """The method that costs the worst hit task least, or the one that was asked for.

    Args:
        changes: by method and task.
        method: that was asked for; None leaves the choice.
        margins: of the tasks.
        force: take it whatever it costs.

    Raises:
        WorseThanAllowed: it costs a task more than a point, or its margin, and ``force`` is off.
    """

    def allowed(task: str, change: Change) -> float:
        return MOST_LOST if METRICS[change.metric].unit == SHARE else max(margins[task], 1e-12)

    # as shares of what may be lost, in which tasks of several units can be compared
    worst = {
        each: min((change.change / abs(allowed(task, change)) for task, change in by_task.items()), default=0.0)
        for each, by_task in changes.items()
    }
    chosen = method or max(worst, key=lambda each: worst[each])
    lost = {task: change for task, change in changes[chosen].items() if change.change < -allowed(task, change)}
    if lost and not force:
        points = all(METRICS[change.metric].unit == SHARE for change in lost.values())
        costs = ", ".join(f"{task} loses {METRICS[each.metric].amount(-each.change)}" for task, each in lost.items())
        raise WorseThanAllowed(
            f"{chosen} int8 costs more than {'a point' if points else 'it may'}: {costs}; leave --quantize out, or add "
            "--force to have it anyway"
        )
    return chosen


def _change(metric: str, higher_is_better: bool, rows: Sequence[tuple[float, float, int]]) -> Change:
    before, after = (float(np.mean([row[place] for row in rows])) for place in (0, 1))
    sign = 1 if higher_is_better else -1
    return Change(metric, before, after, sign * (after - before), sum(row[2] for row in rows), len(rows))


class GraphNetwork(nn.Module):
    """A network's graph in place of the network, so that the same evaluation scores both.

    Args:
        model: with names as `network_graph` gives them.
        asks: what each task is asked about, in order.
    """

    def __init__(self, model: onnx.ModelProto, asks: Mapping[str, NetworkInput]) -> None:
        super().__init__()
        import onnxruntime  # noqa: PLC0415 - slow to import

        self._asks = dict(asks)
        self._session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        self._nothing = {
            value.name: np.ones([1, *value.shape[1:]], np.int64 if "int64" in value.type else np.float32)
            for value in self._session.get_inputs()
        }

    def forward(self, batch: Mapping[str, Windows]) -> dict[str, Tensor]:
        """Logits ``[B_task, outputs]`` of each task's rows; a row of the other inputs is answered beside them."""
        found = {}
        for number, (task, asked) in enumerate(self._asks.items()):
            if task not in batch:
                continue
            windows = batch[task]
            given = self._nothing | {asked.features: windows.features.numpy()}
            if asked.lengths in given:
                given[asked.lengths] = windows.told_lengths().numpy()
            (logits,) = self._session.run([logits_name(number)], given)
            found[task] = torch.from_numpy(logits)
        return found


class _Calibration:
    """Windows from the middle of training clips, for onnxruntime's calibration."""

    def __init__(self, trained: Trained) -> None:
        asks = network_inputs(trained.inputs, trained.scaled)
        batches: dict[NetworkInput, list[dict[str, Any]]] = {asked: [] for asked in asks.values()}
        each = max(CALIBRATION_CLIPS // len(trained.tasks), 1)
        for task, data in trained.tasks.items():
            batches[asks[task]] += _middle_windows(data, trained.inputs[task], asks[task], each)
        # The graph takes all inputs at once; those of which there are fewer windows begin again.
        many = max(map(len, batches.values()))
        self._batches = [
            {name: values for own in batches.values() for name, values in own[turn % len(own)].items()}
            for turn in range(many)
        ]
        self._next = iter(self._batches)

    def get_next(self) -> dict[str, Any] | None:
        """The next batch, or None."""
        return next(self._next, None)

    def __len__(self) -> int:
        return len(self._batches)

    def rewind(self) -> None:
        """Begin again."""
        self._next = iter(self._batches)


def _middle_windows(data: TaskData, given: TaskInput, asked: NetworkInput, most: int) -> list[dict[str, Any]]:
    """The window in the middle of so many training clips of a task, in batches as the graph takes them."""
    train = data.parts["train"]
    clips = train[np.unique(np.linspace(0, len(train) - 1, most).astype(np.int64))]
    rows = data.rows[clips]
    starts = np.array(
        [
            np.median(window_starts(int(length), given.window, hop_in_scoring(given.window)))
            for length in data.store.lengths[rows]
        ],
        dtype=np.int64,
    )
    batches = []
    for first in range(0, len(rows), 32):
        here = slice(first, first + 32)
        features, lengths = given.seen(data.store, rows[here], starts[here])
        windows = as_windows(given, features, lengths, data, clips[here])
        batch: dict[str, Any] = {asked.features: windows.features.numpy()}
        if given.front_end.layout != "vector":
            batch[asked.lengths] = lengths
        batches.append(batch)
    return batches
