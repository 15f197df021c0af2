"""A bundle: one model for all tasks, and what is needed to use it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.audio.channels import ChannelMeter
from cohear.audio.decode import why_no_sound
from cohear.audio.silence import heard_frames, louder_than_silence
from cohear.base.arrays import Floats
from cohear.base.decoding import Decoding, decoding_of
from cohear.base.errors import DataError
from cohear.runtime.adaptation import adaptable_tasks, statistics_of
from cohear.runtime.answers import ClipAnswers, Spans, WindowAnswer, in_time
from cohear.runtime.card import Card, Windowing, read_card
from cohear.runtime.forms import FORMS, Pooling
from cohear.runtime.pooling import WindowLogits, check_finite
from cohear.runtime.raw_samples import check_no_file
from cohear.runtime.resampled import Resampled, resampled
from cohear.runtime.scale import check_scale, check_width, scaled
from cohear.runtime.session import Session, heard_name, window_logits_name
from cohear.runtime.windows import Stretch, stretches

MOST_CHANNELS = 1024
"""As many as libsndfile knows; more, and more than there are samples, are samples and channels mixed up."""


class Bundle:
    """An exported model with its card; ``Bundle.load`` makes one.

    Args:
        card: what it says of itself.
        session: its model.

    Attributes:
        tasks: by name, in order: what their answers are.
        windowings: how a waveform is cut into windows; tasks may hear it in windows of their own.
    """

    def __init__(self, card: Card, session: Session) -> None:
        self.tasks: dict[str, Decoding] = card.tasks
        self.windowings: tuple[Windowing, ...] = card.windowings
        self._card, self._session = card, session
        self._adaptable = adaptable_tasks(card.content)

    @classmethod
    def load(cls, path: str | Path, *, threads: int | None = 1) -> Bundle:
        """Read a bundle's folder.

        Args:
            path: of the folder.
            threads: that the model may use; None is one a core. One is often the fastest, and the kindest.

        Raises:
            DataError: it is no bundle, or its model cannot be loaded.
            MissingExtra: onnxruntime is not installed.
        """
        folder = Path(path)
        card, session = read_card(folder), Session(folder, threads)
        for name, task in card.tasks.items():
            given = session.columns.get(name)
            if given != len(task.columns):
                raise DataError(
                    f"{folder}: its card is of another model: of task {name!r} it tells {len(task.columns)} columns, "
                    f"the model {'none' if given is None else given}; export the bundle again"
                )
        if differs := _told_otherwise(card, session.metadata):
            raise DataError(
                f"{folder}: its card is of another model, or was changed: {differs} than in the model's own metadata; "
                "export the bundle again"
            )
        return cls(card, session)

    @property
    def rate(self) -> int:
        """Samples a second of the waveforms that the model takes."""
        return self.windowings[0].rate

    @property
    def hops(self) -> list[int]:
        """Samples of a frame, in each of ``windowings``."""
        return [windowing.hop for windowing in self.windowings]

    @property
    def window(self) -> float:
        """Seconds of a window; of the longest, where tasks have their own."""
        return max(windowing.seconds for windowing in self.windowings)

    @property
    def card(self) -> dict[str, Any]:
        """All of ``card.json``."""
        return dict(self._card.content)

    def adapted(self, clips: Iterable[tuple[NDArray[Any], int]]) -> Bundle:
        """The bundle for one speaker, device or room, of whom some clips are at hand; it needs no labels of them.

        Tasks of a study with ``normalise: group`` learnt from features at the scale of each group, and are told that of
        a new one by these clips; all other tasks answer as before. The more clips, the nearer: those of a second or
        two count little against what is known of all groups.

        Args:
            clips: samples ``[samples]`` or ``[samples, channels]``, and their rate.

        Raises:
            DataError: no task is normalised by group, there are no clips, or one is no sound.
        """
        if not self._adaptable:
            raise DataError(
                "no task of this bundle is normalised by group, so there is nothing to adapt; a study that says "
                "normalise: group makes one that can be"
            )
        heard = (self.prepared(samples, rate) for samples, rate in clips)
        statistics = statistics_of(self._session, self.windowings, self._adaptable, heard)
        return Bundle(self._card, self._session.with_statistics(statistics))

    def probabilities(self, waveform: NDArray[Any]) -> dict[str, Floats]:
        """Calibrated probabilities of clips that are equally long; of a task of numbers, the numbers.

        Args:
            waveform: ``[batch, samples]`` at ``rate``, at least one sample; integers are scaled by their type.

        Returns:
            ``[batch, columns]`` by task, of a time line ``[batch, steps, columns]``.

        Raises:
            DataError: no samples, another shape, samples that are not finite numbers or are at no scale of sound, or
                the bytes of a file.
        """
        check_no_file(np.asarray(waveform))
        check_width(np.asarray(waveform))
        values = self._session.run(list(self.tasks), _checked(waveform, 2, "[batch, samples]"))
        return dict(zip(self.tasks, values, strict=True))

    def classify(self, samples: NDArray[Any], rate: int) -> ClipAnswers:
        """All tasks' answers to one clip of any length, and whether anything was heard.

        Args:
            samples: ``[samples]`` or ``[samples, channels]``; channels are averaged, integers scaled by their type.
            rate: of the samples; they are resampled where it is not the model's.

        Raises:
            DataError: no samples, another shape, or samples that are not finite numbers or are at no scale of sound.
        """
        pool, channels = self.pooling(), ChannelMeter()
        for windows in self.logits_of(self.prepared(samples, rate, channels)):
            pool.add(windows)
        return pool.answers(channels_cancel=channels.cancel)

    def pooled(self, samples: NDArray[Any], rate: int) -> dict[str, Floats]:
        """What tasks say of a clip before the activation, calibrated: ``[columns]``, or ``[steps, columns]`` in time.

        Args:
            samples: as ``classify`` takes them.
            rate: the same.

        Raises:
            DataError: as ``classify`` does.
        """
        pool = self.pooling()
        for windows in self.logits_of(self.prepared(samples, rate)):
            pool.add(windows)
        return pool.pooled()

    @property
    def is_adaptable(self) -> bool:
        """Whether some task can be told the scale of a speaker, a device or a room (`adapted`)."""
        return bool(self._adaptable)

    def pooling(self) -> Pooling:
        """What makes a clip's answers out of its windows'."""
        return Pooling(self.tasks, {name: self.windowings[self._card.hears[name]] for name in self.tasks})

    def windows(self, samples: NDArray[Any], rate: int | None = None) -> list[WindowAnswer]:
        """All tasks' answers to each window of a clip.

        Args:
            samples: ``[samples]`` or ``[samples, channels]``.
            rate: of the samples; None is the model's.
        """
        recording = self.prepared(samples, self.rate if rate is None else rate)
        seconds = len(recording.samples) / self.rate
        return in_time(each for windows in self.logits_of(recording) for each in self.answers(windows, seconds))

    def prepared(self, samples: NDArray[Any], rate: int, channels: ChannelMeter | None = None) -> Resampled:
        """Samples as the model takes them: mono, float32, at its rate; and how loud they were at their own.

        Args:
            samples: ``[samples]`` or ``[samples, channels]``.
            rate: of the samples.
            channels: is told of them, where there is one.

        Raises:
            DataError: no samples, another shape, a rate that is none, samples that are not finite numbers or are at no
                scale of sound, or the bytes of a file.
        """
        check_no_file(np.asarray(samples))
        check_width(np.asarray(samples))
        return resampled(as_mono(samples, channels), checked_rate(rate), self.rate, self.hops)

    def logits_of(self, recording: Resampled) -> Iterator[WindowLogits]:
        """Numbers of all windows of a recording."""
        return (self.stretch_logits(stretch) for stretch in stretches([recording], self.windowings))

    def window_logits(self, blocks: Iterable[Floats]) -> Iterator[WindowLogits]:
        """Numbers of all windows of a waveform that comes in blocks, in bounded memory.

        Each window has the numbers that it has in the whole waveform. An iterator of no samples has no window.

        Args:
            blocks: ``[samples]`` each, at ``rate``; consecutive.
        """
        for stretch in stretches(map(Resampled, blocks), self.windowings):
            yield self.stretch_logits(stretch)

    def stretch_logits(self, stretch: Stretch) -> WindowLogits:
        """Numbers of the windows of a stretch."""
        return self.batch_logits([stretch])[0]

    def batch_logits(self, batch: Sequence[Stretch]) -> list[WindowLogits]:
        """Numbers of the windows of several stretches at once, each as it has them alone.

        Args:
            batch: stretches of one `Stretch.shape`, of whichever waveforms.
        """
        hears = batch[0].hears
        tasks = [task for task in self.tasks if self._card.hears[task] == hears]
        names = [heard_name(hears), *(window_logits_name(task) for task in tasks)]
        waveforms = np.stack([stretch.samples for stretch in batch])  # [batch, samples]
        pooled, *logits = self._session.run(names, waveforms, batch[0].before, batch[0].after, hears)
        if pooled.shape[1] != len(batch[0].starts):
            raise DataError("the windowing in the bundle's card is not that of its model; export the bundle again")
        return [
            WindowLogits(
                stretch.starts,
                {task: _told(values[row], pooled[row] > 0) for task, values in zip(tasks, logits, strict=True)},
                pooled[row] > 0,
                _heard(stretch, self.windowings[hears]),
                stretch.seen,
                hears,
            )
            for row, stretch in enumerate(batch)
        ]

    def answers(self, windows: WindowLogits, seconds: float | None = None) -> list[WindowAnswer]:
        """Windows' numbers as answers.

        Args:
            windows: their numbers.
            seconds: length of the waveform, where no window ends later; None where it is not known.

        Raises:
            DataError: the model's answer is no number.
        """
        check_finite(windows)
        windowing = self.windowings[windows.hears]
        answers = {
            name: FORMS[self.tasks[name].form].of_windows(self.tasks[name], windows, windowing, seconds)
            for name in windows.logits
        }
        made = []
        for row, start in enumerate(windows.starts):
            onset = start * windowing.hop / self.rate
            offset = onset + windowing.seconds if seconds is None else min(onset + windowing.seconds, seconds)
            by_task = {name: given[row] for name, given in answers.items()}
            spans = _spans(windows.heard[row], onset, windowing.frame_seconds, offset)
            made.append(WindowAnswer(onset, offset, bool(spans), by_task, spans))
        return made


def _told(logits: Floats, pooled: NDArray[np.bool_]) -> Floats:
    """Windows' numbers; of digital silence, which no front-end need take, nothing is known where they are none."""
    silent = ~np.isfinite(logits) & ~pooled.reshape(-1, *[1] * (logits.ndim - 1))
    return np.where(silent, np.float32(0), logits) if silent.any() else logits


