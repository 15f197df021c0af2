"""One ONNX file, made ready to be a part of a larger graph: cut to what it is asked for, of one operator set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, inliner, numpy_helper, version_converter

from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.base.graph_builder import IR_VERSION, OPSET
from cohear.base.registry import did_you_mean

INTEGERS: dict[int, np.dtype[Any]] = {TensorProto.UINT8: np.dtype(np.uint8), TensorProto.INT8: np.dtype(np.int8)}
_RATES = ("rate", "sample_rate", "sampling_rate")
"""Keys of metadata under which files state the rate that they were made for."""


@dataclass(frozen=True, eq=False)
class GraphFile:
    """A graph of one input and one output, without functions of its own.

    Attributes:
        name: of the file, for errors.
        model: it, of operator set `OPSET`.
        shape: of the input; None where an axis is free.
        quantised: scale and zero point of an input of 8-bit integers; None where it takes float32.
        rate: that its metadata state; None where they do not.
    """

    name: str
    model: onnx.ModelProto
    shape: tuple[int | None, ...]
    quantised: tuple[float, NDArray[np.generic]] | None
    rate: int | None


def read_graph(file: Asset, output: str | None) -> GraphFile:
    """Read a file.

    Args:
        file: an ONNX model.
        output: name of a value inside it that is wanted; None is its first output.

    Raises:
        UserError: it is none, or one that cannot be a part of another graph.
    """
    return file.read(partial(_read, name=file.name, output=output))


def _read(path: Path, name: str, output: str | None) -> GraphFile:
    model = onnx.load(str(path), load_external_data=False)
    if any(each.data_location == TensorProto.EXTERNAL for each in model.graph.initializer):
        raise UserError(f"{name} keeps its weights in another file; save it as one file (onnx.save)")
    if model.functions:
        model = inliner.inline_local_functions(model)
    constants = {each.name for each in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in constants]
    if not inputs or not model.graph.output:
        raise UserError(f"{name} is no ONNX model with an input and an output")
    rates = [each.value for each in model.metadata_props if each.key.lower() in _RATES and each.value.isdecimal()]
    model = _cut(model, name, output or model.graph.output[0].name, [each.name for each in inputs])
    (given,) = model.graph.input
    kind = given.type.tensor_type.elem_type
    if kind not in (TensorProto.FLOAT, *INTEGERS):
        raise UserError(
            f"{name} takes {TensorProto.DataType.Name(kind).lower()}; a graph takes float32 or 8-bit numbers"
        )
    shape = tuple(each.dim_value or None for each in given.type.tensor_type.shape.dim)
    quantised = None if kind == TensorProto.FLOAT else _scale_of(model, name, given.name, INTEGERS[kind])
    return GraphFile(name, _converted(model, name), shape, quantised, int(rates[0]) if rates else None)


def _cut(model: onnx.ModelProto, name: str, output: str, inputs: Sequence[str]) -> onnx.ModelProto:
    """What of a model gives a value, as a model of one input."""
    graph = model.graph
    by_value = {value: node for node in graph.node for value in node.output if value}
    if output not in by_value:
        raise UserError(f"{name} has no value {output!r}{did_you_mean(output, by_value)}")
    wanted, found, needed = [output], set(), set()
    while wanted:
        value = wanted.pop()
        if value not in found:
            found.add(value)
            if value in by_value:
                needed.add(id(by_value[value]))
                wanted.extend(_reads(by_value[value]))
    used = [each for each in inputs if each in found]
    if len(used) != 1:
        told = f"needs {len(used)} inputs ({', '.join(used)})" if used else "does not depend on its input"
        raise UserError(f"{name}: value {output!r} {told}; a front-end's graph takes one")
    kept = onnx.GraphProto(name="cut")
    kept.node.extend(node for node in graph.node if id(node) in needed)
    kept.initializer.extend(each for each in graph.initializer if each.name in found)
    kept.input.extend(each for each in graph.input if each.name == used[0])
    described = [each for each in (*graph.output, *graph.value_info) if each.name == output]
    kept.output.append(described[0] if described else onnx.ValueInfoProto(name=output))
    made = helper.make_model(kept, opset_imports=model.opset_import, ir_version=model.ir_version)
    return made


def _reads(node: onnx.NodeProto) -> Iterator[str]:
    """Values that a node needs, those of graphs inside it among them."""
    yield from (value for value in node.input if value)
    for attribute in node.attribute:
        for graph in [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]:
            made = {value for inner in graph.node for value in inner.output}
            made |= {each.name for each in (*graph.input, *graph.initializer)}
            yield from (value for inner in graph.node for value in _reads(inner) if value not in made)


def _scale_of(model: onnx.ModelProto, name: str, given: str, kind: np.dtype[Any]) -> tuple[float, NDArray[np.generic]]:
    """Scale and zero point by which the graph reads its input."""
    constants = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] == given and node.input[1] in constants:
            zero = constants.get(node.input[2]) if len(node.input) > 2 else None
            return float(constants[node.input[1]]), np.zeros((), kind) if zero is None else zero.astype(kind)
    raise UserError(f"{name} takes 8-bit numbers and states no scale for them: its input meets no DequantizeLinear")


def _converted(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """The same, of the operator set that exported graphs have."""
    own = {each.domain: each.version for each in model.opset_import}
    used = {node.domain for node in model.graph.node}
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(each, number) for each, number in own.items() if each in used | {""})
    if own.get("", OPSET) != OPSET:
        try:
            model = version_converter.convert_version(model, OPSET)
        except Exception as error:  # the converter's own, and those of its C++ part
            raise UserError(
                f"{name} is of operator set {own['']} and cannot be brought to {OPSET}, which exported graphs have "
                f"({str(error).splitlines()[0][:200]}); save it with operator set {OPSET}"
            ) from error
    model.ir_version = IR_VERSION
    return model
