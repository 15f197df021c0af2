"""A bundle's graph cut into what N single models would be, and how much work each part is."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path

import onnx
from onnx import TensorProto, shape_inference, utils

from cohear.export.assemble import FEATURES, HEARD, LENGTHS, WAVEFORM
from cohear.runtime.card import Windowing

NETWORK = "+network/"


@dataclass(frozen=True)
class Parts:
    """Files of the models that are compared.

    Attributes:
        shared: all tasks in one.
        singles: of each task, from waveform to its answer: the same encoder with one head.
        front: waveform to features.
        backs: of each task, features to its answer.
    """

    shared: Path
    singles: dict[str, Path]
    front: Path
    backs: dict[str, Path]


def cut(model: Path, tasks: list[str], folder: Path) -> Parts:
    """Cut a bundle's model file into parts, written into a folder."""
    loaded = onnx.load(str(model))
    values = {name for node in loaded.graph.node for name in node.input}
    between = [name for name in (FEATURES, LENGTHS, HEARD) if name in values]

    def part(name: str, inputs: list[str], outputs: list[str]) -> Path:
        path = folder / f"{name}.onnx"
        utils.extract_model(str(model), str(path), inputs, outputs)
        return path

    return Parts(
        shared=model,
        singles={task: part(f"single_{number}", [WAVEFORM], [task]) for number, task in enumerate(tasks)},
        front=part("front", [WAVEFORM], between),
        backs={task: part(f"back_{number}", between, [task]) for number, task in enumerate(tasks)},
    )


def parameters(model: Path) -> int:
    """Numbers in the constants of the network, running statistics and quantisation scales included."""
    graph = onnx.load(str(model)).graph
    return sum(prod(constant.dims) for constant in graph.initializer if constant.name.startswith(NETWORK))


def multiply_adds(model: Path, windowing: Windowing) -> float:
    """Multiplications with an addition in convolutions and matrix products, for a second of a long waveform."""
    graph = onnx.load(str(model)).graph
    inside = [node for node in graph.node if node.name.startswith(NETWORK)]
    total = 0.0
    if any(value.name == WAVEFORM for value in graph.input):
        total += _count(onnx.load(str(model)), WAVEFORM, [1, windowing.rate], outside=True)
    if inside:
        windows_a_second = windowing.rate / (windowing.hop * windowing.step)
        total += windows_a_second * _count(onnx.load(str(model)), FEATURES, None, outside=False)
    return total


def _count(model: onnx.ModelProto, source: str, shape: list[int] | None, *, outside: bool) -> float:
    """Multiply-adds of the nodes inside or outside the network, where ``source`` has a shape or one row."""
    with_shapes = shape_inference.infer_shapes(model, data_prop=True)
    shapes = {v.name: v.type.tensor_type.shape for v in [*with_shapes.graph.value_info, *with_shapes.graph.input]}
    if shape is None:
        shape = [1, *(dim.dim_value for dim in shapes[source].dim[1:])]
    nodes = [node for node in model.graph.node if node.name.startswith(NETWORK) != outside]
    needed = {name for node in nodes for name in node.input}
    constants = [each for each in model.graph.initializer if each.name in needed]
    inputs = [onnx.helper.make_tensor_value_info(source, TensorProto.FLOAT, shape)]
    if not outside:
        inputs.append(onnx.helper.make_tensor_value_info(LENGTHS, TensorProto.INT64, [1]))
    graph = onnx.helper.make_graph(nodes, "part", inputs, [], constants)
    opsets = list(model.opset_import)
    inferred = shape_inference.infer_shapes(onnx.helper.make_model(graph, opset_imports=opsets), data_prop=True)
    sizes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in [*inferred.graph.value_info, *inferred.graph.input]
    }
    sizes |= {each.name: list(each.dims) for each in constants}
    return float(sum(_work(node, sizes) for node in nodes))


def _work(node: onnx.NodeProto, sizes: dict[str, list[int]]) -> int:
    """Multiply-adds of one node; 0 for what is neither convolution nor matrix product."""
    names = list(node.input)
    if node.op_type.startswith("QLinear"):
        names = [names[0], names[3]]
    if node.op_type in ("Conv", "ConvInteger", "QLinearConv"):
        out, kernel = sizes.get(node.output[0], []), sizes.get(names[1], [])
        return prod(out) * prod(kernel[1:])
    if node.op_type in ("Gemm", "MatMul", "MatMulInteger", "QLinearMatMul"):
        out, left = sizes.get(node.output[0], []), sizes.get(names[0], [])
        transposed = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
        return prod(out) * (left[-2 if transposed else -1] if left else 0)
    return 0
