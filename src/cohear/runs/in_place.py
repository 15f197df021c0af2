"""The pack of a study on this machine, opened where it lies: nothing is copied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import DataError
from cohear.features.store import FeatureStore, open_store
from cohear.runs.pack import Pack
from cohear.runs.spec import Need
from cohear.runs.split import Split, read_split


@dataclass(frozen=True)
class PackInPlace(Pack):
    """Folders of this machine.

    Attributes:
        splits: holds ``<digest>.json``.
        cache: holds the feature stores.
        code: in which a user's own modules lie.
        runs: each holds folders of runs, whose files others may need.
    """

    splits: Path
    cache: Path
    code: Path = Path()
    runs: tuple[Path, ...] = ()

    def split(self, name: str) -> Split:
        """Read the file of that name."""
        return read_split(self.splits, name)

    def store(self, key: str) -> FeatureStore:
        """Open it in the cache."""
        return open_store(key, self.cache)

    def file(self, need: Need) -> bytes:
        """From the first folder that has it."""
        for runs in self.runs:
            try:
                return (runs / need.run / need.file).read_bytes()
            except OSError:
                continue
        raise DataError(f"run {need.run} has left no {need.file} here; run the study again to make it")
