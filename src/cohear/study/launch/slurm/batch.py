"""The batch system, by submitit: what is asked of it, jobs that are submitted, and what becomes of them."""

from __future__ import annotations

import json
import logging
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cohear.base.errors import MissingExtra, UserError
from cohear.study.launch.slurm.place import SharedPlace
from cohear.study.launch.slurm.there import RunsOfJob

WARNING_SECONDS = 90
"""Before its time is over, a job is told."""
TIMES_OVER = 100
"""So often a job is put into the queue again whose time was over."""


@dataclass(frozen=True)
class Wishes:
    """What a job is to have.

    Attributes:
        name: of the jobs.
        minutes: that it may take.
        cpus, gpus: of it.
        memory: in GB; 0 for what the cluster gives.
        partition, account: as Slurm names them; empty for what is usual.
        others: further options of ``sbatch``.
        at_once: how many jobs of an array.
    """

    name: str
    minutes: int
    cpus: int
    gpus: int
    memory: float
    partition: str
    account: str
    others: Mapping[str, str]
    at_once: int

    def of_slurm(self) -> dict[str, Any]:
        """As submitit takes them."""
        given = {
            "slurm_partition": self.partition,
            "slurm_account": self.account,
            "slurm_gpus_per_node": self.gpus,
            "mem_gb": self.memory,
        }
        others = {"requeue": True, **self.others}
        return {
            "name": self.name,
            "timeout_min": self.minutes,
            "cpus_per_task": self.cpus,
            "slurm_array_parallelism": self.at_once,
            "slurm_signal_delay_s": WARNING_SECONDS,
            "slurm_additional_parameters": others,
            **{name: value for name, value in given.items() if value},
        }


@dataclass
class BatchJob:
    """A job.

    Attributes:
        id: as the batch system has it.
        of: submitit's.
        is_over: as it was told when it was last asked.
        why: it ended, in a few words.
    """

    id: str
    of: Any
    is_over: bool = False
    why: str = ""


class Batch:
    """Submits jobs.

    Args:
        executor: of submitit.
        shared: folder that nodes see.
        wishes: for each job.

    Raises:
        MissingExtra: submitit is not installed.
        UserError: there is no such batch system here.
    """

    def __init__(self, executor: str, shared: SharedPlace, wishes: Wishes) -> None:
        try:
            import submitit  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MissingExtra("submitit", "slurm") from error
        logging.getLogger("submitit").setLevel(logging.ERROR)
        self._shared, self._executor_name = shared, executor
        self._submitted: list[BatchJob] = []
        try:
            self._executor = submitit.AutoExecutor(
                shared.logs, cluster=executor, slurm_max_num_timeout=TIMES_OVER, local_max_num_timeout=TIMES_OVER
            )
            self._executor.update_parameters(**wishes.of_slurm())
        except (RuntimeError, ValueError, NameError) as error:
            raise UserError(
                f"--launcher slurm: {error}; give the command on a machine from which jobs are submitted"
            ) from error

    def submit(self, chunks: Sequence[RunsOfJob]) -> list[BatchJob]:
        """One array, a job a chunk.

        Raises:
            UserError: the batch system refuses.
        """
        from submitit.core.utils import FailedJobError, FailedSubmissionError  # noqa: PLC0415 - an extra

        try:
            with self._executor.batch():
                submitted = [self._executor.submit(chunk) for chunk in chunks]
            jobs = [BatchJob(job.job_id, job) for job in submitted]
        except (FailedJobError, FailedSubmissionError, OSError) as error:
            said = next((line for line in str(error).splitlines()[::-1] if line.strip()), "")
            raise UserError(f"--launcher slurm: the batch system takes no job: {said}") from error
        self._submitted += jobs
        return jobs

    def ask(self, jobs: Sequence[BatchJob]) -> None:
        """Which of them are over; one question for all."""
        if self._executor_name == "slurm":
            queued = _queued([job.id for job in jobs])
        else:
            queued = {job.id for job in jobs if not job.of.done()}
        for job in jobs:
            if queued is not None and job.id not in queued:
                job.is_over, job.why = True, self._why(job)

    def cancel(self, job: BatchJob) -> None:
        """End a job."""
        with suppress(Exception):  # it may be over
            job.of.cancel(check=False)

    def close(self) -> None:
        """Wait for jobs that are processes of this machine; whoever closes has cancelled those that are not over."""
        if self._executor_name != "slurm":
            for job in self._submitted:
                with suppress(subprocess.TimeoutExpired):
                    job.of._process.wait(timeout=30)

    def cancel_earlier(self) -> None:
        """End the jobs of a driver that was killed: nobody would take what they do."""
        if self._executor_name != "slurm":
            return
        with suppress(OSError, ValueError):
            earlier = json.loads(self._shared.jobs.read_text(encoding="utf-8"))
            if earlier:
                subprocess.run(["scancel", *map(str, earlier)], check=False, capture_output=True)

    def _why(self, job: BatchJob) -> str:
        """The state of a job that is over, where it is known yet, and the last line that it printed."""
        state = said = ""
        with suppress(OSError, subprocess.TimeoutExpired):
            command = ["scontrol", "--oneliner", "show", "job", job.id]
            told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60).stdout
            state = "".join(re.findall(r"JobState=(\w+)", told)[:1]).lower().replace("_", " ")
        with suppress(Exception):
            said = next((line for line in (job.of.stderr() or "").splitlines()[::-1] if line.strip()), "")
        memory = "ask for more with --with memory=8" if "out of memory" in f"{state} {said}".lower() else ""
        return "; ".join(filter(None, [state, said, memory])) or "nobody says why"


def _queued(ids: Sequence[str]) -> set[str] | None:
    """Which jobs wait or are at work; None where the batch system does not answer just now."""
    command = ["squeue", "--noheader", "--array", "--format=%i", f"--jobs={','.join(ids)}"]
    try:
        told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if told.returncode and "invalid job id" not in told.stderr.lower():  # which is said where none of them is left
        return None
    return set(told.stdout.split())
