"""The sounds and labels of the four synthetic datasets; what is planted is told in the package's docstring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

from cohear.base.arrays import Array
from cohear.base.streams import stream
from cohear.data.synthetic.sounds import Filter, at_level, coloured, pulses, resonances, track

GESTURES: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = tuple(
    (first, second)
    for first in ((-1.0, 0.0, 1.0), (1.0, 0.0, -1.0))
    for second in ((-1.0, 0.0, 1.0), (1.0, 0.0, -1.0), (-1.0, 1.0, -1.0), (1.0, -1.0, 1.0))
)
"""The latent cause of two tasks: how two resonances move, at the beginning, in the middle and at the end."""

TRACT = 0.1
"""Largest |ln| of the factor between a speaker's resonances and the mean ones."""
WHISTLES = 4
"""Other sources in a clip."""
WHISTLE_LEVEL = -10.0
"""Their level in dB beside the voice."""

FULL_SCALE = 0.99
"""Highest peak; a louder clip is turned down, never clipped."""
RATES = (3.0, 4.5, 6.75, 10.0)
"""Strokes a second of the four kinds of engine."""
UNSTEADINESS = 0.18
"""Standard deviation of ln of a clip's pace: neighbouring kinds overlap, so nobody can be right on every clip."""


@dataclass(frozen=True)
class Corpus:
    """One synthetic dataset.

    Attributes:
        name: of its folder.
        title: for ``dataset.yaml``.
        target: column of the labels.
        labels: closed list.
        groups: how many sources (speakers, callers, machines, boxes) there are.
        clips: of each group; labels take turns.
        rate: in Hz.
        channels: 1 or 2.
        ending: of the files, and so their format.
        sound: makes a clip ``[channels, samples]`` from its label, its group's stream and its own.
        by_lot: labels are drawn without regard to the sound.
    """

    name: str
    title: str
    target: str
    labels: tuple[str, ...]
    groups: int
    clips: int
    rate: int
    channels: Literal[1, 2]
    ending: Literal["wav", "flac", "ogg"]
    sound: Callable[[Corpus, int, Generator, Generator], Array]
    by_lot: bool = False


@dataclass(frozen=True)
class SyntheticClip:
    """One clip of a corpus: where it stands in the manifest, and its sound ``[channels, samples]``."""

    name: str
    group: str
    label: str
    sound: Array


def clips_of(corpus: Corpus, seed: int) -> Iterator[SyntheticClip]:
    """The clips of a corpus, each a function of the seed, the corpus and its place alone."""
    labels = stream("synthetic", seed, corpus.name, "labels")
    for group in range(corpus.groups):
        for number in range(corpus.clips):
            own = stream("synthetic", seed, corpus.name, group, number)
            source = stream("synthetic", seed, corpus.name, group)
            label = (
                int(labels.integers(len(corpus.labels)))
                if corpus.by_lot
                else (group * corpus.clips + number) % len(corpus.labels)
            )
            sound = corpus.sound(corpus, label, source, own)
            sound = sound * min(1.0, FULL_SCALE / np.abs(sound).max())
            yield SyntheticClip(f"{group:02d}-{number:03d}", f"{group:02d}", corpus.labels[label], sound)


