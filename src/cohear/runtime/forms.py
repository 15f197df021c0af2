"""How an output of each form is answered: the twin that every decoding has in a runtime."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.decoding import Decoding, LabelDecoding, NumberDecoding, activated
from cohear.base.registry import Registry
from cohear.base.timeline import UNHEARD, TimelineDecoding, medians, steps_of
from cohear.runtime.answers import (
    AnyAnswer,
    ClipAnswers,
    Labels,
    Number,
    Sounding,
    Timeline,
    note_of,
)
from cohear.runtime.card import Windowing
from cohear.runtime.lasting import EventSettings, Hysteresis, Lasting, LastingLabels, LastingSteps
from cohear.runtime.pooling import (
    ClipPooling,
    MeanPooling,
    StepPooling,
    WindowLogits,
    check_finite,
    frames_inside,
    heard_places,
)

D = TypeVar("D", bound=Decoding)


class AnswerForm(ABC, Generic[D]):
    """What is done with an output of a form."""

    further_columns: ClassVar[tuple[str, ...]] = ()
    """Of ``Answer.rows``, beside ``label`` and ``probability``."""

    def pooling(self, task: D, windowing: Windowing) -> ClipPooling:
        """What pools a clip's windows; here their mean."""
        return MeanPooling(len(task.columns))

    @abstractmethod
    def answer(self, task: D, values: Floats, seconds: float | None, heard: NDArray[np.bool_]) -> AnyAnswer:
        """The answer to a clip.

        Args:
            task: whose.
            values: what the model gives of the clip, ``[columns]`` or ``[steps, columns]``: probabilities, or numbers.
            seconds: length of the clip; None where it is as long as its steps.
            heard: whether there is more than silence in it, ``[1]`` or ``[steps]``; else there is no label.
        """

    def of_windows(
        self, task: D, windows: WindowLogits, windowing: Windowing, seconds: float | None
    ) -> Sequence[AnyAnswer]:
        """The answer to each window; here as to a clip.

        Args:
            task: whose.
            windows: of its input.
            windowing: of the same.
            seconds: length of the waveform, beyond which nothing lasts; None where it is not known.
        """
        values = activated(task.activation, windows.logits[task.name])
        return [self.answer(task, row, seconds, heard) for row, heard in zip(values, windows.heard, strict=True)]

    def lasting(self, task: D, settings: EventSettings) -> Lasting[Any] | None:
        """What follows events through windows; None where a task has none."""
        return None


class LabelsForm(AnswerForm[LabelDecoding]):
    """Labels of a clip."""

    def answer(self, task: LabelDecoding, values: Floats, seconds: float | None, heard: NDArray[np.bool_]) -> Labels:
        """The most probable label, or all from their threshold on."""
        order = np.argsort(-values, kind="stable").tolist()
        if not heard.any():
            given = []
        elif task.exclusive:
            given = order[:1]
        else:
            given = [number for number in order if values[number] >= task.thresholds[number]]
        return Labels(
            tuple(task.labels[number] for number in given),
            dict(zip(task.labels, values.tolist(), strict=True)),
        )

    def lasting(self, task: LabelDecoding, settings: EventSettings) -> Lasting[Any]:
        """Labels that last over windows."""
        begin_at = np.full(len(task.labels), settings.onset) if task.exclusive else np.array(task.thresholds)
        return LastingLabels(Hysteresis(task.name, task.labels, begin_at, settings.release, exclusive=task.exclusive))


class NumbersForm(AnswerForm[NumberDecoding]):
    """Numbers of a clip, which have no events."""

    further_columns: ClassVar[tuple[str, ...]] = ("number", "unit", "spread")

    def answer(self, task: NumberDecoding, values: Floats, seconds: float | None, heard: NDArray[np.bool_]) -> Number:
        """The numbers, with what is known of their spread."""
        if not heard.any():
            return Number({}, task.unit, {})
        spread = dict(zip(task.names, task.spread, strict=True)) if task.spread else {}
        return Number(dict(zip(task.names, values.tolist(), strict=True)), task.unit, spread)


