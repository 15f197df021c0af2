"""Runs on this machine: one process a core, each run in a process of its own; several share an accelerator."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any, ClassVar

from cohear.base.errors import CohearError
from cohear.base.pool import available_cores
from cohear.runs.job import job_of
from cohear.runs.pack import Pack, told_to_others
from cohear.runs.place import PROCESSOR, RunPlace
from cohear.runs.spec import Spec
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import HERE, LAUNCHERS, Pool, RunEvent
from cohear.study.launch.requests import Requests

MEMORY_A_RUN = 4e9
"""Bytes of an accelerator that a run may take: torch's own half gigabyte a process, a network at work, features."""
MOST_TOGETHER = 64
"""Networks that are trained as one on an accelerator, where as many are alike and its memory has room for them."""
WORKER_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # glibc otherwise gives every activation back to the system and faults it in again: 15 to 20 % of a run.
    "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=1073741824",
    # Asking CUDA whether it is there spoils it for every process that is forked later; asking its driver does not.
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without it cuBLAS need not give the same numbers again
}


@LAUNCHERS.register("local")
class Local(Pool):
    """Forks runs from a worker server that has torch loaded; see ``worker.py``."""

    stacks: ClassVar[bool] = True

    def __init__(self, pack: Pack, runs: Path, jobs: int | None = None, place: RunPlace = HERE) -> None:
        self._pack, self._runs = pack, runs
        self._place = replace(place, launcher=place.launcher or "local", host=place.host or platform.node())
        self._most, self.together = jobs or runs_at_once(place), runs_together(place)
        self._going: set[str] = set()
        self._asked: list[tuple[Spec, frozenset[str]]] = []
        self._processes: list[set[str]] = []
        self._common: dict[str, str | None] = {}
        self._apart: set[str] = set()
        self._server: subprocess.Popen[str] | None = None
        self._requests: Requests | None = None
        self._answered = False

    def room(self) -> int:
        """As many as `runs_at_once` says, unless told otherwise, each as many as `runs_together` says."""
        return self._most * self.together - len(self._going)

    def start(self, spec: Spec, files: frozenset[str]) -> None:
        """Ask the server, which the first run starts; where several are done as one, once there is a process for them.

        Until then others may be started that are done with them.
        """
        self._going.add(spec.key)
        self._asked.append((spec, files))
        by_itself = self.together == 1 or spec.key in self._apart
        self._common[spec.key] = None if by_itself else job_of(spec).alike(spec)
        if self.together == 1:
            self._hand_out()

    def _hand_out(self) -> None:
        """Give each process that may be begun what was asked first, and its part of all that is alike."""
        while self._asked and (free := self._most - len(self._processes)) > 0:
            runs = self._asked[:1]
            if (common := self._common[runs[0][0].key]) is not None:
                runs = [each for each in self._asked if self._common[each[0].key] == common]
                runs = runs[: min(self.together, -(-len(runs) // free))]
            keys = {spec.key for spec, _ in runs}
            self._asked = [each for each in self._asked if each[0].key not in keys]
            self._processes.append(keys)
            self._ask(runs)

    def _ask(self, runs: Sequence[tuple[Spec, frozenset[str]]]) -> None:
        if self._server is None:
            self._server, place = worker_server(), replace(self._place, at_once=self._most)
            self._write({"pack": told_to_others(self._pack), "runs": str(self._runs), "place": asdict(place)})
        self._write({"runs": [request(spec, files) for spec, files in runs]})

    def events(self) -> Iterator[RunEvent]:
        """The server's answers."""
        while self._going:
            self._hand_out()
            line = _pipe(self._server, "stdout").readline()
            if not line and not self._answered:
                raise CohearError("no worker can start here (why stands above); mend that and run the same again")
            if not line:
                raise CohearError("the worker server ended unexpectedly; run the same command again to go on")
            self._answered = True
            answer: dict[str, Any] = json.loads(line)
            if answer["event"] == "started":
                yield RunEvent("started", answer["run"], seconds=answer["seconds"])
            else:
                outcome = _outcome(answer)
                self._ended(answer["run"], killed=outcome.kind == "killed")
                yield outcome

    def _ended(self, run: str, *, killed: bool) -> None:
        """A process has room again with the last of its runs: others may be begun meanwhile that go together.

        Of several runs whose process was killed it may be one that is at fault: each is then tried by itself.
        """
        self._going.discard(run)
        if killed:
            self._apart.add(run)
        for keys in self._processes:
            keys.discard(run)
        self._processes = [keys for keys in self._processes if keys]

    def close(self) -> None:
        """End the server, and with it all runs that are going: nobody wants them."""
        if self._server is None:
            return
        try:
            if self._going:
                self._server.kill()
            if self._requests is not None:
                self._requests.close()
            self._server.wait(timeout=0.5)
        except (OSError, subprocess.TimeoutExpired):
            self._server.kill()
            self._server.wait()
        _pipe(self._server, "stdout").close()
        self._server = self._requests = None
        self._going.clear()
        self._asked.clear()
        self._processes.clear()

    def _write(self, message: dict[str, Any]) -> None:
        if self._requests is None:
            self._requests = Requests(_pipe(self._server, "stdin"))
        self._requests.put(json.dumps(message))


def runs_at_once(place: RunPlace) -> int:
    """Runs that there is room for: one for every thread that the usable cores have for it, and memory where they train.

    A core has enough to do with giving an accelerator the steps of one small network, which leave most of it idle.
    """
    cores = max(1, available_cores() // place.threads)
    if place.device == PROCESSOR:
        return cores
    from cohear.training.device import Device  # noqa: PLC0415 - needs torch, which runs on the processor load elsewhere

    return max(1, int(min(cores, Device.of(place.device).memory // MEMORY_A_RUN)))


def runs_together(place: RunPlace) -> int:
    """Runs that are alike which a process may do as one, as told, or as many as pay for themselves.

    A core of the processor has enough to do with one: but for the smallest, several as one take longer there.
    """
    if place.together or place.device not in ("auto", "cuda"):
        return place.together or 1
    from cohear.training.device import Device  # noqa: PLC0415 - as above

    return MOST_TOGETHER if Device.of(place.device).name == "cuda" else 1


def request(spec: Spec, files: frozenset[str]) -> dict[str, Any]:
    """One run as the worker server reads it."""
    return {"run": spec.key, "specification": spec.model_dump(mode="json"), "files": sorted(files)}


def _outcome(answer: dict[str, Any]) -> RunEvent:
    """What a worker's end means for its run."""
    run, status = answer["run"], answer["status"]
    if status == 0:
        return RunEvent("finished", run, seconds=answer["seconds"])
    if answer["failure"]:
        return RunEvent("failed", run, Failure(**answer["failure"]))
    by = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    error = f"its worker was ended by {by}" + (" (out of memory?)" if status == -signal.SIGKILL else "")
    return RunEvent("killed", run, Failure(error, "", out_of_memory=status == -signal.SIGKILL))


def _pipe(server: subprocess.Popen[str] | None, name: str) -> IO[str]:
    pipe = getattr(server, name)
    assert pipe is not None
    return pipe  # type: ignore[no-any-return]


def worker_server() -> subprocess.Popen[str]:
    """A worker server in this process' group; its children die with it."""
    with _interrupts_ignored():  # inherited: Ctrl-C reaches the whole group, and is this process' to answer
        return subprocess.Popen(
            [sys.executable, "-m", "cohear.study.launch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **WORKER_ENVIRONMENT},
        )


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
