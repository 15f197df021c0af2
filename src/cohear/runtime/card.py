"""The card of a bundle: what its tasks are, and how its windows lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cohear.base.decoding import Decoding, decoding_of
from cohear.base.errors import DataError

CARD, MODEL, WINDOWS, README, WEIGHTS = "card.json", "model.onnx", "windows.pb", "README.md", "weights.safetensors"
FORMAT = 1
"""Goes up when a bundle's files mean something else."""


@dataclass(frozen=True)
class Windowing:
    """How the model cuts a waveform into windows.

    Attributes:
        rate: in Hz.
        hop: samples of a frame.
        frames: of a window.
        step: frames from one window to the next.
        before, after: frames around a window whose samples its own first and last frames see too.
    """

    rate: int
    hop: int
    frames: int
    step: int
    before: int
    after: int

    def __post_init__(self) -> None:
        least = {"rate": 1, "hop": 1, "frames": 1, "step": 1, "before": 0, "after": 0}
        for name, low in least.items():
            if not isinstance(value := getattr(self, name), int) or value < low:
                raise ValueError(f"{name} of its windowing is {value!r}")

    @property
    def frame_seconds(self) -> float:
        """From one frame to the next."""
        return self.hop / self.rate

    @property
    def seconds(self) -> float:
        """Length of a window."""
        return self.frames * self.hop / self.rate

    def frames_in(self, samples: int) -> int:
        """Of so many samples."""
        return -(-samples // self.hop)

    def starts(self, samples: int) -> list[int]:
        """First frame of each window of a waveform: every step, and a last one that ends with it."""
        last = max(self.frames_in(samples) - self.frames, 0)
        starts = list(range(0, last + 1, self.step))
        return starts if starts[-1] == last else [*starts, last]


@dataclass(frozen=True)
class Card:
    """``card.json``, read and checked.

    Attributes:
        windowings: how the model cuts a waveform for each of its inputs, by number.
        hears: of each task, which of them it is asked about.
        tasks: by name: what their answers are.
        content: all of it.
    """

    windowings: tuple[Windowing, ...]
    hears: dict[str, int]
    tasks: dict[str, Decoding]
    content: Mapping[str, Any]


def read_card(folder: Path) -> Card:
    """Read a bundle's card.

    Raises:
        DataError: the folder is no bundle, or one of a later format.
    """
    path = folder / CARD
    if folder.is_file():
        raise DataError(f"{folder} is a file, not a bundle: give the folder that `cohear export` made")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        missing = f"it has no {CARD}" if folder.is_dir() else "there is no such folder"
        raise DataError(f"{folder} is no bundle: {missing}; `cohear export` makes one") from error
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {error}; export the bundle again") from error
    if isinstance(content, dict) and content.get("format", 0) != FORMAT:
        raise DataError(
            f"{folder} is a bundle of format {content.get('format')!r}, this version reads {FORMAT}: "
            "export it again, or use the version of cohear that its card names"
        )
    try:
        tasks = {name: decoding_of(name, entry) for name, entry in content["tasks"].items()}
        return Card(*_windowings(content), tasks, content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path} is not the card of a bundle ({error!r}); export the bundle again") from error


def _windowings(content: Mapping[str, Any]) -> tuple[tuple[Windowing, ...], dict[str, int]]:
    """The windowing of each input by its number, and the number of each task's: 0, unless its entry has another."""
    found, hears = {0: Windowing(**content["windowing"])}, {}
    for name, entry in content["tasks"].items():
        hears[name] = number = entry.get("hears", 0)
        if number:
            found[number] = Windowing(**entry["windowing"])
    windowings = tuple(found[number] for number in range(len(found)))
    if len({windowing.rate for windowing in windowings}) > 1:
        raise ValueError("its windowings are of several rates")
    return windowings, hears
