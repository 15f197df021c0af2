"""The clips of a task in one fold, as a run reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cohear.base.errors import DataError
from cohear.base.files import digest


@dataclass(frozen=True)
class Split:
    """What `cohear.data.folds.partition.TaskSplit` wrote, read again.

    Attributes:
        task, dataset, kind, metric: names.
        labels: ordered label list.
        scored: whether each label enters this fold's score.
        clips: ids of the N clips.
        contents: hashes of their decoded samples.
        rows: their rows in the dataset's feature stores.
        parts: of each clip: train, validation or test.
        targets: of the clips, as their kind writes them.
        versions: of the kind and its metrics.
        test_part: id of the clips tested on.
        groups: of each clip, empty where it has none; told where features are normalised by group.
        further_metrics: that are reported beside those of the kind.
        datasets: of each clip, where they are of several.
    """

    task: str
    dataset: str
    kind: str
    metric: str
    labels: list[str]
    scored: list[bool]
    clips: list[str]
    contents: list[str]
    rows: list[int]
    parts: list[str]
    targets: Any
    versions: Mapping[str, int]
    test_part: str
    groups: list[str] | None = None
    further_metrics: list[str] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)


def read_split(folder: Path, name: str) -> Split:
    """Read ``<name>.json`` and check it against its name, which is its digest.

    Raises:
        DataError: it is not there, or was changed.
    """
    path = folder / f"{name}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read the split {path}: {error}; run the study again to write it") from error
    if digest(content) != name:
        raise DataError(f"the split {path} was changed after it was written; run the study again to write it")
    return Split(**{each.name: content[each.name] for each in fields(Split) if each.name in content})
