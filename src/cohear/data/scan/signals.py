"""Measures of a clip's signal that a task without labels is made of, kept on disk by content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cohear.audio.decode import Audio
from cohear.audio.segment import Segment
from cohear.base.arrays import Floats
from cohear.data.scan.clip_store import ClipStore
from cohear.data.scan.facts import ClipFacts, Listener
from cohear.tasks.number_cells import cell_of_numbers

_VERSION = 1
_FRAME_SECONDS = 0.04
_MOST_FRAMES = 500  # of a part of a clip, evenly
_PITCHES = (60.0, 500.0)  # Hz
_PERIODIC = 0.6  # of the autocorrelation at lag 0: below it a frame has no pitch
_SILENCE = 1e-12  # power

Signals = Mapping[str, float | None]
"""Energy in dB of full scale, pitch and spectral centroid in Hz, zero crossings a second; None where there is none."""


class SignalStore(ClipStore[Signals]):
    """What tasks without labels are made of.

    Args:
        cache: the cache folder; measures are kept below it in ``signals``.
        segments: the clips that will be scanned.
    """

    def __init__(self, cache: Path, segments: Sequence[Segment]) -> None:
        super().__init__(cache / "signals", segments, _VERSION)

    def listen(self) -> SignalMeter:
        """Measures a clip."""
        return SignalMeter(self)

    def line(self, key: str, measured: Signals) -> list[Any]:
        """Numbers by name behind the key."""
        return [key, dict(measured)]

    def entry(self, line: Any) -> tuple[str, Signals] | None:  # noqa: ANN401 - any JSON value
        """The same, read."""
        try:
            key, signals = line
            return str(key), {name: None if number is None else float(number) for name, number in signals.items()}
        except (ValueError, TypeError, AttributeError):
            return None

    def cells(self, facts: Sequence[ClipFacts]) -> list[str]:
        """The measures of clips that were scanned, as the cells of a table have numbers by name."""
        return [cell_of_numbers(list(signals), list(signals.values())) for signals in self.measures(facts)]


class SignalMeter(Listener):
    """Hears one clip, part by part; sums over all of it but for the pitch, the median of its frames."""

    def __init__(self, store: SignalStore) -> None:
        self._store = store
        self._power = self._crossings = self._weighted = self._weight = 0.0
        self._pitches: list[Floats] = []

    def hear(self, part: Audio) -> None:
        """Add a part."""
        samples, rate = part.samples, part.rate
        self._power += float(np.dot(samples, samples))
        self._crossings += float(np.count_nonzero(np.diff(samples >= 0)))
        frames = frames_of(samples, rate)
        spectra = np.square(np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1)))  # [frames, lines]
        lines = np.fft.rfftfreq(frames.shape[1], 1 / rate)
        self._weighted += float((spectra @ lines).sum())
        self._weight += float(spectra.sum())
        self._pitches.append(pitches_of(frames, rate))

    def end(self, facts: ClipFacts) -> None:
        """Keep what was measured."""
        pitches = np.concatenate(self._pitches) if self._pitches else np.zeros(0)
        power = self._power / max(facts.samples, 1)
        self._store.keep(
            facts,
            {
                "energy": round(10 * float(np.log10(max(power, _SILENCE))), 3),
                "pitch": round(float(np.median(pitches)), 2) if len(pitches) else None,
                "centroid": round(self._weighted / self._weight, 2) if self._weight > _SILENCE else None,
                "crossings": round(self._crossings * facts.rate / max(facts.samples, 1), 2) if power > 0 else None,
            },
        )


def frames_of(samples: Floats, rate: int) -> Floats:
    """Frames of 40 ms side by side, ``[frames, length]``, zeros behind the end; evenly chosen where there are many."""
    length = round(rate * _FRAME_SECONDS)
    filled = np.pad(samples, (0, -len(samples) % length)).reshape(-1, length)
    return filled if len(filled) <= _MOST_FRAMES else filled[:: -(-len(filled) // _MOST_FRAMES)]


def pitches_of(frames: Floats, rate: int) -> Floats:
    """Pitch of each frame that has one, Hz: the highest peak of its autocorrelation (Boersma 1993, without octaves)."""
    length = frames.shape[1]
    centred = frames - frames.mean(axis=1, keepdims=True)
    spectra = np.square(np.abs(np.fft.rfft(centred, 2 * length, axis=1)))
    correlated = np.fft.irfft(spectra, axis=1)[:, :length] * (length / (length - np.arange(length)))
    first, last = round(rate / _PITCHES[1]), min(round(rate / _PITCHES[0]), length // 2)
    sounding = correlated[:, 0] > _SILENCE * length
    if not sounding.any() or first >= last:
        return np.zeros(0, np.float32)
    shares = correlated[sounding] / correlated[sounding, :1]
    lags = first + shares[:, first:last].argmax(axis=1)
    periodic = shares[np.arange(len(shares)), lags] >= _PERIODIC
    pitches: Floats = (rate / lags[periodic]).astype(np.float32)
    return pitches
