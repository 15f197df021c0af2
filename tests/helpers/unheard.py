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
        samples: float32 ``[samples]`` or ``[samples, channels]``, some seconds at 16 kHz.
        note: how the note begins.
        labels: of `parts`, in which all tones are; empty where nothing is heard.
    """

    samples: np.ndarray
    note: str
    labels: tuple[str, ...] = ()

    @property
    def heard(self) -> bool:
        """Whether it has labels."""
        return bool(self.labels)


def _of(samples: np.ndarray, note: str, *labels: str) -> Clip:
    return Clip(np.ascontiguousarray(samples, np.float32), note, labels)


def _bits(*levels: int) -> np.ndarray:
    return _RANDOM.choice(levels, 16000) * _BIT


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
}
HEARD = {
    "one silent channel": _of(np.outer(tone("mid"), [1, 0]), "", "mid"),
    "sound behind silence": _of(np.concatenate([tone(), tone("high", seconds=3.0)]), "", "high"),
    "a tone on an offset": _of(0.2 + tone("high"), "", "high"),
}
CLIPS = {**UNHEARD, **HEARD}
