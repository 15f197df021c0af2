"""A feature store in pieces that travel, and put together again elsewhere.

A shard holds the frames of some of a store's clips; those that no run reads travel in none. Put together, a store has
the rows that it had, so that whatever counted on them counts on; where clips were left out there is nothing, and such a
store stands in the cache under a name of its own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.errors import DataError
from cohear.base.files import digest, storage_errors_told
from cohear.features.extraction import write_header
from cohear.features.frame_codec import decoded, encoded
from cohear.features.store import FeatureStore, open_store_at
from cohear.features.store_cache import touch_used
from cohear.features.store_folder import build_folder

SHARD_BYTES = 1 << 24
"""Of the frames of a shard, before they are packed."""


@dataclass(frozen=True)
class StoreOutline:
    """A store without its frames.

    Attributes:
        key: of the store.
        meta: text of its ``meta.json``.
        width: numbers a frame.
        lengths: frames of each clip.
        shards: clips of each shard, by their position.
    """

    key: str
    meta: str
    width: int
    lengths: tuple[int, ...]
    shards: tuple[tuple[int, ...], ...]

    @property
    def name(self) -> str:
        """Of the folder in the cache: the key alone where all clips travel."""
        clips = [clip for shard in self.shards for clip in shard]
        whole = len(clips) == len(self.lengths)
        return self.key if whole else f"{self.key}-{digest(clips, 8)}"


def outline_of(store: FeatureStore, cache: Path, clips: Collection[int]) -> StoreOutline:
    """How a store is cut.

    Args:
        store: in the cache.
        cache: its folder.
        clips: that runs read.
    """
    shards: list[tuple[int, ...]] = []
    here: list[int] = []
    room = SHARD_BYTES
    for clip in sorted(clips):
        size = int(store.lengths[clip]) * 4 * store.frame_width
        if here and size > room:
            shards.append(tuple(here))
            here, room = [], SHARD_BYTES
        here.append(clip)
        room -= size
    meta = (cache / "features" / store.key / "meta.json").read_text(encoding="utf-8")
    lengths = tuple(store.lengths.tolist())
    return StoreOutline(store.key, meta, store.frame_width, lengths, (*shards, *([tuple(here)] if here else [])))


def shards_of(store: FeatureStore, outline: StoreOutline) -> Iterator[bytes]:
    """The shards, one after another."""
    for clips in outline.shards:
        ranges = [slice(store.offsets[clip], store.offsets[clip + 1]) for clip in clips]
        yield encoded(
            np.concatenate([store.frames[each] for each in ranges]),
            np.concatenate([store.heard[each] for each in ranges]),
        )


def put_together(outline: StoreOutline, shards: Iterator[bytes], cache: Path) -> FeatureStore:
    """The store in the cache, made of its shards where it is not there yet.

    Args:
        outline: of the store.
        shards: are asked for one after another, where they are needed.
        cache: the cache folder.

    Raises:
        DataError: a shard holds other clips than the outline says.
        FolderError: the cache cannot be written, or its disk has not enough room.
    """
    folder = cache / "features" / outline.name
    store = open_store_at(folder, outline.key)
    if store is not None:
        return store
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(outline.lengths, np.int64))])
    lengths = [sum(outline.lengths[clip] for clip in shard) for shard in outline.shards]
    needed = sum(lengths) * 4 * outline.width + int(offsets[-1])
    with build_folder(folder, needed, lambda other: open_store_at(other, outline.key) is not None) as building:
        heard = np.zeros(int(offsets[-1]), np.bool_)
        with storage_errors_told(building), (building / "frames.npy").open("wb") as stream:
            begin = write_header(stream, int(offsets[-1]), outline.width)
            stream.truncate(begin + int(offsets[-1]) * 4 * outline.width)  # clips that are left out take no room
            for clips, length, content in zip(outline.shards, lengths, shards, strict=True):
                frames, mask = _frames_of(content, (length, outline.width), outline.key)
                row = 0
                for clip in clips:
                    own = slice(row, row + outline.lengths[clip])
                    stream.seek(begin + int(offsets[clip]) * 4 * outline.width)
                    stream.write(np.ascontiguousarray(frames[own], "<f4").data)
                    heard[offsets[clip] : offsets[clip + 1]] = mask[own]
                    row = own.stop
        np.save(building / "offsets.npy", offsets)
        np.save(building / "heard.npy", heard)
        (building / "meta.json").write_text(outline.meta, encoding="utf-8")
        touch_used(building)
    made = open_store_at(folder, outline.key)
    if made is None:
        raise DataError(f"features {outline.key} do not fit what their pack says of them; pack the study again")
    return made


def _frames_of(content: bytes, shape: tuple[int, int], key: str) -> tuple[Floats, NDArray[np.bool_]]:
    try:
        frames, mask = decoded(content)
    except ValueError as error:
        raise DataError(f"features {key} are damaged: {error}") from error
    if frames.shape != shape:
        raise DataError(f"features {key} do not fit what their pack says of them; pack the study again")
    return frames, mask


def outline_to_json(outline: StoreOutline) -> str:
    """For a pack."""
    return json.dumps(vars(outline), separators=(",", ":"))


def outline_from_json(text: str) -> StoreOutline:
    """What ``outline_to_json`` wrote.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    told = json.loads(text)
    shards = tuple(tuple(map(int, shard)) for shard in told["shards"])
    return StoreOutline(told["key"], told["meta"], told["width"], tuple(told["lengths"]), shards)
