"""Runs on this machine: one process a core, each run in a process of its own; several share an accelerator."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

from cohear.base.errors import CohearError
from cohear.base.pool import available_cores
from cohear.runs.pack import Pack, told_to_others
from cohear.runs.place import PROCESSOR, RunPlace
from cohear.runs.spec import Spec
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import HERE, LAUNCHERS, Pool, RunEvent

MEMORY_A_RUN = 4e9
"""Bytes of an accelerator that a run may take: torch's own half gigabyte a process, a network at work, features."""
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

    def __init__(self, pack: Pack, runs: Path, jobs: int | None = None, place: RunPlace = HERE) -> None:
        self._pack, self._runs = pack, runs
        self._place = replace(place, launcher=place.launcher or "local", host=place.host or platform.node())
        self._most = jobs or runs_at_once(place)
        self._going: set[str] = set()
        self._server: subprocess.Popen[str] | None = None
        self._answered = False

    def room(self) -> int:
        """As many as `runs_at_once` says, unless told otherwise."""
        return self._most - len(self._going)

    def start(self, spec: Spec, files: frozenset[str]) -> None:
        """Ask the server, which the first run starts."""
        if self._server is None:
            self._server, place = worker_server(), replace(self._place, at_once=self._most)
            self._write({"pack": told_to_others(self._pack), "runs": str(self._runs), "place": asdict(place)})
        self._going.add(spec.key)
        self._write(request(spec, files))

    def events(self) -> Iterator[RunEvent]:
        """The server's answers."""
        while self._going:
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
                self._going.discard(answer["run"])
                yield _outcome(answer)

    def close(self) -> None:
        """End the server, and with it all runs that are going: nobody wants them."""
        if self._server is None:
            return
        try:
            if self._going:
                self._server.kill()
            _pipe(self._server, "stdin").close()
            self._server.wait(timeout=0.5)
        except (OSError, subprocess.TimeoutExpired):
            self._server.kill()
            self._server.wait()
        _pipe(self._server, "stdout").close()
        self._server = None
        self._going.clear()

    def _write(self, message: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):  # the end of its answers tells that it is gone
            pipe = _pipe(self._server, "stdin")
            pipe.write(json.dumps(message) + "\n")
            pipe.flush()


def runs_at_once(place: RunPlace) -> int:
    """Runs that there is room for: one for every thread that the usable cores have for it, and memory where they train.

    A core has enough to do with giving an accelerator the steps of one small network, which leave most of it idle.
    """
    cores = max(1, available_cores() // place.threads)
    if place.device == PROCESSOR:
        return cores
    from cohear.training.device import Device  # noqa: PLC0415 - needs torch, which runs on the processor load elsewhere

    return max(1, int(min(cores, Device.of(place.device).memory // MEMORY_A_RUN)))


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
    return RunEvent("killed", run, Failure(error, ""))


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