def _heard(stretch: Stretch, windowing: Windowing) -> NDArray[np.bool_]:
    """In which frames of each window there is more than silence, ``[windows, frames]``."""
    heard = heard_frames(stretch.samples, windowing.hop, windowing.before, windowing.after)
    if stretch.own is not None:
        own = np.pad(stretch.own, ((0, len(heard) - len(stretch.own)), (0, 0)))  # resampling ends with a part of one
        heard &= louder_than_silence(own, windowing.before, windowing.after)
    heard = np.pad(heard, (0, windowing.frames))  # a window may reach beyond the clip's end
    firsts = np.array(stretch.starts) - stretch.starts[0] + stretch.before
    return np.asarray(heard[firsts[:, None] + np.arange(windowing.frames)], dtype=np.bool_)


def _spans(heard: NDArray[np.bool_], onset: float, frame_seconds: float, end: float) -> Spans:
    """Stretches of a window's frames that are heard, in seconds."""
    edges = np.flatnonzero(np.diff(heard.astype(np.int8), prepend=0, append=0)) * frame_seconds + onset
    return tuple((begin, min(stop, end)) for begin, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _told_otherwise(card: Card, metadata: Mapping[str, str]) -> str:
    """What a card tells otherwise than its model's metadata; thresholds may be set anew, what answers mean may not."""
    try:
        rate, tasks = int(metadata["rate"]), json.loads(metadata["tasks"])
        meant = {name: decoding_of(name, task) for name, task in tasks.items()}
    except (KeyError, TypeError, ValueError, AttributeError):  # a model of other making says nothing
        return ""
    if rate != card.windowings[0].rate:
        return "the rate is another one"
    for name, task in card.tasks.items():
        if name not in meant or meant[name].meaning() != task.meaning():
            return f"{task.counted} or kind of task {name!r} are other ones"
    return ""


def as_mono(samples: NDArray[Any], channels: ChannelMeter | None = None) -> Floats:
    """Samples ``[samples]`` or ``[samples, channels]`` as float32 ``[samples]``; integers are scaled by their type.

    Args:
        samples: any numbers.
        channels: is told of them, where there is one.

    Raises:
        DataError: no samples, another shape, or samples that are not finite numbers or are at no scale of sound.
    """
    samples = scaled(np.asarray(samples))
    if samples.ndim == 2 and samples.shape[1]:
        if samples.shape[1] > max(samples.shape[0], MOST_CHANNELS):
            raise DataError(
                f"samples are [samples, channels]: found {list(samples.shape)}, which is {samples.shape[1]} channels; "
                "give them turned around (.T)"
            )
        every = _checked(samples, 2, "[samples, channels]")  # before the mean, in which channels may cancel
        mono: Floats = every.mean(axis=1, dtype=np.float32)
        if channels is not None:
            channels.add(every, mono)
        return mono
    return _checked(samples, 1, "[samples]")


def checked_rate(rate: float) -> int:
    """A rate as a whole number.

    Raises:
        DataError: it is none.
    """
    if not rate >= 1 or not float(rate).is_integer():
        raise DataError(f"a rate is a whole number of samples a second from 1 on, not {rate!r}")
    return int(rate)


def _checked(samples: NDArray[Any], dimensions: int, shape: str) -> Floats:
    """Samples as float32, after a check of their shape and of every number."""
    samples = scaled(np.asarray(samples))
    if samples.ndim != dimensions or samples.size == 0 or samples.dtype.kind != "f":
        raise DataError(
            f"samples must be numbers of shape {shape} and not empty, found {samples.dtype} of shape "
            f"{list(samples.shape)}"
        )
    with np.errstate(over="ignore"):  # infinity then, which is told
        single = np.ascontiguousarray(samples, np.float32)
    if wrong := why_no_sound(single):
        raise DataError(f"there are {wrong}")
    check_scale(single)
    return single
