"""One graph from waveform to calibrated probabilities: front-end, windows, network, pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import compose, helper

from cohear.base.decoding import Activation, Decoding
from cohear.base.errors import UserError
from cohear.export.builder import GraphBuilder, floats, integers
from cohear.export.front_ends import FRONT_END_GRAPHS
from cohear.features.front_end import FrontEnd
from cohear.features.windows import ABOVE_SILENCE
from cohear.runtime.session import CONTEXT, HEARD, WAVEFORM, window_logits_name

FEATURES, LENGTHS = "+features", "+lengths"
"""Names inside the graph, as those of `cohear.runtime.session`. No task's name holds a ``+``."""


ACTIVATIONS: dict[Activation, tuple[str, dict[str, int]]] = {
    "softmax": ("Softmax", {"axis": 1}),
    "sigmoid": ("Sigmoid", {}),
    "identity": ("Identity", {}),
}
"""Operator of a graph that computes each activation of `cohear.base.decoding`, and its attributes."""


@dataclass(frozen=True)
class Output:
    """What the graph gives for a task.

    Attributes:
        decoding: how it is read.
        temperature: logits are divided by it.
    """

    decoding: Decoding
    temperature: float = 1.0

    @property
    def task(self) -> str:
        """Name of the output."""
        return self.decoding.name

    @property
    def width(self) -> int:
        """How many numbers it has."""
        return len(self.decoding.columns)


def logits_name(number: int) -> str:
    """The network graph's output for the task at a place of the list."""
    return f"+logits_{number}"


def assemble(front_end: FrontEnd, network: onnx.ModelProto, window: int, outputs: Sequence[Output]) -> onnx.ModelProto:
    """Put front-end, network and pooling together.

    Args:
        front_end: makes the network's features.
        network: graph with input ``FEATURES``, and ``LENGTHS`` ``[M]`` where the front-end gives sequences, and an
            output ``logits_name(i)`` ``[M, columns]`` for task i.
        window: frames; windows overlap by half, and those of digital silence are left out, as in evaluation.
        outputs: of the tasks, in order.

    Returns:
        A model with input ``waveform`` ``[batch, samples]`` and an output ``[batch, columns]`` for each task.

    Raises:
        UserError: a front-end has no graph, or a task bears the input's name.
    """
    check_exportable([output.task for output in outputs], front_end.name)
    front = front_graph(front_end, window)
    network = compose.add_prefix(network, "+network/", rename_inputs=False, rename_outputs=False)
    whole = compose.merge_models(
        front, network, io_map=[(value.name, value.name) for value in network.graph.input], outputs=None
    )
    pooling = _pooling(outputs)
    names = [value.name for value in pooling.graph.input]
    whole = compose.merge_models(
        whole, pooling, io_map=[(name, name) for name in names], outputs=[output.task for output in outputs]
    )
    domains = {each.domain: each.version for each in whole.opset_import}  # joining lists one for each part
    del whole.opset_import[:]
    whole.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in domains.items())
    whole.producer_name = "cohear"
    return whole


def check_exportable(tasks: Sequence[str], front_end: str) -> None:
    """Raise UserError where a graph could not be made, however well its network is trained."""
    if WAVEFORM in tasks:
        raise UserError(f"a task cannot be exported under the name {WAVEFORM!r}, which is the input's: rename it")
    _ = FRONT_END_GRAPHS[front_end]  # tells which there are


def extension(outputs: Sequence[Output]) -> bytes:
    """What makes a model tell of its windows too, to be appended to the bytes of the model file.

    Two serialised protobuf messages one after the other are read as their union. This one holds a further input,
    ``CONTEXT`` (how many frames at either end are no windows' frames but the surroundings of others; none by
    default), and as outputs ``HEARD`` ``[batch, windows]`` and each task's ``window_logits_name``. The model file by
    itself keeps to one input and one output a task.
    """
    graph = onnx.GraphProto()
    graph.input.append(integers(CONTEXT, 2))
    graph.output.append(floats(HEARD, "batch", "windows"))
    graph.output.extend(floats(window_logits_name(o.task), "batch", "windows", o.width) for o in outputs)
    serialised: bytes = onnx.ModelProto(graph=graph).SerializeToString()
    return serialised


def describe(model: onnx.ModelProto, metadata: Mapping[str, str]) -> None:
    """Write metadata into the file."""
    helper.set_model_props(model, dict(metadata))


