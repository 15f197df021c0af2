"""Measures of a clip's signal that a task without labels is made of, kept on disk by content."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from cohear.audio.decode import Audio
from cohear.audio.segment import Segment
from cohear.base.arrays import Floats
from cohear.base.journal import Append, Journal
from cohear.data.scan.facts import ClipFacts, Inspector, Listener, root_name
from cohear.tasks.number_cells import cell_of_numbers

_VERSION = 1  # part of the cache's file name: other numbers start a new file
_FRAME_SECONDS = 0.04
_MOST_FRAMES = 500  # of a part of a clip, evenly
_PITCHES = (60.0, 500.0)  # Hz
_PERIODIC = 0.6  # of the autocorrelation at lag 0: below it a frame has no pitch
_SILENCE = 1e-12  # power

Signals = Mapping[str, float | None]
"""Energy in dB of full scale, pitch and spectral centroid in Hz, zero crossings a second; None where there is none."""


class SignalStore(Inspector):
    """Measures clips while they are scanned, and remembers them.

    Args:
        cache: the cache folder; measures are kept below it in ``signals``.
        segments: the clips that will be scanned.
    """

    def __init__(self, cache: Path, segments: Sequence[Segment]) -> None:
        self._journal = Journal(cache / "signals" / f"{root_name(segments)}.v{_VERSION}.jsonl")
        self._known: dict[str, Signals] = dict(found for value in self._journal.values() if (found := _parse(value)))
        self._lock = threading.Lock()
        self._append: Append | None = None

    @contextmanager
    def open(self) -> Iterator[SignalStore]:
        """Write what is measured inside the block to the disk.

        Raises:
            FolderError: the cache cannot be written.
        """
        with self._journal.appending() as append:
            self._append = append
            yield self

    def wants(self, facts: ClipFacts) -> bool:
        """Whether a clip was not measured yet."""
        return _key(facts) not in self._known

    def listen(self) -> SignalMeter:
        """Measures a clip."""
        return SignalMeter(self)

    def keep(self, facts: ClipFacts, signals: Signals) -> None:
        """Remember the measures of a clip."""
        with self._lock:
            self._known[_key(facts)] = signals
            if self._append:
                self._append([[_key(facts), dict(signals)]])

    def cells(self, facts: Sequence[ClipFacts]) -> list[str]:
        """The measures of clips that were scanned, as the cells of a table have numbers by name."""
        return [_cell(self._known[_key(clip)]) for clip in facts]


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


def _cell(signals: Signals) -> str:
    return cell_of_numbers(list(signals), list(signals.values()))


def _key(facts: ClipFacts) -> str:
    return f"{facts.content}@{facts.rate}"


def _parse(value: Any) -> tuple[str, Signals] | None:  # noqa: ANN401 - any JSON value
    try:
        key, signals = value
        return str(key), {str(name): None if number is None else float(number) for name, number in signals.items()}
    except (ValueError, TypeError, AttributeError):
        return None
