"""A small study whose processes are killed at random moments, whose disk is full once, and whose clocks jump.

Usage: ``python tests/helpers/chaos.py [--kills 200] [--seed 0]``; ``make chaos``. Each round runs the study into a
folder of its own until the command says that all is done; its tables must then be those of the undisturbed study, to
the last byte.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import tiny

TABLES = ("metrics.csv", "gains.csv", "plan.json")
PAUSE = 0.02
"""Seconds that a step takes longer: kills are to meet runs at work."""
LONGEST = 600.0
"""Seconds a command may take that nobody disturbs."""

CLOCK = """
import os, random, time
if os.environ.get("CHAOS_CLOCK"):
    jump = random.Random(os.getpid()).choice([-40 * 86400.0, -3600.0, 3600.0, 40 * 86400.0])
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + jump
    time.time_ns = lambda: now_ns() + int(jump * 1e9)
"""
"""A clock that is another one in each process, by an hour or by weeks, before or behind."""
SLOW_WRITES = """
import os, time
replace = os.replace
def late(*given, **more):
    time.sleep(0.02)
    return replace(*given, **more)
os.replace = late
fsync = os.fsync
def slow(file):
    time.sleep(0.01)
    return fsync(file)
os.fsync = slow
"""
"""Writes that last, so that kills meet them."""


class Chaos:
    """A bench with a study, and what it leaves when nobody disturbs it.

    Args:
        root: of everything.
        seed: of what happens when.
    """

    def __init__(self, root: Path, seed: int) -> None:
        self.random, self.root, self.did = random.Random(seed), root, Counter[str]()
        tiny.write_datasets(root / "data")
        self.bench = tiny.Bench(root)
        (root / "disturbed").mkdir()
        (root / "disturbed" / "sitecustomize.py").write_text(CLOCK + SLOW_WRITES, encoding="utf-8")
        changes = {"encoders": tiny.slow_encoder(root, PAUSE), "combinations": ["singles", "pairs"]}
        self.study = self.bench.study(**changes)
        whole = self.bench.start("run", self.study, "--out", "whole")
        _, told = whole.communicate(timeout=LONGEST)
        assert whole.returncode == 0, told
        self.wanted = tables(root / "whole")

    def begin(self, out: Path, *, clock: bool) -> subprocess.Popen[bytes]:
        """The command, in a process group of its own."""
        path = os.pathsep.join(filter(None, [str(self.root / "disturbed"), os.environ.get("PYTHONPATH", "")]))
        environment = {**self.bench.environment(), "PYTHONPATH": path, "CHAOS_CLOCK": "1" if clock else ""}
        return subprocess.Popen(
            [tiny.COHEAR, "run", str(self.study), "--out", str(out), "--jobs", "2"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=self.root,
            start_new_session=True,
        )

    def round(self, out: Path, kills: int, *, clock: bool = False) -> int:
        """Kill what works on a folder so many times at most, then let it end; how often something was killed."""
        killed = 0
        while True:
            process = self.begin(out, clock=clock)
            while killed < kills and process.poll() is None:
                time.sleep(self.random.uniform(0.05, 3.0))
                if process.poll() is None and self._kill(process):
                    killed += 1
            _, told = process.communicate(timeout=LONGEST)
            end(process)
            if process.returncode == 0:
                break
            assert killed, told.decode()
            assert b"Traceback" not in told or process.returncode < 0, told.decode()
        assert tables(out) == self.wanted, f"{out} holds other tables than the undisturbed study"
        left = [path for path in out.rglob(".*.tmp") if path.exists()]
        assert not left, left
        return killed

    def full_disk(self, out: Path) -> None:
        """A disk that is full before all is done: the command says so, and goes on when there is room."""
        with small_disk(out) as filled:
            if not filled:
                return
            process = self.begin(out / "study", clock=False)
            _, told = process.communicate(timeout=LONGEST)
            assert process.returncode == 2, (process.returncode, told.decode())
            assert b"no space is left on the disk" in told, told.decode()
            assert b"Traceback" not in told, told.decode()
            filled.unlink()
            self.round(out / "study", 0)
            self.did["full disk"] += 1

    def _kill(self, process: subprocess.Popen[bytes]) -> bool:
        """One of its processes, or all of them."""
        alive = tiny.processes(process.pid)
        if not alive:
            return False
        workers = [pid for pid, parent in alive.items() if process.pid not in (pid, parent)]
        what = self.random.choice(["all", "driver", "one", "one", "run"])
        if what == "all":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            chosen = {"driver": process.pid, "one": self.random.choice(sorted(alive))}.get(what)
            chosen = chosen or (self.random.choice(sorted(workers)) if workers else process.pid)
            with suppress(ProcessLookupError):
                os.kill(chosen, signal.SIGKILL)
        self.did[what] += 1
        return True


def tables(out: Path) -> dict[str, object]:
    """What must be equal: all but times."""
    return {"results.csv": tiny.results(out), **{name: (out / name).read_bytes() for name in TABLES}}


def end(process: subprocess.Popen[bytes]) -> None:
    """See that nothing of it is left."""
    tiny.until(lambda: not tiny.processes(process.pid))


@contextmanager
def small_disk(place: Path):
    """A small disk at a place, and the file that leaves almost no room on it; None where there can be none."""
    place.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        yield None
        return
    try:
        filled = place / "filled"
        with filled.open("wb") as file, suppress(OSError):
            file.write(bytes(4 * 1024 * 1024 - 40 * 1024))
        yield filled
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def chaos(root: Path, kills: int, seed: int = 0, a_round: int = 10) -> Counter[str]:
    """So many kills in rounds, every third with clocks that jump, and a full disk; what was done."""
    there, done, number = Chaos(root, seed), 0, 0
    while done < kills:
        out = root / f"round-{number}"
        done += there.round(out, min(a_round, kills - done), clock=number % 3 == 2)
        there.did["rounds"] += 1
        there.did["rounds with clocks that jump"] += number % 3 == 2
        shutil.rmtree(out)
        number += 1
    there.full_disk(root / "disk")
    there.did["kills"] = done
    return there.did


def main() -> None:
    """Kill, and say what was killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        did = chaos(Path(folder), asked.kills, asked.seed)
    print(", ".join(f"{count} {what}" for what, count in sorted(did.items())))  # noqa: T201 - a command


if __name__ == "__main__":
    main()
