"""How soon the command line is there: processor time of ``cohear --help`` against an interpreter that imports typer.

Usage: ``python benchmarks/startup.py [DATA_FOLDER] [--repeats 15]``; no data is read.

Medians of processes that take turns, the first of each left out. Exit code 1 where the help takes more than 2.5 times
as long: then something heavy is imported that only a verb at work needs.
"""

import argparse
import resource
import statistics
import subprocess
import sys
from pathlib import Path

MOST = 2.5
HELP, TYPER = "cohear --help", "import typer"
COMMANDS = {
    "nothing": [sys.executable, "-c", ""],
    TYPER: [sys.executable, "-c", TYPER],
    HELP: [str(Path(sys.executable).with_name("cohear")), "--help"],
    "cohear run --help": [str(Path(sys.executable).with_name("cohear")), "run", "--help"],
}


def processor_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?")
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(repeats + 1):
        for name, command in COMMANDS.items():
            seconds[name].append(processor_seconds(command))
    median = {name: statistics.median(times[1:]) for name, times in seconds.items()}
    for name, time in median.items():
        print(f"{name:18} {1000 * time:4.0f} ms, {time / median[TYPER]:.1f} times {TYPER}")
    return int(median[HELP] > MOST * median[TYPER])


if __name__ == "__main__":
    sys.exit(main())
