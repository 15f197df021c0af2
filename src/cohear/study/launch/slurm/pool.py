"""The launcher ``slurm``: arrays of jobs, each of which carries out a chunk of runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import FolderError, UserError
from cohear.base.files import write_json
from cohear.base.url_folder import UrlFolder
from cohear.runs.carried import Carried
from cohear.runs.pack import Pack
from cohear.runs.pack_writer import PackWriter
from cohear.runs.place import PROCESSOR, RunPlace
from cohear.runs.spec import Spec
from cohear.study.launch.brought import why_not_kept
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import HERE, LAUNCHERS, Pool, RunEvent
from cohear.study.launch.same_code import SameCode
from cohear.study.launch.slurm.batch import Batch, BatchJob, Wishes
from cohear.study.launch.slurm.place import ENDED, STARTED, SharedPlace
from cohear.study.launch.slurm.there import RunsOfJob
from cohear.study.launch.ssh.carry import can_be_sent

NAME = "slurm"
JOBS = 100
"""At once, where nobody says how many."""
LOOK_SECONDS = 0.5
"""Between two looks at the folder."""
ASK_SECONDS = 20.0
"""Between two questions to the batch system, which many users ask."""
LATE_LOOKS = 10
"""Looks after the end of a job before what it did not tell of is taken for lost: a disk of the network is late."""


@dataclass
class _Going:
    """A job, and its runs that have not ended.

    Attributes:
        job: of the batch system.
        runs: with the files that are wanted of each.
        looks: at the folder since the job was over.
    """

    job: BatchJob
    runs: dict[str, frozenset[str]]
    started: set[str] = field(default_factory=set)
    looks: int = 0


@LAUNCHERS.register(NAME)
class Slurm(Pool):
    """Runs in jobs of a batch system.

    Args:
        pack, runs, jobs, place: as of every pool; ``jobs`` is how many jobs there may be at once.
        chunk: runs of a job, one after another or ``cpus`` at once; a batch system wants few long jobs.
        hours: that a job may take; one whose time is over goes on in another.
        cpus: of a job, and as many runs at once.
        gpus: of a job; None for one where the study asks for CUDA.
        memory: of a job, in GB; 0 for what the cluster gives.
        partition, account: as Slurm names them.
        sbatch: what else ``sbatch`` is to be told, as in ``qos=long,constraint=v100``.
        folder: on a disk that all nodes see; empty for ``slurm`` in the study folder.
        executor: ``slurm``, or ``local`` for jobs as processes of this machine.

    Raises:
        ValueError: a setting that cannot be.
        TypeError: the pack is of a kind that cannot be sent.
    """

    here: ClassVar[bool] = False

    def __init__(
        self,
        pack: Pack,
        runs: Path,
        jobs: int | None = None,
        place: RunPlace = HERE,
        *,
        chunk: int = 20,
        hours: float = 4.0,
        cpus: int = 1,
        gpus: int | None = None,
        memory: float = 0.0,
        partition: str = "",
        account: str = "",
        sbatch: str = "",
        folder: str = "",
        executor: str = NAME,
    ) -> None:
        if chunk < 1 or cpus < 1:
            raise ValueError("chunk and cpus must be 1 or more")
        if hours <= 0:
            raise ValueError(f"hours must be more than 0, not {hours:g}")
        self._pack, self._runs = can_be_sent(pack), runs
        self._jobs, self._chunk, self._cpus = jobs or JOBS, chunk, cpus
        self._place = replace(place, launcher=NAME)
        wants_one = place.device not in (PROCESSOR, "auto")
        self._wishes = Wishes(
            name=f"cohear-{runs.parent.name}",
            minutes=max(1, round(60 * hours)),
            cpus=cpus,
            gpus=int(wants_one) if gpus is None else gpus,
            memory=memory,
            partition=partition,
            account=account,
            others=_pairs(sbatch),
            at_once=self._jobs,
        )
        self._shared = SharedPlace((Path(folder) if folder else runs.parent / NAME).absolute())
        self._executor = executor
        self._batch: Batch | None = None
        self._waiting: list[tuple[Spec, frozenset[str]]] = []
        self._found: list[tuple[str, frozenset[str]]] = []
        self._going: list[_Going] = []
        self._asked_at = 0.0

    def room(self) -> int:
        """Runs of jobs that may be submitted: a whole chunk for each job that is over."""
        busy = len(self._waiting) + len(self._found)
        room = (self._jobs - len(self._going)) * self._chunk - busy
        return max(room, 0 if busy or self._going else 1)

    def start(self, spec: Spec, files: frozenset[str]) -> None:
        """Keep it for the next array; what an earlier driver's job has finished is taken instead."""
        if self._batch is None:
            self._open()
        heard = self._shared.heard(spec.key, ENDED)
        if heard is not None and heard["kind"] == "finished" and {*files} <= heard["digests"].keys():
            self._found.append((spec.key, files))
            return
        self._shared.forget(spec.key)
        self._waiting.append((spec, files))

    def events(self) -> Iterator[RunEvent]:
        """What nodes leave word of, and jobs that ended without one.

        Raises:
            UserError: the batch system takes no job, or its nodes have not what runs need.
        """
        while self._waiting or self._found or self._going:
            while self._found:
                key, files = self._found.pop()
                yield RunEvent("started", key)
                yield self._end(key, files)
            self._submit()
            happened = False
            for going in list(self._going):
                for event in self._look_at(going):
                    happened = True
                    yield event
            if not happened and not self._waiting:
                self._ask()
                time.sleep(LOOK_SECONDS)

    def close(self) -> None:
        """End all jobs; the folder goes, where nothing of it is wanted."""
        if self._batch is None:
            return
        for going in self._going:
            self._batch.cancel(going.job)
        self._batch.close()
        self._going.clear()
        self._waiting.clear()
        self._found.clear()
        shutil.rmtree(self._shared.root, ignore_errors=True)
        self._batch = None

    def _open(self) -> None:
        """The folder and the pack in it; jobs of a driver that was killed are ended, and what they left is kept.

        Raises:
            UserError: there is no such batch system here.
        """
        self._shared.make()
        self._batch = Batch(self._executor, self._shared, self._wishes)
        self._batch.cancel_earlier()
        if not isinstance(self._pack, Carried):
            PackWriter(self._pack, "", {}, self._place.device, {}).write(UrlFolder(str(self._shared.pack)))

    def _submit(self) -> None:
        """All that waits, as one array of jobs."""
        if not self._waiting:
            return
        assert self._batch is not None
        url = self._pack.url if isinstance(self._pack, Carried) else str(self._shared.pack)
        chunks, wanted = [], []
        needs = SameCode.of(self._pack)
        for begin in range(0, len(self._waiting), self._chunk):
            part = self._waiting[begin : begin + self._chunk]
            asked = tuple((spec.model_dump(mode="json"), tuple(sorted(files))) for spec, files in part)
            chunks.append(RunsOfJob(url, self._shared, self._runs.absolute(), asked, needs, self._place, self._cpus))
            wanted.append({spec.key: files for spec, files in part})
        self._waiting.clear()
        jobs = self._batch.submit(chunks)
        self._going += [_Going(job, runs) for job, runs in zip(jobs, wanted, strict=True)]
        write_json(self._shared.jobs, [going.job.id for going in self._going])

    def _look_at(self, going: _Going) -> Iterator[RunEvent]:
        """What is new of a job's runs."""
        for key, files in list(going.runs.items()):
            ended = self._shared.heard(key, ENDED)
            if key not in going.started and (ended or self._shared.heard(key, STARTED)):
                going.started.add(key)
                yield RunEvent("started", key)
            if ended:
                del going.runs[key]
                self._drop(going)
                yield self._end(key, files)
        if going.runs and going.job.is_over:
            going.looks += 1
            if going.looks > LATE_LOOKS:
                lost, going.runs = going.runs, {}
                self._drop(going)
                for key in lost:
                    yield RunEvent("killed", key, Failure(f"its job was ended: {going.job.why}", ""))

    def _drop(self, going: _Going) -> None:
        if not going.runs and going in self._going:
            self._going.remove(going)

    def _ask(self) -> None:
        """Ask the batch system which jobs are over, where nothing was heard for a while."""
        assert self._batch is not None
        if time.monotonic() - self._asked_at >= (ASK_SECONDS if self._executor == NAME else 0):
            self._asked_at = time.monotonic()
            self._batch.ask([going.job for going in self._going])

    def _end(self, key: str, files: frozenset[str]) -> RunEvent:
        """Take what a run left, where it is whole.

        Raises:
            UserError: the node has not what runs need.
        """
        told = self._shared.heard(key, ENDED) or {}
        failure = Failure(**told["failure"]) if told.get("failure") else None
        if told["kind"] == "refused" and failure:
            raise UserError(f"node {told['host']}: {failure.error}")
        folder = self._shared.runs / key
        if told["kind"] == "finished":
            contents = {}
            with suppress(OSError):
                contents = {name: (folder / name).read_bytes() for name in told["digests"]}
            why = why_not_kept(self._runs / key, files, contents, told["digests"], told["host"])
            failure = Failure(why, "") if why else None
        is_lost = told["kind"] == "finished" and failure is not None
        if failure and failure.concerns_all == FolderError.__name__:
            failure = replace(failure, error=f"node {told['host']}: {failure.error}")
        shutil.rmtree(folder, ignore_errors=True)
        self._shared.forget(key)
        return RunEvent("killed" if is_lost else told["kind"], key, failure, told["seconds"])


def _pairs(text: str) -> dict[str, str]:
    """``qos=long,constraint=v100`` as settings.

    Raises:
        ValueError: one has no value.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if wrong := [part for part in parts if "=" not in part]:
        raise ValueError(f"sbatch: {wrong[0]!r} has no value; give it as in qos=long")
    return dict(part.split("=", 1) for part in parts)
