"""One graph from waveform to calibrated probabilities: front-ends, windows, network, pooling."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import compose, helper

from cohear.base.decoding import Decoding
from cohear.base.errors import UserError
from cohear.base.graph_builder import GraphBuilder, floats, integers
from cohear.export import (  # noqa: F401 - each enters graphs of front-ends
    compressed_graph,
    joined_graph,
    module_graph,
    onnx_graph,
    waveform_graph,
)
from cohear.export.forms import ACTIVATIONS, WindowsOfClips, form_of
from cohear.export.front_ends import FRONT_END_GRAPHS
from cohear.export.scale_graph import at_scale, moments_of_windows
from cohear.export.silence_graph import heard_nodes
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.front_end import WaveformFrontEnd
from cohear.features.task_input import TaskInput
from cohear.features.windows import hop_in_scoring
from cohear.runs.input_scale import InputScale
from cohear.runtime.session import (
    WAVEFORM,
    context_name,
    heard_name,
    moments_name,
    statistics_name,
    valid_name,
    window_logits_name,
)


def features_name(number: int = 0) -> str:
    """Value of the graph: what the encoder sees of the windows of an input, by its number."""
    return f"+features_{number}" if number else "+features"


def lengths_name(number: int = 0) -> str:
    """Value of the graph: valid frames of each of these windows, where they are sequences."""
    return f"+lengths_{number}" if number else "+lengths"


def frames_name(number: int = 0) -> str:
    """Value of the graph: how many frames each waveform of a batch has, of an input by its number."""
    return f"+frames_{number}" if number else "+frames"


def starts_name(number: int = 0) -> str:
    """Value of the graph: the first frame of each window of an input, by its number."""
    return f"+starts_{number}" if number else "+starts"


def sounding_name(number: int = 0) -> str:
    """Value of the graph: which frames of each waveform are more than silence, of an input by its number."""
    return f"+sounding_{number}" if number else "+sounding"


@dataclass(frozen=True)
class Output:
    """What the graph gives for a task.

    Attributes:
        decoding: how it is read.
        temperature: logits are divided by it.
        hears: number of the input whose windows it is asked about.
        scale: what is taken out of their features before the network sees them.
    """

    decoding: Decoding
    temperature: float = 1.0
    hears: int = 0
    scale: InputScale | None = None

    @property
    def task(self) -> str:
        """Name of the output."""
        return self.decoding.name

    @property
    def width(self) -> int:
        """How many numbers it has."""
        return len(self.decoding.columns)

    @property
    def shape(self) -> tuple[str | int, ...]:
        """Of what is said of a clip."""
        return (*form_of(self.decoding).dimensions, self.width)

    @property
    def window_shape(self) -> tuple[str | int, ...]:
        """Of what is said of a window."""
        return (*(f"{each} of {self.task}" for each in form_of(self.decoding).window_dimensions), self.width)


@dataclass(frozen=True)
class NetworkInput:
    """Windows as the network graph takes them.

    Attributes:
        hears: number of the input that they are of.
        scaled_for: task whose scale their features are at; empty where they are as the front-end gives them.
    """

    hears: int
    scaled_for: str = ""

    @property
    def features(self) -> str:
        """Name of the features."""
        return f"+features+{self.scaled_for}" if self.scaled_for else features_name(self.hears)

    @property
    def lengths(self) -> str:
        """Name of the valid frames, of sequences."""
        return f"+lengths+{self.scaled_for}" if self.scaled_for else lengths_name(self.hears)


def network_inputs(inputs: Mapping[str, TaskInput], scaled: Container[str]) -> dict[str, NetworkInput]:
    """What the network graph takes of each task; tasks whose features are at a scale share theirs with none."""
    return {
        task: NetworkInput(number, task if task in scaled else "") for task, number in input_numbers(inputs).items()
    }


def logits_name(number: int) -> str:
    """The network graph's output for the task at a place of the list."""
    return f"+logits_{number}"


def input_numbers(inputs: Mapping[str, TaskInput]) -> dict[str, int]:
    """Of each task the number of its input: tasks that are given the same share one, and the first has 0."""
    different = list(dict.fromkeys(inputs.values()))
    return {task: different.index(given) for task, given in inputs.items()}


