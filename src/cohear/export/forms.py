"""How an output of each form is exported, in a graph, in figures and in words: the twin of every decoding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from cohear.base.decoding import Activation, Decoding, LabelDecoding, NumberDecoding
from cohear.base.graph_builder import GraphBuilder
from cohear.base.registry import Registry
from cohear.base.timeline import ROUNDING, UNHEARD, TimelineDecoding
from cohear.export.calibrate import Calibration, calibrate_labels, calibrate_numbers, calibrate_steps
from cohear.export.out_of_fold import OutOfFold
from cohear.export.readme_cells import points_text, text
from cohear.export.withheld import is_withheld
from cohear.tasks.kind import TargetKind
from cohear.tasks.timeline import TimelineKind

D = TypeVar("D", bound=Decoding)

ACTIVATIONS: dict[Activation, tuple[str, dict[str, int]]] = {
    "softmax": ("Softmax", {"axis": 1}),
    "sigmoid": ("Sigmoid", {}),
    "identity": ("Identity", {}),
}
"""Operator of a graph that computes each activation of `cohear.base.decoding`, and its attributes."""


@dataclass(frozen=True)
class WindowsOfClips:
    """Values of the graph that tell of an input's windows.

    Attributes:
        batch: how many clips there are, ``[1]``.
        weights: ``[B, N]``, 1 for a window that is pooled, else 0.
        shares: ``[B, N, 1]`` of the mean over windows.
        frames: of each clip, ``[1]``; where a task answers in time.
        starts: first frame of each window, ``[N]``; where a task answers in time.
        sounding: ``[B, T]``, 1 for a frame of a clip that is more than silence, else 0; where a task answers in time.
        frame_seconds: from one frame to the next.
    """

    batch: str
    weights: str
    shares: str
    frames: str
    starts: str
    sounding: str
    frame_seconds: float


class OutputForm(ABC, Generic[D]):
    """What is done with outputs of a form."""

    pool: ClassVar[Callable[..., object]] = staticmethod(TargetKind.pool)
    """The pooling of a target kind that the graph computes; a kind with another one cannot be exported."""
    dimensions: ClassVar[tuple[str, ...]] = ()
    """Of an output, between the clips and its columns."""
    window_dimensions: ClassVar[tuple[str, ...]] = ()
    """Of what is said of windows, between the windows and the columns."""
    told: ClassVar[str]
    """What the model gives, in words."""

    def of_frames(self, task: D, stride: int) -> D:
        """The decoding of a network whose encoder gives a frame of so many of its input's; here it does not matter."""
        return task

    def pooled(self, graph: GraphBuilder, task: D, by_clip: str, windows: WindowsOfClips, temperature: float) -> str:
        """Add what makes calibrated numbers of clips, before the activation, out of those of windows; here the mean.

        Args:
            graph: to add to.
            task: whose.
            by_clip: ``[B, N, columns]``, with ``window_dimensions`` between; divided by the temperature.
            windows: of its input.
            temperature: of the task.

        Returns:
            Name of the value ``[B, columns]``, with ``dimensions`` between.
        """
        return graph.node("ReduceSum", graph.node("Mul", by_clip, windows.shares), graph.constant([1]), keepdims=0)

    @abstractmethod
    def calibrate(self, predictions: OutOfFold, task: D) -> Calibration:
        """Set what the decoding has on all rows, and judge it by cross-fitting over test parts."""

    def scope(self, task: D) -> str:
        """What may be answered, for a list; here the columns."""
        return text("; ".join(task.columns))

    def calibrated(self, found: Mapping[str, Any]) -> str:
        """What the calibration is worth, for a table, of what a card tells of it; here the error of probabilities."""
        if is_withheld(found, "temperature"):
            return f"{points_text(found.get('error_before'))}, no temperature applied"
        return f"{points_text(found.get('error_before'))} before, {points_text(found.get('error_after'))} after"


class LabelsOutput(OutputForm[LabelDecoding]):
    """Labels of a clip: the mean over windows."""

    told: ClassVar[str] = "calibrated probabilities `[batch, labels]`"

    def calibrate(self, predictions: OutOfFold, task: LabelDecoding) -> Calibration:
        """A temperature, and thresholds for labels that do not exclude each other."""
        return calibrate_labels(predictions, task)


class NumbersOutput(OutputForm[NumberDecoding]):
    """Numbers of a clip: the mean over windows."""

    told: ClassVar[str] = "numbers `[batch, numbers]`"

    def calibrate(self, predictions: OutOfFold, task: NumberDecoding) -> Calibration:
        """Spreads."""
        return calibrate_numbers(predictions, task)

    def scope(self, task: NumberDecoding) -> str:
        """The numbers with their unit, scale and spread."""
        ends = [f"from {task.low:g}"] if task.low is not None else []
        ends += [f"to {task.high:g}"] if task.high is not None else []
        scale = " ".join([f"in {task.unit}"] * bool(task.unit) + ends)
        spread = [f"± {value:.4g}" for value in task.spread] or [""] * len(task.names)
        told = "; ".join(f"{each} {within}".strip() for each, within in zip(task.names, spread, strict=True))
        return text(told) + (f" ({text(scale)})" if scale else "")

    def calibrated(self, found: Mapping[str, Any]) -> str:
        """How many truths lie within the spread."""
        told = f"{points_text(found.get('covered'))} % of the truths within the spread"
        return f"{told}, which is not applied" if is_withheld(found, "spread") else told


