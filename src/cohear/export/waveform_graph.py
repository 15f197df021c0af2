"""Samples themselves, as a part of a bundle's graph."""

from __future__ import annotations

from cohear.base.graph_builder import GraphBuilder
from cohear.export.front_ends import FRONT_END_GRAPHS, FrontEndGraph
from cohear.features.waveform import Waveform


@FRONT_END_GRAPHS.register(Waveform.name)
class WaveformGraph(FrontEndGraph[Waveform]):
    """Frames side by side."""

    def frames(self, graph: GraphBuilder, waveform: str) -> str:
        """``[B, S]`` to ``[B, T, hop]``."""
        samples, hop = graph.dimension(waveform, 1), self.front_end.hop
        count, zero = graph.divided_up(samples, hop), graph.constant([0])
        missing = graph.node("Sub", graph.node("Mul", count, graph.constant([hop])), samples)
        padding = graph.node("Concat", zero, missing, axis=0)
        filled = graph.node("Pad", waveform, padding, "", graph.constant([1]))
        return graph.reshaped(filled, graph.dimension(waveform, 0), count, hop)

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """``[M, W, hop]`` as it is."""
        return windows
