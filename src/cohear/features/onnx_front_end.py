"""The ONNX front-end: what graphs that were learnt elsewhere make of a waveform."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from cohear.base.arrays import Floats
from cohear.base.assets import Asset
from cohear.base.errors import MissingExtra, UserError
from cohear.features.excerpts import Excerpts
from cohear.features.front_end import FRONT_ENDS, FrontEnd, WaveformFrontEnd, demand
from cohear.features.learnt_frames import LearntFrames
from cohear.features.made_for import FACTORS, refuse_wrong_rate, refuse_wrong_scale
from cohear.features.pooling import FramePooling

if TYPE_CHECKING:
    from cohear.features.graph_chain import GraphChain
    from cohear.features.graph_file import GraphFile
    from cohear.features.graph_step import Treatment


@dataclass(frozen=True)
class Link:
    """A graph of the chain, or a front-end as its first.

    Args:
        file: an ONNX model.
        front_end: in place of a file, whose frames enter the next.
        window: of what enters, for one frame: samples, or frames of the link before. A graph of fixed length has it by
            itself; one of any length that is given none hears all there is and says by itself how frames follow.
        hop: from one window to the next.
        multiply, add: applied to what enters, in this order.
        quantise: make 8-bit numbers of it by the graph's own scale and zero point.
        output: name of a value inside the graph; its first output without one.
    """

    file: Asset | None = None
    front_end: FrontEnd | None = None
    window: int | None = None
    hop: int | None = None
    multiply: float = 1.0
    add: float = 0.0
    quantise: bool = False
    output: str | None = None


@FRONT_ENDS.register("onnx")
@dataclass(frozen=True)
class Onnx(LearntFrames):
    """Frames of a chain of graphs, each of an excerpt of the waveform and of nothing else.

    Frame k is of the excerpt that is centred on samples ``[k * hop, (k + 1) * hop)``. At a clip's ends excerpts are
    moved inwards, so that the graphs hear no padding, unless the clip is shorter than an excerpt: zeros follow it then.

    Args:
        path: an ONNX model, or several, one after the other.
        rate: in Hz, that the first was made for.
        scale: of the samples that it was made for: -1 to 1, or integers of 16 bits.
        pool: over the frames of a window.
    """

    name: ClassVar[str] = "onnx"
    version: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ("onnxruntime",)
    extra: ClassVar[str] = "export"

    path: Asset | tuple[Link, ...]
    rate: int = 16000
    scale: Literal["unit", "int16"] = "unit"
    pool: FramePooling = "none"

    def __post_init__(self) -> None:
        links = self.links
        one_each = all((link.file is None) != (link.front_end is None) for link in links)
        files = [link for link in links if link.file is not None]
        demand(
            {
                "rate must be positive": self.rate > 0,
                "path must name a file": bool(files),
                "each link must have a file or a front_end, not both": one_each,
                "a front_end must be the first link": all(link.front_end is None for link in links[1:]),
                "window and hop must be at least 1": all(
                    size is None or size >= 1 for link in links for size in (link.window, link.hop)
                ),
            },
            self,
        )
        if self.before is not None and (self.before.layout != "sequence" or self.before.rate != self.rate):
            raise UserError(
                f"front-end {self.name!r}: its first link {self.before.name!r} gives a {self.before.layout} at "
                f"{self.before.rate} Hz; a sequence at {self.rate} Hz is needed"
            )
        self._of_clip(np.zeros(1, np.float32))  # what does not fit is told now
        refuse_wrong_scale(self.name, self.scale, self._frames_at_scale)

    @property
    def links(self) -> tuple[Link, ...]:
        """The chain."""
        return (Link(self.path),) if isinstance(self.path, Asset) else self.path

    @property
    def before(self) -> WaveformFrontEnd | None:
        """The front-end that is the first link."""
        first = self.links[0].front_end if self.links else None
        if first is not None and not isinstance(first, WaveformFrontEnd):
            raise UserError(f"front-end {self.name!r}: its first link {first.name!r} hears no waveform")
        return first

    @cached_property
    def chain(self) -> GraphChain:
        """The graphs."""
        try:
            from cohear.features.graph_chain import GraphChain  # noqa: PLC0415 - an extra
            from cohear.features.graph_file import read_graph  # noqa: PLC0415
            from cohear.features.graph_step import Treatment  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtra("onnx", self.extra) from error
        files: list[tuple[GraphFile, Treatment]] = []
        for link in self.links:
            if link.file is None:
                continue
            graph = read_graph(link.file, link.output)
            if not files:
                refuse_wrong_rate(link.file.name, graph.rate, self.rate)
            files.append((graph, Treatment(link.window, link.hop, link.multiply, link.add, link.quantise)))
        return GraphChain(files, 0 if self.before is None else self.before.frame_width)

    @cached_property
    def excerpts(self) -> Excerpts:
        """How excerpts lie on what enters the graphs: on samples, or on frames of the first link."""
        return Excerpts(self.chain.window, self.chain.hop)

    @property
    def factor(self) -> float:
        """By which samples are multiplied."""
        return FACTORS[self.scale]

    @property
    def hop(self) -> int:
        """Samples from one frame to the next."""
        return self.chain.hop * (1 if self.before is None else self.before.hop)

    @property
    def reach(self) -> int | None:
        """An excerpt, with what the first link sees around it."""
        if self.before is None:
            return self.chain.window
        around = self.before.reach
        return None if around is None else self.chain.window * self.before.hop + around

    @property
    def context(self) -> tuple[int, int]:
        """Frames whose excerpts reach over the edge, or are moved away from it."""
        around = self.excerpts.around
        if self.before is None:
            return around, around
        before, after = (-(-each // self.chain.hop) for each in self.before.context)
        return around + before, around + after

    @property
    def frame_width(self) -> int:
        """The numbers of the last graph."""
        return self.chain.frame_width

    def frames_of(self, samples: int) -> int:
        """``ceil(samples / hop)``."""
        entering = samples if self.before is None else self.before.frames_of(samples)
        return self.excerpts.count(entering)

    def _of_clip(self, clip: Floats) -> Floats:
        return self._frames_at_scale(clip, self.factor)

    def _frames_at_scale(self, clip: Floats, factor: float) -> Floats:
        """Frames of a clip whose samples are multiplied; a short one is followed by zeros."""
        scaled = clip * np.float32(factor)
        if self.before is not None:
            least = self.chain.window * self.before.hop
            scaled = self.before.frames([np.pad(scaled, (0, max(least - len(scaled), 0)))])[0]
            entering = self.before.frames_of(len(clip))
        else:
            entering = len(scaled)
        return self.chain.run(self.excerpts.cut(scaled, entering))
