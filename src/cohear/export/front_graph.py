"""From waveform to the windows that networks see: the part of a graph in front of its network."""

from __future__ import annotations

from collections.abc import Container, Sequence

import numpy as np
import onnx

from cohear.base.graph_builder import GraphBuilder, floats, integers
from cohear.export.all_front_ends import FRONT_END_GRAPHS
from cohear.export.graph_values import (
    features_name,
    frames_name,
    lengths_name,
    rows_name,
    sounding_name,
    starts_name,
    windows_dimension,
)
from cohear.export.network_inputs import NetworkInput
from cohear.export.outputs import Output, by_group
from cohear.export.scale_graph import at_scale
from cohear.export.silence_graph import heard_nodes
from cohear.features.front_end import WaveformFrontEnd
from cohear.features.task_input import TaskInput
from cohear.features.windows import hop_in_scoring
from cohear.runs.input_scale import InputScale
from cohear.runtime.session import WAVEFORM, context_name, heard_name, statistics_name


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
    outputs.append(floats(heard_name(number), "batch", windows_dimension(number)))
    if timed:
        graph.node("Identity", count, name=frames_name(number))
        graph.node("Identity", starts, name=starts_name(number))
        graph.node("Identity", loud, name=sounding_name(number))
        outputs += timed_values(number)
    return outputs


def timed_values(number: int) -> list[onnx.ValueInfoProto]:
    """What pooling in time is told of an input beside what its windows hold."""
    return [
        integers(frames_name(number), 1),
        integers(starts_name(number), windows_dimension(number)),
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
