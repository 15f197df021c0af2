"""A graph of a chain, with what is found out of it by trying: how its frames lie, whether it takes many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnx
import onnxruntime

from cohear.base.arrays import Floats
from cohear.base.errors import UserError
from cohear.base.graph_builder import GraphBuilder
from cohear.features.graph_axes import Axes, free_steps
from cohear.features.graph_file import GraphFile

GIVEN, MADE = "given", "made"
_SAME = 1e-4


@dataclass(frozen=True)
class Treatment:
    """What is done to what enters a graph.

    Attributes:
        window, hop: in frames (samples) of it, for a frame each; None where the graph is given all there is.
        multiply, add: applied to it.
        quantise: whether it becomes 8-bit numbers by the graph's own scale.
    """

    window: int | None
    hop: int | None
    multiply: float
    add: float
    quantise: bool


@dataclass(frozen=True, eq=False)
class GraphStep:
    """A graph on excerpts.

    Attributes:
        file: the graph.
        treatment: of what enters.
        axes: of its input.
        window, hop: of a frame that it gives, in what enters.
        whole: whether it is given all there is, and gives a frame every hop; else it gives one an excerpt.
        last: whether frames are the last axis of what it gives.
        frame_width: numbers of a frame.
        inner: frames that the graph itself gives for an excerpt, of which the mean is taken.
        alone: whether it takes one row at a time.
    """

    file: GraphFile
    treatment: Treatment
    axes: Axes
    window: int
    hop: int
    whole: bool = False
    last: bool = False
    frame_width: int = 0
    inner: int = 1
    alone: bool = True

    @classmethod
    def of(cls, file: GraphFile, treatment: Treatment, width: int) -> GraphStep:
        """A graph that frames of a width enter; samples where it is 0.

        Raises:
            UserError: it does not fit what enters, or needs settings that it was not given.
        """
        if treatment.quantise != (file.quantised is not None):
            told = (
                "takes float32: leave quantise out"
                if treatment.quantise
                else "takes 8-bit numbers: give quantise: true"
            )
            raise UserError(f"{file.name} {told}")
        axes = Axes.of(file.name, file.shape, width)
        window, hop = treatment.window or axes.length, treatment.hop
        if window is None:
            if hop is not None:
                raise UserError(f"{file.name} takes any length: give window beside hop, or neither")
            free = cls(file, treatment, axes, 1, 1)
            ask = compiled(file.name, lambda graph: free._file(graph, GIVEN, -1, 1))  # of whatever length
            steps = free_steps(file.name, lambda length: ask(_noise(1, length, width)), width)
            return cls(file, treatment, axes, steps.window, steps.hop, True, steps.last)._tried()._of_its_own_samples()
        if axes.length not in (None, window):
            raise UserError(f"{file.name} takes {axes.length} at a time, not {window}: leave window out")
        if hop is None:
            raise UserError(f"{file.name} hears {window} at a time: give hop, from one excerpt to the next")
        return cls(file, treatment, axes, window, hop)._tried()

    def frames_of(self, length: int) -> int:
        """Frames that it gives of so many."""
        return (length - self.window) // self.hop + 1

    def nodes(self, graph: GraphBuilder, value: str, length: int) -> str:
        """``[N, length]`` or ``[N, length, width]`` to ``[N, frames_of(length), frame_width]``."""
        frames = self.frames_of(length)
        if self.whole:
            return self._made(graph, value, length)
        if (frames, length) != (1, self.window):
            places = np.arange(frames)[:, None] * self.hop + np.arange(self.window)
            value = graph.node("Gather", value, graph.constant(places), axis=1)  # [N, frames, window, width]
            value = graph.reshaped(value, -1, self.window, *([self.axes.width] if self.axes.width else []))
        made = self._made(graph, value, self.window)  # [N * frames, 1, frame_width]
        return graph.reshaped(made, -1, frames, self.frame_width)

    def _made(self, graph: GraphBuilder, value: str, length: int) -> str:
        """What the file makes of rows, ``[M, frames, frame_width]``: as many frames as it has, or one."""
        if not self.alone:
            return self._framed(graph, self._file(graph, value, length, -1), length, -1)
        body, row = GraphBuilder(graph.name("alone")), graph.name("row")
        made = self._framed(body, self._file(body, row, length, 1), length, 1)
        made = body.reshaped(made, -1, self.frame_width)
        return graph.row_by_row(value, body, row, made)

    def _file(self, graph: GraphBuilder, value: str, length: int, rows: int) -> str:
        """The file's own output for rows of a length, as float32."""
        if self.treatment.multiply != 1:
            value = graph.node("Mul", value, graph.constant(float(self.treatment.multiply)))
        if self.treatment.add:
            value = graph.node("Add", value, graph.constant(float(self.treatment.add)))
        shape = self.axes.shape(length)
        value = graph.reshaped(value, *((rows, *shape) if self.axes.has_rows else shape))
        if self.file.quantised is not None:
            scale, zero = self.file.quantised
            value = graph.node("QuantizeLinear", value, graph.constant(scale), graph.constant(zero))
        return graph.node("Cast", graph.inlined(self.file.model, value), to=1)

    def _framed(self, graph: GraphBuilder, made: str, length: int, rows: int) -> str:
        """The file's output as frames; several of one excerpt become their mean."""
        if not self.whole:
            made = graph.reshaped(made, rows, self.inner, self.frame_width)
            return made if self.inner == 1 else graph.node("ReduceMean", made, graph.constant([1]), keepdims=1)
        frames = self.frames_of(length)
        if self.last:
            return graph.node("Transpose", graph.reshaped(made, rows, self.frame_width, frames), perm=[0, 2, 1])
        return graph.reshaped(made, rows, frames, self.frame_width)

    def _tried(self) -> GraphStep:
        """With the width of a frame, and whether rows can be many."""
        found = self._asked(_noise(1, self.window, self.axes.width))
        sizes = [size for size in found.shape if size != 1]
        if self.whole:
            width = found.size
        elif len(sizes) <= 2:
            width = sizes[-1] if sizes else 1
        else:
            raise UserError(
                f"{self.file.name} gives {list(found.shape)} for an excerpt: name a value inside it with output that "
                "has a vector an excerpt, or frames of numbers"
            )
        one = replace(self, frame_width=width, inner=1 if self.whole else found.size // width)
        return replace(one, alone=not (self.axes.takes_many and one._takes_many()))

    def _takes_many(self) -> bool:
        """Whether a row is the same among others, much louder and much softer ones."""
        rows = np.concatenate([_noise(1, self.window, self.axes.width) * level for level in (1, 1e-6, 0)])
        run = compiled(self.file.name, lambda graph: replace(self, alone=False).nodes(graph, GIVEN, self.window))
        try:
            together = run(rows)
            alone = np.concatenate([run(row[None]) for row in rows])
        except UserError:
            return False
        return bool(np.allclose(together, alone, rtol=_SAME, atol=_SAME * max(1.0, float(np.abs(alone).max()))))

    def _of_its_own_samples(self) -> GraphStep:
        """The same, after a check that frames do not depend on what surrounds them.

        Raises:
            UserError: they do.
        """
        around, length = 5, self.window + 10 * self.hop
        given = _noise(1, length, self.axes.width)
        whole = compiled(self.file.name, lambda graph: self.nodes(graph, GIVEN, length))(given)[:, around]
        begin = around * self.hop
        own = given[:, begin : begin + self.window]
        alone = compiled(self.file.name, lambda graph: self.nodes(graph, GIVEN, self.window))(own)[:, 0]
        if not np.allclose(whole, alone, rtol=0, atol=1e-2 * float(np.abs(whole).max())):
            raise UserError(
                f"{self.file.name}: what it says of a frame depends on more than the {self.window} that come to it: "
                "give window and hop, so that it hears excerpts of a length"
            )
        return self

    def _asked(self, given: Floats) -> Floats:
        """The file's own output for one row."""
        return compiled(self.file.name, lambda graph: self._file(graph, GIVEN, given.shape[1], 1))(given)


def compiled(name: str, nodes: Callable[[GraphBuilder], str]) -> Callable[[Floats], Floats]:
    """A function that runs nodes on what is ``GIVEN``.

    Args:
        name: what errors begin with.
        nodes: adds them to a graph; the value that they give.

    Raises:
        UserError: they cannot be loaded; later, where they fail.
    """
    graph = GraphBuilder("compiled")
    graph.node("Identity", nodes(graph), name=MADE)
    model = graph.model([_free(GIVEN)], [_free(MADE)])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own, one class a kind of failure
        raise UserError(f"{name} cannot be loaded by onnxruntime: {_first_line(error)}") from error

    def run(given: Floats) -> Floats:
        try:
            made: Floats = session.run(None, {GIVEN: given})[0]
        except Exception as error:
            raise UserError(f"{name} fails on an input of {list(given.shape)}: {_first_line(error)}") from error
        return made

    return run


def _free(name: str) -> onnx.ValueInfoProto:
    """A float32 value of any shape."""
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)


def _noise(rows: int, length: int, width: int) -> Floats:
    shape: Sequence[int] = (rows, length, width) if width else (rows, length)
    return np.random.default_rng(0).uniform(-0.3, 0.3, shape).astype(np.float32)


def _first_line(error: Exception) -> str:
    return next((line.strip()[:300] for line in str(error).splitlines() if line.strip()), type(error).__name__)
