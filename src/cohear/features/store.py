"""The feature store: the frames of all clips of a dataset in one memory-mapped array.

A store is a folder ``<cache>/features/<key>`` with ``frames.npy`` (float32 ``[total, frame_width]``),
``offsets.npy`` (int64 ``[clips + 1]``: clip i has rows ``offsets[i]`` to ``offsets[i + 1]``), ``heard.npy`` (bool
``[total]``: which frames are more than silence), ``meta.json``, and ``used``, whose time says when it was last opened.
Its key is a hash of the front-end, its version and settings (files among them by content), of the resampler, of how
numbers are kept where that is not as they are made (`cohear.features.rounding`), and the content and rate of the clips
in their order: never of names or times of files. A front-end that finds frames by the
clips' names has these in its keys, in place of rates.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.audio.resample import RESAMPLER, resampled_length
from cohear.audio.segment import Segment
from cohear.base.arrays import Floats, Integers
from cohear.base.errors import DataError, FolderError
from cohear.base.files import digest
from cohear.base.pool import Advance
from cohear.data.scan.facts import BadClip, ClipFacts
from cohear.data.tables.clip_name import ClipName
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.extraction import write_frames
from cohear.features.front_end import FrontEnd, WaveformFrontEnd
from cohear.features.rounding import Rounding
from cohear.features.settings import shown
from cohear.features.store_cache import touch_used
from cohear.features.store_folder import build_folder


@dataclass(frozen=True, eq=False)
class FeatureStore:
    """An open store.

    Args:
        key: its name in the cache.
        frames: float32 ``[total, frame_width]``, memory-mapped and read-only.
        offsets: int64 ``[clips + 1]``.
        heard: bool ``[total]``, frames whose samples are more than silence (`cohear.audio.silence`); all of them, where
            a front-end hears no samples.
        contents: content hash of each clip, in order.
        stored: how numbers are kept.
    """

    key: str
    frames: Floats
    offsets: Integers
    heard: NDArray[np.bool_]
    contents: tuple[str, ...]
    stored: Rounding = "exact"

    def __len__(self) -> int:
        return len(self.contents)

    @property
    def frame_width(self) -> int:
        """Numbers a frame."""
        return int(self.frames.shape[1])

    @property
    def lengths(self) -> Integers:
        """Frames of each clip, int64 ``[clips]``."""
        return np.diff(self.offsets)

    def clip(self, index: int) -> Floats:
        """Frames ``[T, frame_width]`` of the clip at a position in the list that the store was made of.

        Raises:
            IndexError: there is no such clip.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"a store of {len(self)} clips has no clip {index}")
        return self.frames[self.offsets[index] : self.offsets[index + 1]]

    def verify(self, facts: Sequence[ClipFacts]) -> None:
        """Check that clip i of the store is clip i of a list.

        Raises:
            DataError: it is another list, or in another order.
        """
        if self.contents != tuple(clip.content for clip in facts):
            raise DataError(f"feature store {self.key} was not made of these clips in this order")


def store_key(
    front_end: FrontEnd, facts: Sequence[ClipFacts], names: Sequence[ClipName] = (), stored: Rounding = "exact"
) -> str:
    """Name of the store for these clips in this order; ``names`` are theirs, for a `ClipFrontEnd`."""
    of_front_end = {"front_end": front_end.name, **front_end.versions(), "settings": front_end.settings()}
    if stored != "exact":
        of_front_end["stored"] = stored
    if isinstance(front_end, ClipFrontEnd):
        clips = zip(facts, names, strict=True)
        return digest({**of_front_end, "clips": [[clip.content, name.dataset, name.clip] for clip, name in clips]})
    resampler = RESAMPLER if any(clip.rate != front_end.rate for clip in facts) else None
    return digest({**of_front_end, "resampler": resampler, "clips": [[clip.content, clip.rate] for clip in facts]})


def open_store(key: str, cache: Path) -> FeatureStore:
    """Open a store that was made before.

    Raises:
        FolderError: there is none of this key, or it is not whole.
    """
    store = open_store_at(cache / "features" / key, key)
    if store is None:
        raise FolderError(f"there is no feature store {key} in {cache}; ensure_store makes it")
    return store


