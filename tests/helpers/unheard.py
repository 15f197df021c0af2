"""Clips in which nothing is heard, and clips next to them in which something is: the same in every medium.

The media are asked by `told`: command line, HTTP, WebSocket, page, Python and JavaScript each have their own test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tiny_bundle import tone

SILENCE, CANCEL = "silence: nothing in it is louder than -80 dB", "its channels cancel each other out"
_RANDOM = np.random.default_rng(15)
_BIT = 2.0**-15  # of 16


@dataclass(frozen=True)
class Clip:
    """A sound.

    Attributes:
        samples: float32 ``[samples]`` or ``[samples, channels]``, some seconds.
        note: how the note begins.
        labels: of `parts`, in which all tones are; empty where nothing is heard.
        rate: in Hz; the model's is 16000, and to resample an offset rings at both of its ends.
    """

    samples: np.ndarray
    note: str
    labels: tuple[str, ...] = ()
    rate: int = 16000

    @property
    def channels(self) -> int:
        """How many there are."""
        return 1 if self.samples.ndim == 1 else self.samples.shape[1]

    @property
    def heard(self) -> bool:
        """Whether it has labels."""
        return bool(self.labels)


def _of(samples: np.ndarray, note: str, *labels: str, rate: int = 16000) -> Clip:
    return Clip(np.ascontiguousarray(samples, np.float32), note, labels, rate)


def _bits(*levels: int, count: int = 16000) -> np.ndarray:
    return _RANDOM.choice(levels, count) * _BIT


def _opposed(rate: int, offset: float) -> np.ndarray:
    """A tone in two channels that cancel, on an offset of both."""
    return np.outer(tone("mid", rate=rate), [1, -1]) + offset


UNHEARD = {
    "digital silence": _of(tone(), SILENCE),
    "the last bit of 16": _of(_bits(-1, 0, 0, 1), SILENCE),
    "dither of 16 bits": _of(_bits(-2, -1, -1, 0, 0, 0, 1, 1, 2), SILENCE),
    "a hum at -85 dB": _of(tone("low") / 0.2 * 2**0.5 * 10 ** (-85 / 20), SILENCE),
    "an offset": _of(np.full(16000, 0.1), SILENCE),
    "an offset with the last bit": _of(0.25 + _bits(-1, 0, 1), SILENCE),
    "a sample": _of(np.full(1, 0.7), SILENCE),
    "anti-phase": _of(np.stack([tone("mid"), -tone("mid")], axis=1), CANCEL),
    "anti-phase with offsets": _of(np.stack([tone("mid") + 0.1, 0.1 - tone("mid")], axis=1), CANCEL),
    "four channels that cancel": _of(np.outer(tone("mid", "high"), [1, 1, -1, -1]), CANCEL),
    "two silent channels": _of(np.zeros((16000, 2)), SILENCE),
    "offsets that cancel": _of(np.outer(np.ones(16000), [0.1, -0.1]), SILENCE),
    "an offset at 44.1 kHz": _of(np.full(44100, 0.01), SILENCE, rate=44100),
    "a large offset at 48 kHz": _of(np.full(50021, -0.5), SILENCE, rate=48000),
    "an offset with the last bit at 8 kHz": _of(0.25 + _bits(-1, 0, 1, count=8000), SILENCE, rate=8000),
    "anti-phase with offsets at 44.1 kHz": _of(_opposed(44100, 0.1), CANCEL, rate=44100),
    "anti-phase with offsets at 8 kHz": _of(_opposed(8000, 0.3), CANCEL, rate=8000),
}
HEARD = {
    "one silent channel": _of(np.outer(tone("mid"), [1, 0]), "", "mid"),
    "sound behind silence": _of(np.concatenate([tone(), tone("high", seconds=3.0)]), "", "high"),
    "a tone on an offset": _of(0.2 + tone("high"), "", "high"),
    "a tone on an offset at 48 kHz": _of(0.2 + tone("high", rate=48000), "", "high", rate=48000),
    "a tone on an offset at 8 kHz": _of(0.2 + tone("mid", rate=8000), "", "mid", rate=8000),
}
CLIPS = {**UNHEARD, **HEARD}
