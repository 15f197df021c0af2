"""How long a thousand runs of ``mlp`` on cached vectors take, told by a part of them.

Usage: ``python benchmarks/thousand_runs.py [--runs 60] [--jobs N] [--at-once N] [--tiny]``; no data is read, sounds are
made. Runs are those of ``make gpu-check``: two tasks of 300 steps of 32 windows a task, each alone and both together,
in workers as ``cohear run`` has them. Features are made beforehand, and what a study pays once is not counted. Beside
the time by the clock stands that of the processor, of workers and driver: with cores that nothing else is on, a
thousand runs take it divided by the jobs.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import resource
import sys
from collections.abc import Sequence

from gpu_check import RUNS_A_SEED, TINY, Bench, Size, folder_of_its_own

from cohear.analysis.tables.text import markdown_table
from cohear.base.processor import processor_name
from cohear.data.synthetic import CORPORA, write_corpus
from cohear.runs.place import PROCESSOR, RunPlace
from cohear.study.launch.local import runs_at_once

ENCODER = "mlp"
WHOLE = 1000
AIM = 10
"""Minutes that a thousand runs should take at most."""


def processor_seconds() -> float:
    """Of this process and of all that it has started and seen the end of."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def measured(bench: Bench, runs: int, jobs: int, at_once: int) -> dict[str, object]:
    """A row of so many runs, beside the fewest, which pay the same once."""
    bench.runs(ENCODER, PROCESSOR, RUNS_A_SEED, jobs, "features")
    began = processor_seconds()
    fewest = bench.runs(ENCODER, PROCESSOR, RUNS_A_SEED, jobs, "fewest", at_once)
    between = processor_seconds()
    times = bench.runs(ENCODER, PROCESSOR, runs, jobs, "measured", at_once)
    more, count = len(times.ended) - len(fewest.ended), len(times.ended)
    seconds = (processor_seconds() - between - (between - began)) / more
    return {
        "runs": count,
        "at once": jobs,
        "as one": at_once,
        "processor time a run, s": f"{seconds:.2f}",
        f"{WHOLE} runs by the clock, min": f"{WHOLE / times.a_minute:.1f}",
        f"{WHOLE} runs on cores of their own, min": f"{WHOLE * seconds / jobs / 60:.1f}",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="not read; every benchmark is called with it")
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=runs_at_once(RunPlace()))
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--tiny", action="store_true", help="take every step, and measure nothing by it")
    given = parser.parse_args(arguments)
    runs = 2 * RUNS_A_SEED if given.tiny else max(given.runs, 2 * RUNS_A_SEED)
    with folder_of_its_own() as folder:
        for corpus in CORPORA[:2]:
            write_corpus(folder / "data", corpus)
        row = measured(Bench(folder, TINY if given.tiny else Size()), runs, given.jobs, given.at_once)
    print(markdown_table([row]))
    print(f"On {processor_name()}; at most {AIM} minutes are aimed at.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
