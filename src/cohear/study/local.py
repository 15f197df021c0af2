"""Runs on this machine: one process a core, each run in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from cohear.base.errors import CohearError
from cohear.base.pool import available_cores
from cohear.study.alike import FailuresAlike
from cohear.study.failure import Failure
from cohear.study.launcher import LAUNCHERS, Event, Launcher, Work
from cohear.training.spec import RunSpec

WORKER_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # glibc otherwise gives every activation back to the system and faults it in again: 15 to 20 % of a run.
    "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=1073741824",
}
TRIES = 3
"""How often a run is begun whose worker keeps being killed."""


@LAUNCHERS.register("local")
class Local(Launcher):
    """Forks runs from a worker server that has torch loaded; see ``worker.py``."""

    def launch(self, specs: Sequence[RunSpec], work: Work, jobs: int | None = None) -> Generator[Event]:
        """Train ``jobs`` runs at once (default: one a usable core)."""
        waiting = deque(specs)
        tries: dict[str, int] = {}
        going: dict[str, RunSpec] = {}
        alike, answered = FailuresAlike(), False
        with worker_server() as server:
            assert server.stdin is not None and server.stdout is not None
            while waiting or going:
                while waiting and len(going) < (jobs or available_cores()):
                    place = alike.place_of_next(waiting)
                    if place is None:
                        break
                    spec = waiting[place]
                    del waiting[place]
                    going[spec.key] = spec
                    tries[spec.key] = tries.get(spec.key, 0) + 1
                    with suppress(BrokenPipeError):  # the end of its answers tells that it is gone
                        server.stdin.write(json.dumps(request(spec, work)) + "\n")
                        server.stdin.flush()
                if not going:
                    raise alike.told(len(waiting))
                line = server.stdout.readline()
                if not line and not answered:
                    raise CohearError("no worker can start here (why stands above); mend that and run the same again")
                if not line:
                    raise CohearError("the worker server ended unexpectedly; run the same command again to go on")
                answered = True
                answer: dict[str, Any] = json.loads(line)
                run = answer["run"]
                if answer["event"] == "started":
                    yield Event("started", run)
                    continue
                spec = going.pop(run)
                event = _outcome(answer, tries[run])
                if event.kind == "again":
                    waiting.append(spec)
                elif event.kind == "failed":
                    alike.failed(spec, event.error)
                else:
                    alike.finished()
                yield event


def request(spec: RunSpec, work: Work) -> dict[str, Any]:
    """One run as the worker server reads it."""
    return {
        "run": spec.key,
        "specification": spec.model_dump(mode="json"),
        "folder": str(work.runs / spec.key),
        "splits": str(work.splits),
        "cache": str(work.cache),
        "keep": list(work.keep),
        "encoder_folder": work.encoder_folder,
        "plugins": list(work.plugins),
    }


def _outcome(answer: dict[str, Any], tries: int) -> Event:
    """What a worker's end means for its run."""
    run, status = answer["run"], answer["status"]
    if status == 0:
        return Event("finished", run)
    if answer["failure"]:
        failure = Failure(**answer["failure"])
        failure.raise_where_it_concerns_all()
        return Event("failed", run, failure.error, failure.detail)
    by = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    error = f"its worker was ended by {by}" + (" (out of memory?)" if status == -signal.SIGKILL else "")
    return Event("again" if tries < TRIES else "failed", run, error)


@contextmanager
def worker_server() -> Iterator[subprocess.Popen[str]]:
    """A worker server in this process' group; it and its children are gone when the block ends."""
    environment = {**os.environ, **WORKER_ENVIRONMENT}
    with _interrupts_ignored():  # inherited: Ctrl-C reaches the whole group, and is this process' to answer
        server = subprocess.Popen(
            [sys.executable, "-m", "cohear.study.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )
    try:
        yield server
    except BaseException:
        server.kill()  # Ctrl-C must not wait for runs that nobody wants; children die with the server
        raise
    finally:
        assert server.stdin is not None and server.stdout is not None
        try:
            server.stdin.close()
            server.wait(timeout=0.5)
        except (OSError, subprocess.TimeoutExpired):
            server.kill()
            server.wait()
        server.stdout.close()


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
