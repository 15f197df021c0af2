"""Frames of windows in their order, as nodes of a graph: what `cohear.features.ordered` gives of equal lengths."""

from __future__ import annotations

from cohear.base.graph_builder import GraphBuilder


class OrderedFrames:
    """Frames in ascending order, number by number.

    Args:
        graph: that nodes are added to.
        valid: frames ``[M, L, D]``.
        length: of them, ``[1]``.
    """

    def __init__(self, graph: GraphBuilder, valid: str, length: str) -> None:
        self._graph = graph
        self._ordered, _ = graph.several(
            "TopK", [graph.name("ordered"), graph.name("unused")], valid, length, axis=1, largest=0, sorted=1
        )  # [M, L, D]
        self._last = graph.node("Sub", length, graph.constant([1]))

    def least(self) -> str:
        """``[M, D]``."""
        return self._at(self._graph.constant([0]))

    def greatest(self) -> str:
        """``[M, D]``."""
        return self._at(self._last)

    def percentile(self, share: float) -> str:
        """``[M, D]``, linear between frames."""
        graph = self._graph
        exact = graph.node("Mul", graph.node("Cast", self._last, to=1), graph.constant(share))  # [1]
        whole = graph.node("Floor", exact)
        below = graph.node("Cast", whole, to=7)
        above = graph.node("Min", graph.node("Add", below, graph.constant([1])), self._last)
        low, high = self._at(below), self._at(above)
        weight = graph.node("Sub", exact, whole)
        return graph.node("Add", low, graph.node("Mul", graph.node("Sub", high, low), weight))

    def _at(self, place: str) -> str:
        """Values at one place ``[1]`` of the frames."""
        graph = self._graph
        return graph.node("Squeeze", graph.node("Gather", self._ordered, place, axis=1), graph.constant([1]))
