"""From logits of windows to what is said of clips: the part of a graph behind its network."""

from __future__ import annotations

from collections.abc import Container, Sequence

import onnx

from cohear.base.graph_builder import GraphBuilder, floats
from cohear.export.forms import ACTIVATIONS, WindowsOfClips, form_of
from cohear.export.front_graph import timed_values
from cohear.export.graph_values import (
    frames_name,
    logits_name,
    rows_name,
    sounding_name,
    starts_name,
    windows_dimension,
)
from cohear.export.outputs import Output
from cohear.features.task_input import TaskInput
from cohear.runtime.session import heard_name, window_logits_name


def pooling_graph(given: Sequence[TaskInput], outputs: Sequence[Output], in_time: Container[int]) -> onnx.ModelProto:
    """Logits of windows to what is said of clips, over the windows that are heard, or over all if none is."""
    graph = GraphBuilder("pooling")
    inputs = []
    for hears in sorted({output.hears for output in outputs}):
        heard = heard_name(hears)
        inputs.append(floats(heard, "batch", windows_dimension(hears)))
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
            inputs += timed_values(hears)
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
