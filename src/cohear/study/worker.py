"""A worker server: imports what a job needs once, then forks a clean process for each run.

``python -m cohear.study.worker`` reads one JSON line a run from standard input and answers with one JSON line when
that run's process has ended, however it ended. A process that the system kills costs its own run alone, memory never
grows from run to run, and start-up is paid once. When its input closes, because the parent is done or dead, the server
kills what still runs and ends.
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
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cohear.base.errors import StudyError
from cohear.base.plugins import load_installed_parts, load_plugin, plugins_version
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import JOBS, files_kept, job_of, read_spec
from cohear.runs.result import write_result
from cohear.runs.spec import NETWORK, Spec
from cohear.study.failure import Failure


@dataclass(frozen=True)
class _Child:
    run: str
    words: int
    """Reading end of a pipe with the child's last words."""


def main() -> None:
    """Serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    JOBS[NETWORK]().warm_up()
    gc.freeze()  # children never touch, and so never copy, what was imported
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, _Child] = {}
    os.set_blocking(sys.stdin.fileno(), False)
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                chunk = os.read(key.fd, 1 << 16)
                if key.fd == woken:
                    _reap(children)
                elif chunk:
                    *lines, pending = (pending + chunk).split(b"\n")
                    for line in lines:
                        _start(json.loads(line), children)
                else:
                    _end(children)
                    return


def _start(request: dict[str, Any], children: dict[int, _Child]) -> None:
    words, last_words = os.pipe()
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(words)
        status = 70
        try:
            _die_with(server)
            status = _work(request, last_words)
        finally:
            os._exit(status)
    os.close(last_words)
    children[pid] = _Child(request["run"], words)
    _answer({"run": request["run"], "event": "started", "pid": pid})


def _work(request: dict[str, Any], last_words: int) -> int:
    """Train one run in this process; 0 when its folder is written."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for the life of the process
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a user's module prints is no answer of ours
    try:
        spec = read_spec(request["specification"])
        load_parts([Path(path) for path in request["plugins"]], spec)
        pack = PackInPlace(Path(request["splits"]), Path(request["cache"]), Path(request["encoder_folder"]))
        files = files_kept(spec, request["keep"])
        write_result(Path(request["folder"]), job_of(spec).run(spec, pack, files), files)
    except BaseException as error:
        os.write(last_words, Failure.of(error).to_bytes())
        return 1
    return 0


def load_parts(plugins: Sequence[Path], spec: Spec) -> None:
    """Enter the parts that the driver had when it planned the run.

    Raises:
        StudyError: a plugin cannot be imported, or was changed since the run was planned.
    """
    load_installed_parts()
    for path in plugins:
        load_plugin(path)
    if plugins and plugins_version(plugins) != spec.versions.get("plugins"):
        raise StudyError(["a plugin was changed while the study was at work; run the same command again"])


def _reap(children: dict[int, _Child]) -> None:
    """Answer for every child that has ended."""
    for pid in list(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            continue
        child = children.pop(pid)
        with os.fdopen(child.words, "rb") as pipe:
            failure = Failure.from_bytes(pipe.read())
        told = asdict(failure) if failure else None
        _answer({"run": child.run, "event": "ended", "status": os.waitstatus_to_exitcode(status), "failure": told})


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
