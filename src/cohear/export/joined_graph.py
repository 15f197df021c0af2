"""Several front-ends as one, as a part of a bundle's graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from cohear.base.graph_builder import GraphBuilder
from cohear.export.front_ends import FRONT_END_GRAPHS, FrontEndGraph
from cohear.features.joined import Joined, JoinedPart


@FRONT_END_GRAPHS.register(Joined.name)
class JoinedGraph(FrontEndGraph[Joined]):
    """The parts' graphs, their numbers side by side."""

    def check(self) -> None:
        """All parts must be computable."""
        for part in self.front_end.parts:
            self._graph(part).check()

    def frames(self, graph: GraphBuilder, waveform: str) -> str:
        """``[B, S]`` to ``[B, T, frame_width]``."""
        count = graph.divided_up(graph.dimension(waveform, 1), self.front_end.hop)
        joined = []
        for part in self.front_end.parts:
            frames = self._graph(part).frames(graph, waveform)  # [B, T of the part, width]
            wanted = graph.node("Mul", count, graph.constant([part.times]))
            last = graph.node("Sub", graph.dimension(frames, 1), graph.constant([1]))
            places = graph.node("Min", graph.counting(wanted), last)
            own = graph.node("Gather", frames, places, axis=1)
            joined.append(graph.reshaped(own, graph.dimension(waveform, 0), count, part.end - part.begin))
        return graph.node("Concat", *joined, axis=2)

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """What each part gives of its own frames, side by side."""
        vector = self.front_end.layout == "vector"
        given = []
        for part in self.front_end.parts:
            width = part.front_end.frame_width
            frames = graph.node("Mul", graph.dimension(windows, 1), graph.constant([part.times]))
            own = graph.reshaped(self._own(graph, windows, part), graph.dimension(windows, 0), frames, width)
            own_length = graph.node("Mul", length, graph.constant([part.times]))
            made = self._graph(part).window_input(graph, own, own_length)
            if not vector:
                rows = [graph.dimension(windows, axis) for axis in (0, 1)]
                made = graph.reshaped(made, *rows, part.times * part.front_end.input_width)
            given.append(made)
        return graph.node("Concat", *given, axis=-1)

    def _own(self, graph: GraphBuilder, frames: str, part: JoinedPart) -> str:
        """A part's numbers of joined frames ``[B, T, frame_width]``."""
        return graph.sliced(frames, graph.constant(np.array([part.begin])), graph.constant(np.array([part.end])), 2)

    def _graph(self, part: JoinedPart) -> FrontEndGraph[Any]:
        return FRONT_END_GRAPHS[part.front_end.name](part.front_end)
