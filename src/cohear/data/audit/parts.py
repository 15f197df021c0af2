"""The measures of a clip of hours, from those of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from cohear.audio.decode import Audio
from cohear.base.arrays import Floats
from cohear.data.audit.fingerprint import Codes
from cohear.data.audit.landmarks import joined_landmarks
from cohear.data.audit.measures import Measures, bandwidth_of, measure_with
from cohear.data.audit.octaves import joined_octaves
from cohear.data.audit.spectrum import HOP_SECONDS, decibel, spectrum_of


@dataclass(frozen=True, eq=False)
class ClipPart:
    """What is kept of a part of a clip.

    Attributes:
        measures: of the part alone.
        lines: its mean spectrum, ``[LINES]`` power.
        samples, rate: how long it is; all parts but the last one hold whole frames of the spectrum.
        peak: its largest magnitude.
    """

    measures: Measures
    lines: Floats
    samples: int
    rate: int
    peak: float

    @classmethod
    def of(cls, audio: Audio) -> ClipPart:
        """Measure a part."""
        spectrum = spectrum_of(audio.samples, audio.rate)
        peak = max(float(audio.samples.max()), -float(audio.samples.min()))
        return cls(measure_with(spectrum, audio), spectrum.lines, len(audio.samples), audio.rate, peak)

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.samples / self.rate


def joined_measures(parts: Sequence[ClipPart]) -> Measures:
    """Measures of the whole clip.

    They are those of `measure` but for the 10th percentile of the profile, which is the mean of the parts' own, and for
    frames across two parts, which no part has.

    Args:
        parts: consecutive, at least one.
    """
    measures = [part.measures for part in parts]
    seconds = np.array([part.seconds for part in parts])
    shares = seconds / seconds.sum()
    means = np.array([one.mean for one in measures])
    powers = 10 ** (np.array([one.level for one in measures]) / 10)
    power = shares @ (powers + means**2) - (shares @ means) ** 2
    peak = max(part.peak for part in parts)
    lines = shares.astype(np.float32) @ np.stack([part.lines for part in parts])  # [LINES]
    return replace(
        measures[0],
        mean=float(shares @ means),
        level=10 * float(np.log10(max(power, 1e-12))),
        clipped=sum(part.measures.clipped for part in parts if part.peak >= peak * (1 - 1e-4)),
        leading=_silent(parts, [one.leading for one in measures]),
        trailing=_silent(parts[::-1], [one.trailing for one in measures[::-1]]),
        bandwidth=bandwidth_of(decibel(lines), parts[0].rate),
        profile=_profile(np.stack([one.profile for one in measures]), shares.astype(np.float32)),
        codes=_codes(parts),
        landmarks=joined_landmarks([one.landmarks for one in measures], seconds.tolist()),
        octaves=joined_octaves([one.octaves for one in measures], seconds.tolist()),
    )


def _silent(parts: Sequence[ClipPart], ends: Sequence[float]) -> float:
    """Seconds of zeros at the end that comes first: silent parts as a whole, and the end of the next one."""
    silent = len(list(takewhile(lambda part: not part.peak, parts)))
    return sum(part.seconds for part in parts[:silent]) + (ends[silent] if silent < len(parts) else 0.0)


def _profile(profiles: Floats, shares: Floats) -> Floats:
    """Mean, standard deviation and 10th percentile ``[3, BANDS]`` of those of the parts ``[parts, 3, BANDS]``."""
    means, deviations, tenths = profiles.transpose(1, 0, 2)  # [parts, BANDS] each
    mean = shares @ means
    variance = shares @ (np.square(deviations) + np.square(means - mean))
    return np.stack([mean, np.sqrt(variance), shares @ tenths]).astype(np.float32)


def _codes(parts: Sequence[ClipPart]) -> Codes:
    """The fingerprints one after the other, each frame in its place."""
    codes = []
    for part in parts[:-1]:
        lacking = round(part.seconds / HOP_SECONDS) - part.measures.codes.shape[1]
        codes.append(np.pad(part.measures.codes, ((0, 0), (0, lacking))))
    return np.concatenate([*codes, parts[-1].measures.codes], axis=1)
