"""The study's audio, where this machine has it: groups of clips, and the clips themselves."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.audio.segment import Segment
from cohear.base.errors import UserError
from cohear.base.yaml_text import YamlMistake, read_yaml
from cohear.data.scan.joined import joined_name, side_by_side
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.reader import read_clip_table
from cohear.tasks import TARGET_KINDS


class AtHand:
    """Clip tables of a study folder's datasets, read when they are first asked for.

    A page is often made where the audio is not, so that whatever cannot be read is simply not at hand.

    Args:
        folder: the study folder.
        study_text: its ``study.yaml``.
    """

    def __init__(self, folder: Path, study_text: str) -> None:
        self._folder = folder
        try:
            content = read_yaml(study_text).value
        except YamlMistake:
            content = {}
        self._study: Mapping[str, Any] = content if isinstance(content, dict) else {}
        self._tables: dict[str, ClipTable | None] = {}
        self._groups: dict[str, dict[str, str]] = {}
        self._segments: dict[str, dict[str, Segment]] = {}

    def groups(self, task: str) -> dict[str, str]:
        """Group of each clip of a task: the column that it holds out, else ``group``; empty where there is none."""
        if task not in self._groups:
            table, held_out = self._table_of(task), self._task(task).get("hold_out")
            column = held_out if isinstance(held_out, str) else "group"
            cells = [] if table is None else table.optional_column(column)
            clips = [] if table is None else table.clip_ids()
            self._groups[task] = {clip: cell for clip, cell in zip(clips, cells, strict=True) if cell}
        return self._groups[task]

    def segments(self, task: str) -> dict[str, Segment]:
        """Where the samples of each clip of a task are; empty where its dataset is not at hand."""
        if task not in self._segments:
            table = self._table_of(task)
            found = {} if table is None else dict(zip(table.clip_ids(), table.segments(), strict=True))
            self._segments[task] = found
        return self._segments[task]

    def examples(self, task: str) -> dict[str, str]:
        """A clip of each label of a task, one that carries no other label where there is one."""
        split = self._splits.get(task)
        if split is None:
            return {}
        kind = TARGET_KINDS[split["kind"]]
        cells = kind.cells(kind.from_json(split["targets"], split["labels"]), split["labels"])
        found: dict[str, tuple[int, str]] = {}
        for clip, cell in zip(split["clips"], cells, strict=True):
            carried = kind.labels_in(cell)
            for label in carried:
                if label not in found or len(carried) < found[label][0]:
                    found[label] = (len(carried), clip)
        return {label: found[label][1] for label in split["labels"] if label in found}

    @cached_property
    def _splits(self) -> dict[str, Mapping[str, Any]]:
        """A split of each task; which of its folds makes no difference to clips and labels."""
        found = {}
        for path in sorted((self._folder / "splits").glob("*.json")):
            try:
                split = json.loads(path.read_text(encoding="utf-8"))
                if split["kind"] in TARGET_KINDS:
                    found[str(split["task"])] = split
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return found

    def _task(self, name: str) -> Mapping[str, Any]:
        task = _inside(self._study, "tasks", name)
        return task if isinstance(task, dict) else {}

    def _table_of(self, task: str) -> ClipTable | None:
        asked = self._task(task).get("dataset")
        names = [str(name) for name in asked] if isinstance(asked, list) else [str(asked)]
        whole = joined_name(names)
        for name in names:
            if name not in self._tables:
                self._tables[name] = self._read(name)
        if whole not in self._tables:
            own = [table for name in names if (table := self._tables[name]) is not None]
            self._tables[whole] = _joined(own, whole) if len(own) == len(names) else None
        return self._tables[whole]

    def _read(self, name: str) -> ClipTable | None:
        dataset = _inside(self._study, "datasets", name)
        if not isinstance(dataset, dict) or "path" not in dataset:
            return None
        try:
            return read_clip_table(self._folder / str(dataset["path"]), name, dataset.get("reader"))
        except (UserError, OSError, ValueError):
            return None


def _joined(tables: Sequence[ClipTable], name: str) -> ClipTable:
    """Several datasets as one, whose clips are called as runs call them."""
    root, rows = side_by_side(tables)
    return ClipTable(name, root, pd.concat(rows, ignore_index=True).fillna(""))


def _inside(content: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401 - whatever the file holds
    value: Any = content
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