def gesture(corpus: Corpus, label: int, source: Generator, own: Generator) -> Array:
    """A voice that makes the gesture ``label`` once. Tract, pitch, level and colour are the speaker's."""
    tract, pitch = np.exp(source.uniform(-TRACT, TRACT)), 140 * np.exp(source.uniform(-0.4, 0.4))
    level, colour = source.uniform(-32, -20), (source.uniform(-5, 0), source.normal(0, 2.5, 3))
    samples = round(corpus.rate * own.uniform(0.6, 0.95))
    moving = own.uniform(0.35, 0.5) / (samples / corpus.rate)
    start = own.uniform(0.05, 0.95 - moving)
    places = (start, start + moving / 2, start + moving)
    filter_ = Filter(samples, corpus.rate)
    centres = np.stack(
        [
            tract
            * middle
            * np.exp(own.normal(0, 0.06) + track(filter_.frames, knots(places, moves, 0.5 * own.uniform(0.7, 1.2))))
            for middle, moves in zip((600.0, 1700.0), GESTURES[label], strict=True)
        ]
        + [np.full(filter_.frames, 2900.0 * tract)]
    )
    contour = pitch * np.exp(
        track(samples, [(0, own.normal(0, 0.15)), (0.5, own.normal(0, 0.15)), (1, own.normal(0, 0.15))])
    )
    loud = track(samples, [(start - 0.04, 0.0), (start, 1.0), (places[2], 1.0), (places[2] + 0.05, 0.0)])
    voiced = pulses(contour, corpus.rate) + 0.1 * own.normal(size=samples)
    gain = resonances(filter_.frequencies, centres, (120.0, 180.0, 250.0))
    heard = at_level(filter_(voiced * loud, gain), 0) + at_level(own.normal(size=samples), own.uniform(-25, -15))
    heard = heard + at_level(clutter(samples, corpus.rate, own), own.uniform(WHISTLE_LEVEL - 3, WHISTLE_LEVEL + 3))
    return at_level(filter_(heard, coloured(filter_.frequencies, *colour)), level + own.normal(0, 2))[None]


def clutter(samples: int, rate: int, own: Generator) -> Array:
    """Whistles of other sources, gliding at random: what a network may learn by heart from a few clips."""
    time = np.arange(samples) / rate
    sound = np.zeros(samples)
    for _ in range(WHISTLES):
        pitch = 300 * np.exp(
            own.uniform(0, 2.4) + track(samples, [(place, own.normal(0, 0.15)) for place in (0, 0.5, 1)])
        )
        middle, length = own.uniform(0, samples / rate), own.uniform(0.05, 0.2)
        sound += np.exp(-(((time - middle) / length) ** 2)) * np.sin(2 * np.pi * np.cumsum(pitch) / rate)
    return sound


def knots(places: tuple[float, ...], moves: tuple[float, ...], size: float) -> list[tuple[float, float]]:
    """Knots of a track that makes the moves at the places."""
    return [(place, size * move) for place, move in zip(places, moves, strict=True)]


def engine(corpus: Corpus, label: int, source: Generator, own: Generator) -> Array:
    """Strokes of noise at the pace ``label``, in stereo. Band, stroke length, level and place are the machine's."""
    middle, width = 1500 * np.exp(source.uniform(-0.7, 0.7)), source.uniform(0.6, 1.2)
    level, duty, place = source.uniform(-30, -18), source.uniform(0.25, 0.5), source.uniform(-6, 6)
    samples = round(corpus.rate * own.uniform(0.8, 1.5))
    pace = RATES[label] * np.exp(own.normal(0, UNSTEADINESS))
    phase = (own.random() + np.arange(samples) * pace / corpus.rate) % 1
    strokes = np.where(phase < duty, np.sin(np.pi * np.minimum(phase / duty, 1)), 0) + 0.1
    filter_ = Filter(samples, corpus.rate)
    octaves = np.log2(np.maximum(filter_.frequencies, 20) / middle)
    sound = filter_(own.normal(size=samples) * strokes, np.exp(-((octaves / width) ** 2)))
    return np.stack([at_level(sound, level + place), at_level(np.roll(sound, 20), level - place)])


def ball(corpus: Corpus, label: int, source: Generator, own: Generator) -> Array:
    """Balls that knock in a box, in stereo. Nothing of it depends on the label; level and colour are the box's."""
    del label
    level, tilt, bumps = source.uniform(-30, -18), source.uniform(-6, 0), source.normal(0, 4, 3)
    samples = round(corpus.rate * own.uniform(0.6, 1.2))
    time = np.arange(samples) / corpus.rate
    knocks = np.full(samples, 0.02)
    for begin in own.uniform(0, time[-1], 6):
        since = time - begin
        knocks += own.uniform(0.3, 1) * np.where(since >= 0, np.exp(-np.maximum(since, 0) * own.uniform(15, 60)), 0)
    filter_ = Filter(samples, corpus.rate)
    sound = filter_(own.normal(size=samples) * knocks, coloured(filter_.frequencies, tilt, bumps))
    return np.stack([at_level(sound, level + own.normal(0, 2)) for _ in range(corpus.channels)])
