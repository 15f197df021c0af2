"""Filters that are learnt: what hears samples is the first part of an encoder, and learns with the rest of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cohear.base.layout import Layout
from cohear.features.filterbank import hertz_to_mel, mel_to_hertz
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import masked_frames
from cohear.models.windows import Windows

FLOOR = 1e-5
"""Added to energies before the logarithm."""
LOWEST = 20.0
"""Hz, where the first filter begins before anything is learnt."""


@ENCODERS.register("filters")
class Filters(Encoder):
    """Filters on samples (Zeghidour et al. 2018), and behind them another encoder, on their log energies.

    Args:
        input_widths: samples of a frame, as many for all tasks.
        of: the encoder behind, one that takes sequences, at its default settings.
        bands: pairs of filters, each of which gives an energy.
        taps: samples of a filter.
        steps: energies of a frame, which are averaged; they divide its samples.
        rate: of the samples in Hz, which says where filters begin: on the mel scale.
        norm: whose statistics norms take, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "samples"
    widths: ClassVar[Mapping[str, float]] = {"bands": 1}

    def __init__(
        self,
        input_widths: Mapping[str, int],
        of: str = "small",
        bands: int = 64,
        taps: int = 400,
        steps: int = 4,
        rate: int = 16000,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        hop = one_width(input_widths)
        if min(bands, steps, rate) < 1:
            raise ValueError("bands, steps and rate must be at least 1")
        if hop % steps:
            raise ValueError(f"a frame has {hop} samples, which {steps} steps do not divide; give other steps")
        if taps < hop // steps:
            raise ValueError(f"taps must be at least the samples of a step ({hop // steps}), not {taps}")
        if ENCODERS[of].layout != "sequence":
            raise ValueError(f"of must be an encoder that takes sequences, and {of!r} takes none")
        self.energies = Energies(hop, bands, taps, steps, rate)
        self.behind = EncoderChoice(of, settings={"norm": norm}).build(dict.fromkeys(input_widths, bands))
        self.stride, self.gives = self.behind.stride, self.behind.gives

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, samples]`` to ``[B, T, bands]``, then the stages of the encoder behind."""
        return (self.energies, *self.behind.stages())

    @classmethod
    def made_of(cls, settings: Mapping[str, object]) -> dict[str, int]:
        """The encoder behind."""
        name = str(settings.get("of", "small"))
        return {name: ENCODERS[name].version}


class Energies(nn.Module):
    """Log energies of pairs of filters, a sine and a cosine under a bell before they have learnt anything.

    A step lies in the middle of its filters, as a frame of the log-mel front-end does in its window.

    Args:
        hop: samples of a frame.
        bands: pairs.
        taps: samples of a filter.
        steps: energies of a frame, which are averaged.
        rate: of the samples in Hz.
    """

    def __init__(self, hop: int, bands: int, taps: int, steps: int, rate: int) -> None:
        super().__init__()
        self.steps, self.step = steps, hop // steps
        self.before = (taps - self.step) // 2
        self.filters = nn.Parameter(_first_filters(bands, taps, rate))

    def forward(self, windows: Windows) -> Windows:
        """``[B, T, samples]`` to ``[B, T, bands]``; zeros beyond each row's length."""
        batch, time = windows.features.shape[:2]
        bands, taps = self.filters.shape[0] // 2, self.filters.shape[2]
        samples = windows.features.float().reshape(batch, 1, -1)
        padding = (self.before, taps - self.step - self.before)
        with torch.autocast(samples.device.type, enabled=False):  # quiet sounds beside loud ones need the precision
            waves = F.conv1d(F.pad(samples, padding), self.filters, stride=self.step)
        pairs = waves.square().reshape(batch, 2, bands, time, self.steps)
        energies: Tensor = pairs.sum(dim=1).mean(dim=3)  # [B, bands, T]
        return masked_frames(windows.holding((energies + FLOOR).log().transpose(1, 2)))


def _first_filters(bands: int, taps: int, rate: int) -> Tensor:
    """Cosines, then sines, evenly in mel, ``[2 * bands, 1, taps]``, each under a bell as wide as its band."""
    low, high = hertz_to_mel(LOWEST), hertz_to_mel(rate / 2)
    hertz = torch.from_numpy(mel_to_hertz(np.linspace(low, high, bands + 2)))
    widths = (hertz[2:] - hertz[:-2]) / 2
    half = np.sqrt(np.log(2)) / np.pi  # of a bell's power is left at half the width of its band from the middle
    spread = (half * rate / widths).clamp(max=taps / 5)  # samples
    time = torch.arange(taps, dtype=torch.float64) - (taps - 1) / 2
    bell = torch.exp(-0.5 * (time / spread[:, None]).square())
    turns = 2 * torch.pi * hertz[1:-1, None] / rate * time
    return torch.cat([bell * turns.cos(), bell * turns.sin()])[:, None].float()
