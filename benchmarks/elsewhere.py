"""What a run takes beyond its training: on this machine, and through ssh on a host of loopback.

Usage: ``python benchmarks/elsewhere.py [DATA_FOLDER] [--folds 5]``; no data is read, a study is made of tones. Needs
the server and the client of OpenSSH.

Runs are trained one after another. Of each, the time from the end of the run before to its own end, less what its
record says that it trained (``wall_seconds``): the first run of each way makes the host ready and is told by itself.
Exit code 1 where a run through ssh takes half a second or more beyond its training, in the median.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

import ssh_hosts
import tiny

from cohear.api import Study
from cohear.runs.record import read_record
from cohear.study.launch.launcher import RunEvent
from cohear.study.launch.progress import NoProgress

MOST = 0.5
HOST = "one"
WAYS = {"local": "local", "ssh": {"name": "ssh", "hosts": [HOST]}}


class Ends(NoProgress):
    """When runs ended, in their order."""

    def __init__(self) -> None:
        self.times = [("", time.perf_counter())]

    def run_event(self, event: RunEvent) -> None:
        if event.kind == "finished":
            self.times.append((event.run, time.perf_counter()))


def beyond_training(study: Path, out: Path, launcher: str | dict) -> list[float]:
    """Seconds of each run."""
    ends = Ends()
    Study.load(study).run(out, launcher=launcher, jobs=1, progress=ends)
    each = zip(ends.times, ends.times[1:], strict=False)
    return [end - before - read_record(out / "runs" / run).wall_seconds for (_, before), (run, end) in each]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?")
    parser.add_argument("--folds", type=int, default=5)
    folds = parser.parse_args().folds
    if ssh_hosts.MISSING:
        print(f"Nothing measured: {ssh_hosts.MISSING}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        tiny.write_datasets(root / "data")
        study = tiny.write_study(root, repeats={"folds": folds, "seeds": 2})
        (root / "network").mkdir()
        with (
            ssh_hosts.machines(root / "network") as network,
            mock.patch.dict(os.environ, {**network.environment, "COHEAR_CACHE": str(root / "cache")}),
        ):
            network.add(HOST)
            found = {}
            for name, launcher in WAYS.items():
                first, *others = beyond_training(study, root / name, launcher)
                found[name] = statistics.median(others)
                print(
                    f"{name:5} {len(others)} runs: {found[name]:.3f} s beyond the training of each in the median, "
                    f"{min(others):.3f} to {max(others):.3f}; {first:.1f} s until the first"
                )
            crossed = len(network.crossed()) / 1e6
    print(f"ssh takes {found['ssh'] - found['local']:+.3f} s a run against local; {crossed:.1f} MB crossed in all")
    return int(found["ssh"] >= MOST)


if __name__ == "__main__":
    sys.exit(main())
