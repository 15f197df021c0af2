"""Functionals of windows as nodes of a graph: the numbers of `cohear.features.functionals`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.graph_builder import GraphBuilder
from cohear.export.ordered_graph import OrderedFrames
from cohear.features.functionals import DELTA, LAGS, ON_PATH, PATH, cepstrum_width, cosines, positions


def functionals_graph(graph: GraphBuilder, valid: str, length: str, bands: int) -> str:
    """Statistics ``[M, functionals_width(bands)]``.

    Args:
        graph: that nodes are added to.
        valid: log energies ``[M, L, bands]``.
        length: frames of each window, ``[1]``.
        bands: how many.
    """
    told = _descriptors(graph, valid, length, bands)  # [M, L, D]
    around = _held(graph, told, length)
    frames = graph.node("Cast", length, to=1)

    def mean(values: str, *, keep: int = 0) -> str:
        return graph.node("ReduceMean", values, graph.constant([1]), keepdims=keep)

    def later(by: int) -> str:
        begin = graph.constant([DELTA + by])
        return graph.sliced(around, begin, graph.node("Add", length, begin), 1)

    def squares(values: str) -> str:
        return mean(graph.node("Mul", values, values))

    middle = mean(told, keep=1)
    deviation = graph.node("Sqrt", squares(graph.node("Sub", told, middle)))
    ordered = OrderedFrames(graph, told, length)
    rises = [graph.node("Sub", later(k), later(-k)) for k in range(1, DELTA + 1)]
    rising = graph.node("Sum", *(graph.node("Mul", rise, graph.constant(float(k))) for k, rise in enumerate(rises, 1)))
    scale = graph.constant(1 / (2 * sum(k * k for k in range(1, DELTA + 1))))
    slope = graph.node("Sqrt", squares(graph.node("Mul", rising, scale)))
    changes = [mean(graph.node("Abs", graph.node("Sub", later(lag), told))) for lag in LAGS]

    place = graph.node("Cast", graph.counting(length), to=1)  # [L]
    phase = graph.node(
        "Div", graph.node("Mul", graph.node("Add", place, graph.constant(0.5)), graph.constant(math.pi)), frames
    )
    waves = graph.node("Cos", graph.node("Mul", phase, graph.constant(np.arange(1.0, PATH + 1)[:, None])))  # [PATH, L]
    on_path = min(ON_PATH, cepstrum_width(bands))
    coefficients = graph.sliced(told, graph.constant([bands]), graph.constant([bands + on_path]), 2)
    path = graph.reshaped(graph.node("MatMul", waves, coefficients), -1, PATH * on_path)
    path = graph.node("Mul", path, graph.node("Div", graph.constant(2.0), frames))

    low, high = ordered.percentile(0.1), ordered.percentile(0.9)
    middle = graph.node("Squeeze", middle, graph.constant([1]))
    return graph.node("Concat", middle, deviation, low, high, slope, *changes, path, axis=1)


def _descriptors(graph: GraphBuilder, valid: str, length: str, bands: int) -> str:
    """What each frame is like, ``[M, L, D]``."""
    across, place = graph.constant([2]), positions(bands)[:, None]

    def mean(values: str) -> str:
        return graph.node("ReduceMean", values, across, keepdims=1)

    def weighed(values: str, weights: NDArray[Any]) -> str:
        return graph.node("MatMul", values, graph.constant(weights.astype(np.float32)))

    energy = graph.node("Exp", valid)
    total = graph.node("ReduceSum", energy, across, keepdims=1)
    share = graph.node("Div", energy, total)
    centroid = weighed(share, place)
    spread = graph.node("Sub", weighed(share, np.square(place)), graph.node("Mul", centroid, centroid))
    level = graph.node("Log", total)
    flatness = graph.node("Sub", mean(valid), graph.node("Sub", level, graph.constant(math.log(bands))))
    half, band = bands // 2, np.arange(bands)[:, None]
    upper, lower = (graph.node("Log", weighed(energy, part)) for part in (band >= half, band < max(half, 1)))
    before = graph.sliced(valid, graph.constant([0]), graph.node("Sub", length, graph.constant([1])), 1)
    first = graph.sliced(valid, graph.constant([0]), graph.constant([1]), 1)
    step = graph.node("Sub", valid, graph.node("Concat", first, before, axis=1))
    next_band = graph.node("Gather", valid, graph.constant(np.minimum(np.arange(1, bands + 1), bands - 1)), axis=2)
    shape = (
        level,
        centroid,
        spread,
        flatness,
        graph.node("Sub", upper, lower),
        mean(graph.node("Relu", step)),
        mean(graph.node("Abs", step)),
        mean(graph.node("Abs", graph.node("Sub", next_band, valid))),
    )
    return graph.node("Concat", valid, weighed(valid, cosines(bands)), *shape, axis=2)


def _held(graph: GraphBuilder, told: str, length: str) -> str:
    """Frames with the first and the last one held beyond the ends."""
    count = graph.node("Add", length, graph.constant([DELTA + max(LAGS)]))
    places = graph.node("Sub", graph.counting(count), graph.constant([DELTA]))
    last = graph.node("Sub", length, graph.constant([1]))
    return graph.node("Gather", told, graph.node("Min", graph.node("Max", places, graph.constant([0])), last), axis=1)
