"""Mean and deviation taken out of features, and what a group's own are found by, as nodes of a graph."""

from __future__ import annotations

import numpy as np

from cohear.base.graph_builder import GraphBuilder


def at_scale(graph: GraphBuilder, features: str, lengths: str, statistics: str, window: int, name: str) -> str:
    """Features as `cohear.runs.input_scale.InputScale.applied` gives them.

    Args:
        graph: gets the nodes.
        features: ``[M, W, D]``, or ``[M, D]`` where ``lengths`` is empty.
        lengths: valid frames ``[M]``.
        statistics: ``[2, D]``, mean and deviation.
        window: W.
        name: of what comes out.
    """
    mean, deviation = graph.several(
        "Split", [graph.name("mean"), graph.name("deviation")], statistics, axis=0, num_outputs=2
    )  # [1, D] both
    centred = graph.node("Sub", features, mean)
    if not lengths:
        return graph.node("Div", centred, deviation, name=name)
    places = graph.constant(np.arange(window)[None])  # [1, W]
    valid = graph.node("Less", places, graph.node("Unsqueeze", lengths, graph.constant([1])))  # [M, W]
    mask = graph.node("Unsqueeze", graph.node("Cast", valid, to=1), graph.constant([2]))
    return graph.node("Mul", graph.node("Div", centred, deviation), mask, name=name)


def moments_of_windows(graph: GraphBuilder, features: str, heard: str, width: int, name: str) -> str:
    """Sums over each window's frames of its features and of their squares, ``[batch, windows, 2, D]``.

    Args:
        graph: gets the nodes.
        features: ``[M, W, D]`` with zeros beyond each length, or ``[M, D]``.
        heard: ``[batch, windows]``, for its shape.
        width: D.
        name: of what comes out.
    """
    frames = graph.reshaped(features, graph.dimension(features, 0), -1, width)  # [M, W, D] or [M, 1, D]
    summed = [
        graph.node("ReduceSum", value, graph.constant([1]), keepdims=1)
        for value in (frames, graph.node("Mul", frames, frames))
    ]
    both = graph.node("Concat", *summed, axis=1)  # [M, 2, D]
    shape = graph.node("Concat", graph.node("Shape", heard), graph.constant([2, width]), axis=0)
    return graph.node("Reshape", both, shape, name=name)
