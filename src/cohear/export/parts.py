"""A bundle's graph cut into what N single models would be, and how much work each part is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm, prod
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import utils

from cohear.export.graph_values import features_name, frames_name, lengths_name, sounding_name, starts_name
from cohear.runtime.card import Windowing
from cohear.runtime.session import WAVEFORM, heard_name

NETWORK = "+network/"
BETWEEN = (features_name(), lengths_name(), heard_name(), frames_name(), starts_name(), sounding_name())
"""What the values between front-ends and networks begin with, of each input."""
RECURRENT = ("GRU", "LSTM")
PRODUCTS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("Conv", "ConvInteger", "Gemm", "MatMul", "MatMulInteger"), (0, 1)),
    **dict.fromkeys(("QLinearConv", "QLinearMatMul"), (0, 3)),
    **dict.fromkeys(RECURRENT, (0, 1, 2)),
}
"""Operators that multiply and add, and where their factors stand among the inputs."""


@dataclass(frozen=True)
class ComparedModels:
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


def cut(model: Path, tasks: list[str], folder: Path) -> ComparedModels:
    """Cut a bundle's model file into parts, written into a folder."""
    loaded = onnx.load(str(model))
    values = {name for node in loaded.graph.node for name in node.input}
    between = [name for name in sorted(values) if name.startswith(BETWEEN)]

    def part(name: str, inputs: list[str], outputs: list[str]) -> Path:
        path = folder / f"{name}.onnx"
        utils.extract_model(str(model), str(path), inputs, outputs)
        return path

    return ComparedModels(
        shared=model,
        singles={task: part(f"single_{number}", [WAVEFORM], [task]) for number, task in enumerate(tasks)},
        front=part("front", [WAVEFORM], between),
        backs={task: part(f"back_{number}", between, [task]) for number, task in enumerate(tasks)},
    )


def parameter_count(model: onnx.ModelProto) -> int:
    """Numbers in the constants of the network, running statistics and quantisation scales included."""
    return sum(prod(constant.dims) for constant in model.graph.initializer if constant.name.startswith(NETWORK))


def multiply_adds(chain: Sequence[Path], windowings: Sequence[Windowing]) -> float:
    """Multiplications with an addition in convolutions and matrix products that a further second of audio costs.

    Counted from the shapes that two runs have, of which one is some windows longer.

    Args:
        chain: a model on waveforms, and models on what it gives.
        windowings: of the bundle's inputs; the runs differ by whole steps of each.
    """
    longest = max(windowing.frames * windowing.hop for windowing in windowings)
    period = lcm(*(windowing.step * windowing.hop for windowing in windowings))
    steps = min(windowing.step * windowing.hop for windowing in windowings)
    few, many = -(-2 * steps // period), -(-22 * steps // period)
    many = max(many, few + 1)
    runs = [_work(chain, longest + periods * period) for periods in (few, many)]
    return (runs[1] - runs[0]) * windowings[0].rate / ((many - few) * period)


def _work(chain: Sequence[Path], samples: int) -> int:
    """Multiply-adds of a chain on one row of so many samples."""
    values = {WAVEFORM: np.zeros((1, samples), np.float32)}
    total = 0
    for path in chain:
        model = onnx.load(str(path))
        constants = {constant.name: tuple(constant.dims) for constant in model.graph.initializer}
        # an input that has a value may be left out
        given = {value.name: values[value.name] for value in model.graph.input if value.name not in constants}
        products = [node for node in model.graph.node if node.op_type in PRODUCTS]
        operands = {name for node in products for name in (*node.input, *node.output) if name}
        own = [value.name for value in model.graph.output]
        wanted = sorted(operands - set(constants) - set(given) - set(own))
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        names = [*own, *wanted]
        found = dict(zip(names, session.run(names, given), strict=True))
        shapes = constants | {name: value.shape for name, value in (given | found).items()}
        total += sum(_products(node, shapes) for node in products)
        values |= {name: found[name] for name in own}
    return total


def _products(node: onnx.NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Multiply-adds of one node: the numbers it gives, each a sum over a kernel or over the inner dimension."""
    left, right, *own = (shapes[node.input[place]] for place in PRODUCTS[node.op_type])
    if own:  # at each frame ``[T, B, width]`` by the weights of what enters, and by those of what it was before
        return prod(left[:2]) * (prod(right) + prod(own[0]))
    out = prod(shapes[node.output[0]])
    if "Conv" in node.op_type:
        return out * prod(right[1:])
    transposed = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
    return out * left[-2 if transposed else -1]
