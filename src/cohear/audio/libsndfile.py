"""Decoding with libsndfile: WAV, FLAC, Ogg, MP3, AIFF and more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cohear.audio.content import Content, FilePiece
from cohear.audio.decoder import Decoder, check_form, check_same_form, cut_short
from cohear.audio.flac import streams_behind
from cohear.audio.sound_file import SoundFile, UnknownFormat
from cohear.audio.structure import EncodedStream, Structure, joined_files
from cohear.audio.unreadable import UnreadableAudio

_UNKNOWN_FRAMES = 1 << 60  # libsndfile gives about 2**63 where a file states no length
_MPEG_SLACK_FRAMES = 2 * 1152  # encoders differ in what they count
_MPEG_RESERVOIR_FRAMES = 16 * 1152
"""Decoded in front of a place that was gone to: a frame's data may begin some frames before it, and libmpg123 goes
back no more than four, so that low bit rates gave noise there."""
_FLAC_BUFFER_BYTES = 1 << 14  # libFLAC reads no further ahead
_SKIPPED_FRAMES = 1 << 16


class LibsndfileDecoder(Decoder):
    """Decodes one stream, or several one after the other.

    Args:
        content: the file, open as long as the decoder is.
        structure: where its audio is.
        by_name: whether the end of its name tells what the file is.

    Raises:
        UnknownFormat: libsndfile knows no such format.
        UnreadableAudio: the file is damaged, or no sound.
    """

    def __init__(self, content: Content, structure: Structure, *, by_name: bool = False) -> None:
        self.path = content.path
        self.oddities = structure.oddities
        self._content = content
        self._is_mpeg = structure.is_mpeg
        self._itself = content.path if by_name else None
        self._is_exact = structure.is_exact
        self._waiting: list[EncodedStream] = []
        self._read = self._place = 0
        self._file = self._first(structure)
        try:
            self.rate, self.channels, self.is_bounded = self._file.rate, self._file.channels, self._file.is_bounded
            check_form(self.path, self.rate, self.channels)
            if self._waiting:
                self._refuse_other_rates(self._waiting)
        except BaseException:
            self.close()
            raise
        self._may_go_on = structure.may_go_on
        self._frames = self._known_frames(structure)

    @property
    def frames(self) -> int | None:
        """By the structure where that tells, else by libsndfile."""
        if self._may_go_on and not self._place:
            self._look_behind(0)
        return self._frames

    def read(self, frames: int) -> NDArray[np.float32]:
        """The next samples; a block ends where a stream does, but is empty at the end of all alone."""
        block = self._next(frames)
        while not len(block) and frames:
            if self._may_go_on:
                self._look_behind(os.lseek(self._content.descriptor, 0, os.SEEK_CUR) - _FLAC_BUFFER_BYTES)
            if not self._waiting:
                break
            self._begin(self._waiting.pop(0))
            block = self._next(frames)
        return block

    def skip(self, frames: int) -> int:
        """Seek in a single stream of known length, read where there are more."""
        if self.frames is not None and not self._waiting and not self._place:
            place = min(frames, self.frames)
            begin = max(place - _MPEG_RESERVOIR_FRAMES, 0) if self._is_mpeg else place
            self._file.seek(begin)
            self._read = self._place = begin
            if begin < place:
                self.read(place - begin)
            return place
        left = frames
        while left and len(block := self.read(min(left, _SKIPPED_FRAMES))):
            left -= len(block)
        return frames - left

    def close(self) -> None:
        """Close the file of libsndfile."""
        self._file.close()

    def _open(self, source: Path | Sequence[FilePiece] | None) -> SoundFile:
        return SoundFile(self._content, source)

    def _first(self, structure: Structure) -> SoundFile:
        """The file as it is where that gives all its audio, else the first of its streams."""
        if not structure.streams:
            return self._open(self._itself)
        if len(structure.streams) == 1 and structure.frames is not None:
            try:
                file = self._open(self._itself)
            except (UnknownFormat, UnreadableAudio):
                pass
            else:
                if file.frames == structure.frames:
                    return file
                file.close()
        first, *self._waiting = structure.streams
        return self._open(first.pieces)

    def _begin(self, stream: EncodedStream) -> None:
        self._file.close()
        self._file = self._open(stream.pieces)
        self._read = 0

    def _refuse_other_rates(self, streams: Sequence[EncodedStream]) -> None:
        """Raise UnreadableAudio where streams that follow each other have different forms."""
        for stream in streams:
            file = self._open(stream.pieces)
            file.close()
            check_same_form(self, file.rate, file.channels)

    def _look_behind(self, begin: int) -> None:
        """Find streams behind the one that the header tells of: FLAC files that were put together."""
        self._may_go_on = False
        behind = streams_behind(self._content, begin)
        if behind:
            self._refuse_other_rates(behind)
            counts = [stream.frames or 0 for stream in behind]
            self._frames = None if self._frames is None or 0 in counts else self._frames + sum(counts)
            self._waiting = behind
            self.oddities += (joined_files(1 + len(behind), "FLAC"),)

    def _known_frames(self, structure: Structure) -> int | None:
        if structure.frames is not None:
            return structure.frames
        if len(structure.streams) > 1:
            return None
        return self._file.frames if self._file.frames < _UNKNOWN_FRAMES else None

    def _next(self, frames: int) -> NDArray[np.float32]:
        asked = min(frames, max(self._file.frames - self._read, 0))
        block = np.empty((asked, self._file.channels), np.float32)
        if asked:
            block = block[: self._file.fill(block)]
        self._read += len(block)
        self._place += len(block)
        if len(block) < asked:
            self._refuse_cut_short()
        return block

    def _refuse_cut_short(self) -> None:
        """Raise UnreadableAudio where a good part of what the file states is missing."""
        stated = self._file.frames
        slack = _MPEG_SLACK_FRAMES if self._is_mpeg else 0
        if not self._is_exact and self._read < stated - slack and stated < _UNKNOWN_FRAMES:
            raise cut_short(self.path, self._read, stated)
        self._read = stated
