"""Which frames of a waveform are more than silence, as a part of a bundle's graph."""

from __future__ import annotations

import numpy as np

from cohear.audio.silence import FLOOR
from cohear.base.graph_builder import GraphBuilder

_FLOAT, _DOUBLE = 1, 11  # of onnx.TensorProto


def heard_nodes(graph: GraphBuilder, waveform: str, hop: int, before: int, after: int) -> str:
    """What `cohear.audio.silence.heard_frames` says of each row: ``[B, S]`` to float32 ``[B, ceil(S / hop)]``.

    Args:
        graph: that the nodes are added to.
        waveform: ``[B, S]``.
        hop: samples from one frame to the next.
        before: hops before its own whose samples a frame sees too.
        after: the same behind it.
    """
    zero, one = graph.constant([0]), graph.constant([1])
    samples, by = graph.dimension(waveform, 1), graph.constant([hop])
    frames = graph.divided_up(samples, hop)  # [1]
    missing = graph.node("Sub", graph.node("Mul", frames, by), samples)
    whole = graph.node("Pad", waveform, graph.node("Concat", zero, missing, axis=0), "", one)
    # double: an offset may be ten thousand times as large as what is on it
    blocks = graph.reshaped(graph.node("Cast", whole, to=_DOUBLE), graph.dimension(waveform, 0), frames, hop)
    sums = [graph.node("ReduceSum", each, graph.constant([2])) for each in (blocks, graph.node("Mul", blocks, blocks))]
    added = graph.node("CumSum", graph.node("Concat", *sums, axis=2), graph.constant(np.array(1)))  # [B, T, 2]
    added = graph.node("Pad", added, graph.constant([1, 0]), "", one)  # nothing before the first

    own = graph.counting(frames)  # [T]
    first = graph.node("Max", graph.node("Sub", own, graph.constant([before])), zero)
    last = graph.node("Min", graph.node("Add", own, graph.constant([after + 1])), frames)
    seen = graph.node("Min", graph.node("Mul", last, by), samples)
    count = graph.node("Cast", graph.node("Sub", seen, graph.node("Mul", first, by)), to=_DOUBLE)
    between = graph.node("Sub", *(graph.node("Gather", added, places, axis=1) for places in (last, first)))
    means = graph.node("Div", between, graph.node("Unsqueeze", count, one))  # [B, T, 2]
    mean, square = (graph.node("Gather", means, graph.constant(np.array(at)), axis=2) for at in (0, 1))  # [B, T]
    power = graph.node("Sub", square, graph.node("Mul", mean, mean))
    return graph.node("Cast", graph.node("GreaterOrEqual", power, graph.double(FLOOR)), to=_FLOAT)