def assemble(inputs: Sequence[TaskInput], network: onnx.ModelProto, outputs: Sequence[Output]) -> onnx.ModelProto:
    """Put front-ends, network and pooling together.

    Args:
        inputs: different ones, by their numbers. Windows overlap by half, and those of silence are left out,
            as in evaluation.
        network: graph that takes each `NetworkInput`, features and, where its front-end gives sequences, valid frames
            ``[M_i]``, and has an output ``logits_name(k)`` ``[M_i, columns]`` for task k.
        outputs: of the tasks, in order.

    Returns:
        A model with input ``waveform`` ``[batch, samples]`` and an output ``[batch, columns]`` for each task, of a time
        line ``[batch, steps, columns]``. A task whose features are normalised by group has an input of its own that
        may be left out, ``statistics_name(task)`` ``[2, D]``: mean and deviation of the group.

    Raises:
        UserError: see `check_exportable`.
    """
    check_exportable({output.task: inputs[output.hears] for output in outputs})
    in_time = {output.hears for output in outputs if form_of(output.decoding).dimensions}
    front = front_graph(inputs, in_time, outputs)
    network = compose.add_prefix(network, "+network/", rename_inputs=False, rename_outputs=False)
    whole = compose.merge_models(
        front, network, io_map=[(value.name, value.name) for value in network.graph.input], outputs=None
    )
    pooling = _pooling(inputs, outputs, in_time)
    names = [value.name for value in pooling.graph.input]
    whole = compose.merge_models(
        whole, pooling, io_map=[(name, name) for name in names], outputs=[output.task for output in outputs]
    )
    domains = {each.domain: each.version for each in whole.opset_import}  # joining lists one for each part
    del whole.opset_import[:]
    whole.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in domains.items())
    whole.producer_name = "cohear"
    return whole


def check_exportable(inputs: Mapping[str, TaskInput]) -> None:
    """Raise UserError where a graph of these tasks could not be made, however well its network is trained."""
    if WAVEFORM in inputs:
        raise UserError(f"a task cannot be exported under the name {WAVEFORM!r}, which is the input's: rename it")
    for task, given in inputs.items():
        if isinstance(given.front_end, ClipFrontEnd):
            raise UserError(
                f"task {task!r} hears {given.front_end.name!r}, features that were made elsewhere: no model can "
                "compute them of a sound; export a cell of other features (--features), or give the study the network "
                "that made them as a front-end"
            )
        FRONT_END_GRAPHS[given.front_end.name](given.front_end).check()  # tells which there are
    rates = {task: given.front_end.rate for task, given in inputs.items()}
    if len(set(rates.values())) > 1:
        by_task = ", ".join(f"{task}: {rate} Hz" for task, rate in rates.items())
        raise UserError(
            f"one model takes waveforms of one rate, and the front-ends of its tasks differ ({by_task}); give them one "
            "rate, or export the tasks apart with --tasks"
        )


def extension(outputs: Sequence[Output]) -> bytes:
    """What makes a model tell of its windows too, to be appended to the bytes of the model file.

    Two serialised protobuf messages one after the other are read as their union. This one holds further inputs,
    ``context_name(i)`` (how many frames at either end are no windows' frames but the surroundings of others; none by
    default), and as outputs ``heard_name(i)`` ``[batch, windows]`` and each task's ``window_logits_name``; of features
    that are normalised by group ``moments_name(i)`` and ``valid_name(i)``. The model file by itself keeps to the input
    of sound, what groups are normalised by, and one output a task.
    """
    graph = onnx.GraphProto()
    for number in sorted({output.hears for output in outputs}):
        graph.input.append(integers(context_name(number), 2))
        graph.output.append(floats(heard_name(number), "batch", _windows(number)))
    for number, output in {output.hears: output for output in by_group(outputs)}.items():
        _moments(graph, number, output)
    graph.output.extend(
        floats(window_logits_name(output.task), "batch", _windows(output.hears), *output.window_shape)
        for output in outputs
    )
    serialised: bytes = onnx.ModelProto(graph=graph).SerializeToString()
    return serialised


def _moments(graph: onnx.GraphProto, number: int, output: Output) -> None:
    """What a bundle finds the statistics of a group by: sums over each window of an input, and over how many frames."""
    assert output.scale is not None
    width, own = output.scale.scales.shape[-1], GraphBuilder(f"moments_{number}")
    valid = own.constant([1])
    if output.scale.of_frames:
        valid = own.sliced(lengths_name(number), own.constant([0]), own.constant([1]), 0)
    own.node("Identity", valid, name=valid_name(number))
    moments_of_windows(own, features_name(number), heard_name(number), width, moments_name(number))
    graph.node.extend(own.nodes)
    graph.initializer.extend(own.constants)
    graph.output.append(floats(moments_name(number), "batch", _windows(number), 2, width))
    graph.output.append(integers(valid_name(number), 1))


