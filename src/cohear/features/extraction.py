"""Files to stored frames: decode, check, resample, front-end, in chunks on all cores; or clips' names to frames."""

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from cohear.audio.decode import UnreadableAudio, open_blocks, read_audio
from cohear.audio.resample import resample, resample_blocks
from cohear.audio.segment import Segment
from cohear.audio.silence import heard_frames
from cohear.base.arrays import Floats, Integers
from cohear.base.errors import DataError
from cohear.base.files import storage_errors_told
from cohear.base.pool import Advance, parallel_map
from cohear.data.scan.content_hash import ContentHash, content_hash
from cohear.data.scan.facts import ClipFacts
from cohear.data.tables.clip_name import ClipName
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.front_end import FrontEnd, WaveformFrontEnd
from cohear.features.long_clips import Passage, pieces
from cohear.features.rounding import Rounding, rounded

_CHUNK_SECONDS = 60.0  # many short clips share a block of frames, and yet all cores have work
_LONG_SECONDS = 600.0  # a longer clip is never held as a whole
_WRITE_BYTES = 1 << 20  # frames of short clips go to disk many at a time


def write_frames(
    file: Path,
    *,
    front_end: FrontEnd,
    segments: Sequence[Segment],
    facts: Sequence[ClipFacts],
    names: Sequence[ClipName],
    offsets: Integers,
    stored: Rounding,
    jobs: int | None,
    progress: Advance | None,
) -> NDArray[np.bool_]:
    """Write the frames of all clips, float32 ``[offsets[-1], frame_width]``, to an ``.npy`` file.

    Threads compute and write, one at a time: an ordinary write that fails (disk full) is an error with a sentence,
    where a write to mapped memory would kill the process.

    Returns:
        Which frames are more than silence, ``[offsets[-1]]``.

    Raises:
        DataError: a file is no longer what it was when it was scanned.
        OSError: the file cannot be written.
    """
    chunks = _chunks(facts)
    total = sum(clip.seconds for clip in facts)
    done = 0.0
    heard = np.ones(int(offsets[-1]), dtype=np.bool_)
    writing = threading.Lock()

    with storage_errors_told(file), file.open("wb", buffering=_WRITE_BYTES) as stream:
        begin = write_header(stream, int(offsets[-1]), front_end.frame_width)

        def write(row: int, frames: Sequence[Floats]) -> None:
            with writing:
                stream.seek(begin + row * 4 * front_end.frame_width)
                for piece in frames:
                    stream.write(np.ascontiguousarray(rounded(piece, stored), "<f4").data)

        def extract(chunk: range) -> None:
            row = int(offsets[chunk.start])
            if isinstance(front_end, ClipFrontEnd):
                write(row, front_end.frames([names[i] for i in chunk]))
                return
            assert isinstance(front_end, WaveformFrontEnd)  # the other kind
            if _is_long(facts[chunk.start]):
                for samples, own in _long_clip(segments[chunk.start], facts[chunk.start], front_end):
                    frames = front_end.frames([samples])[0]
                    write(row, [frames[own]])
                    of_piece = _heard(front_end, samples, len(frames))[own]
                    heard[row : row + len(of_piece)] = of_piece
                    row += len(of_piece)
            else:
                waveforms = [_waveform(segments[i], facts[i], front_end.rate) for i in chunk]
                write(row, front_end.frames(waveforms))
                for i, waveform in zip(chunk, waveforms, strict=True):
                    heard[offsets[i] : offsets[i + 1]] = _heard(front_end, waveform, int(offsets[i + 1] - offsets[i]))

        def on_done(index: int, _: None) -> None:
            nonlocal done
            done += sum(clip.seconds for clip in facts[chunks[index].start : chunks[index].stop])
            if progress:
                progress(done, total)

        parallel_map(extract, chunks, jobs, on_done)
        stream.flush()
        # before the folder gets its name, so that a power cut cannot leave half a store
        os.fsync(stream.fileno())
    return heard


def write_header(stream: BinaryIO, rows: int, width: int) -> int:
    """Begin an ``.npy`` file of float32 ``[rows, width]``; returns the byte where the numbers begin."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (rows, width)}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.tell()


def _is_long(clip: ClipFacts) -> bool:
    return clip.seconds > _LONG_SECONDS


def _chunks(facts: Sequence[ClipFacts]) -> list[range]:
    """Consecutive clips, about a minute of audio at a time; a long clip is alone."""
    chunks: list[range] = []
    first, seconds = 0, 0.0
    for index, clip in enumerate(facts):
        if _is_long(clip) and index > first:
            chunks.append(range(first, index))
            first = index
        seconds += clip.seconds
        if seconds >= _CHUNK_SECONDS or _is_long(clip) or index == len(facts) - 1:
            chunks.append(range(first, index + 1))
            first, seconds = index + 1, 0.0
    return chunks


def _waveform(segment: Segment, facts: ClipFacts, to_rate: int) -> Floats:
    """Samples ``[samples]`` at the front-end's rate, after a check that they are those that were scanned."""
    samples, rate = read_audio(segment)
    _refuse_changed(segment, facts, rate, content_hash(samples))
    try:
        return resample(samples, rate, to_rate)
    except MemoryError as error:
        raise UnreadableAudio(segment.path, "it needs more memory than there is") from error


def _heard(front_end: WaveformFrontEnd, samples: Floats, frames: int) -> NDArray[np.bool_]:
    """Which frames of a waveform are more than silence; frames that begin beyond its end are none."""
    heard = heard_frames(samples, front_end.hop, *front_end.context)[:frames]
    return np.pad(heard, (0, frames - len(heard)))


def _long_clip(segment: Segment, facts: ClipFacts, front_end: WaveformFrontEnd) -> Iterator[Passage]:
    """The waveform of a long clip, a piece at a time; the check comes last."""
    hashing = ContentHash()
    with open_blocks(segment) as audio:

        def hashed() -> Iterator[Floats]:
            for block in audio.blocks:
                hashing.add(block)
                yield block

        yield from pieces(front_end, resample_blocks(hashed(), audio.rate, front_end.rate))
        _refuse_changed(segment, facts, audio.rate, hashing.hexdigest())


def _refuse_changed(segment: Segment, facts: ClipFacts, rate: int, content: str) -> None:
    if rate != facts.rate or content != facts.content:
        raise DataError(
            f"{segment.path} changed after it was scanned; run the same again, and where it is told once more, remove "
            "the folder 'facts' in the cache first"
        )