class TimelineForm(AnswerForm[TimelineDecoding]):
    """Labels in time."""

    further_columns: ClassVar[tuple[str, ...]] = ("onset", "offset")

    def pooling(self, task: TimelineDecoding, windowing: Windowing) -> ClipPooling:
        """The mean of the frames in each step."""
        return StepPooling(len(task.columns), windowing, task.step, task.stride)

    def answer(
        self, task: TimelineDecoding, values: Floats, seconds: float | None, heard: NDArray[np.bool_]
    ) -> Timeline:
        """Where each label's median is from its threshold on, in steps that are heard."""
        return timeline(task, values, 0, len(values) * task.step if seconds is None else seconds, heard)

    def of_windows(
        self, task: TimelineDecoding, windows: WindowLogits, windowing: Windowing, seconds: float | None
    ) -> Sequence[Timeline]:
        """Over the steps that a window has frames of, at their times in the clip."""
        made = []
        for row, start in enumerate(windows.starts):
            logits, places = frames_inside(windows, row, windows.logits[task.name], windowing, task.stride)
            steps = steps_of(places, windowing.frame_seconds, task.step)
            first, count = int(steps[0]), int(steps[-1] - steps[0]) + 1
            sums, counts = np.zeros((count, logits.shape[1])), np.bincount(steps - first)
            np.add.at(sums, steps - first, logits)
            sounding = steps_of(heard_places(windows, row), windowing.frame_seconds, task.step)
            heard = np.isin(np.arange(first, first + count), sounding)
            told = (heard & (counts > 0))[:, None]
            means = np.where(told, sums / np.maximum(counts, 1)[:, None], UNHEARD).astype(np.float32)
            end = start * windowing.frame_seconds + windowing.seconds
            end = min((first + count) * task.step, end if seconds is None else min(end, seconds))
            made.append(timeline(task, activated(task.activation, means), first, end, heard))
        return made

    def lasting(self, task: TimelineDecoding, settings: EventSettings) -> Lasting[Any]:
        """Labels that last over steps."""
        thresholds = np.array(task.thresholds)
        hysteresis = Hysteresis(task.name, task.labels, thresholds, settings.release, exclusive=False)
        return LastingSteps(hysteresis, task.widths)


def timeline(task: TimelineDecoding, values: Floats, first: int, end: float, heard: NDArray[np.bool_]) -> Timeline:
    """A time line out of steps in a row.

    Args:
        task: whose.
        values: probabilities ``[steps, labels]``.
        first: number of the first step in the clip.
        end: of the last one, in seconds.
        heard: in which of them there is more than silence, ``[steps]``.
    """
    smooth = medians(values, task.widths)
    sounds = (smooth >= np.array(task.thresholds, dtype=values.dtype)) & heard[:, None]
    edges = np.diff(np.pad(sounds.astype(np.int8), ((1, 1), (0, 0))), axis=0)  # [steps + 1, labels]
    spans = []
    for number, label in enumerate(task.labels):
        begins, ends = (np.flatnonzero(edges[:, number] == change) for change in (1, -1))
        for begin, stop in zip(begins.tolist(), ends.tolist(), strict=True):
            offset = end if stop == len(values) else (first + stop) * task.step
            spans.append(Sounding(label, (first + begin) * task.step, offset, float(smooth[begin:stop, number].max())))
    spans.sort(key=lambda span: (span.onset, span.label))
    return Timeline(tuple(spans), first * task.step, task.step, dict(zip(task.labels, values.T.tolist(), strict=True)))


FORMS: Registry[AnswerForm[Any]] = Registry("form of an answer")
"""By ``Decoding.form``."""
FORMS.register(LabelDecoding.form)(LabelsForm())
FORMS.register(NumberDecoding.form)(NumbersForm())
FORMS.register(TimelineDecoding.form)(TimelineForm())


_HEARD = np.ones(1, np.bool_)


def answer(
    task: Decoding, values: Floats, seconds: float | None = None, heard: NDArray[np.bool_] = _HEARD
) -> AnyAnswer:
    """The answer in what the model's output of a clip is, which is so long; all of it is heard, unless told."""
    return FORMS[task.form].answer(task, values, seconds, heard)


class Pooling:
    """The clip's answers out of its windows'.

    Args:
        tasks: of a bundle.
        windowings: of each task.
    """

    def __init__(self, tasks: Mapping[str, Decoding], windowings: Mapping[str, Windowing]) -> None:
        self._tasks, self._rate = tasks, next(iter(windowings.values())).rate
        self._pools = {name: FORMS[task.form].pooling(task, windowings[name]) for name, task in tasks.items()}
        self._samples = 0

    def add(self, windows: WindowLogits) -> None:
        """Take in windows, of the tasks that hear in windows like these.

        Raises:
            DataError: the model's answer is no number.
        """
        check_finite(windows)
        self._samples = windows.samples
        for name, logits in windows.logits.items():
            self._pools[name].add(windows, logits)

    def pooled(self) -> dict[str, Floats]:
        """What is said of all that has come, before the activation, of each task of which there was a window."""
        values = {name: pool.pooled() for name, pool in self._pools.items()}
        return {name: value for name, value in values.items() if value is not None}

    def answers(self, *, channels_cancel: bool) -> ClipAnswers:
        """Of each task of which there was a window.

        Args:
            channels_cancel: whether those do that the waveform is the mean of.
        """
        seconds, tasks, any_heard = self._samples / self._rate, dict[str, AnyAnswer](), False
        for name, task in self._tasks.items():
            if (values := self._pools[name].pooled()) is not None:
                heard = self._pools[name].heard()
                tasks[name] = answer(task, activated(task.activation, values), seconds, heard)
                any_heard |= bool(heard.any())
        return ClipAnswers(any_heard, tasks, note_of(heard=any_heard, channels_cancel=channels_cancel))
