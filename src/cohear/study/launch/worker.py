"""A worker server: imports what jobs need once, then forks a clean process for each run.

What runs read alike (`cohear.runs.job.Job.share`) is made before they are forked, and all have the same pages of it.
Nothing here asks for an accelerator: each run starts CUDA for itself, and says so where something did before it.

``python -m cohear.study.launch.worker`` reads JSON lines from standard input: first where the pack is and where folders
of runs go, then one a process: a run, or several that are done as one. It answers with one JSON line a run when that
process has ended, however it ended. A process that the system kills costs its own runs alone, what runs leave in memory
ends with them, and start-up is paid once. When its input closes, because the parent is done or dead, the server kills
what still runs and ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import selectors
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from cohear.base.errors import CohearError
from cohear.base.plugins import packages_with_parts
from cohear.runs import NETWORK
from cohear.runs.carry_out import carry_out, carry_out_together
from cohear.runs.job import JOBS, job_of, read_spec
from cohear.runs.pack import Pack, told_by_others
from cohear.runs.place import PROCESSOR, RunPlace
from cohear.study.launch.failure import Failure


@dataclass(frozen=True)
class _Child:
    runs: Sequence[str]
    words: IO[bytes]
    """A file with what it said of the runs that ended, a line each; a pipe holds less than many say at once."""


def main() -> None:
    """Serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    server = _Server()
    os.set_blocking(sys.stdin.fileno(), False)
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                chunk = os.read(key.fd, 1 << 16)
                if key.fd == woken:
                    _reap(server.children)
                elif chunk:
                    *lines, pending = (pending + chunk).split(b"\n")
                    for line in lines:
                        server.read(json.loads(line))
                else:
                    _end(server.children)
                    return


class _Server:
    """What stays from run to run."""

    def __init__(self) -> None:
        self.children: dict[int, _Child] = {}
        self._given: tuple[Pack, Path, RunPlace] | None = None
        self._warm: set[str] = set()
        self._shares: bool | None = None

    def read(self, message: dict[str, Any]) -> None:
        """The first message says where things are; each further one is the runs of a process."""
        if self._given is None:
            self._given = told_by_others(message["pack"]), Path(message["runs"]), RunPlace(**message["place"])
            return
        began, asked = time.process_time(), message["runs"]
        self._warm_up(asked[0]["specification"].get("job", NETWORK))
        for run in asked:
            self._share(run["specification"], self._given[0])
        beforehand = (time.process_time() - began) / len(asked)
        words = tempfile.TemporaryFile()  # noqa: SIM115 - for as long as the process lives
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 70
            try:
                _die_with(server)
                status = _work(asked, *self._given, words)
            finally:
                os._exit(status)
        self.children[pid] = _Child([run["run"] for run in asked], words)
        for run in asked:
            _answer({"run": run["run"], "event": "started", "pid": pid, "seconds": beforehand})

    def _warm_up(self, job: str) -> None:
        """Have in memory what all runs of a job need; a job that a plugin brings is known to its runs alone."""
        if job not in self._warm and job in JOBS:
            JOBS[job]().warm_up()
            gc.freeze()  # children never touch, and so never copy, what was imported
        self._warm.add(job)

    def _share(self, specification: dict[str, Any], pack: Pack) -> None:
        """Have in memory what runs read alike. What cannot be made here fails in the run, which tells of it.

        Plugins and parts of installed packages are imported by runs alone: what they do at import is not known, and
        this process must live.
        """
        with contextlib.suppress(Exception), contextlib.redirect_stdout(sys.stderr):
            if self._shares is None:  # asked once: it reads what is said of every installed package
                shares = not (pack.manifest.plugins or packages_with_parts())
                if shares:
                    pack.open()
                self._shares = shares
            if self._shares:
                spec = read_spec(specification)
                job_of(spec).share(spec, pack)
                gc.freeze()


def _work(asked: Sequence[dict[str, Any]], pack: Pack, runs: Path, place: RunPlace, words: IO[bytes]) -> int:
    """Carry out runs in this process; 0 when the folders of all are written."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for the life of the process
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a user's module prints is no answer of ours
    left = [run["run"] for run in asked]

    def ended(run: str, error: BaseException | None) -> None:
        left.remove(run)
        failure = b"" if error is None else Failure.of(error).to_bytes()
        words.write(run.encode() + b" " + failure + b"\n")
        words.flush()

    try:
        demand_accelerator(place)
        pack.open()
        wanted = [(read_spec(run["specification"]), frozenset(run["files"])) for run in asked]
        if len(wanted) == 1:
            carry_out(*wanted[0], pack, runs, place)
            ended(wanted[0][0].key, None)
        else:
            for spec, error in carry_out_together(wanted, pack, runs, place):
                ended(spec.key, error)
    except BaseException as error:
        for run in list(left):
            ended(run, error)
        return 1
    return 0


def demand_accelerator(place: RunPlace) -> None:
    """See that an accelerator can be used in this process: CUDA cannot, where it was in use before the fork.

    Raises:
        CohearError: it was; something that is made before runs are forked has asked for it.
    """
    torch = sys.modules.get("torch")
    if place.device != PROCESSOR and torch is not None and torch.cuda._is_in_bad_fork():
        raise CohearError(
            "CUDA was in use before the process of this run was forked, which cannot use it then: a package that the "
            "worker imports starts it; take that out, or train with device: cpu"
        )


def _reap(children: dict[int, _Child]) -> None:
    """Answer for every child that has ended."""
    for pid in list(children):
        ended, ended_as, used = os.wait4(pid, os.WNOHANG)
        if not ended:
            continue
        child = children.pop(pid)
        told = _last_words(child.words)
        for run in child.runs:
            failure, status = told.get(run), os.waitstatus_to_exitcode(ended_as)
            if run in told:
                status = 0 if failure is None else 1
            _answer(
                {
                    "run": run,
                    "event": "ended",
                    "status": status,
                    "failure": asdict(failure) if failure else None,
                    "seconds": (used.ru_utime + used.ru_stime) / len(child.runs),
                }
            )


def _last_words(words: IO[bytes]) -> dict[str, Failure | None]:
    """What a process said of the runs that ended in it; a line that it was ended in is left out."""
    with words:
        words.seek(0)
        *whole, _ = words.read().split(b"\n")
    told = (line.partition(b" ") for line in whole)
    return {run.decode(): Failure.from_bytes(failure) for run, _, failure in told}


def _end(children: dict[int, _Child]) -> None:
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in children:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _answer(message: dict[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(0)  # the parent is gone; children end with this process


def _die_with(server: int) -> None:
    """Ask the kernel to end this process when the server ends, where it can (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


if __name__ == "__main__":
    main()
