"""Groups that hold the same recording are cut as one: a copy of what is tested trains nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from cohear.data.scan.dataset import Dataset


def sounds_of(dataset: Dataset) -> list[list[str]]:
    """The names that each clip's recording goes by in its dataset: ``source_id``, and the hash of its samples.

    Silence has no name: two silent clips are no copies of one recording.
    """
    sources = dataset.table.optional_column("source_id")
    named = zip(dataset.facts, sources, strict=True)
    return [
        [*([] if fact.silent else [f"samples {fact.content}"]), *([f"source {source}"] if source else [])]
        for fact, source in named
    ]


def with_copies_joined(groups: NDArray[np.int64], sounds: Sequence[Sequence[str]], parts: int) -> NDArray[np.int64]:
    """Groups, those with a recording in common as one; numbered by their first clip.

    Where that leaves too few groups, or makes one larger than both a part and the largest group, the groups stay as
    they were: then the leakage rule takes copies of what is tested out of training.

    Args:
        groups: ``[clips]`` group numbers.
        sounds: `sounds_of` the clips.
        parts: how many will be cut.
    """
    numbers, inverse = np.unique(groups, return_inverse=True)
    clips = [(clip, name) for clip, names in enumerate(sounds) for name in names]
    index = {name: number for number, name in enumerate(dict.fromkeys(name for _, name in clips), len(numbers))}
    ends = inverse[[clip for clip, _ in clips]], [index[name] for _, name in clips]  # a group and what it holds
    nodes = len(numbers) + len(index)
    component = connected_components(csr_array((np.ones(len(clips)), ends), shape=(nodes, nodes)), directed=False)[1]
    together = _by_first_clip(component[inverse].astype(np.int64))
    most = max(np.bincount(inverse).max(), len(groups) / parts)
    fits = together.max() + 1 >= min(parts, len(numbers)) and np.bincount(together).max() <= most
    return together if fits else groups


def _by_first_clip(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same groups, numbered in the order in which clips name them."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    place = np.argsort(np.argsort(first))
    return np.asarray(place[inverse], dtype=np.int64)