def front_graph(front_end: FrontEnd, window: int) -> onnx.ModelProto:
    """``waveform`` to the windows' features, lengths, ``HEARD`` and the number of windows."""
    graph = GraphBuilder("front_end")
    part = FRONT_END_GRAPHS[front_end.name](front_end)
    one, zero = graph.constant([1]), graph.constant([0])
    width = graph.constant([window])
    context = graph.constant(np.zeros(2, np.int64), CONTEXT)
    seen = part.frames(graph, WAVEFORM)  # [B, T + context, D]
    before, after = graph.several("Split", [graph.name("before"), graph.name("after")], context, axis=0, num_outputs=2)
    end = graph.node("Sub", graph.dimension(seen, 1), after)
    frames = graph.sliced(seen, before, end, 1)  # [B, T, D]
    count = graph.dimension(frames, 1)  # [1]
    missing = graph.node("Max", graph.node("Sub", width, count), zero)
    padding = graph.node("Concat", zero, missing, axis=0)

    # first frames of windows: every half window, and the last one ends with the clip
    step = graph.constant([max(window // 2, 1)])
    last = graph.node("Max", graph.node("Sub", count, width), zero)
    hops = graph.node("Div", graph.node("Add", last, graph.node("Sub", step, one)), step)
    windows = graph.node("Add", hops, one)  # [1]
    scalar = [graph.node("Squeeze", value, zero) for value in (zero, windows, one)]
    starts = graph.node("Min", graph.node("Mul", graph.node("Range", *scalar), step), last)  # [N]
    places = graph.node("Add", graph.node("Unsqueeze", starts, one), graph.constant(np.arange(window)[None]))  # [N, W]

    padded = graph.node("Pad", frames, padding, "", one)  # [B, max(T, W), D]
    cut = graph.node("Gather", padded, places, axis=1)  # [B, N, W, D]
    cut = graph.reshaped(cut, -1, window, front_end.frame_width)  # [M, W, D]
    length = graph.node("Min", count, width)
    features = part.window_input(graph, cut, length)
    graph.node("Identity", features, name=FEATURES)
    outputs = [
        floats(FEATURES, "rows", window, front_end.input_width)
        if front_end.layout == "sequence"
        else floats(FEATURES, "rows", front_end.input_width)
    ]
    if front_end.layout == "sequence":
        graph.node("Expand", length, graph.dimension(cut, 0), name=LENGTHS)
        outputs.append(integers(LENGTHS, "rows"))

    floor = max(front_end.silence + ABOVE_SILENCE, -3e38)  # minus infinity: everything is heard
    loud = graph.node("Greater", part.levels(graph, frames), graph.constant(floor))  # [B, T]
    loud = graph.node("Pad", graph.node("Cast", loud, to=1), padding, "", one)
    loud = graph.node("Gather", loud, places, axis=1)  # [B, N, W]
    heard = graph.node("ReduceMax", loud, graph.constant([2]), keepdims=0)  # [B, N]
    graph.node("Identity", heard, name=HEARD)
    outputs.append(floats(HEARD, "batch", "windows"))
    return graph.model([floats(WAVEFORM, "batch", "samples")], outputs)


def _pooling(outputs: Sequence[Output]) -> onnx.ModelProto:
    """Logits of windows to what is said of clips: the mean over the windows that are heard, or over all if none is."""
    graph = GraphBuilder("pooling")
    rows = graph.dimension(HEARD, 0)
    any_heard = graph.node("ReduceMax", HEARD, graph.constant([1]), keepdims=1)  # [B, 1]
    silent = graph.node("Sub", graph.constant(1.0), any_heard)
    weights = graph.node("Max", HEARD, silent)  # [B, N]
    total = graph.node("ReduceSum", weights, graph.constant([1]), keepdims=1)
    shares = graph.node("Unsqueeze", graph.node("Div", weights, total), graph.constant([2]))  # [B, N, 1]
    for number, output in enumerate(outputs):
        calibrated = graph.node("Mul", logits_name(number), graph.constant(1 / output.temperature))  # [M, columns]
        shape = graph.node("Concat", rows, graph.constant([-1]), graph.constant([output.width]), axis=0)
        by_clip = graph.node("Reshape", calibrated, shape, name=window_logits_name(output.task))  # [B, N, columns]
        pooled = graph.node("ReduceSum", graph.node("Mul", by_clip, shares), graph.constant([1]), keepdims=0)
        operator, attributes = ACTIVATIONS[output.decoding.activation]
        graph.node(operator, pooled, name=output.task, **attributes)
    inputs = [floats(HEARD, "batch", "windows")]
    inputs += [floats(logits_name(number), "rows", output.width) for number, output in enumerate(outputs)]
    return graph.model(inputs, [floats(o.task, "batch", o.width) for o in outputs])
