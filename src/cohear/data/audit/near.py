"""Near-duplicates of a whole study: proposed by fingerprints, verified on the waveforms, remembered on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cohear.audio.decode import UnreadableAudio, read_audio
from cohear.audio.segment import Segment
from cohear.base.files import digest, make_folder, write_json
from cohear.base.pool import Advance, parallel_map
from cohear.data.audit.alignment import waveform_correlation
from cohear.data.audit.evidence import MeasuredDataset, NearDuplicate, Place
from cohear.data.audit.fingerprint import Candidate, candidates
from cohear.data.audit.measures import VERSION

LONG_SECONDS = 0.75
"""What overlaps for so long is judged as long; takes of one short word can be very much alike."""

_MOST = {True: 0.92, False: 0.95}  # correlation that is always enough, for what overlaps long and short
_LEAST = 0.7  # correlation that is needed even where fingerprints agree: equalisers and coding move phases
_ALIKE = {True: 0.12, False: 0.06}  # share of bits that may differ then
_RISE = {True: 2.0, False: 5.0}  # of the correlation needed with each further share of bits
_MOST_OF_A_CLIP = 20  # candidates of one clip that are verified, the most alike first
_PAIRS_A_CHUNK = 16


def near_duplicates(
    datasets: Mapping[str, MeasuredDataset], *, cache: Path, jobs: int | None, progress: Advance | None
) -> list[NearDuplicate]:
    """All pairs of clips with different samples that hold the same recording.

    Args:
        datasets: by name.
        cache: the cache folder; pairs of the same clips are looked up below it in ``audit``.
        jobs: threads.
        progress: told of pairs that are verified.
    """
    clips, places = _different(datasets)
    if len(clips) < 2:
        return []
    keys = sorted(clips)
    file = cache / "audit" / f"pairs-{digest(keys)}.v{VERSION}.json"
    pairs = _read(file)
    if pairs is None:
        fingerprints = [datasets[place.dataset].measures[place.row].codes for place in (places[key][0] for key in keys)]
        asked = _fewer(candidates(fingerprints))
        pairs = _verified(asked, [clips[key] for key in keys], jobs, progress)
        make_folder(file.parent)
        write_json(file, pairs)
    found = []
    for first, second, coefficient, offset, errors in pairs:
        for one in places[keys[first]]:
            for two in places[keys[second]]:
                if one < two:
                    found.append(NearDuplicate(one, two, coefficient, offset, errors))
                else:
                    found.append(NearDuplicate(two, one, coefficient, -offset, errors))
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def _different(datasets: Mapping[str, MeasuredDataset]) -> tuple[dict[str, Segment], dict[str, list[Place]]]:
    """A segment and all places of each content; silence is left out."""
    clips: dict[str, Segment] = {}
    places: dict[str, list[Place]] = {}
    for name, data in datasets.items():
        segments = data.table.segments()
        for row, fact in enumerate(data.facts):
            if not fact.silent:
                key = f"{fact.content}@{fact.rate}"
                clips.setdefault(key, segments[row])
                places.setdefault(key, []).append(Place(name, row))
    return clips, places


def _fewer(asked: Sequence[Candidate]) -> list[Candidate]:
    """Candidates without those that come after enough others of the same clip."""
    taken: dict[int, int] = {}
    kept = []
    for candidate in sorted(asked, key=lambda candidate: candidate.errors):
        if max(taken.get(candidate.first, 0), taken.get(candidate.second, 0)) < _MOST_OF_A_CLIP:
            kept.append(candidate)
            for clip in (candidate.first, candidate.second):
                taken[clip] = taken.get(clip, 0) + 1
    return kept


def _verified(
    asked: Sequence[Candidate], segments: Sequence[Segment], jobs: int | None, progress: Advance | None
) -> list[list[Any]]:
    """Pairs whose waveforms are alike: positions, correlation, offset in seconds, share of bits that differ."""
    chunks = [asked[first : first + _PAIRS_A_CHUNK] for first in range(0, len(asked), _PAIRS_A_CHUNK)]
    pairs: list[list[Any]] = []
    done = 0

    def on_done(chunk: int, results: list[list[Any]]) -> None:
        nonlocal done
        pairs.extend(results)
        done += len(chunks[chunk])
        if progress:
            progress(done, len(asked))

    def verify(chunk: Sequence[Candidate]) -> list[list[Any]]:
        return [pair for candidate in chunk if (pair := _verify(candidate, segments))]

    parallel_map(verify, chunks, jobs, on_done)
    return sorted(pairs)


def _verify(candidate: Candidate, segments: Sequence[Segment]) -> list[Any] | None:
    try:
        first, second = read_audio(segments[candidate.first]), read_audio(segments[candidate.second])
    except UnreadableAudio:
        return None  # it was removed since the scan
    coefficient, offset = waveform_correlation(*first, *second, candidate.offset)
    if not same_recording(coefficient, candidate):
        return None
    return [candidate.first, candidate.second, round(coefficient, 4), round(offset, 4), round(candidate.errors, 4)]


def same_recording(coefficient: float, candidate: Candidate) -> bool:
    """Whether a correlation of waveforms, beside the bits that differ, makes a pair a near-duplicate.

    Measured on 3,000 spoken digits: two takes by one speaker reach a correlation of 0.925 where a quarter of the bits
    differ, and 0.82 where an eighth does; copies through lossy codecs stay above 0.90 with an eighth.
    """
    long = candidate.seconds >= LONG_SECONDS
    least = _LEAST + _RISE[long] * max(candidate.errors - _ALIKE[long], 0.0)
    return abs(coefficient) >= min(least, _MOST[long])


def _read(file: Path) -> list[list[Any]] | None:
    try:
        pairs: list[list[Any]] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return pairs
