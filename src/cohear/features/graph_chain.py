"""A chain of ONNX graphs on excerpts: the same nodes compute features for a study and stand in an exported model.

A frame is what the chain makes of its own excerpt, and of nothing else: so files, streams and batches are alike, also
where a graph takes a maximum over all that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cohear.base.arrays import Floats
from cohear.base.graph_builder import GraphBuilder
from cohear.features.graph_file import GraphFile
from cohear.features.graph_step import GIVEN, GraphStep, Treatment, compiled

AT_ONCE = 64
"""Excerpts a call; more take memory and no less time."""


class GraphChain:
    """Graphs one after the other.

    Args:
        files: at least one, each with what is done to what enters it.
        width: numbers of a frame that enters the first; 0 for samples.

    Attributes:
        width: numbers of a frame that enters.
        steps: with all that was found out of them.
        window, hop: of a frame, in what enters the first.
        frame_width: numbers of a frame.

    Raises:
        UserError: one does not fit what it is given.
    """

    def __init__(self, files: Sequence[tuple[GraphFile, Treatment]], width: int) -> None:
        self.steps: list[GraphStep] = []
        self.width = self.frame_width = width
        for file, treatment in files:
            self.steps.append(GraphStep.of(file, treatment, self.frame_width))
            self.frame_width = self.steps[-1].frame_width
        self.window, self.hop = 1, 1
        for step in reversed(self.steps):
            self.window = (self.window - 1) * step.hop + step.window
            self.hop *= step.hop
        self._run = compiled(files[-1][0].name, lambda graph: self.nodes(graph, GIVEN))

    def run(self, excerpts: Floats) -> Floats:
        """Frames ``[N, frame_width]`` of excerpts ``[N, window]``, or ``[N, window, width]``."""
        starts = range(0, len(excerpts), AT_ONCE)
        parts = [self._run(np.ascontiguousarray(excerpts[first : first + AT_ONCE])) for first in starts]
        return np.concatenate(parts)

    def nodes(self, graph: GraphBuilder, excerpts: str) -> str:
        """The same as nodes of a graph."""
        value, length = excerpts, self.window
        for step in self.steps:
            value, length = step.nodes(graph, value, length), step.frames_of(length)
        return graph.reshaped(value, -1, self.frame_width)
