"""Near-duplicates of a whole study: proposed by what clips share, verified on the waveforms, remembered on disk.

Fingerprints and landmarks (of low and of high sounds) propose pairs; so does a third clip that is a near-duplicate of
both, for clips that were cut from one long recording are many, and each pair of them is not as easily seen as some.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

from cohear.audio.decode import UnreadableAudio, read_audio
from cohear.audio.segment import Segment
from cohear.base.arrays import Floats
from cohear.base.files import digest, make_folder, write_json
from cohear.base.pool import Advance, parallel_map
from cohear.data.audit.alignment import (
    HIGHEST_RATE,
    LOW_RATE,
    MOST_SECONDS,
    RATE,
    SLACK_SECONDS,
    audible,
    waveform_correlation,
)
from cohear.data.audit.evidence import MeasuredDataset, NearDuplicate, Place
from cohear.data.audit.fingerprint import Candidate, candidates
from cohear.data.audit.landmarks import NO_LANDMARKS, candidates_by_landmarks, overlap
from cohear.data.audit.measures import VERSION, Measures
from cohear.data.audit.octaves import HIGH_HERTZ, OCTAVES, common_octave, loudest_band

LONG_SECONDS = 0.75
"""What overlaps for so long is judged as long; takes of one short word can be very much alike."""

_MOST = {True: 0.92, False: 0.95}  # correlation that is always enough, for what overlaps long and short
_LEAST = 0.7  # correlation that is needed even where fingerprints agree: equalisers and coding move phases
_LEAST_AT_FULL_BAND = 0.88  # hits of two cymbals may be one sound below 4 kHz, and are two above it
_ALIKE = {True: 0.12, False: 0.06}  # share of bits that may differ then
_RISE = {True: 2.0, False: 5.0}  # of the correlation needed with each further share of bits
_MOST_OF_A_CLIP = 20  # candidates of one clip that are verified, the most alike first
_MOST_OF_A_LOW_CLIP = 50  # by landmarks or third clips
_ROUNDS = 3  # of verifying, each with what the one before proposes
_PAIRS_A_CHUNK = 16
_MOST_HELD = 1 << 24  # decoded samples: 64 MB
_ABOVE_AN_OCTAVE = 1.1  # of twice its end: the rate at which it is compared


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
        pairs = _search([_ComparedClip.of(datasets, places[key][0], clips[key]) for key in keys], jobs, progress)
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


@dataclass(frozen=True)
class _ComparedClip:
    """What is known of a clip that is compared."""

    segment: Segment
    seconds: float
    rate: int
    measures: Measures

    @classmethod
    def of(cls, datasets: Mapping[str, MeasuredDataset], place: Place, segment: Segment) -> _ComparedClip:
        data = datasets[place.dataset]
        facts = data.facts[place.row]
        return cls(segment, facts.seconds, facts.rate, data.measures[place.row])


_Pair: TypeAlias = "tuple[int, int, float, float, float]"
"""Positions of two clips, correlation, offset in seconds, share of bits or landmarks that differ."""


def _search(clips: Sequence[_ComparedClip], jobs: int | None, progress: Advance | None) -> list[_Pair]:
    """All pairs, in the clips' order."""
    seconds = [clip.seconds for clip in clips]
    asked = _fewer(candidates([clip.measures.codes for clip in clips]), _MOST_OF_A_CLIP)
    low = candidates_by_landmarks([clip.measures.landmarks for clip in clips], seconds)
    asked += _fewer(low, _MOST_OF_A_LOW_CLIP)
    for octave in OCTAVES:
        high = [clip.measures.octaves.get(octave, NO_LANDMARKS) for clip in clips]
        bands = [loudest_band(landmarks) for landmarks in high]
        asked += _fewer(candidates_by_landmarks(high, seconds, bands, octave), _MOST_OF_A_CLIP)
    found: dict[tuple[int, int], _Pair] = {}
    tried: set[_Alignment] = set()
    for _ in range(_ROUNDS):
        for pair in _verified(asked, clips, jobs, progress):
            known = found.get(pair[:2])
            if known is None or abs(pair[2]) > abs(known[2]):
                found[pair[:2]] = pair
        tried |= {_alignment(one.first, one.second, one.offset) for one in asked}
        third = _by_third_clips(found.values(), seconds, {*found}, tried)
        asked = [replace(one, octave=_octave_of(one, clips)) for one in _fewer(third, _MOST_OF_A_LOW_CLIP)]
    return sorted(found.values())


_Alignment: TypeAlias = "tuple[int, int, int]"


def _alignment(first: int, second: int, offset: float) -> _Alignment:
    """Two clips at an offset, those alike that verifying does not tell apart."""
    return first, second, round(offset / SLACK_SECONDS)


def _by_third_clips(
    found: Iterable[_Pair], seconds: Sequence[float], known: set[tuple[int, int]], tried: set[_Alignment]
) -> list[Candidate]:
    """Pairs that are not known, each of which is a near-duplicate of one clip: as far apart as that says."""
    offsets: dict[int, dict[int, float]] = {}
    for first, second, _, offset, _ in found:
        offsets.setdefault(first, {})[second] = offset
        offsets.setdefault(second, {})[first] = -offset
    asked: dict[tuple[int, int], Candidate] = {}
    for near in offsets.values():
        for one, two in combinations(sorted(near), 2):
            offset = near[two] - near[one]
            both = 0.0 if (one, two) in known else overlap(seconds[one], seconds[two], offset)
            longest = asked[one, two].seconds if (one, two) in asked else 0.0
            if both > longest and _alignment(one, two, offset) not in tried:
                asked[one, two] = Candidate(one, two, offset, 0.0, both, coded=False)
    return list(asked.values())


