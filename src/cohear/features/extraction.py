"""Files to stored frames: decode, check, resample, front-end, in chunks on all cores."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.audio.segment import Segment
from cohear.base.errors import DataError
from cohear.base.files import storage_errors_told
from cohear.base.pool import Progress, parallel_map
from cohear.data.facts import ClipFacts, content_hash
from cohear.features.front_end import Floats, FrontEnd, Integers

_CHUNK_SECONDS = 60.0  # many short clips share a block of frames, and yet all cores have work


def write_frames(
    file: Path,
    *,
    front_end: FrontEnd,
    segments: Sequence[Segment],
    facts: Sequence[ClipFacts],
    offsets: Integers,
    jobs: int | None,
    progress: Progress | None,
) -> None:
    """Write the frames of all clips, float32 ``[offsets[-1], frame_width]``, to an ``.npy`` file.

    Threads compute, the caller writes: an ordinary write that fails (disk full) is an error with a sentence,
    where a write to mapped memory would kill the process.

    Raises:
        DataError: a file is no longer what it was when it was scanned.
        OSError: the file cannot be written.
    """
    chunks = _chunks(facts)
    total = sum(clip.seconds for clip in facts)
    done = 0.0

    with storage_errors_told(file), file.open("wb") as stream:
        begin = _write_header(stream, int(offsets[-1]), front_end.frame_width)

        def on_done(index: int, frames: list[Floats]) -> None:
            nonlocal done
            first, stop = chunks[index].start, chunks[index].stop
            stream.seek(begin + int(offsets[first]) * 4 * front_end.frame_width)
            for clip in frames:
                stream.write(np.ascontiguousarray(clip, "<f4").data)
            done += sum(clip.seconds for clip in facts[first:stop])
            if progress:
                progress(done, total)

        def extract(chunk: range) -> list[Floats]:
            return front_end.frames([_waveform(segments[i], facts[i], front_end.rate) for i in chunk])

        parallel_map(extract, chunks, jobs, on_done)
        stream.flush()
        # before the folder gets its name, so that a power cut cannot leave half a store
        os.fsync(stream.fileno())


def _write_header(stream: BinaryIO, rows: int, width: int) -> int:
    """Begin an ``.npy`` file of float32 ``[rows, width]``; returns the byte where the numbers begin."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (rows, width)}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.tell()


def _chunks(facts: Sequence[ClipFacts]) -> list[range]:
    """Consecutive clips, about a minute of audio at a time."""
    chunks: list[range] = []
    first, seconds = 0, 0.0
    for index, clip in enumerate(facts):
        seconds += clip.seconds
        if seconds >= _CHUNK_SECONDS or index == len(facts) - 1:
            chunks.append(range(first, index + 1))
            first, seconds = index + 1, 0.0
    return chunks


def _waveform(segment: Segment, facts: ClipFacts, to_rate: int) -> Floats:
    """Samples ``[samples]`` at the front-end's rate, after a check that they are those that were scanned."""
    samples, rate = read_audio(segment)
    if rate != facts.rate or content_hash(samples) != facts.content:
        raise DataError(
            f"{segment.path} changed after it was scanned; run the same again, and where it is told once more, remove "
            "the folder 'facts' in the cache first"
        )
    return resample(samples, rate, to_rate)
