"""What is known of a clip's audio after decoding it once; kept on disk for files that did not change."""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from cohear.audio.decode import UnreadableAudio, open_blocks
from cohear.audio.segment import Segment
from cohear.base.files import make_folder, storage_errors_told, write_text
from cohear.base.pool import Progress, parallel_map

_CLIPS_A_CHUNK = 32
_VERSION = 1  # part of the cache's file name: another layout or hash starts a new file
_RACY_NS = 100_000_000  # a file written within one tick of the clock keeps its times: too young to be trusted


@dataclass(frozen=True)
class ClipFacts:
    """Facts about a clip that can be decoded.

    Args:
        content: hash of the decoded mono samples at the file's own rate; equal for equal samples, whatever
            the container or the name of the file.
        samples: how many there are.
        rate: the file's own rate in Hz.
        channels: as in the file (the samples are their mean).
        peak: largest magnitude of a sample.
    """

    content: str
    samples: int
    rate: int
    channels: int
    peak: float

    @property
    def silent(self) -> bool:
        """Whether every sample is zero."""
        return self.peak == 0

    @property
    def seconds(self) -> float:
        """Duration."""
        return self.samples / self.rate


@dataclass(frozen=True)
class BadClip:
    """A clip that cannot be decoded, and why (one clause)."""

    path: Path
    reason: str


def content_hash(*blocks: NDArray[np.float32]) -> str:
    """Hash of samples that is equal for equal numbers (``-0.0`` and ``0.0`` are equal), however they are cut.

    Args:
        blocks: float32 ``[samples]`` each, one after the other.
    """
    hashing = ContentHash()
    for samples in blocks:
        hashing.add(samples)
    return hashing.hexdigest()


class ContentHash:
    """`content_hash` of samples that come a block at a time."""

    def __init__(self) -> None:
        self._short = hashlib.blake2b(digest_size=16, person=b"int16")  # 16-bit audio, as most is: half the bytes
        self._full = hashlib.blake2b(digest_size=16)
        self._all_short = True
        self._last: NDArray[np.float32] | None = None

    def add(self, samples: NDArray[np.float32]) -> None:
        """Hash a block; the last one waits, since a clip of a single block needs one hash alone."""
        if self._last is not None:
            self._add_short(self._last)
            self._add_full(self._last)
        self._last = samples

    def hexdigest(self) -> str:
        """The hash of all blocks; nothing can be added after it."""
        if self._last is not None:
            self._add_short(self._last)
            if not self._all_short:
                self._add_full(self._last)
        return (self._short if self._all_short else self._full).hexdigest()

    def _add_short(self, samples: NDArray[np.float32]) -> None:
        if self._all_short:
            with np.errstate(invalid="ignore"):  # full scale does not fit, and is then found not to be equal
                scaled = samples * np.float32(32768)
                short = scaled.astype(np.int16)
            self._all_short = np.array_equal(short, scaled)
            self._short.update(short.data)

    def _add_full(self, samples: NDArray[np.float32]) -> None:
        self._full.update(np.add(samples, 0, dtype=np.float32).data)


def scan(
    segments: Sequence[Segment], *, jobs: int | None = None, cache: Path, progress: Progress | None = None
) -> list[ClipFacts | BadClip]:
    """Decode every clip once; clips of unchanged files that were scanned before are looked up.

    Args:
        segments: the clips.
        jobs: threads; None is one for each core.
        cache: the cache folder; facts are kept below it in ``facts``. Bad clips are not kept.
        progress: called with clips done and clips in all.

    Returns:
        The facts, or what is wrong, of each clip, in the order of ``segments``.

    Raises:
        FolderError: the cache cannot be written.
    """
    if not segments:
        return []
    states = {path: _state(path) for path in {segment.path for segment in segments}}
    keys = [_key(segment, states[segment.path]) for segment in segments]
    root = os.path.commonpath([path.absolute().parent for path in states])
    name = hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()
    # another libsndfile may decode to other samples (lossy formats), and its facts would fit none of them
    file = cache / "facts" / f"{name}.v{_VERSION}-libsndfile-{soundfile.__libsndfile_version__}.jsonl"
    known = _load(file, {key for key in keys if key})
    found: list[ClipFacts | BadClip | None] = [known.get(key) for key in keys]
    missing = [index for index, facts in enumerate(found) if facts is None]
    if missing:
        _scan_missing(
            segments=segments,
            keys=keys,
            found=found,
            missing=missing,
            file=file,
            jobs=jobs,
            progress=progress,
        )
    return [facts for facts in found if facts is not None]


