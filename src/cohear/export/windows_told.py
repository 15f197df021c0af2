"""Further outputs of a model, one a window: what is appended to its file."""

from __future__ import annotations

from collections.abc import Sequence

import onnx

from cohear.base.graph_builder import GraphBuilder, floats, integers
from cohear.export.graph_values import features_name, lengths_name, windows_dimension
from cohear.export.outputs import Output, by_group
from cohear.export.scale_graph import moments_of_windows
from cohear.runtime.session import context_name, heard_name, moments_name, valid_name, window_logits_name


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
        graph.output.append(floats(heard_name(number), "batch", windows_dimension(number)))
    for number, output in {output.hears: output for output in by_group(outputs)}.items():
        _moments(graph, number, output)
    graph.output.extend(
        floats(window_logits_name(output.task), "batch", windows_dimension(output.hears), *output.window_shape)
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
    graph.output.append(floats(moments_name(number), "batch", windows_dimension(number), 2, width))
    graph.output.append(integers(valid_name(number), 1))