def _windows(number: int) -> str:
    """The dimension of an input's windows."""
    return f"windows_{number}" if number else "windows"


def describe(model: onnx.ModelProto, metadata: Mapping[str, str]) -> None:
    """Write metadata into the file."""
    helper.set_model_props(model, dict(metadata))


def front_graph(
    inputs: Sequence[TaskInput], in_time: Container[int] = (), outputs: Sequence[Output] = ()
) -> onnx.ModelProto:
    """``waveform`` to the features of each input's windows, their lengths, and which are heard.

    Args:
        inputs: by their numbers.
        in_time: those of which the number of frames, which of them are heard and the first frames of windows are told
            too.
        outputs: of the tasks; those that have a scale have features of their own.
    """
    graph = GraphBuilder("front_end")
    made = [
        value for number, given in enumerate(inputs) for value in _front(graph, given, number, timed=number in in_time)
    ]
    given = [floats(WAVEFORM, "batch", "samples")]
    for output in outputs:
        if output.scale is not None:
            made += _scaled(graph, inputs[output.hears], output, output.scale)
    given += [floats(statistics_name(each.task), 2, inputs[each.hears].width) for each in by_group(outputs)]
    return graph.model(given, made)


def by_group(outputs: Sequence[Output]) -> list[Output]:
    """Those whose features are normalised by group."""
    return [output for output in outputs if output.scale is not None and output.scale.by_group]


def _front(graph: GraphBuilder, given: TaskInput, number: int, *, timed: bool) -> list[onnx.ValueInfoProto]:
    """One input's part of the graph; the values that it gives."""
    front_end, window = given.front_end, given.window
    assert isinstance(front_end, WaveformFrontEnd)  # the others have no graph
    part = FRONT_END_GRAPHS[front_end.name](front_end)
    one, zero = graph.constant([1]), graph.constant([0])
    width = graph.constant([window])
    context = graph.constant(np.zeros(2, np.int64), context_name(number))
    seen = part.frames(graph, WAVEFORM)  # [B, T + context, D]
    before, after = graph.several("Split", [graph.name("before"), graph.name("after")], context, axis=0, num_outputs=2)
    end = graph.node("Sub", graph.dimension(seen, 1), after)
    frames = graph.sliced(seen, before, end, 1)  # [B, T, D]
    count = graph.dimension(frames, 1)  # [1]
    missing = graph.node("Max", graph.node("Sub", width, count), zero)
    padding = graph.node("Concat", zero, missing, axis=0)

    # first frames of windows: every half window, and the last one ends with the clip
    step = graph.constant([hop_in_scoring(window)])
    last = graph.node("Max", graph.node("Sub", count, width), zero)
    windows = graph.node("Add", graph.divided_up(last, hop_in_scoring(window)), one)  # [1]
    starts = graph.node("Min", graph.node("Mul", graph.counting(windows), step), last)  # [N]
    places = graph.node("Add", graph.node("Unsqueeze", starts, one), graph.constant(np.arange(window)[None]))  # [N, W]

    padded = graph.node("Pad", frames, padding, "", one)  # [B, max(T, W), D]
    cut = graph.node("Gather", padded, places, axis=1)  # [B, N, W, D]
    cut = graph.reshaped(cut, -1, window, front_end.frame_width)  # [M, W, D]
    length = graph.node("Min", count, width)
    features = part.window_input(graph, cut, length)
    graph.node("Identity", features, name=features_name(number))
    rows = rows_name(number)
    outputs = [
        floats(features_name(number), rows, window, front_end.input_width)
        if front_end.layout != "vector"
        else floats(features_name(number), rows, front_end.input_width)
    ]
    if front_end.layout != "vector":
        graph.node("Expand", length, graph.dimension(cut, 0), name=lengths_name(number))
        outputs.append(integers(lengths_name(number), rows))

    loud = heard_nodes(graph, WAVEFORM, front_end.hop, *front_end.context)  # [B, T + context]
    loud = graph.sliced(loud, before, end, 1)  # [B, T]
    in_windows = graph.node("Gather", graph.node("Pad", loud, padding, "", one), places, axis=1)  # [B, N, W]
    heard = graph.node("ReduceMax", in_windows, graph.constant([2]), keepdims=0)  # [B, N]
    graph.node("Identity", heard, name=heard_name(number))
    outputs.append(floats(heard_name(number), "batch", _windows(number)))
    if timed:
        graph.node("Identity", count, name=frames_name(number))
        graph.node("Identity", starts, name=starts_name(number))
        graph.node("Identity", loud, name=sounding_name(number))
        outputs += _timed_values(number)
    return outputs