def drop_bad(scanned: Sequence[ClipFacts | BadClip]) -> tuple[list[int], list[ClipFacts], list[BadClip]]:
    """Part good clips from bad ones without losing which is which.

    Returns:
        Positions of the good clips in ``scanned``, their facts in the same order, and the bad clips. Select
        rows of the clip table and segments by these positions, so that features and labels stay joined.
    """
    good = [index for index, facts in enumerate(scanned) if isinstance(facts, ClipFacts)]
    facts = [facts for facts in scanned if isinstance(facts, ClipFacts)]
    return good, facts, [bad for bad in scanned if isinstance(bad, BadClip)]


def _scan_missing(
    *,
    segments: Sequence[Segment],
    keys: Sequence[str],
    found: list[ClipFacts | BadClip | None],
    missing: Sequence[int],
    file: Path,
    jobs: int | None,
    progress: Progress | None,
) -> None:
    """Decode the clips at ``missing``, fill ``found``, and append what is good to the cache file."""
    make_folder(file.parent)
    chunks = [missing[first : first + _CLIPS_A_CHUNK] for first in range(0, len(missing), _CLIPS_A_CHUNK)]
    done = len(segments) - len(missing)

    with storage_errors_told(file), file.open("ab+", buffering=0) as journal:
        size = journal.seek(0, os.SEEK_END)
        if size:
            journal.seek(size - 1)
            if journal.read(1) != b"\n":  # a kill tore the last line: end it, so that ours is not glued to it
                journal.write(b"\n")

        def on_done(chunk: int, results: list[ClipFacts | BadClip]) -> None:
            nonlocal done
            lines = []
            for index, facts in zip(chunks[chunk], results, strict=True):
                found[index] = facts
                if keys[index] and isinstance(facts, ClipFacts):
                    lines.append(json.dumps([keys[index], *vars(facts).values()]) + "\n")
            # one write at the end of the file: whole lines, even beside other writers
            journal.write("".join(lines).encode())
            done += len(results)
            if progress:
                progress(done, len(segments))

        parallel_map(lambda chunk: [_facts(segments[index]) for index in chunk], chunks, jobs, on_done)


def _facts(segment: Segment) -> ClipFacts | BadClip:
    hashing, samples, peak = ContentHash(), 0, 0.0
    try:
        with open_blocks(segment) as audio:
            for block in audio.blocks:
                hashing.add(block)
                samples += len(block)
                peak = max(peak, float(block.max()), -float(block.min()))
    except UnreadableAudio as error:
        return BadClip(error.path, error.reason)
    return ClipFacts(hashing.hexdigest(), samples, audio.rate, audio.channels, peak)


def _state(path: Path) -> list[str | int] | None:
    """What identifies a file's content without reading it, or None where nothing does."""
    try:
        stat = path.stat()
    except OSError:
        return None  # decoding will say what is wrong
    if time.time_ns() - max(stat.st_mtime_ns, stat.st_ctime_ns) < _RACY_NS:
        return None
    return [str(path.absolute()), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _key(segment: Segment, state: list[str | int] | None) -> str:
    """Under what the facts of a clip are kept; empty where they must not be."""
    return json.dumps([segment.start, segment.end, *state]) if state else ""


def _load(file: Path, wanted: set[str]) -> dict[str, ClipFacts]:
    """Facts by key; torn lines are passed over, and a file that is mostly stale lines is rewritten."""
    try:
        lines = file.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return {}
    entries = [(entry, line) for line in lines if (entry := _parse(line)) is not None]
    if len(lines) > 1000 + 2 * len(wanted):
        # of each clip (name, start, end) the last line
        newest = {json.dumps(json.loads(key)[:3]): line for (key, _), line in entries}
        if len(lines) > 1000 + 2 * len(newest):
            write_text(file, b"".join(newest.values()).decode())
    return {key: facts for (key, facts), _ in entries if key in wanted}


def _parse(line: bytes) -> tuple[str, ClipFacts] | None:
    try:
        values: Any = json.loads(line)
        key, content, samples, rate, channels, peak = values
        return key, ClipFacts(content, samples, rate, channels, peak)
    except (ValueError, TypeError):
        return None