def _fewer(asked: Sequence[Candidate], most: int) -> list[Candidate]:
    """Candidates without those that come after enough others of the same clip."""
    taken: dict[int, int] = {}
    kept = []
    for candidate in sorted(asked, key=lambda candidate: candidate.errors):
        if max(taken.get(candidate.first, 0), taken.get(candidate.second, 0)) < most:
            kept.append(candidate)
            for clip in (candidate.first, candidate.second):
                taken[clip] = taken.get(clip, 0) + 1
    return sorted(kept, key=lambda candidate: (candidate.first, candidate.second))


def _verified(
    asked: Sequence[Candidate], clips: Sequence[_ComparedClip], jobs: int | None, progress: Advance | None
) -> list[_Pair]:
    """Pairs whose waveforms are alike."""
    chunks = [asked[first : first + _PAIRS_A_CHUNK] for first in range(0, len(asked), _PAIRS_A_CHUNK)]
    pairs: list[_Pair] = []
    done = 0

    longest = max((clips[clip].seconds for one in asked for clip in (one.first, one.second)), default=1.0)
    held = int(_MOST_HELD / (RATE * max(min(longest, MOST_SECONDS), 1.0)))

    @lru_cache(maxsize=held)  # candidates of one clip follow each other
    def waveform(clip: int, rate: int) -> Floats | None:
        try:
            return audible(*read_audio(clips[clip].segment), rate)
        except UnreadableAudio:
            return None  # it was removed since the scan

    def on_done(chunk: int, results: list[_Pair]) -> None:
        nonlocal done
        pairs.extend(results)
        done += len(chunks[chunk])
        if progress:
            progress(done, len(asked))

    def verify(chunk: Sequence[Candidate]) -> list[_Pair]:
        return [pair for candidate in chunk if (pair := _verify(candidate, clips, waveform))]

    parallel_map(verify, chunks, jobs, on_done)
    return pairs


def _verify(
    candidate: Candidate, clips: Sequence[_ComparedClip], waveform: Callable[[int, int], Floats | None]
) -> _Pair | None:
    octave = _octave_of(candidate, clips)
    full = min(clips[candidate.first].rate, clips[candidate.second].rate, _rate_of(octave))
    if candidate.octave is not None:
        one, two = (read_audio(clips[clip].segment) for clip in (candidate.first, candidate.second))
        coefficient, offset = waveform_correlation(*one, *two, candidate.offset, rate=full, above=HIGH_HERTZ)
        return _pair(candidate, coefficient, offset) if same_recording(coefficient, candidate) else None
    rate = RATE if candidate.coded else LOW_RATE
    first, second = waveform(candidate.first, rate), waveform(candidate.second, rate)
    if first is None or second is None:
        return None
    coefficient, offset = waveform_correlation(first, rate, second, rate, candidate.offset, rate=rate)
    if not same_recording(coefficient, candidate):
        return None
    if full > RATE:  # both hold more than was compared
        one, two = (read_audio(clips[clip].segment) for clip in (candidate.first, candidate.second))
        coefficient, offset = waveform_correlation(*one, *two, offset, rate=full)
        if abs(coefficient) < _LEAST_AT_FULL_BAND:
            return None
    return _pair(candidate, coefficient, offset)


def _pair(candidate: Candidate, coefficient: float, offset: float) -> _Pair:
    return candidate.first, candidate.second, round(coefficient, 4), round(offset, 4), round(candidate.errors, 4)


def _octave_of(candidate: Candidate, clips: Sequence[_ComparedClip]) -> int | None:
    """The octave that both clips are high sounds of; the candidate's own, where it has one."""
    one, two = (clips[clip].measures.octaves for clip in (candidate.first, candidate.second))
    return candidate.octave or common_octave(one, two)


def _rate_of(octave: int | None) -> int:
    """At which clips are compared with all that counts of them."""
    return HIGHEST_RATE if octave is None else max(HIGHEST_RATE, round(_ABOVE_AN_OCTAVE * 4 * octave))


def same_recording(coefficient: float, candidate: Candidate) -> bool:
    """Whether a correlation of waveforms, beside the bits that differ, makes a pair a near-duplicate.

    Measured on 3,000 spoken digits: two takes by one speaker reach a correlation of 0.925 where a quarter of the bits
    differ, and 0.82 where an eighth does; copies through lossy codecs stay above 0.90 with an eighth.
    """
    long = candidate.seconds >= LONG_SECONDS
    if not candidate.coded:
        return abs(coefficient) >= _MOST[long]
    least = _LEAST + _RISE[long] * max(candidate.errors - _ALIKE[long], 0.0)
    return abs(coefficient) >= min(least, _MOST[long])


def _read(file: Path) -> list[_Pair] | None:
    try:
        pairs = json.loads(file.read_text(encoding="utf-8"))
        return [
            (int(one), int(two), float(correlation), float(offset), float(errors))
            for one, two, correlation, offset, errors in pairs
        ]
    except (OSError, ValueError, TypeError):
        return None
