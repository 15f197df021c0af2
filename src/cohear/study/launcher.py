"""Launchers: where runs are trained. All carry specifications out and records back, and differ in nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cohear.base.registry import Registry
from cohear.training.spec import RunSpec


@dataclass(frozen=True)
class Work:
    """What all runs of a launch have in common on this machine.

    Attributes:
        runs: folder that gets a folder a run.
        splits: folder of splits.
        cache: folder of feature stores.
        keep: what is kept beside the record.
        encoder_folder: where a user's encoder module is looked for.
        plugins: files of parts that a worker imports first.
    """

    runs: Path
    splits: Path
    cache: Path
    keep: tuple[str, ...]
    encoder_folder: str
    plugins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something that happened to a run.

    Attributes:
        kind: started, finished, again (its worker died and it is tried once more) or failed.
        run: its key.
        error: for failed and again, why, in a sentence.
        detail: for failed, a traceback.
    """

    kind: Literal["started", "finished", "again", "failed"]
    run: str
    error: str = ""
    detail: str = ""


class Launcher(ABC):
    """Trains runs somewhere."""

    @abstractmethod
    def launch(self, specs: Sequence[RunSpec], work: Work, jobs: int | None = None) -> Generator[Event]:
        """Train every run and tell what happens, as it happens.

        Closing the iterator ends all workers. A failed run does not end the others; runs that fail one after another of
        the same cause do, see :class:`cohear.study.alike.FailuresAlike`.

        Args:
            specs: runs in the order in which they should begin.
            work: places.
            jobs: how many at once; None for what the place has.

        Raises:
            UserError: something is wrong that concerns every run (no space left, data gone); see
                :attr:`cohear.base.errors.UserError.concerns_all_runs`.
            RunFailed: runs failed alike, and nothing that is left would fare better.
        """


LAUNCHERS: Registry[type[Launcher]] = Registry("launcher")
