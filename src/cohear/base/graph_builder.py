"""Writes ONNX graphs node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, compose, helper, numpy_helper

OPSET = 18
IR_VERSION = 8
"""Old enough for every runtime that knows the opset."""


class GraphBuilder:
    """Collects nodes and constants; every value has a name that no task can have, since those hold no ``+``.

    Args:
        prefix: keeps names apart from those of graphs that this one is joined with.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._count = 0
        self.domains: dict[str, int] = {}
        """Operator sets beside ONNX's own that nodes are of."""

    def name(self, stem: str) -> str:
        """A new name for a value."""
        self._count += 1
        return f"+{self._prefix}/{stem}_{self._count}"

    def constant(self, value: NDArray[Any] | Sequence[int] | int | float, name: str = "") -> str:
        """A constant; numbers without a type become int64 or float32 ones."""
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = name or self.name("constant")
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name))
        return name

    def double(self, value: float) -> str:
        """A constant of float64, for what float32 is too coarse to count."""
        name = self.name("constant")
        self.constants.append(numpy_helper.from_array(np.array(value, dtype=np.float64), name))
        return name

    def node(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:  # noqa: ANN401 - ONNX attributes
        """A node with one output; returns the output's name."""
        return self.several(kind, [name or self.name(kind.lower())], *inputs, **attributes)[0]

    def several(self, kind: str, outputs: list[str], *inputs: str, **attributes: Any) -> list[str]:  # noqa: ANN401
        """A node with named outputs."""
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, name=self.name("node"), **attributes))
        return outputs

    def dimension(self, value: str, axis: int) -> str:
        """Length ``[1]`` of an axis."""
        return self.node("Shape", value, start=axis, end=axis + 1)

    def sliced(self, value: str, start: str, end: str, axis: int) -> str:
        """Part of an axis; ``start`` and ``end`` are ``[1]`` int64."""
        return self.node("Slice", value, start, end, self.constant([axis]))

    def counting(self, count: str) -> str:
        """0, 1, and so on, ``[n]``, where ``count`` ``[1]`` says how many."""
        end = self.node("Squeeze", count, self.constant([0]))
        return self.node("Range", self.constant(0), end, self.constant(1))

    def divided_up(self, number: str, by: int) -> str:
        """A whole number ``[1]`` divided, rounded up."""
        return self.node("Div", self.node("Add", number, self.constant([by - 1])), self.constant([by]))

    def reshaped(self, value: str, *shape: str | int) -> str:
        """Reshape to dimensions that are known (-1: what is left) or computed ``[1]``."""
        parts = [self.constant([part]) if isinstance(part, int) else part for part in shape]
        return self.node("Reshape", value, self.node("Concat", *parts, axis=0))

    def inlined(self, model: onnx.ModelProto, value: str) -> str:
        """All of a model of one input and one output, on a value; returns what it gives.

        Args:
            model: of the operator set of this graph.
            value: what its input gets.
        """
        prefixed = compose.add_prefix(model, self.name("model") + "/")
        self.domains |= {each.domain: each.version for each in prefixed.opset_import if each.domain}
        self.node("Identity", value, name=prefixed.graph.input[0].name)
        self.nodes.extend(prefixed.graph.node)
        self.constants.extend(prefixed.graph.initializer)
        result: str = prefixed.graph.output[0].name
        return result

    def row_by_row(self, value: str, body: GraphBuilder, row: str, result: str) -> str:
        """What another graph makes of each row of a value, one at a time.

        Args:
            value: rows first.
            body: the graph; its nodes are of one row.
            row: name of a row in it.
            result: name of what it makes of the row.
        """
        self.domains |= body.domains
        loop = helper.make_graph(
            body.nodes,
            self.name("body"),
            [helper.make_tensor_value_info(row, TensorProto.FLOAT, None)],
            [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)],
            body.constants,
        )
        return self.node("Scan", value, body=loop, num_scan_inputs=1)

    def model(
        self,
        inputs: Sequence[onnx.ValueInfoProto],
        outputs: Sequence[onnx.ValueInfoProto],
    ) -> onnx.ModelProto:
        """All of it as a model."""
        graph = helper.make_graph(self.nodes, self._prefix, list(inputs), list(outputs), self.constants)
        return helper.make_model(
            graph,
            opset_imports=[
                helper.make_opsetid(domain, number) for domain, number in {"": OPSET, **self.domains}.items()
            ],
            ir_version=IR_VERSION,
            producer_name="cohear",
        )


def floats(name: str, *shape: str | int) -> onnx.ValueInfoProto:
    """A float32 input or output; text dimensions are free."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def integers(name: str, *shape: str | int) -> onnx.ValueInfoProto:
    """An int64 input or output."""
    return helper.make_tensor_value_info(name, TensorProto.INT64, shape)
