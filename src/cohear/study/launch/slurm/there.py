"""What a job does on its node: it carries the runs of its chunk out, as the launcher ``local`` does."""

from __future__ import annotations

import platform
from collections import deque
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cohear.base.errors import CohearError
from cohear.base.files import cache_folder
from cohear.runs.carried import Carried
from cohear.runs.job import read_spec
from cohear.runs.place import RunPlace
from cohear.study.launch.brought import contents_left, digests_of
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import RunEvent
from cohear.study.launch.local import Local
from cohear.study.launch.same_code import SameCode
from cohear.study.launch.slurm.place import ENDED, STARTED, SharedPlace


@dataclass(frozen=True)
class RunsOfJob:
    """Runs of one job; calling it carries them out.

    A job that is preempted, or whose time is over, is put into the queue again and goes on with what is not finished.

    Attributes:
        pack: URL of it.
        shared: what the node and the driver see.
        earlier: folder of runs that are finished.
        asked: specifications, and the files that are wanted beside each record.
        needs: of the node.
        place: what each run may use.
        at_once: runs at once.
    """

    pack: str
    shared: SharedPlace
    earlier: Path
    asked: tuple[tuple[dict[str, Any], tuple[str, ...]], ...]
    needs: SameCode
    place: RunPlace
    at_once: int

    def __call__(self) -> int:
        """How many runs ended, well or not; the driver reads what became of each."""
        host = platform.node()
        waiting = deque((read_spec(spec), frozenset(files)) for spec, files in self.asked)
        waiting = deque(each for each in waiting if self.shared.heard(each[0].key, ENDED) is None)
        if why := self.needs.why_not_here():
            for spec, _ in waiting:
                self._refuse(spec.key, host, Failure(why, ""))
            return 0
        pack = Carried.at(self.pack, cache_folder(), [self.shared.runs, self.earlier])
        files = {spec.key: wanted for spec, wanted in waiting}
        with closing(Local(pack, self.shared.runs, self.at_once, replace(self.place, host=host))) as pool:
            while waiting and pool.room() > 0:
                pool.start(*waiting.popleft())
            for event in pool.events():
                self._tell(event, files[event.run], host)
                while waiting and pool.room() > 0:
                    pool.start(*waiting.popleft())
        return len(files)

    def checkpoint(self) -> Any:  # noqa: ANN401 - submitit has no types
        """What the job is when it comes again: the same, since what is finished is known by its files."""
        from submitit.helpers import DelayedSubmission  # noqa: PLC0415 - an extra

        return DelayedSubmission(self)

    def _tell(self, event: RunEvent, files: frozenset[str], host: str) -> None:
        """Leave word of what happened; a run that has ended is told after its files are there."""
        told: dict[str, Any] = {"kind": event.kind, "host": host, "seconds": event.seconds}
        if event.kind == "started":
            self.shared.tell(event.run, STARTED, told)
            return
        if event.kind == "finished":
            told["digests"] = digests_of(contents_left(self.shared.runs / event.run, files))
        told["failure"] = asdict(event.failure) if event.failure else None
        self.shared.tell(event.run, ENDED, told)

    def _refuse(self, run: str, host: str, failure: Failure) -> None:
        told = {"kind": "refused", "host": host, "seconds": 0.0, "failure": asdict(failure)}
        try:
            self.shared.tell(run, ENDED, told)
        except CohearError:  # nothing can be written: the end of the job tells
            return
