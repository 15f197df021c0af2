"""Trials: short runs, carried out by the workers of this machine as the real ones will be."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cohear.base.errors import RunFailed
from cohear.base.files import digest, write_json
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.record import Record, read_record
from cohear.runs.spec import Need, Spec
from cohear.study.estimate.sizes import Sizes
from cohear.study.launch.local import Local
from cohear.training.spec import RunSpec

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Trial:
    """What a short run took.

    Attributes:
        spec: of it.
        seconds: of the processor, its whole process.
        beforehand: processor seconds in which its worker made what further runs find made.
        record: that it left.
        bytes: of its files, by name.
    """

    spec: Spec
    seconds: float
    beforehand: float
    record: Record
    bytes: Mapping[str, int]

    @property
    def memory(self) -> int:
        """Bytes that its process took at most."""
        return self.record.peak_memory_bytes or 0


class Trials:
    """Carries out short runs, one after another; close it to know what the worker took for itself.

    Args:
        pack: of the study, with the folders of the trials.
        folder: that holds ``runs`` and ``splits``.
        sizes: of the study; short splits are added to it.
        place: what a run may use.
    """

    def __init__(self, pack: Pack, folder: Path, sizes: Sizes, place: RunPlace) -> None:
        self._folder, self._sizes = folder, sizes
        self._before = _children()
        self._pool = Local(pack, folder / "runs", 1, place)
        self._told = 0.0
        self.made: list[Trial] = []

    def of(self, spec: Spec, files: frozenset[str]) -> Trial:
        """Carry out one.

        Raises:
            RunFailed: as the real runs would.
        """
        for task in spec.tasks:
            path = self._folder / "splits" / f"{task.split}.json"
            if not path.exists():
                write_json(path, self._sizes.splits[task.split])
        self._pool.start(spec, files)
        started, ended = self._pool.events()
        if ended.kind != "finished":
            raise RunFailed(ended.error)
        folder = self._folder / "runs" / spec.key
        record = read_record(folder)
        assert record is not None  # written before the run has ended
        sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
        self._told += started.seconds + ended.seconds
        trial = Trial(spec, ended.seconds or record.seconds, started.seconds, record, sizes)
        self.made.append(trial)
        return trial

    def short(self, spec: RunSpec, steps: int, clips: int) -> RunSpec:
        """A network's run with fewer steps, and at most so many clips in each part; what it needs is there."""
        tasks = tuple(task.model_copy(update={"split": self._few(task.split, clips)}) for task in spec.tasks)
        training = spec.training.model_copy(update={"steps": min(steps, spec.training.steps)})
        short = spec.model_copy(update={"tasks": tasks, "training": training})
        needs = {}
        for name, giver in short.givers().items():
            file = spec.needs[name].file
            if not (self._folder / "runs" / giver.key / file).exists():
                self.of(giver, frozenset({file}))
            needs[name] = Need(run=giver.key, file=file)
        return short.model_copy(update={"needs": needs})

    def _few(self, split: str, clips: int) -> str:
        """Digest of a split with few clips in each part; the others are in no part."""
        content = dict(self._sizes.splits[split])
        content["parts"] = few_in_each(content["parts"], clips)
        name = digest(content)
        self._sizes.splits[name] = content
        return name

    def close(self) -> float:
        """End the worker; processor seconds that it took to begin."""
        self._pool.close()
        return max(0.0, _children() - self._before - self._told)


def few_in_each(parts: list[str], clips: int) -> list[str]:
    """Parts of clips, with at most so many in each, evenly spaced; the others are in none."""
    all_of, kept = np.array(parts, dtype=object), np.full(len(parts), "", dtype=object)
    for part in PARTS:
        places = np.flatnonzero(all_of == part)
        few = places[np.linspace(0, len(places) - 1, clips).round().astype(np.int64)] if len(places) > clips else places
        kept[few] = part
    found: list[str] = kept.tolist()
    return found


def _children() -> float:
    """Processor seconds of the processes that this one has waited for, with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
