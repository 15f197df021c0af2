"""What every front-end must give, and how one is built from a study file."""

import math
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal

from cohear.base.arrays import Floats, Integers
from cohear.base.errors import UserError
from cohear.base.registry import Registry, did_you_mean
from cohear.features.augmentation import LogEnergies


@dataclass(frozen=True)
class FrontEnd(ABC):
    """Makes features of waveforms.

    A subclass is a frozen dataclass; its fields are its settings (int, float, str, bool; with defaults).
    The scale is fixed: no number depends on another clip, another window or a statistic of the data. Inherit
    `cohear.testing.front_end.FrontEndContract` to test one of your own.
    """

    name: ClassVar[str]
    """As in a study file."""
    version: ClassVar[int]
    """Raise it when the numbers change, so that stored features are made anew."""
    layout: ClassVar[Literal["sequence", "vector"]]
    """What an encoder sees of a window: numbers a frame, or numbers for the window as a whole."""

    @property
    @abstractmethod
    def rate(self) -> int:
        """Rate in Hz that waveforms must have."""

    @property
    @abstractmethod
    def hop(self) -> int:
        """Samples from one frame to the next."""

    @property
    def reach(self) -> int | None:
        """Samples before and behind its own hop that a frame may depend on; None where any may count.

        A front-end that states it makes the frames of hours of audio in little memory. Frame k then belongs to the
        samples from ``k * hop`` on, and the waveform counts as zero beyond its edges.
        """
        return None

    @property
    @abstractmethod
    def frame_width(self) -> int:
        """Numbers stored for a frame."""

    @property
    @abstractmethod
    def input_width(self) -> int:
        """Numbers that an encoder sees for a frame (sequence) or for a window (vector)."""

    @abstractmethod
    def frames_of(self, samples: int) -> int:
        """Frames that a waveform of so many samples has; at least one."""

    @abstractmethod
    def frames(self, clips: Sequence[Floats]) -> list[Floats]:
        """Frames of many clips.

        Args:
            clips: waveforms ``[samples]`` at ``rate``, of any lengths from one sample up.

        Returns:
            Float32 ``[frames_of(samples), frame_width]`` for each clip; none depends on another clip.
        """

    @abstractmethod
    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """What an encoder sees of windows.

        Args:
            windows: stored frames ``[B, W, frame_width]``; nothing beyond a length is looked at.
            lengths: valid frames of each window ``[B]``, from 1 to W.

        Returns:
            Float32: ``[B, W, input_width]``, zero beyond lengths (sequence); ``[B, input_width]`` (vector).
        """

    def levels(self, frames: Floats) -> Floats:
        """How loud each frame is: the mean of its numbers, unless a front-end knows better.

        Args:
            frames: stored frames ``[..., frame_width]``.

        Returns:
            Float32 ``[...]``, in the front-end's own unit.
        """
        levels: Floats = frames.mean(axis=-1)
        return levels

    @property
    def silence(self) -> float:
        """Level of a frame of digital silence; minus infinity where a front-end cannot tell."""
        return -math.inf

    @property
    def augmentation(self) -> LogEnergies | None:
        """What augmentation in training fits the frames; none, unless a front-end says so."""
        return None

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values."""
        return asdict(self)

    def key(self) -> dict[str, Any]:
        """The front-end as a specification holds it; :func:`front_end_of` makes it again."""
        return {"name": self.name, "version": self.version, **self.settings()}


FRONT_ENDS: Registry[type[FrontEnd]] = Registry("front-end")


def build_front_end(spec: str | Mapping[str, Any]) -> FrontEnd:
    """Make the front-end that a study file asks for.

    Args:
        spec: a name (``"logmel"``), or a name with settings (``{"name": "logmel", "bands": 64}``).

    Raises:
        UserError: an unknown front-end or setting (with a suggestion), or a value that does not fit.
    """
    if isinstance(spec, str):
        spec = {"name": spec}
    if "name" not in spec:
        raise UserError(f"a front-end needs a name, as in {{name: logmel, bands: 64}}{did_you_mean('', FRONT_ENDS)}")
    cls = FRONT_ENDS[str(spec["name"])]
    kinds = typing.get_type_hints(cls)
    known = [field.name for field in fields(cls)]
    settings = {}
    for key, value in spec.items():
        if key == "name":
            continue
        if key not in known:
            raise UserError(f"front-end {cls.name!r} has no setting {key!r}{did_you_mean(key, known)}")
        settings[key] = _fitting(value, kinds[key], f"front-end {cls.name!r}: {key}")
    return cls(**settings)


def front_end_of(key: Mapping[str, Any]) -> FrontEnd:
    """The front-end of a key, as the code here has it."""
    return build_front_end({name: value for name, value in key.items() if name != "version"})


def demand(conditions: Mapping[str, bool], front_end: FrontEnd) -> None:
    """Check settings: each key is the rule in words, its value whether it holds.

    Raises:
        UserError: names all rules that are broken and the settings that were given.
    """
    broken = [rule for rule, holds in conditions.items() if not holds]
    if broken:
        given = ", ".join(f"{name}: {value}" for name, value in front_end.settings().items())
        raise UserError(f"front-end {front_end.name!r}: {' and '.join(broken)} (settings: {given})")


def _fitting(value: object, kind: Callable[[Any], object], place: str) -> object:
    """The value as its setting's type; whole floats fit int, ints fit float, and booleans fit neither."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if kind is float and number:
        return float(typing.cast(float, value))
    if kind is int and number and value == int(typing.cast(float, value)):
        return int(typing.cast(float, value))
    if kind in (str, bool) and isinstance(value, typing.cast(type, kind)):
        return value
    wanted = "a whole number" if kind is int else "a number" if kind is float else "true or false"
    wanted = "text" if kind is str else wanted
    raise UserError(f"{place} must be {wanted}, not {value!r}")
