"""Raw samples: how they are written, and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from cohear.base.errors import UserError
from cohear.runtime.raw_samples import RawSamples
from cohear.runtime.server.limits import Limits, Refused
from cohear.runtime.server.settings import RAW_SETTINGS, check_names


@dataclass(frozen=True)
class RawAudio:
    """How raw samples are written.

    Attributes:
        rate: in Hz.
        format: one of `PCM_FORMATS`.
        channels: interleaved.
    """

    rate: int = 16000
    format: str = "s16le"
    channels: int = 1

    def reader(self, limits: Limits) -> RawSamples:
        """What reads them.

        Raises:
            Refused: they are beyond the limits, or of an unknown format.
        """
        check_sound(self.rate, self.channels, limits)
        try:
            return RawSamples(self.format, self.channels)
        except UserError as error:
            raise Refused(422, str(error)) from error


RAW_TYPES: Mapping[str, RawAudio] = MappingProxyType(
    {
        "audio/pcm": RawAudio(),
        "audio/pcmu": RawAudio(8000, "mulaw"),  # RFC 3551, as telephone services name it
        "audio/pcma": RawAudio(8000, "alaw"),
    }
)
"""Media types of raw samples, and how they are written where nothing else says."""
_NOT_OF_SAMPLES = ("ptime", "maxptime", "charset")
"""Parameters that say nothing of samples: how packets are cut (RFC 4856), and what browsers add to any text."""


def raw_of(media_type: str, rate: int | None, form: str | None, channels: int | None) -> RawAudio | None:
    """How the raw samples of a body are written; None where it is a file.

    Args:
        media_type: of the body, as ``audio/pcm`` or ``audio/pcm;rate=8000;channels=2;format=f32le``.
        rate: as the request says, which outranks the media type; so do the others.
        form: one of `PCM_FORMATS`.
        channels: interleaved.

    Raises:
        Refused: the media type states something that is no setting, twice, or a rate or channels that are no numbers.
    """
    header = Message()
    header["content-type"] = media_type
    kind, stated = header.get_content_type(), header.get_params(failobj=[])[1:]
    if kind not in RAW_TYPES:
        return None
    usual, said = RAW_TYPES[kind], [(name.lower(), value) for name, value in stated]
    check_names([name for name, _ in said if name not in _NOT_OF_SAMPLES], RAW_SETTINGS)
    of_type = dict(said)
    try:
        return RawAudio(
            int(of_type.get("rate", usual.rate)) if rate is None else rate,
            of_type.get("format", usual.format) if form is None else form,
            int(of_type.get("channels", usual.channels)) if channels is None else channels,
        )
    except ValueError as error:
        raise Refused(
            422, f"rate and channels in the media type are whole numbers, not as in {media_type!r}"
        ) from error


def read_raw(content: bytes, raw: RawAudio, limits: Limits) -> NDArray[Any]:
    """Samples ``[samples, channels]`` of a clip.

    Raises:
        Refused: no samples, part of one, or beyond the limits.
        DataError: it is a file, and no samples.
    """
    reader = raw.reader(limits)
    if len(content) > limits.duration * raw.rate * reader.frame:
        raise Refused(413, f"it is longer than {limits.duration:g} s")
    samples = reader.push(content)
    if not samples.size or reader.left:
        raise Refused(422, f"raw samples of this format are {reader.frame} bytes each, at least one; cut it there")
    return samples


def check_sound(rate: int, channels: int, limits: Limits) -> None:
    """Hold a clip's form against the limits.

    Raises:
        Refused: it is beyond them.
    """
    if not 1 <= channels <= limits.channels:
        raise Refused(422, f"it has {channels} channels, not 1 to {limits.channels}")
    if not limits.lowest_rate <= rate <= limits.highest_rate:
        raise Refused(422, f"its rate is {rate} Hz, not {limits.lowest_rate} to {limits.highest_rate}")
