"""A waveform that comes in pieces: each window's answer as soon as its samples are there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.audio.channels import ChannelMeter
from cohear.base.errors import DataError
from cohear.runtime.answers import ClipAnswers, WindowAnswer, note_of
from cohear.runtime.bundle import Bundle, as_mono, checked_rate
from cohear.runtime.pooling import WindowLogits
from cohear.runtime.raw_samples import check_no_file
from cohear.runtime.resampled import Intake
from cohear.runtime.windows import Cutters, Stretch


class Stream:
    """Push samples, get answers: the same ones, to 1e-4, as `Bundle.windows` gives of the whole waveform.

    Memory does not grow with what was pushed, but for the steps of time lines. ``push`` and ``end`` answer at once; a
    server that answers the windows of many streams in one batch calls ``cut``, ``cut_end`` and ``take`` instead.

    Args:
        bundle: which answers.
        rate: of the samples that will be pushed, in Hz; they are resampled where it is not the model's.
        channels: measures those that the samples are the mean of; None where they come themselves.

    Raises:
        DataError: the rate is none.
    """

    def __init__(self, bundle: Bundle, rate: int, channels: ChannelMeter | None = None) -> None:
        self._bundle = bundle
        self._intake = Intake(checked_rate(rate), bundle.rate, bundle.hops)
        self._cutter = Cutters(bundle.windowings)
        self._pool = bundle.pooling()
        self._channels = channels or ChannelMeter()
        self._begun = self._ended = self._answered = self._heard = False

    @property
    def seconds(self) -> float:
        """What has come so far, at the model's rate."""
        return self._cutter.samples / self._bundle.rate

    def push(self, samples: NDArray[Any]) -> list[WindowAnswer]:
        """Take in samples; gives the answers to the windows that are complete now.

        Args:
            samples: ``[samples]`` or ``[samples, channels]``; any number, none too.

        Raises:
            DataError: another shape, samples that are not finite numbers or are the bytes of a file, or the stream has
                ended.
        """
        return [each for stretch in self.cut(samples) for each in self.take(self._bundle.stretch_logits(stretch))]

    def end(self) -> list[WindowAnswer]:
        """Answers to the windows that are left, the last of which ends with the waveform."""
        return [each for stretch in self.cut_end() for each in self.take(self._bundle.stretch_logits(stretch))]

    def cut(self, samples: NDArray[Any]) -> list[Stretch]:
        """The windows that are complete with these samples, to be answered by the caller; see ``push``."""
        if self._ended:
            raise DataError("the stream has ended: begin another one")
        if not np.size(samples):
            return []
        check_no_file(np.asarray(samples), begins=not self._begun)
        self._begun = True
        return self._cutter.push(self._intake.push(as_mono(samples, self._channels)))

    def cut_end(self) -> list[Stretch]:
        """The windows that are left at the end, to be answered by the caller."""
        if self._ended:
            return []
        self._ended = True
        return [*self._cutter.push(self._intake.end()), *self._cutter.end()]

    def take(self, windows: WindowLogits) -> list[WindowAnswer]:
        """Answers in numbers of windows that were cut, in their order; they enter ``clip`` too."""
        self._pool.add(windows)
        self._answered, self._heard = True, self._heard or bool(windows.heard.any())
        return self._bundle.answers(windows, self.seconds if self._ended else None)

    @property
    def note(self) -> str:
        """What there is to say of all that came so far, as `ClipAnswers.note`; nothing before the first window."""
        cancel = self._channels.cancel
        return note_of(heard=self._heard, channels_cancel=cancel) if self._answered else ""

    @property
    def clip(self) -> ClipAnswers:
        """Answers to all that came so far, as to one clip; of a task none before its first window."""
        return self._pool.answers(channels_cancel=self._channels.cancel)
