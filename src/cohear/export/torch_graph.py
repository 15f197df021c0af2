"""A module of torch as an ONNX graph."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from cohear.base.graph_builder import IR_VERSION, OPSET


def as_graph(
    module: nn.Module,
    given: tuple[Tensor, ...],
    dimensions: tuple[Mapping[int, Any], ...],
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> onnx.ModelProto:
    """What torch writes of a module, without what it tells of this machine.

    Args:
        module: in evaluation; its ``forward`` takes any number of tensors (``*given``).
        given: an example of what it takes.
        dimensions: of each, which axes may have any size.
        inputs: names of what it takes.
        outputs: names of what it gives.

    Raises:
        Exception: the exporter's own kinds, and whatever the module raises under it.
    """
    with _quiet():
        program = torch.onnx.export(
            module,
            given,
            dynamo=True,
            opset_version=OPSET,
            dynamic_shapes=(dimensions,),
            input_names=list(inputs),
            output_names=list(outputs),
            external_data=False,
            verbose=False,
        )
    assert program is not None
    model: onnx.ModelProto = program.model_proto
    model.ir_version = IR_VERSION
    for entry in [*model.graph.node, *model.graph.value_info]:
        del entry.metadata_props[:]  # where in the source each node comes from, paths of this machine among it
        entry.doc_string = ""
    return model


def first_line(error: Exception) -> str:
    """The kind of an error and the first line of what it says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what torch's exporter tells of itself."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
