"""Encoders and heads, as torch traces them for any number of windows."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from cohear.base.errors import UserError
from cohear.export.assemble import FEATURES, LENGTHS, logits_name
from cohear.export.builder import IR_VERSION, OPSET
from cohear.features.front_end import FrontEnd
from cohear.models.inference import at_inference
from cohear.models.sharing import Network
from cohear.models.windows import Windows

TRACED_ROWS, CHECKED_ROWS = 3, 5
TOLERANCE = 1e-4


class _Traced(nn.Module):
    """Every task's logits of the same windows, asked for as evaluation does; what tasks share is computed once.

    The exporter joins equal computations, so that a shared encoder stands in the graph once.

    Args:
        networks: for each task the network that answers it; their parameters may be the same.
    """

    def __init__(self, networks: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.tasks = list(networks)
        self.networks = nn.ModuleList(networks.values())

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, ...]:
        asked = zip(self.tasks, self.networks, strict=True)
        return tuple(network({task: Windows(features, lengths)})[task].float() for task, network in asked)


def network_graph(network: Network, front_end: FrontEnd, window: int) -> onnx.ModelProto:
    """A network as a graph with the names that `assemble` joins.

    Args:
        network: trained; it is left as it is.
        front_end: whose features it takes.
        window: frames of a window.

    Raises:
        UserError: the encoder does things that cannot be exported, for any number of windows at least.
    """
    trained = copy.deepcopy(network).eval().requires_grad_(False)
    traced = _Traced({task: at_inference(trained, task) for task in network.tasks})
    examples = _examples(front_end, window, TRACED_ROWS)
    rows = torch.export.Dim("rows", min=1)
    try:
        with _quiet():
            program = torch.onnx.export(
                traced,
                examples,
                dynamo=True,
                opset_version=OPSET,
                dynamic_shapes=tuple({0: rows} for _ in examples),
                input_names=[FEATURES, LENGTHS][: len(examples)],
                output_names=[logits_name(number) for number in range(len(network.tasks))],
                external_data=False,
                verbose=False,
            )
        assert program is not None
        model: onnx.ModelProto = program.model_proto
    except Exception as error:  # the exporter's own kinds, and whatever a user's module raises under it
        raise UserError(f"this network cannot be exported to ONNX: {_first_line(error)}") from error
    model.ir_version = IR_VERSION
    for entry in [*model.graph.node, *model.graph.value_info]:
        del entry.metadata_props[:]  # where in the source each node comes from, paths of this machine among it
        entry.doc_string = ""
    _check(model, network, front_end, window)
    return model


def _examples(front_end: FrontEnd, window: int, rows: int) -> tuple[Tensor, ...]:
    """Noise as features of windows of several lengths, and the lengths where a front-end gives sequences."""
    noise = torch.Generator().manual_seed(rows)
    if front_end.layout == "vector":
        return (torch.randn(rows, front_end.input_width, generator=noise),)
    lengths = torch.linspace(1, window, rows).round().long()
    features = torch.randn(rows, window, front_end.input_width, generator=noise) - 3
    return features * (torch.arange(window)[None, :] < lengths[:, None])[..., None], lengths


def _check(model: onnx.ModelProto, network: Network, front_end: FrontEnd, window: int) -> None:
    """Raise UserError where the graph differs from the network, on more windows than it was traced with."""
    import onnxruntime  # noqa: PLC0415 - slow to import

    examples = _examples(front_end, window, CHECKED_ROWS)
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        expected = _Traced(dict.fromkeys(network.tasks, network))(*examples)
    network.train(was_training)
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        found = session.run(None, dict(zip([FEATURES, LENGTHS], (each.numpy() for each in examples), strict=False)))
    except Exception as error:  # onnxruntime's own, one class a kind of failure
        raise UserError(
            f"this network cannot be exported: its graph fails on another number of windows ({_first_line(error)}); "
            "an encoder must take its batch size from .shape, not from len()"
        ) from error
    worst = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(expected, found, strict=True))
    scale = max(1.0, *(float(each.abs().max()) for each in expected))
    if not worst <= TOLERANCE * scale:
        raise UserError(f"this network cannot be exported: its graph's logits differ from its own by {worst:.2g}")


def _first_line(error: Exception) -> str:
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
