"""Encoders and heads, as torch traces them for any number of windows."""

from __future__ import annotations

import copy
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from cohear.base.errors import UserError
from cohear.export.graph_values import logits_name, rows_name
from cohear.export.network_inputs import NetworkInput, network_inputs
from cohear.export.torch_graph import as_graph, first_line
from cohear.features.task_input import TaskInput
from cohear.models.inference import at_inference
from cohear.models.sharing import Network
from cohear.models.windows import Windows

TRACED_ROWS, CHECKED_ROWS = 3, 5
TOLERANCE = 1e-4


class _Traced(nn.Module):
    """Every task's logits of its windows, asked for as evaluation does; what tasks share is computed once.

    The exporter joins equal computations, so that an encoder that tasks share, and that is given the same windows for
    them, stands in the graph once.

    Args:
        networks: for each task the network that answers it; their parameters may be the same.
        examples: of the windows of each input, and for each task which of them it is asked about.
    """

    def __init__(self, networks: Mapping[str, nn.Module], examples: Examples) -> None:
        super().__init__()
        self.tasks = list(networks)
        self.networks = nn.ModuleList(networks.values())
        self._examples = examples

    def forward(self, *given: Tensor) -> tuple[Tensor, ...]:
        windows = self._examples.windows_of(given)
        asked = zip(self.tasks, self.networks, strict=True)
        return tuple(network({task: windows[task]})[task].float() for task, network in asked)


@dataclass(frozen=True)
class Examples:
    """Noise as windows of several lengths, and how the graph's inputs are called.

    Attributes:
        asks: of each task what it is asked about.
        windows: an example of each.
    """

    asks: Mapping[str, NetworkInput]
    windows: Mapping[NetworkInput, Windows]

    @classmethod
    def of(cls, inputs: Mapping[str, TaskInput], scaled: Container[str], rows: int) -> Examples:
        """With so many rows of the first input, and one more of each further one."""
        asks = network_inputs(inputs, scaled)
        given = {asked: inputs[task] for task, asked in reversed(asks.items())}
        different = list(dict.fromkeys(asks.values()))
        return cls(asks, {asked: _noise(given[asked], rows + number) for number, asked in enumerate(different)})

    def named(self) -> dict[str, Tensor]:
        """What the graph takes, in order, by name."""
        found = {}
        for asked, windows in self.windows.items():
            found[asked.features] = windows.features
            if windows.lengths is not None:
                found[asked.lengths] = windows.lengths
        return found

    def dimensions(self) -> tuple[dict[int, torch.export.Dim], ...]:
        """Which of it may have any size: the rows, as many for all that an input has."""
        rows = [torch.export.Dim(rows_name(number), min=1) for number in range(len(self.windows))]
        return tuple(
            {0: rows[number]}
            for number, windows in enumerate(self.windows.values())
            for _ in range(1 if windows.lengths is None else 2)
        )

    def windows_of(self, given: Sequence[Tensor]) -> dict[str, Windows]:
        """What was given in the order of ``named``, as each task's windows."""
        left = iter(given)
        windows = {
            asked: Windows(next(left), None if example.lengths is None else next(left))
            for asked, example in self.windows.items()
        }
        return {task: windows[asked] for task, asked in self.asks.items()}


def network_graph(network: Network, inputs: Mapping[str, TaskInput], scaled: Container[str] = ()) -> onnx.ModelProto:
    """A network as a graph with the names that `assemble` joins.

    Args:
        network: trained; it is left as it is.
        inputs: what each task gives it that is answered.
        scaled: tasks whose features are at a scale of their own.

    Raises:
        UserError: the encoder does things that cannot be exported, for any number of windows at least.
    """
    trained = copy.deepcopy(network).eval().requires_grad_(False)
    examples = Examples.of(inputs, scaled, TRACED_ROWS)
    traced = _Traced({task: at_inference(trained, task, trained.idle(task)) for task in inputs}, examples)
    given = examples.named()
    logits = [logits_name(number) for number in range(len(inputs))]
    try:
        model = as_graph(traced, tuple(given.values()), examples.dimensions(), list(given), logits)
    except Exception as error:  # the exporter's own kinds, and whatever a user's module raises under it
        raise UserError(f"this network cannot be exported to ONNX: {first_line(error)}") from error
    _check(model, network, Examples.of(inputs, scaled, CHECKED_ROWS))
    return model


def _noise(given: TaskInput, rows: int) -> Windows:
    """Noise as features of windows of several lengths, and the lengths where a front-end gives sequences."""
    noise = torch.Generator().manual_seed(rows)
    if given.front_end.layout == "vector":
        return Windows(torch.randn(rows, given.width, generator=noise))
    lengths = torch.linspace(1, given.window, rows).round().long()
    features = torch.randn(rows, given.window, given.width, generator=noise) - 3
    return Windows(features * (torch.arange(given.window)[None, :] < lengths[:, None])[..., None], lengths)


def _check(model: onnx.ModelProto, network: Network, examples: Examples) -> None:
    """Raise UserError where the graph differs from the network, on more windows than it was traced with."""
    import onnxruntime  # noqa: PLC0415 - slow to import

    given = examples.named()
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        expected = _Traced(dict.fromkeys(examples.asks, network), examples)(*given.values())
    network.train(was_training)
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        found = session.run(None, {name: tensor.numpy() for name, tensor in given.items()})
    except Exception as error:  # onnxruntime's own, one class a kind of failure
        raise UserError(
            f"this network cannot be exported: its graph fails on another number of windows ({first_line(error)}); "
            "an encoder must take its batch size from .shape, not from len()"
        ) from error
    # NaN stays NaN, which is within no tolerance
    worst = float(np.max([np.abs(a.numpy() - b).max() for a, b in zip(expected, found, strict=True)]))
    scale = max(1.0, *(float(each.abs().max()) for each in expected))
    if not worst <= TOLERANCE * scale:
        raise UserError(f"this network cannot be exported: its graph's logits differ from its own by {worst:.2g}")
