"""A network in PyTorch that was learnt elsewhere, as a part of a bundle's graph: torch writes it down as nodes."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn

from cohear.base.errors import UserError
from cohear.base.graph_builder import GraphBuilder
from cohear.export.front_ends import FRONT_END_GRAPHS, FrontEndGraph
from cohear.export.onnx_graph import excerpt_nodes, pooled_nodes
from cohear.export.torch_graph import as_graph, first_line
from cohear.features.excerpts import Excerpts
from cohear.features.graph_chain import GraphChain
from cohear.features.graph_file import GraphFile
from cohear.features.graph_step import Treatment
from cohear.features.learnt_network import LearntNetwork
from cohear.features.module_front_end import Module
from cohear.features.transformers_front_end import Transformers


class _Frame(nn.Module):
    """One frame of each excerpt: the mean of those that a network gives."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *given: Tensor) -> Tensor:
        """``[N, window]`` to ``[N, frame_width]``."""
        made: Tensor = self.network(*given)
        return made.mean(dim=1)


@lru_cache(maxsize=8)
def _chain(front_end: LearntNetwork) -> GraphChain:
    """A network's nodes: torch writes them down once."""
    name, module, excerpts = front_end.network.name, front_end.network.module, front_end.excerpts
    assert module is not None and excerpts is not None  # checked
    example = torch.zeros(3, excerpts.window).uniform_(-0.1, 0.1, generator=torch.Generator().manual_seed(0))
    rows = torch.export.Dim("rows", min=1)
    try:
        model = as_graph(_Frame(module), (example,), ({0: rows},), ["excerpts"], ["frames"])
    except Exception as error:  # the exporter's own kinds, and whatever somebody's network raises under it
        raise UserError(
            f"front-end {front_end.name!r}: {name} cannot be exported to ONNX: {first_line(error)}"
        ) from error
    file = GraphFile(name, model, (None, excerpts.window), None, None)
    return GraphChain([(file, Treatment(excerpts.window, excerpts.hop, 1.0, 0.0, False))], 0)


@FRONT_END_GRAPHS.register(Module.name)
@FRONT_END_GRAPHS.register(Transformers.name)
class NetworkGraph(FrontEndGraph[LearntNetwork]):
    """The network on excerpts of the waveform."""

    def check(self) -> None:
        """It needs excerpts, which a stream has too, and one module, which torch can write down."""
        network, what = self.front_end.network, f"front-end {self.front_end.name!r}: {self.front_end.network.name}"
        if network.module is None:
            raise UserError(f"{what} {network.no_graph}")
        if self.front_end.excerpts is None:
            raise UserError(
                f"{what} is given whole clips, which a stream has none of; give it window and hop_samples, and it can "
                "be exported"
            )
        _ = _chain(self.front_end)

    def frames(self, graph: GraphBuilder, waveform: str) -> str:
        """``[B, S]`` to ``[B, T, frame_width]``."""
        rows, count = excerpt_nodes(graph, waveform, graph.dimension(waveform, 1), self._excerpts, 0)
        made = _chain(self.front_end).nodes(graph, rows)
        return graph.reshaped(made, graph.dimension(waveform, 0), count, self.front_end.frame_width)

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """As ``pool`` says."""
        return pooled_nodes(graph, windows, length, self.front_end.pool)

    @property
    def _excerpts(self) -> Excerpts:
        assert self.front_end.excerpts is not None  # checked
        return self.front_end.excerpts
