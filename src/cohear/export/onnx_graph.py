"""Graphs that were learnt elsewhere as parts of a bundle's graph: excerpts are cut inside it."""

from __future__ import annotations

import numpy as np

from cohear.base.graph_builder import GraphBuilder
from cohear.export.front_ends import FRONT_END_GRAPHS, FrontEndGraph
from cohear.features.excerpts import Excerpts
from cohear.features.onnx_front_end import Onnx
from cohear.features.pooling import FramePooling


def pooled_nodes(graph: GraphBuilder, windows: str, length: str, pool: FramePooling) -> str:
    """What `cohear.features.pooling.pooled` makes of windows ``[M, W, D]`` of a common ``length`` ``[1]``."""
    if pool == "none":
        return windows
    time = graph.constant([1])
    valid = graph.sliced(windows, graph.constant([0]), length, 1)  # [M, L, D]
    mean = graph.node("ReduceMean", valid, time, keepdims=1)
    if pool == "mean":
        return graph.node("Squeeze", mean, time)
    deviation = graph.node("Sub", valid, mean)
    variance = graph.node("ReduceMean", graph.node("Mul", deviation, deviation), time, keepdims=0)
    return graph.node("Concat", graph.node("Squeeze", mean, time), graph.node("Sqrt", variance), axis=1)


def excerpt_nodes(graph: GraphBuilder, value: str, entering: str, excerpts: Excerpts, width: int) -> tuple[str, str]:
    """What `Excerpts.cut` makes of each row of a value.

    Args:
        graph: gets the nodes.
        value: ``[B, length or more]``, or ``[B, length or more, width]``.
        entering: the length ``[1]``.
        excerpts: how they lie.
        width: numbers of a frame; 0 for samples.

    Returns:
        Excerpts of all rows ``[B * T, window, width]``, and T ``[1]``.
    """
    value = _padded(graph, value, excerpts.window)
    count, zero, one = graph.divided_up(entering, excerpts.hop), graph.constant([0]), graph.constant([1])
    centred = graph.node("Mul", graph.counting(count), graph.constant([excerpts.hop]))
    centred = graph.node("Sub", centred, graph.constant([excerpts.lead]))
    last = graph.node("Max", graph.node("Sub", entering, graph.constant([excerpts.window])), zero)
    starts = graph.node("Unsqueeze", graph.node("Min", graph.node("Max", centred, zero), last), one)  # [T, 1]
    places = graph.node("Add", starts, graph.constant(np.arange(excerpts.window)[None]))  # [T, window]
    cut = graph.node("Gather", value, places, axis=1)  # [B, T, window, width]
    return graph.reshaped(cut, -1, excerpts.window, *([width] if width else [])), count


@FRONT_END_GRAPHS.register(Onnx.name)
class OnnxGraph(FrontEndGraph[Onnx]):
    """The chain's nodes on excerpts of the waveform, or of the frames of a front-end before them."""

    def frames(self, graph: GraphBuilder, waveform: str) -> str:
        """``[B, S]`` to ``[B, T, frame_width]``."""
        front_end = self.front_end
        excerpts, width = front_end.excerpts, front_end.chain.width
        if front_end.factor != 1:
            waveform = graph.node("Mul", waveform, graph.constant(front_end.factor))
        entering, value = graph.dimension(waveform, 1), waveform
        if front_end.before is not None:
            hop = front_end.before.hop
            value = _padded(graph, waveform, excerpts.window * hop)
            value = FRONT_END_GRAPHS[front_end.before.name](front_end.before).frames(graph, value)  # [B, T, width]
            entering = graph.divided_up(entering, hop)
        rows, count = excerpt_nodes(graph, value, entering, excerpts, width)
        made = front_end.chain.nodes(graph, rows)  # [B * T, frame_width]
        return graph.reshaped(made, graph.dimension(waveform, 0), count, front_end.frame_width)

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """As ``pool`` says."""
        return pooled_nodes(graph, windows, length, self.front_end.pool)


def _padded(graph: GraphBuilder, value: str, least: int) -> str:
    """Zeros behind axis 1 of a value until it is so long."""
    zero = graph.constant([0])
    missing = graph.node("Max", graph.node("Sub", graph.constant([least]), graph.dimension(value, 1)), zero)
    return graph.node("Pad", value, graph.node("Concat", zero, missing, axis=0), "", graph.constant([1]))