class TimelineOutput(OutputForm[TimelineDecoding]):
    """Labels of a clip's steps: the mean over the frames in each that is heard."""

    pool: ClassVar[Callable[..., object]] = staticmethod(TimelineKind.pool)
    dimensions: ClassVar[tuple[str, ...]] = ("steps",)
    window_dimensions: ClassVar[tuple[str, ...]] = ("frames",)
    told: ClassVar[str] = "calibrated probabilities in time `[batch, steps, labels]`"

    def of_frames(self, task: TimelineDecoding, stride: int) -> TimelineDecoding:
        """With the stride."""
        return replace(task, stride=stride)

    def pooled(
        self, graph: GraphBuilder, task: TimelineDecoding, by_clip: str, windows: WindowsOfClips, temperature: float
    ) -> str:
        """As `cohear.base.timeline.StepMeans` does, for all clips at once: frames are added up where they belong."""
        one, zero = graph.constant([1]), graph.constant([0])
        places = self._places(graph, task, by_clip, windows)  # [N, K]
        inside = graph.node("Cast", graph.node("Less", places, windows.frames), to=1)
        count = graph.node("Max", self._steps(graph, task, windows.frames, windows.frame_seconds), one)
        steps = self._steps(graph, task, places, windows.frame_seconds)
        final = graph.node("Sub", count, one)
        steps = graph.node("Min", steps, final)
        weights = graph.node("Unsqueeze", windows.weights, graph.constant([2]))  # [B, N, 1]
        weights = graph.node("Unsqueeze", graph.node("Mul", weights, inside), graph.constant([3]))  # [B, N, K, 1]
        columns = graph.node("Concat", graph.node("Mul", by_clip, weights), weights, axis=3)  # and their number
        columns = graph.node("Transpose", columns, perm=[1, 2, 0, 3])  # [N, K, B, columns + 1]
        width = graph.constant([len(task.columns) + 1])
        columns = graph.reshaped(columns, -1, windows.batch, width)
        sums = self._sums(graph, columns, steps, count, width, windows)  # [B, steps, columns + 1]
        last = graph.constant([len(task.columns)])
        number = graph.sliced(sums, last, width, 2)
        mean = graph.node("Div", graph.sliced(sums, zero, last, 2), graph.node("Max", number, graph.constant(1.0)))

        own = graph.counting(graph.dimension(windows.sounding, 1))  # [T]
        own = graph.node("Min", self._steps(graph, task, own, windows.frame_seconds), final)
        sounding = graph.node("Unsqueeze", graph.node("Transpose", windows.sounding), graph.constant([2]))  # [T, B, 1]
        sounding = self._sums(graph, sounding, own, count, one, windows)  # [B, steps, 1]
        heard = graph.node("Greater", graph.node("Min", number, sounding), graph.constant(0.0))
        return graph.node("Where", heard, mean, graph.constant(UNHEARD / temperature))

    def calibrate(self, predictions: OutOfFold, task: TimelineDecoding) -> Calibration:
        """A temperature, thresholds and filters."""
        return calibrate_steps(predictions, task)

    def scope(self, task: TimelineDecoding) -> str:
        """The labels, and how fine their times are."""
        return f"{text('; '.join(task.labels))} (in steps of {task.step:g} s)"

    def _places(self, graph: GraphBuilder, task: TimelineDecoding, by_clip: str, windows: WindowsOfClips) -> str:
        """In which frame of the clip each frame of a window begins, ``[N, K]``."""
        starts = graph.node("Unsqueeze", windows.starts, graph.constant([1]))  # [N, 1]
        own = graph.counting(graph.dimension(by_clip, 2))
        own = graph.node("Mul", own, graph.constant([task.stride]))
        return graph.node("Add", starts, graph.node("Unsqueeze", own, graph.constant([0])))

    def _sums(
        self, graph: GraphBuilder, columns: str, steps: str, count: str, width: str, windows: WindowsOfClips
    ) -> str:
        """Rows ``[R, B, width]`` added up by their steps, ``[R]`` or in its order: ``[B, steps, width]``."""
        shape = graph.node("Concat", count, windows.batch, width, axis=0)
        empty = graph.node("Expand", graph.constant(0.0), shape)
        sums = graph.node("ScatterND", empty, graph.reshaped(steps, -1, 1), columns, reduction="add")
        return graph.node("Transpose", sums, perm=[1, 0, 2])

    def _steps(self, graph: GraphBuilder, task: TimelineDecoding, frames: str, frame_seconds: float) -> str:
        """The step that each frame begins in."""
        rate, rounding = (graph.double(value) for value in (frame_seconds / task.step, ROUNDING))
        steps = graph.node("Add", graph.node("Mul", graph.node("Cast", frames, to=11), rate), rounding)
        return graph.node("Cast", graph.node("Floor", steps), to=7)


OUTPUT_FORMS: Registry[OutputForm[Any]] = Registry("form of an output")
"""By ``Decoding.form``."""
OUTPUT_FORMS.register(LabelDecoding.form)(LabelsOutput())
OUTPUT_FORMS.register(NumberDecoding.form)(NumbersOutput())
OUTPUT_FORMS.register(TimelineDecoding.form)(TimelineOutput())


def form_of(decoding: Decoding) -> OutputForm[Any]:
    """The twin of a decoding; raises UserError where it has none."""
    return OUTPUT_FORMS[decoding.form]


def of_frames(decoding: Decoding, stride: int) -> Decoding:
    """The decoding of a network whose encoder gives a frame of so many of its input's."""
    found: Decoding = form_of(decoding).of_frames(decoding, stride)
    return found


def calibrate(predictions: OutOfFold) -> Calibration:
    """Set what a task's decoding has on all rows, and judge it by cross-fitting over test parts."""
    return form_of(predictions.decoding).calibrate(predictions, predictions.decoding)
