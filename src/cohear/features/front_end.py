"""What every front-end must give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import PackageNotFoundError
from typing import Any, ClassVar

from cohear.base.arrays import Floats, Integers
from cohear.base.errors import MissingExtra, UserError
from cohear.base.layout import Layout
from cohear.base.plugins import source_of
from cohear.base.registry import Registry
from cohear.base.versions import installed
from cohear.features.augmentation import LogEnergies
from cohear.features.settings import as_json, shown


@dataclass(frozen=True)
class FrontEnd(ABC):
    """Gives the frames of clips, and of those what an encoder sees.

    It makes them of waveforms, and is a `WaveformFrontEnd`, or finds them by the clips' names, and is a `ClipFrontEnd`
    (`cohear.features.clip_front_end`). A subclass is a frozen dataclass; its fields are its settings, of the types in
    `cohear.features.setting_types`. A file among them is known by its content, wherever it lies. The scale is fixed: no
    number depends on another clip, another window or a statistic of the data.
    """

    name: ClassVar[str]
    """As in a study file."""
    version: ClassVar[int]
    """Raise it when the numbers change, so that stored features are made anew."""
    libraries: ClassVar[tuple[str, ...]] = ()
    """Installed packages whose version changes the numbers: it is part of the key."""
    libraries_if_there: ClassVar[tuple[str, ...]] = ()
    """The same of packages that it takes where they are installed, and does without elsewhere."""
    runs_code_of_others: ClassVar[bool] = False
    """Whether it runs code of a user, such as a network: nobody knows what else that does."""
    extra: ClassVar[str] = ""
    """Extra of cohear that brings them; empty where none does."""

    @property
    @abstractmethod
    def layout(self) -> Layout:
        """What an encoder sees of a window: numbers a frame, or numbers for the window as a whole.

        A class attribute, unless it depends on the settings.
        """

    @property
    @abstractmethod
    def rate(self) -> int:
        """Rate in Hz that waveforms must have."""

    @property
    @abstractmethod
    def hop(self) -> int:
        """Samples from one frame to the next."""

    @property
    @abstractmethod
    def frame_width(self) -> int:
        """Numbers stored for a frame."""

    @property
    @abstractmethod
    def input_width(self) -> int:
        """Numbers that an encoder sees for a frame (sequence) or for a window (vector)."""

    @abstractmethod
    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """What an encoder sees of windows.

        Args:
            windows: stored frames ``[B, W, frame_width]``; nothing beyond a length is looked at.
            lengths: valid frames of each window ``[B]``, from 1 to W.

        Returns:
            Float32: ``[B, W, input_width]``, zero beyond lengths (sequence); ``[B, input_width]`` (vector).
        """

    @property
    def sees_frames(self) -> bool:
        """Whether ``window_input`` gives stored frames as they are; such can be cut out of a clip where they lie."""
        return False

    @property
    def augmentation(self) -> LogEnergies | None:
        """What augmentation in training fits the frames; none, unless a front-end says so."""
        return None

    def settings(self) -> dict[str, Any]:
        """All settings as JSON values, files by their content."""
        return {field.name: as_json(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def named(cls, name: str) -> type[FrontEnd]:
        """One by its name, where a front-end is a setting of another.

        Raises:
            UserError: there is none.
        """
        return FRONT_ENDS[name]

    def key(self) -> dict[str, Any]:
        """The front-end as a specification holds it; `cohear.features.build.front_end_of` makes it again."""
        return {"name": self.name, **self.versions(), **self.settings()}

    @classmethod
    def always_gives(cls) -> Layout | None:
        """The layout, where it is the same whatever the settings."""
        found = cls.layout
        return None if isinstance(found, property) else found  # type: ignore[return-value]

    @classmethod
    def versions(cls) -> dict[str, Any]:
        """Its own version; under ``libraries`` those of packages, where it names any; of a plugin's also its source.

        So an edit of a plugin makes its features anew, whether or not somebody thought of the version.

        Raises:
            MissingExtra, UserError: a package is not installed.
        """
        try:
            libraries = {name: installed(name).partition("+")[0] for name in cls.libraries}
        except PackageNotFoundError as error:
            if cls.extra:
                raise MissingExtra(str(error.name), cls.extra) from error
            raise UserError(f"front-end {cls.name!r} needs the package {error.name}, which is not installed") from error
        for name in cls.libraries_if_there:
            try:
                libraries[name] = installed(name).partition("+")[0]
            except PackageNotFoundError:
                libraries[name] = "none"
        others = {"libraries": libraries or None, "source": source_of(cls)}
        return {"version": cls.version, **{name: each for name, each in others.items() if each is not None}}


@dataclass(frozen=True)
class WaveformFrontEnd(FrontEnd):
    """Makes frames of waveforms; inherit `cohear.testing.front_end.FrontEndContract` to test one of your own."""

    @property
    def reach(self) -> int | None:
        """Samples before and behind its own hop that a frame may depend on; None where any may count.

        A front-end that states it makes the frames of hours of audio in little memory. Frame k then belongs to the
        samples from ``k * hop`` on, and the waveform counts as zero beyond its edges.
        """
        return None

    @property
    def context(self) -> tuple[int, int]:
        """How many frames before and after a hop have samples of it in them: whether a frame is heard depends on that.

        As far as `reach` says; none, where any sample may count.
        """
        around = -(-(self.reach or 0) // self.hop)
        return around, around

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


FRONT_ENDS: Registry[type[FrontEnd]] = Registry("front-end")


def demand(conditions: Mapping[str, bool], front_end: FrontEnd) -> None:
    """Check settings: each key is the rule in words, its value whether it holds.

    Raises:
        UserError: names all rules that are broken and the settings that were given.
    """
    broken = [rule for rule, holds in conditions.items() if not holds]
    if broken:
        given = ", ".join(f"{field.name}: {shown(getattr(front_end, field.name))}" for field in fields(front_end))
        raise UserError(f"front-end {front_end.name!r}: {' and '.join(broken)} (settings: {given})")
