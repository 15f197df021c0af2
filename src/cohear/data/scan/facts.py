"""What is known of a clip's audio after decoding it once; kept on disk for files that did not change."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cohear.audio.decode import Audio, UnreadableAudio, open_blocks
from cohear.audio.open_file import decoders
from cohear.audio.segment import Segment
from cohear.base.files import is_settled
from cohear.base.journal import Append, Journal
from cohear.base.pool import Advance, parallel_map
from cohear.data.scan.content_hash import ContentHash

PART_SECONDS = 600
"""Longest part of a clip that an inspector hears at once."""
_PART_SAMPLES = PART_SECONDS * 192_000  # shorter parts at higher rates, which a wrong header may state

_CLIPS_A_CHUNK = 32
_VERSION = 4  # part of the cache's file name: another layout, hash or end of what is read starts a new file


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
        oddities: what is odd about the file, a clause each; its audio is whole all the same.
        cancels: whether next to nothing is left of its channels in their mean.
    """

    content: str
    samples: int
    rate: int
    channels: int
    peak: float
    oddities: tuple[str, ...] = ()
    cancels: bool = False

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
    """A clip that cannot be decoded, and why (one clause); the kind is that of `UnreadableAudio`."""

    path: Path
    reason: str
    kind: str = "unreadable"


class Listener(Protocol):
    """Hears one clip while it is decoded."""

    def hear(self, part: Audio) -> None:
        """Called with the parts of the clip, `PART_SECONDS` each, the last one shorter; most clips have one."""

    def end(self, facts: ClipFacts) -> None:
        """Called when all was heard; never for a clip that cannot be decoded to its end."""


class Inspector(Protocol):
    """Looks at decoded audio while the scan has it in memory; threads call it at once."""

    def wants(self, facts: ClipFacts) -> bool:
        """Whether a clip must be decoded for it, although its facts are known."""

    def listen(self) -> Listener:
        """A listener for one clip."""


def scan(
    segments: Sequence[Segment],
    *,
    jobs: int | None = None,
    cache: Path,
    progress: Advance | None = None,
    inspector: Inspector | None = None,
) -> list[ClipFacts | BadClip]:
    """Decode every clip once; clips of unchanged files that were scanned before are looked up.

    Args:
        segments: the clips.
        jobs: threads; None is one for each core.
        cache: the cache folder; facts are kept below it in ``facts``. Bad clips are not kept.
        progress: called with clips done and clips in all.
        inspector: looks at the audio of clips that are decoded, and may want more of them.

    Returns:
        The facts, or what is wrong, of each clip, in the order of ``segments``.

    Raises:
        FolderError: the cache cannot be written.
    """
    if not segments:
        return []
    states = {path: _state(path) for path in {segment.path for segment in segments}}
    keys = [_key(segment, states[segment.path]) for segment in segments]
    # another decoder may decode to other samples (lossy formats), and its facts would fit none of them
    version = f"v{_VERSION}-{decoders()}"
    journal = Journal(cache / "facts" / f"{root_name(segments)}.{version}.jsonl")
    known = _load(journal, {key for key in keys if key})
    found: list[ClipFacts | BadClip | None] = [known.get(key) for key in keys]
    missing = [
        index
        for index, facts in enumerate(found)
        if facts is None or (inspector and isinstance(facts, ClipFacts) and inspector.wants(facts))
    ]
    if missing:
        with journal.appending() as append:
            _scan_missing(segments, keys, found, missing, append, jobs, progress, inspector)
    return [facts for facts in found if facts is not None]


