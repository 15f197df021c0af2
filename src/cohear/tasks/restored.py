"""Label-free tasks that hear less than there is, and are to tell the rest: of windows of a front-end's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cohear.base.layout import Layout
from cohear.base.moments import Moments
from cohear.tasks.kind import TARGET_KINDS
from cohear.tasks.label_free import Exercise, LabelFree
from cohear.tasks.targets import Targets, WindowPlaces, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Restored(LabelFree):
    """Squared distance to what was heard, in deviations of the training clips; of the numbers that are asked for.

    Of a sequence it is told for each frame of the embedding, as the mean of the frames that this is about; of a vector
    for each of its numbers.

    Attributes:
        mean, deviation: of the features, one a number; none before they are heard.
        reads: frames of a sequence, else the vector.
    """

    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()
    reads: Literal["vector", "frames"] = "frames"  # type: ignore[misc] # a class's, where it hangs on nothing

    def hearing(self, layout: Layout, moments: Moments) -> Restored:
        """With the scale of the features."""
        mean, deviation = (tuple(map(float, each)) for each in (moments.first, moments.deviation))
        return replace(self, mean=mean, deviation=deviation, reads="vector" if layout == "vector" else "frames")

    def output_names(self, labels: Sequence[str]) -> list[str]:
        """The numbers of a frame, or of a vector, by their places."""
        return [str(number) for number in range(len(self.mean))]

    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Mean squared distance over the numbers that are asked for; smoothing does not apply."""
        if teacher is not None:
            return (out - teacher).square().mean()
        distance = (out - targets.values).square() * targets.known
        return distance.sum() / targets.known.sum().clamp(min=1)

    def scaled(self, features: Tensor) -> Tensor:
        """In deviations from the mean."""
        return (features - features.new_tensor(self.mean)) / features.new_tensor(self.deviation)

    def blanked(self, features: Tensor, hidden: Mask) -> Tensor:
        """With the mean in place of what is hidden, ``[B, T, D]`` or ``[B, D]``."""
        import torch  # noqa: PLC0415 - keeps torch out of commands that never train

        return torch.where(_on(hidden, features), features.new_tensor(self.mean), features)

    def asked(self, features: Tensor, places: WindowPlaces, which: Mask) -> WindowTargets:
        """What was heard, of the numbers that are asked for, as the head tells it.

        Args:
            features: as they were, ``[B, T, D]`` or ``[B, D]``.
            places: of the windows.
            which: of these numbers, of the same shape; none beyond a length, of frames of one embedding all or none.
        """
        values = self.scaled(features)
        if self.reads == "vector":
            return WindowTargets(values, _on(which, features))
        inside = _on(valid(places, features.shape[1])[..., None], features)
        counts, sums = (_by_stride(each, places.stride).sum(dim=2) for each in (inside.float(), values * inside))
        asked = _by_stride(_on(which, features), places.stride).any(dim=2)
        return WindowTargets(sums / counts.clamp(min=1), asked)


