"""Front-ends that make other numbers of log energies, as parts of a bundle's graph."""

from __future__ import annotations

from cohear.base.graph_builder import GraphBuilder
from cohear.export.front_ends import FRONT_END_GRAPHS, MelGraph
from cohear.features.mfcc import Mfcc
from cohear.features.pcen import TINY, Pcen


@FRONT_END_GRAPHS.register(Mfcc.name)
class MfccGraph(MelGraph[Mfcc]):
    """The cosine transform of each frame."""

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """``[M, W, bands]`` to ``[M, W, coefficients]``."""
        return graph.node("MatMul", windows, graph.constant(self.front_end.cosines))


@FRONT_END_GRAPHS.register(Pcen.name)
class PcenGraph(MelGraph[Pcen]):
    """Each band against its own past in the window."""

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """``[M, W, bands]``, zero beyond the length."""
        made_by, count = self.front_end, graph.dimension(windows, 1)
        energies = graph.node("Exp", windows)
        smooth = graph.node("MatMul", self._weights(graph, count), energies)
        level = graph.node("Add", smooth, graph.constant(TINY))
        normal = graph.node("Mul", energies, graph.node("Pow", level, graph.constant(-made_by.gain)))
        raised = graph.node(
            "Pow", graph.node("Add", normal, graph.constant(made_by.bias)), graph.constant(made_by.power)
        )
        made = graph.node("Sub", raised, graph.constant(made_by.bias**made_by.power))
        inside = graph.node("Less", graph.counting(count), length)  # [W]
        return graph.node("Where", graph.node("Unsqueeze", inside, graph.constant([1])), made, graph.constant(0.0))

    def _weights(self, graph: GraphBuilder, count: str) -> str:
        """`Pcen.weights` of so many frames."""
        share = self.front_end.smoothing
        place = graph.node("Cast", graph.counting(count), to=1)  # [W]
        ago = graph.node("Sub", graph.node("Unsqueeze", place, graph.constant([1])), place)  # [W, W]
        kept = graph.node("Pow", graph.constant(1 - share), graph.node("Max", ago, graph.constant(0.0)))
        first = graph.node("Equal", graph.counting(count), graph.constant([0]))
        shares = graph.node("Mul", kept, graph.node("Where", first, graph.constant(1.0), graph.constant(share)))
        return graph.node("Where", graph.node("Less", ago, graph.constant(0.0)), graph.constant(0.0), shares)
