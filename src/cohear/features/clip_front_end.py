"""Front-ends that are told which clip it is, and no waveform: features that were made elsewhere."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from cohear.base.arrays import Floats
from cohear.base.errors import UserError
from cohear.data.tables.clip_name import ClipName
from cohear.features.front_end import FrontEnd


@dataclass(frozen=True)
class ClipFrontEnd(FrontEnd):
    """Finds the frames of clips by their names; inherit `cohear.testing.clip_front_end.ClipFrontEndContract`.

    Its stores are of clips of these names, and the audio is not decoded for them. ``rate`` and ``hop`` say how much
    time a frame stands for. A bundle hears sounds that nobody has named, so no such front-end is exported.
    """

    @abstractmethod
    def frames_of(self, clip: ClipName) -> int:
        """Frames that a clip has; at least one.

        Raises:
            UserError: the clip is not known.
        """

    @abstractmethod
    def frames(self, clips: Sequence[ClipName]) -> list[Floats]:
        """Float32 ``[frames_of(clip), frame_width]`` of each clip; none depends on another clip.

        Raises:
            UserError: a clip is not known.
        """

    def frames_of_all(self, clips: Sequence[ClipName]) -> list[int]:
        """Frames of each clip.

        Raises:
            UserError: some are not known: the first, and how many.
        """
        found, unknown = [], []
        for clip in clips:
            try:
                found.append(self.frames_of(clip))
            except UserError as error:
                unknown.append(error)
        if unknown:
            count = f"{len(unknown)} of {len(clips)} clips have no features: " if len(clips) > 1 else ""
            raise UserError(f"front-end {self.name!r}: {count}{unknown[0]}") from unknown[0]
        return found