def ensure_store(
    front_end: FrontEnd,
    segments: Sequence[Segment],
    facts: Sequence[ClipFacts | BadClip],
    *,
    cache: Path,
    names: Sequence[ClipName] = (),
    stored: Rounding = "exact",
    jobs: int | None = None,
    progress: Advance | None = None,
) -> FeatureStore:
    """Open the store of these clips, making it first where there is none.

    Args:
        front_end: makes the frames.
        segments: the clips.
        facts: what `cohear.data.scan.facts.scan` found of each of them.
        cache: the cache folder.
        names: of the clips, for a `ClipFrontEnd`; others need none.
        stored: how numbers are kept.
        jobs: threads; None is one for each core.
        progress: called with seconds of audio done and in all.

    Raises:
        UserError: a front-end does not know a clip.
        DataError: there are no clips, a clip is bad, or a file is no longer what it was when it was scanned.
        FolderError: the cache cannot be written, or its disk has not enough room.
    """
    clips = _usable(segments, facts)
    key = store_key(front_end, clips, names, stored)
    folder = cache / "features" / key
    store = open_store_at(folder, key)
    if store is not None:
        return store
    offsets = first_rows(front_end, clips, names)
    needed = int(offsets[-1]) * bytes_a_frame(front_end)
    with build_folder(folder, needed, lambda other: open_store_at(other, key) is not None) as building:
        heard = write_frames(
            building / "frames.npy",
            front_end=front_end,
            segments=segments,
            facts=clips,
            names=names,
            offsets=offsets,
            stored=stored,
            jobs=jobs,
            progress=progress,
        )
        np.save(building / "offsets.npy", offsets)
        np.save(building / "heard.npy", heard)
        meta = json.dumps(_meta(front_end, clips, stored), indent=1)
        (building / "meta.json").write_text(meta, encoding="utf-8")
        touch_used(building)
    return open_store(key, cache)


def bytes_a_frame(front_end: FrontEnd) -> int:
    """What a frame takes on disk: float32, and whether it is heard."""
    return 4 * front_end.frame_width + 1


def _usable(segments: Sequence[Segment], facts: Sequence[ClipFacts | BadClip]) -> list[ClipFacts]:
    """The facts, where they are as many as the segments and none is bad."""
    if len(segments) != len(facts):
        raise DataError(f"there must be facts for each clip: {len(segments)} clips, {len(facts)} facts")
    if not segments:
        raise DataError("a feature store needs at least one clip")
    bad = [clip for clip in facts if isinstance(clip, BadClip)]
    if bad:
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        raise DataError(f"{bad[0].path}: {bad[0].reason}{more}; leave such clips out")
    return [clip for clip in facts if isinstance(clip, ClipFacts)]


def first_rows(front_end: FrontEnd, clips: Sequence[ClipFacts], names: Sequence[ClipName] = ()) -> Integers:
    """First row of each clip in their store, and how many it has, int64 ``[clips + 1]``."""
    if isinstance(front_end, ClipFrontEnd):
        found = front_end.frames_of_all(names)
    else:
        assert isinstance(front_end, WaveformFrontEnd)  # the other kind
        samples = [resampled_length(clip.samples, clip.rate, front_end.rate) for clip in clips]
        found = [front_end.frames_of(length) for length in samples]
    counts: NDArray[np.int64] = np.array(found, np.int64)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _meta(front_end: FrontEnd, clips: Sequence[ClipFacts], stored: Rounding) -> dict[str, Any]:
    return {
        "stored": stored,
        "front_end": front_end.name,
        "version": front_end.version,
        "settings": {field.name: shown(getattr(front_end, field.name)) for field in fields(front_end)},
        "seconds": sum(clip.seconds for clip in clips),
        "contents": [clip.content for clip in clips],
        "rates": [clip.rate for clip in clips],
    }


def open_store_at(folder: Path, key: str) -> FeatureStore | None:
    """The store in a folder, or None where there is none or a part of it is missing."""
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        offsets = np.load(folder / "offsets.npy")
        heard = np.load(folder / "heard.npy", mmap_mode="r")
        frames = np.load(folder / "frames.npy", mmap_mode="r")  # fails on a file that is too short
        contents, stored = tuple(meta["contents"]), meta.get("stored", "exact")
    except (OSError, ValueError, EOFError, KeyError):
        return None
    if not len(frames) == len(heard) == offsets[-1] or len(offsets) != len(contents) + 1:
        return None
    touch_used(folder)
    return FeatureStore(key, frames.view(np.ndarray), offsets, heard.view(np.ndarray), contents, stored)
