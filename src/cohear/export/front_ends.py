"""Front-ends as parts of a graph; one of your own registers its graph in `FRONT_END_GRAPHS`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.graph_builder import GraphBuilder
from cohear.base.registry import Registry
from cohear.export.functionals_graph import functionals_graph
from cohear.export.ordered_graph import OrderedFrames
from cohear.features.filterbank import FilterBank, mel_triangles
from cohear.features.front_end import FrontEnd
from cohear.features.logmel import LogMel
from cohear.features.mel_front_end import MelFrontEnd
from cohear.features.summary import PLAIN, Summary

AnyFrontEnd = TypeVar("AnyFrontEnd", bound=FrontEnd)
AnyMel = TypeVar("AnyMel", bound=MelFrontEnd)


class FrontEndGraph(ABC, Generic[AnyFrontEnd]):
    """A front-end's numbers, computed by nodes of a graph.

    Args:
        front_end: whose numbers these are.
    """

    def __init__(self, front_end: AnyFrontEnd) -> None:
        self.front_end = front_end

    def check(self) -> None:
        """Raise UserError where this front-end's settings leave nothing that a graph could compute."""

    @abstractmethod
    def frames(self, graph: GraphBuilder, waveform: str) -> str:
        """``waveform`` ``[B, S]`` to frames ``[B, frames_of(S), frame_width]``."""

    @abstractmethod
    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """What an encoder sees of windows ``[M, W, frame_width]``, zero beyond their common ``length`` ``[1]``."""


FRONT_END_GRAPHS: Registry[type[FrontEndGraph[Any]]] = Registry("front-end that can be exported")


class MelGraph(FrontEndGraph[AnyMel]):
    """Log-mel frames: a convolution with the windowed cosines and sines of the spectrum, then the triangles.

    The convolution is the discrete Fourier transform of `FilterBank`, frame by frame; only bins that a triangle
    weighs are computed.
    """

    def frames(self, graph: GraphBuilder, waveform: str) -> str:
        """``[B, S]`` to ``[B, T, bands]``."""
        bank = self.front_end.filter_bank
        triangles = mel_triangles(bank.bands, bank.fft_size, bank.rate, bank.low, bank.high)
        bins = np.flatnonzero(triangles.any(axis=1))
        channel = graph.node("Unsqueeze", waveform, graph.constant([1]))  # [B, 1, S]
        spectrum = graph.node(
            "Conv",
            channel,
            spectrum_kernels(graph, bank, bins),
            strides=[bank.hop],
            pads=list(bank.padding),
            kernel_shape=[bank.window],
        )  # [B, 2 * bins, T]
        squares = graph.node("Mul", spectrum, spectrum)
        weights = graph.constant(triangles[bins].T)  # [bands, bins]
        weights = graph.node("Concat", weights, weights, axis=1)  # real and imaginary part add up
        energies = graph.node("MatMul", weights, squares)  # [B, bands, T]
        logs = graph.node("Log", graph.node("Add", energies, graph.constant(bank.floor)))
        return graph.node("Transpose", logs, perm=[0, 2, 1])


@FRONT_END_GRAPHS.register(LogMel.name)
class LogMelGraph(MelGraph[LogMel]):
    """The frames themselves."""

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """``[M, W, bands]`` as it is."""
        return windows


@FRONT_END_GRAPHS.register(Summary.name)
class SummaryGraph(MelGraph[Summary]):
    """Statistics over the valid frames of each window."""

    def window_input(self, graph: GraphBuilder, windows: str, length: str) -> str:
        """``[M, input_width]``."""
        valid = graph.sliced(windows, graph.constant([0]), length, 1)  # [M, L, bands]
        if self.front_end.statistics != PLAIN:
            return functionals_graph(graph, valid, length, self.front_end.bands)
        time = graph.constant([1])
        mean = graph.node("ReduceMean", valid, time, keepdims=1)
        deviation = graph.node("Sub", valid, mean)
        variance = graph.node("ReduceMean", graph.node("Mul", deviation, deviation), time, keepdims=0)
        ordered = OrderedFrames(graph, valid, length)
        statistics = [
            ordered.least(),
            ordered.greatest(),
            graph.node("Sqrt", variance),
            graph.node("Squeeze", mean, time),
            *(ordered.percentile(share) for share in (0.5, 0.25, 0.75)),
        ]
        return graph.node("Concat", *statistics, axis=1)


def spectrum_kernels(graph: GraphBuilder, bank: FilterBank, bins: NDArray[np.int64]) -> str:
    """Windowed cosines and sines ``[2 * bins, 1, window]``.

    The graph holds a period of each and where to look in it, not the kernels, which are larger than a small network;
    a runtime makes them once, when it loads the model.
    """
    time = np.arange(bank.window)
    period = 2 * np.pi * np.arange(bank.fft_size) / bank.fft_size
    hann = graph.constant(0.5 - 0.5 * np.cos(2 * np.pi * time / bank.window))
    turns = graph.node("Mul", graph.constant(bins[:, None, None]), graph.constant(time[None, None]))
    places = graph.node("Mod", turns, graph.constant([bank.fft_size]))  # [bins, 1, window]
    waves = [graph.node("Gather", graph.constant(table), places) for table in (np.cos(period), np.sin(period))]
    return graph.node("Mul", graph.node("Concat", *waves, axis=0), hann)
