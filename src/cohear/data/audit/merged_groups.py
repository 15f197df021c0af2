"""Groups that keep duplicates together: those that a dataset has, joined where clips of two hold one recording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cohear.data.audit.evidence import Evidence, MeasuredDataset, equal_sets

MergedGroups = Mapping[str, str]
"""The group of every clip of a dataset, by the clip's name."""


def merged_groups(evidence: Evidence) -> dict[str, MergedGroups]:
    """By name, the datasets whose groups do not keep their exact and near-duplicates together.

    A duplicate does not leave its group for one of duplicates alone, which would part it from its speaker: whole groups
    are joined. A joined group is named after its first one, and a clip without a group after its file.
    """
    pairs: dict[str, list[tuple[int, int]]] = {}
    for same in equal_sets(evidence):
        for one, two in pairwise(same):
            if one.dataset == two.dataset:
                pairs.setdefault(one.dataset, []).append((one.row, two.row))
    for pair in evidence.near:
        if pair.first.dataset == pair.second.dataset:
            pairs.setdefault(pair.first.dataset, []).append((pair.first.row, pair.second.row))
    merged = {name: _merged(evidence.datasets[name], joined) for name, joined in pairs.items()}
    return {name: groups for name in evidence.datasets if (groups := merged.get(name))}


def _merged(data: MeasuredDataset, pairs: Iterable[tuple[int, int]]) -> MergedGroups:
    """Empty where the groups that there are keep all pairs together."""
    groups = data.groups()
    one, two = groups[np.array(list(pairs))].T
    if (one == two).all():
        return {}
    many = int(groups.max()) + 1
    joined = connected_components(coo_array((np.ones(len(one)), (one, two)), (many, many)), directed=False)[1][groups]
    cells, files = data.table.optional_column("group"), data.table.column("path", data.name)
    names: dict[int, str] = {}
    for number, cell, file in zip(joined.tolist(), cells, files, strict=True):
        names.setdefault(number, cell or file)
    return {clip: names[number] for clip, number in zip(data.ids, joined.tolist(), strict=True)}