class Reconstruct(Restored):
    """Masked patches are filled in: half of them, cut from time and bands alike (He et al. 2022; Gong et al. 2022).

    A patch is about 8 frames of a quarter of the numbers; of a vector single numbers are masked.
    """

    name: ClassVar[str] = "reconstruct"
    version: ClassVar[int] = 1
    does: ClassVar[str] = "fills in masked patches of sound"
    share: ClassVar[float] = 0.5
    frames: ClassVar[int] = 8
    across: ClassVar[int] = 4
    """Patches side by side in a frame."""

    def exercise(self, truth: Targets, places: WindowPlaces, features: Tensor, draw: np.random.Generator) -> Exercise:
        """Patches that are drawn anew in each step; they are asked for."""
        if self.reads == "vector":
            hidden = draw.random(tuple(features.shape)) < self.share
        else:
            batch, frames, numbers = features.shape
            long = places.stride * max(1, round(self.frames / places.stride))
            wide = -(-numbers // min(self.across, numbers))
            patches = draw.random((batch, -(-frames // long), -(-numbers // wide))) < self.share
            hidden = patches.repeat(long, axis=1).repeat(wide, axis=2)[:, :frames, :numbers]
            hidden = hidden & valid(places, frames)[..., None]
        return Exercise(self.blanked(features, hidden), places.lengths, self.asked(features, places, hidden))


class Denoise(Restored):
    """Noise is taken away: as much as the features vary themselves (Lee et al. 2019 do so with waveforms)."""

    name: ClassVar[str] = "denoise"
    version: ClassVar[int] = 1
    does: ClassVar[str] = "takes noise out of sound"
    level: ClassVar[float] = 1.0
    """Of the noise, in deviations of the features."""

    def exercise(self, truth: Targets, places: WindowPlaces, features: Tensor, draw: np.random.Generator) -> Exercise:
        """Every number is changed, and asked for as it was."""
        import torch  # noqa: PLC0415 - keeps torch out of commands that never train

        heard = np.ones(tuple(features.shape), dtype=np.bool_)
        if self.reads == "frames":
            heard &= valid(places, features.shape[1])[..., None]
        noise = draw.standard_normal(heard.shape, dtype=np.float32) * np.float32(self.level)
        noise = noise * np.array(self.deviation, np.float32) * heard
        changed = features + torch.from_numpy(noise).to(features.device)
        return Exercise(changed, places.lengths, self.asked(features, places, heard))


class Upsample(Restored):
    """The upper half of a frame's numbers is told from the lower: what a lower rate leaves out (Lee et al. 2019).

    Of bands in the order of their frequencies this is a waveform of half the rate, as far as they are mel bands more
    than that; of cepstral coefficients it is the detail of a spectrum.
    """

    name: ClassVar[str] = "upsample"
    version: ClassVar[int] = 1
    takes: ClassVar[tuple[Layout, ...]] = ("sequence",)
    does: ClassVar[str] = "tells high bands of sound from low ones"

    def exercise(self, truth: Targets, places: WindowPlaces, features: Tensor, draw: np.random.Generator) -> Exercise:
        """Nothing is drawn."""
        upper = np.arange(features.shape[2]) >= -(-features.shape[2] // 2)
        hidden = valid(places, features.shape[1])[..., None] & upper
        return Exercise(self.blanked(features, hidden), places.lengths, self.asked(features, places, hidden))


class NextStep(Restored):
    """What comes next is told: the mean of the frames behind what is heard of a window (Lee et al. 2019).

    The end of each window is kept from the encoder, of whatever kind this is: one that looks ahead has nothing to see
    there. So there is one target a window, for the vector that the heads of clips read.
    """

    name: ClassVar[str] = "next-step"
    version: ClassVar[int] = 1
    takes: ClassVar[tuple[Layout, ...]] = ("sequence",)
    does: ClassVar[str] = "tells how sound goes on"
    ahead: ClassVar[int] = 10
    """Frames that are kept back, at most half of what a window has."""

    def hearing(self, layout: Layout, moments: Moments) -> Restored:
        """It reads the vector, whatever is heard."""
        return replace(super().hearing(layout, moments), reads="vector")

    def exercise(self, truth: Targets, places: WindowPlaces, features: Tensor, draw: np.random.Generator) -> Exercise:
        """Nothing is drawn: windows are cut from anywhere in a clip, and so are their ends."""
        back = np.minimum(self.ahead, places.lengths // 2)
        heard = places.lengths - back
        time = np.arange(features.shape[1])
        kept = time < heard[:, None]  # [B, T]
        hidden = _on((~kept & (time < places.lengths[:, None]))[..., None], features)
        counts = hidden.sum(dim=1).clamp(min=1)
        values = (self.scaled(features) * hidden).sum(dim=1) / counts  # [B, D]
        known = _on(np.broadcast_to((back > 0)[:, None], tuple(values.shape)), features)
        return Exercise(features * _on(kept[..., None], features), heard, WindowTargets(values, known))


def valid(places: WindowPlaces, frames: int) -> Mask:
    """Which frames of each window the clip fills, ``[B, T]``."""
    return np.asarray(np.arange(frames) < places.lengths[:, None])


def _on(mask: Mask, like: Tensor) -> Tensor:
    """A mask where other numbers are."""
    import torch  # noqa: PLC0415 - keeps torch out of commands that never train

    return torch.from_numpy(np.ascontiguousarray(mask)).to(like.device)


def _by_stride(values: Tensor, stride: int) -> Tensor:
    """``[B, T, D]`` as ``[B, ceil(T / stride), stride, D]``, nothing behind the end."""
    from torch.nn import functional  # noqa: PLC0415 - keeps torch out of commands that never train

    batch, frames, numbers = values.shape
    filled = functional.pad(values, (0, 0, 0, -frames % stride))
    return filled.reshape(batch, -1, stride, numbers)


for _kind in (Reconstruct, NextStep, Denoise, Upsample):
    TARGET_KINDS.register(_kind.name)(_kind())
