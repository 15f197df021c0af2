"""Decoding with FFmpeg, through PyAV: what libsndfile lacks (M4A and MP4, WMA, WebM, AMR, Speex and more)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cohear.audio.boxes import is_cut_short
from cohear.audio.content import ByteSpan, Content, PiecedFile
from cohear.audio.decoder import Decoder, check_form, check_same_form, cut_short
from cohear.audio.mp4_tables import overstated_table
from cohear.audio.unreadable import NoDecoder, UnreadableAudio

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream
    from av.container import InputContainer

EXTRA = "formats"
_SLACK_SECONDS = 0.3  # between what a header states and what is decoded: encoders' delays and padding
_GUESSING = frozenset({"aac", "amr", "ac3", "dts", "loas", "mpegts", "mpeg", "flv", "ogg"})
"""Demuxers that state a guess of the length, as nothing in such a file says it, or whose structure was checked."""
_CHECKED = frozenset({"wav", "w64", "aiff", "caf", "au"})
"""Demuxers of files whose bytes of samples were compared with what is there: a count of samples says nothing more."""
_FULL_SCALE = {"u1": 1 << 7, "i2": 1 << 15, "i4": 1 << 31, "i8": 1 << 63}


class FfmpegDecoder(Decoder):
    """Decodes the first audio stream of a file.

    Args:
        content: the file, open as long as the decoder is.
        demuxer: FFmpeg's name of the container. It is given, not guessed: some of FFmpeg's guesses open other files.
        oddities: what is known to be odd about the file.

    Raises:
        ImportError: PyAV is not installed.
        UnreadableAudio: nothing can be decoded.
    """

    is_bounded = False

    def __init__(self, content: Content, demuxer: str, oddities: tuple[str, ...] = ()) -> None:
        import av  # noqa: PLC0415 - an extra, and slow to import

        self.path = content.path
        self.oddities = oddities
        self._content = content
        self._demuxer = demuxer
        self._errors: type[Exception] = av.error.FFmpegError
        self._damage = ""
        self._decoded = 0
        self._left = np.empty((0, 0), np.float32)
        self._container: InputContainer | None = None
        if demuxer == "mov" and (overstated := overstated_table(content)):
            raise UnreadableAudio(self.path, f"it is damaged: {overstated}")
        try:
            source = PiecedFile(content, [ByteSpan(0, content.size)])
            container = av.open(source, mode="r", format=demuxer, metadata_errors="ignore")
            self._container = container
            self._frames = self._decode(container, self._stream(container))
            self._left = next(self._frames)
        except StopIteration:
            self.close()
            raise UnreadableAudio(self.path, "it has no samples", "empty") from None
        except (self._errors, ValueError, IndexError, ZeroDivisionError) as error:
            self.close()
            raise self._damaged(error) from error
        except BaseException:
            self.close()
            raise

    @property
    def frames(self) -> None:
        """Containers state times, which are near the truth at best."""
        return

    def read(self, frames: int) -> NDArray[np.float32]:
        """The next samples."""
        blocks, count = [], 0
        while count < frames:
            if not len(self._left) and not self._more():
                break
            block = self._left[: frames - count]
            self._left = self._left[len(block) :]
            blocks.append(block)
            count += len(block)
        return np.concatenate(blocks) if blocks else np.empty((0, self.channels), np.float32)

    def skip(self, frames: int) -> int:
        """Decode and leave out: places in time, as containers state them, are not exact."""
        left = frames
        while left and (len(self._left) or self._more()):
            passed = min(left, len(self._left))
            self._left = self._left[passed:]
            left -= passed
        return frames - left

    def close(self) -> None:
        """Free FFmpeg's buffers."""
        if self._container is not None:
            self._container.close()
            self._container = None

    def _more(self) -> bool:
        """Decode the next frame; False at the end."""
        try:
            self._left = next(self._frames)
        except StopIteration:
            return False
        except (self._errors, ValueError) as error:
            raise self._damaged(error) from error
        return True

    def _stream(self, container: InputContainer) -> AudioStream:
        streams = container.streams.audio
        if not streams:
            raise UnreadableAudio(self.path, "there is no sound in it")
        if len(streams) > 1:
            self.oddities += (f"it has {len(streams)} sound tracks, of which the first is used",)
        stream = streams[0]
        if stream.codec_context is None:  # PyAV's types do not say so
            raise NoDecoder(self.path, "its sound is in a codec that FFmpeg does not know")
        stream.codec_context.thread_count = 1
        return stream

    def _decode(self, container: InputContainer, stream: AudioStream) -> Iterator[NDArray[np.float32]]:
        """Samples of frame after frame, none empty."""
        stated = _stated_seconds(container, stream)
        for frame in self._frames_of(container, stream):
            if not self._decoded:
                self.rate, self.channels = frame.sample_rate, frame.layout.nb_channels
                check_form(self.path, self.rate, self.channels)
            else:
                check_same_form(self, frame.sample_rate, frame.layout.nb_channels)
            self._decoded += frame.samples
            yield _samples(frame)
        self._check_end(stated)

    def _frames_of(self, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
        """Frames that hold samples; packets that cannot be decoded are told of by `_check_end`."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except self._errors as error:
                self._note_damage(error)
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except self._errors as error:
                self._note_damage(error)
                continue
            if frames and self._damage and self._decoded:
                raise UnreadableAudio(self.path, f"it is cut short or damaged ({self._damage})", "truncated")
            yield from (frame for frame in frames if frame.samples)

    def _note_damage(self, error: Exception) -> None:
        if isinstance(error, MemoryError):
            raise error
        self._damage = _words(error)

    def _check_end(self, stated: float | None) -> None:
        """Raise UnreadableAudio where the end of the file is missing; note what is odd about it."""
        if not self._decoded:
            if self._damage:
                raise UnreadableAudio(self.path, f"it is cut short or damaged ({self._damage})", "truncated")
            if stated:
                raise UnreadableAudio(
                    self.path, f"it is cut short: nothing of its {stated:.1f} s is there", "truncated"
                )
            return
        if self._damage:
            self.oddities += ("its last part is not whole",)
        cut = False if self._demuxer in _CHECKED else is_cut_short(self._content, self._demuxer)
        there = self._decoded / self.rate
        if cut or (cut is None and stated is not None and there < stated - _SLACK_SECONDS):
            raise cut_short(self.path, self._decoded, max(round((stated or 0) * self.rate), self._decoded + 1))
        if stated is not None and abs(there - stated) > _SLACK_SECONDS:
            self.oddities += (f"its header states {stated:.1f} s, {there:.1f} s are there",)

    def _damaged(self, error: Exception) -> UnreadableAudio:
        if isinstance(error, MemoryError):
            raise error
        return UnreadableAudio(self.path, f"it is cut short or damaged ({_words(error)})", "truncated")


def _stated_seconds(container: InputContainer, stream: AudioStream) -> float | None:
    """How long the sound is by the container's header; None where it is a guess, or nothing is said."""
    if container.format.name.split(",")[0] in _GUESSING:
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / 1_000_000


def _samples(frame: AudioFrame) -> NDArray[np.float32]:
    """Samples ``[samples, channels]`` of a frame, full scale at 1."""
    channels = frame.layout.nb_channels
    # [channels, samples], or [1, samples * channels]
    values: NDArray[Any] = _of_64_bits(frame) if frame.format.name.startswith("s64") else frame.to_ndarray()
    values = values.T if frame.format.is_planar else values.reshape(-1, channels)
    kind = values.dtype.str[1:]
    if kind not in _FULL_SCALE:
        return np.ascontiguousarray(values, np.float32)
    zero = 128 if kind == "u1" else 0
    return ((values.astype(np.float64) - zero) / _FULL_SCALE[kind]).astype(np.float32)


def _of_64_bits(frame: AudioFrame) -> NDArray[np.int64]:
    """What PyAV has no array for; a plane may be longer than its samples."""
    count = frame.samples * (1 if frame.format.is_planar else frame.layout.nb_channels)
    return np.stack([np.frombuffer(bytes(plane), np.int64, count) for plane in frame.planes])


def _words(error: Exception) -> str:
    words = str(getattr(error, "strerror", "") or error).split(":")[0].strip()
    return words[:1].lower() + words[1:] or type(error).__name__