def _timed_values(number: int) -> list[onnx.ValueInfoProto]:
    """What pooling in time is told of an input beside what its windows hold."""
    return [
        integers(frames_name(number), 1),
        integers(starts_name(number), _windows(number)),
        floats(sounding_name(number), "batch", f"frames_{number}" if number else "frames"),
    ]


def _scaled(graph: GraphBuilder, given: TaskInput, output: Output, scale: InputScale) -> list[onnx.ValueInfoProto]:
    """A task's own features, at its scale; the values that this gives."""
    own, frames = NetworkInput(output.hears, output.task), given.front_end.layout != "vector"
    statistics = graph.constant(scale.usual.scale, statistics_name(output.task) if scale.by_group else "")
    lengths = lengths_name(output.hears) if frames else ""
    at_scale(graph, features_name(output.hears), lengths, statistics, given.window, own.features)
    rows = rows_name(output.hears)
    if not frames:
        return [floats(own.features, rows, given.width)]
    graph.node("Identity", lengths, name=own.lengths)
    return [floats(own.features, rows, given.window, given.width), integers(own.lengths, rows)]


def rows_name(number: int) -> str:
    """The dimension of an input's windows of all waveforms of a batch."""
    return f"rows_{number}" if number else "rows"


def _pooling(given: Sequence[TaskInput], outputs: Sequence[Output], in_time: Container[int]) -> onnx.ModelProto:
    """Logits of windows to what is said of clips, over the windows that are heard, or over all if none is."""
    graph = GraphBuilder("pooling")
    inputs = []
    for hears in sorted({output.hears for output in outputs}):
        heard = heard_name(hears)
        inputs.append(floats(heard, "batch", _windows(hears)))
        rows = graph.dimension(heard, 0)
        any_heard = graph.node("ReduceMax", heard, graph.constant([1]), keepdims=1)  # [B, 1]
        silent = graph.node("Sub", graph.constant(1.0), any_heard)
        weights = graph.node("Max", heard, silent)  # [B, N]
        total = graph.node("ReduceSum", weights, graph.constant([1]), keepdims=1)
        shares = graph.node("Unsqueeze", graph.node("Div", weights, total), graph.constant([2]))  # [B, N, 1]
        front_end = given[hears].front_end
        windows = WindowsOfClips(
            batch=rows,
            weights=weights,
            shares=shares,
            frames=frames_name(hears),
            starts=starts_name(hears),
            sounding=sounding_name(hears),
            frame_seconds=front_end.hop / front_end.rate,
        )
        for number, output in enumerate(outputs):
            if output.hears == hears:
                _pooled(graph, output, logits_name(number), windows)
        if hears in in_time:
            inputs += _timed_values(hears)
    inputs += [floats(logits_name(number), rows_name(o.hears), *o.window_shape) for number, o in enumerate(outputs)]
    return graph.model(inputs, [floats(o.task, "batch", *o.shape) for o in outputs])


def _pooled(graph: GraphBuilder, output: Output, logits: str, windows: WindowsOfClips) -> None:
    """A task's logits of windows ``[M, columns]`` to what is said of its clips."""
    form = form_of(output.decoding)
    calibrated = graph.node("Mul", logits, graph.constant(1 / output.temperature))  # [M, columns]
    between = [graph.dimension(logits, axis) for axis, _ in enumerate(form.window_dimensions, 1)]
    width = graph.constant([output.width])
    shape = graph.node("Concat", windows.batch, graph.constant([-1]), *between, width, axis=0)
    by_clip = graph.node("Reshape", calibrated, shape, name=window_logits_name(output.task))  # [B, N, columns]
    pooled = form.pooled(graph, output.decoding, by_clip, windows, output.temperature)
    operator, attributes = ACTIVATIONS[output.decoding.activation]
    graph.node(operator, pooled, name=output.task, **attributes)