def root_name(segments: Sequence[Segment]) -> str:
    """A name for the folder that all clips are in, as caches know it."""
    root = os.path.commonpath([folder.absolute() for folder in {segment.path.parent for segment in segments}])
    return hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()


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
    segments: Sequence[Segment],
    keys: Sequence[str],
    found: list[ClipFacts | BadClip | None],
    missing: Sequence[int],
    append: Append,
    jobs: int | None,
    progress: Advance | None,
    inspector: Inspector | None,
) -> None:
    """Decode the clips at ``missing``, fill ``found``, and append what is good and new to the journal."""
    chunks = [missing[first : first + _CLIPS_A_CHUNK] for first in range(0, len(missing), _CLIPS_A_CHUNK)]
    done = len(segments) - len(missing)

    def on_done(chunk: int, results: list[ClipFacts | BadClip]) -> None:
        nonlocal done
        new = []
        for index, facts in zip(chunks[chunk], results, strict=True):
            if keys[index] and isinstance(facts, ClipFacts) and facts != found[index]:
                new.append([keys[index], *vars(facts).values()])
            found[index] = facts
        append(new)
        done += len(results)
        if progress:
            progress(done, len(segments))

    parallel_map(lambda chunk: [_facts(segments[index], inspector) for index in chunk], chunks, jobs, on_done)


def _facts(segment: Segment, inspector: Inspector | None) -> ClipFacts | BadClip:
    """Facts of a clip, decoded a piece at a time; an inspector hears it in longer parts."""
    hashing, samples, peak = ContentHash(), 0, 0.0
    listener = inspector.listen() if inspector else None
    try:
        with open_blocks(segment) as audio:
            for block in in_parts(audio.blocks, _part_samples(audio.rate)) if listener else audio.blocks:
                hashing.add(block)
                samples += len(block)
                peak = max(peak, float(block.max()), -float(block.min()))
                if listener:
                    listener.hear(Audio(block, audio.rate, audio.channels))
    except UnreadableAudio as error:
        return BadClip(error.path, error.reason, error.kind)
    facts = ClipFacts(
        hashing.hexdigest(), samples, audio.rate, audio.channels, peak, audio.oddities, audio.meter.cancel
    )
    if listener:
        listener.end(facts)
    return facts


def _part_samples(rate: int) -> int:
    """Of a part: whole seconds of it."""
    return min(PART_SECONDS, _PART_SAMPLES // rate) * rate


def in_parts(blocks: Iterable[NDArray[np.float32]], size: int) -> Iterator[NDArray[np.float32]]:
    """Consecutive blocks of samples, joined and cut anew to ``size`` samples each; the last one may be shorter."""
    held: list[NDArray[np.float32]] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        if count >= size:
            whole = np.concatenate(held)
            for first in range(0, count - size + 1, size):
                yield whole[first : first + size]
            count %= size
            held = [whole[len(whole) - count :]]
    if count:
        yield held[0] if len(held) == 1 else np.concatenate(held)


def _state(path: Path) -> list[str | int] | None:
    """What identifies a file's content without reading it, or None where nothing does."""
    try:
        stat = path.stat()
    except OSError:
        return None  # decoding will say what is wrong
    if not is_settled(stat.st_mtime_ns, stat.st_ctime_ns):
        return None
    return [str(path.absolute()), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _key(segment: Segment, state: list[str | int] | None) -> str:
    """Under what the facts of a clip are kept; empty where they must not be."""
    return json.dumps([segment.start, segment.end, *state]) if state else ""


def _load(journal: Journal, wanted: set[str]) -> dict[str, ClipFacts]:
    """Facts by key; lines of no sense are passed over, and a file that is mostly stale lines is rewritten."""
    known: dict[str, ClipFacts] = {}
    count = 0
    for value in journal.values():  # millions of them, it may be, of which most are wanted
        count += 1
        if (entry := _parse(value)) is not None and entry[0] in wanted:
            known[entry[0]] = entry[1]
    if count > 1000 + 2 * len(wanted):
        # of each clip (name, start, end) the last line
        parsed = ((_parse(value), value) for value in journal.values())
        newest = {json.dumps(json.loads(entry[0])[:3]): value for entry, value in parsed if entry is not None}
        if count > 1000 + 2 * len(newest):
            journal.rewrite(newest.values())
    return known


def _parse(value: Any) -> tuple[str, ClipFacts] | None:  # noqa: ANN401 - any JSON value
    try:
        key, content, samples, rate, channels, peak, oddities, cancels = value
        return key, ClipFacts(content, samples, rate, channels, peak, tuple(oddities), bool(cancels))
    except (ValueError, TypeError):
        return None
