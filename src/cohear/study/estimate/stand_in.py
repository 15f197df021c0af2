"""The feature stores that trials read: those that are there, and others made of a few clips' features."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np

from cohear.base.arrays import Integers
from cohear.features.store import FeatureStore, bytes_a_frame, ensure_store, open_store_at
from cohear.study.estimate.sizes import Sizes
from cohear.study.prepare import Prepared, Store

SECONDS = 0.7
"""Processor seconds that are given to trying a front-end on a dataset."""
FEWEST = 4
"""Clips that it is tried on at least."""
MOST_BYTES = 2**29
"""Of a stand-in; clips behind it are silence."""


class StandIns:
    """Makes stores at hand in a folder of its own, and tells what it costs to make the real ones.

    A front-end is tried on clips that lie evenly through the dataset. In its stand-in each clip is as long as it is,
    and has the frames of one of those, so that networks find as much to read and to score as they will.

    Args:
        prepared: the study.
        sizes: of it.
        cache: where the real ones are or will be.
        folder: for the stand-ins; it is what ``cache`` is to other code.

    Attributes:
        missing: stores that the plan reads and that are not there, with the processor seconds that each will take.
    """

    def __init__(self, prepared: Prepared, sizes: Sizes, cache: Path, folder: Path) -> None:
        self._prepared, self._sizes, self._folder = prepared, sizes, folder
        self.missing: dict[str, float] = {}
        (folder / "features").mkdir()
        for store in sizes.read:
            real = cache / "features" / store.key
            if open_store_at(real, store.key) is not None:
                (folder / "features" / store.key).symlink_to(real.resolve(), target_is_directory=True)
            else:
                self.missing[store.key] = self._tried(store)

    @property
    def bytes(self) -> int:
        """That the missing ones will take."""
        return sum(self._sizes.bytes(key) for key in self.missing)

    def _tried(self, store: Store) -> float:
        """Make the stand-in; processor seconds that the whole will take."""
        facts = self._prepared.datasets[store.dataset].facts
        every = np.arange(len(facts))
        self._made(store, every[:1])  # what is loaded once is paid once
        few = _evenly(every, FEWEST)
        seconds, made = self._made(store, few)
        if (more := int(len(few) * SECONDS / max(seconds, 1e-3))) > len(few):
            few = _evenly(every, more)
            seconds, made = self._made(store, few)
        if len(few) < len(every):  # else it is the real one
            self._fill(store, made)
        heard = sum(facts[clip].seconds for clip in few)
        return seconds * sum(clip.seconds for clip in facts) / heard if heard > 0 else seconds

    def _made(self, store: Store, clips: Integers) -> tuple[float, FeatureStore]:
        """The store of some clips, made by the code that makes the whole, and the processor seconds that it took."""
        dataset = self._prepared.datasets[store.dataset]
        segments, names = dataset.table.segments(), dataset.clip_names()
        began = time.process_time()
        made = ensure_store(
            store.front_end,
            [segments[clip] for clip in clips],
            [dataset.facts[clip] for clip in clips],
            cache=self._folder,
            names=[names[clip] for clip in clips],
            stored=self._prepared.settings.stored,
            jobs=1,
        )
        return time.process_time() - began, made

    def _fill(self, store: Store, tried: FeatureStore) -> None:
        """Write the stand-in of a store from the frames of the clips that it was tried on."""
        offsets = self._sizes.offsets(store.key)
        folder = self._folder / "features" / store.key
        folder.mkdir()
        shape = (int(offsets[-1]), tried.frame_width)
        frames = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.float32, shape)
        most = int(np.searchsorted(offsets, MOST_BYTES // bytes_a_frame(store.front_end), side="right")) - 1
        for clip in range(min(len(offsets) - 1, most)):
            first, end = offsets[clip : clip + 2].tolist()
            frames[first:end] = np.resize(tried.clip(clip % len(tried)), (end - first, shape[1]))
        frames.flush()
        np.save(folder / "offsets.npy", offsets)
        np.save(folder / "heard.npy", np.ones(shape[0], np.bool_))
        contents = [clip.content for clip in self._prepared.datasets[store.dataset].facts]
        (folder / "meta.json").write_text(json.dumps({"contents": contents}), encoding="utf-8")


def _evenly(clips: Integers, number: int) -> Integers:
    """About so many of them, evenly spaced."""
    return clips[:: max(1, len(clips) // number)]
