"""Launchers: pools in which runs are carried out. They differ in where that is, and in nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from cohear.base.registry import Registry
from cohear.runs.place import RunPlace

if TYPE_CHECKING:
    from cohear.runs.pack import Pack
    from cohear.runs.spec import Spec
    from cohear.study.launch.failure import Failure


@dataclass(frozen=True)
class RunEvent:
    """Something that happened to a run.

    Attributes:
        kind: started, finished, failed, or killed (its worker was ended before it could say why).
        run: its key.
        failure: why it failed or was killed.
        seconds: of the processor, where the launcher knows them: all that the process of a run took which has ended; of
            one that was started, what was made beforehand for it and others.
    """

    kind: Literal["started", "finished", "failed", "killed"]
    run: str
    failure: Failure | None = None
    seconds: float = 0.0

    @property
    def error(self) -> str:
        """Why it failed or was killed, in a sentence."""
        return self.failure.error if self.failure else ""


HERE = RunPlace()
"""One thread of the processor, unless a study says otherwise."""


class Pool(ABC):
    """Carries runs out somewhere. What runs when, and what is tried again, is the driver's.

    Keyword-only arguments are its settings, as those of other parts (:mod:`cohear.base.named`).

    Args:
        pack: what the runs read; whether it is carried, or opened where it lies, is the launcher's.
        runs: folder of this machine that gets the folder of each finished run.
        jobs: how many at once; None for what there is room for.
        place: what each run may use, wherever it is carried out.
    """

    here: ClassVar[bool] = True
    """Whether runs are carried out on this machine, which then must have the study's device."""
    stacks: ClassVar[bool] = False
    """Whether it can do runs that are alike as one."""
    together: int = 1
    """How many it may do as one, where the driver begins them one after another."""
    say: Callable[[str], None] = staticmethod(lambda sentence: None)
    """Takes what the user should know at once; whoever drives the pool has it told."""

    @abstractmethod
    def __init__(self, pack: Pack, runs: Path, jobs: int | None = None, place: RunPlace = HERE) -> None: ...

    @abstractmethod
    def room(self) -> int:
        """How many more runs can be started now; at least one where none is going."""

    @abstractmethod
    def start(self, spec: Spec, files: frozenset[str]) -> None:
        """Begin a run that is not going; it may have been tried before.

        Args:
            spec: of the run.
            files: that are wanted beside its record.
        """

    @abstractmethod
    def events(self) -> Iterator[RunEvent]:
        """What happens to the runs that were started, as it happens; it ends when none of them is going any more.

        Others may be started between two events. Each run is started, and then finished, failed or killed; when it is
        finished, its folder is whole.

        Raises:
            CohearError: no run can be carried out here.
        """

    @abstractmethod
    def close(self) -> None:
        """End all work at once; what was not finished leaves no record."""


LAUNCHERS: Registry[type[Pool]] = Registry(
    "launcher",
    {
        "local": "cohear.study.launch.local",
        "ssh": "cohear.study.launch.ssh.pool",
        "ray": "cohear.study.launch.ray.pool",
        "slurm": "cohear.study.launch.slurm.pool",
    },
)
