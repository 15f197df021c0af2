"""A study on 10 to 10,000 workers, on paper: recorded run times replayed, with workers that are lost.

Usage: ``python benchmarks/scale.py [DATA_FOLDER] [--results docs/results/eight-tasks] [--out FILE]``; no data is read.

Each run takes the processor time of a recorded run of the same encoder: of one with as many tasks where there are some,
else of a single run, as many times as it has tasks. One driver does its part of each run, one after another; nodes of
eight workers get the pack over the driver's link before their first run; a worker is lost at random and is back after
five minutes, and its run begins anew.
"""

import argparse
import csv
import heapq
import math
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text

ROOT = Path(__file__).resolve().parents[1]
WORKERS = (10, 100, 1_000, 10_000)
A_NODE = 8
"""Workers of a node, which share its copy of the pack."""
LOST_AFTER = 20 * 3600.0
"""Seconds that a worker lasts on the average."""
BACK_AFTER = 300.0
REPEATS = 10


@dataclass(frozen=True)
class Costs:
    """What a run costs beside its training.

    Attributes:
        driver: seconds of the driver for each run, from its start to its record.
        pack: bytes that a node gets before its first run.
        back: bytes that a run leaves.
        link: bytes a second of the driver's link.
    """

    driver: float = 0.02
    pack: float = 195e6
    back: float = 2e6
    link: float = 1.25e9


@dataclass(frozen=True)
class Outcome:
    """How a study went.

    Attributes:
        makespan: seconds from the first start to the last end.
        idle: share of the workers' time in which they had nothing to do.
        busy_driver: share of the time in which the driver was at work.
        lost: runs that were begun anew.
        bytes: moved.
    """

    makespan: float
    idle: float
    busy_driver: float
    lost: int
    bytes: float


def simulate(seconds: Sequence[float], workers: int, costs: Costs, rng: random.Random, lost_after: float) -> Outcome:
    """Longest runs first, each to the worker that is free first.

    Args:
        seconds: of each run.
        workers: of all nodes.
        costs: beside training.
        rng: of what is lost.
        lost_after: seconds that a worker lasts on the average; infinite where none is lost.
    """
    waiting = sorted(seconds)
    used = min(workers, len(waiting))
    nodes = math.ceil(used / A_NODE)
    free = [(costs.pack / costs.link * (1 + worker // A_NODE), worker) for worker in range(used)]
    heapq.heapify(free)
    driver = worked = end = 0.0
    lost = 0
    while waiting:
        at, worker = heapq.heappop(free)
        driver = begins = max(at, driver) + costs.driver
        takes = waiting.pop() + costs.back / costs.link
        lasts = rng.expovariate(1 / lost_after) if math.isfinite(lost_after) else math.inf
        if lasts < takes:
            lost += 1
            waiting.append(takes - costs.back / costs.link)  # the longest that is left, or nearly
            heapq.heappush(free, (begins + lasts + BACK_AFTER, worker))
            continue
        worked += takes
        end = max(end, begins + takes)
        heapq.heappush(free, (begins + takes, worker))
    moved = nodes * costs.pack + len(seconds) * costs.back
    handled = (len(seconds) + lost) * costs.driver
    return Outcome(end, 1 - worked / (end * workers), handled / end, lost, moved)


def recorded(folder: Path, encoder: str) -> dict[int, list[float]]:
    """Seconds of runs of an encoder, by how many tasks they have."""
    found: dict[int, dict[str, float]] = defaultdict(dict)
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["encoder"] == encoder and not row["control"]:
                found[row["combination"].count("+") + 1][row["run"]] = float(row["seconds"])
    return {size: sorted(runs.values()) for size, runs in found.items()}


def replayed(times: Mapping[int, Sequence[float]], sizes: Mapping[int, int], rng: random.Random) -> list[float]:
    """A time for each run, drawn of those that were recorded.

    Args:
        times: recorded, by number of tasks.
        sizes: how many runs there are of each number of tasks.
        rng: draws.
    """
    return [
        rng.choice(times[size]) if size in times else size * rng.choice(times[1])
        for size, count in sizes.items()
        for _ in range(count)
    ]


def studies() -> dict[str, dict[int, int]]:
    """Studies, and how many runs of each size they have."""
    chosen = {
        "8 tasks: singles, pairs, all": {1: 8, 2: 28, 8: 1},
        "20 tasks: singles, pairs, all": {1: 20, 2: 190, 20: 1},
        "10 tasks: every combination": {size: math.comb(10, size) for size in range(1, 11)},
        "20 tasks: up to three together": {size: math.comb(20, size) for size in range(1, 4)},
    }
    return {name: {size: count * REPEATS for size, count in sizes.items()} for name, sizes in chosen.items()}


def table(times: Mapping[int, Sequence[float]], costs: Costs) -> list[dict[str, str]]:
    """A row for each study and number of workers."""
    rows = []
    for name, sizes in studies().items():
        for workers in WORKERS:
            rng = random.Random(0)
            seconds = replayed(times, sizes, rng)
            told = simulate(seconds, workers, costs, rng, LOST_AFTER)
            rows.append(
                {
                    "study": name,
                    "runs": f"{len(seconds):,}",
                    "workers": f"{workers:,}",
                    "makespan": f"{told.makespan / 60:.1f} min",
                    "idle": f"{100 * told.idle:.0f} %",
                    "driver at work": f"{100 * told.busy_driver:.0f} %",
                    "begun anew": str(told.lost),
                    "moved": f"{told.bytes / 1e9:.1f} GB",
                }
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?")
    parser.add_argument("--results", type=Path, default=ROOT / "docs" / "results" / "eight-tasks")
    parser.add_argument("--encoder", default="small")
    parser.add_argument("--driver", type=float, default=Costs.driver, help="seconds of the driver a run")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    times = recorded(asked.results, asked.encoder)
    if not times:
        sys.exit(f"{asked.results} has no runs of encoder {asked.encoder}")
    told = ", ".join(
        f"{size} tasks {len(runs)} runs of {runs[len(runs) // 2]:.1f} s" for size, runs in sorted(times.items())
    )
    text = f"recorded ({asked.encoder}): {told}; {asked.driver:g} s of the driver a run\n\n"
    text += markdown_table(table(times, Costs(driver=asked.driver)))
    print(text)
    if asked.out:
        write_text(asked.out, text + "\n")


if __name__ == "__main__":
    main()
