"""The whole analysis of a study with more than 100,000 rows of results: seconds and peak memory of each command.

Usage: ``python benchmarks/analysis.py [DATA]``; DATA is not used: `make bench` gives it to every benchmark.

The table is simulated: 18 tasks alone, in all pairs, in 30 groups of three and all together, with 4 encoders behind 3
front-ends, 5 folds and 4 seeds. It is judged once as repeats that were fixed and once with looks after every 5. Each
command is a process of its own, and its processor time is what counts, which what else the machine does hardly
changes. Exit code 1 where a limit is missed.
"""

import json
import os
import subprocess
import sys
import tempfile
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd

from cohear.analysis.tables.text import write_table
from cohear.base.streams import stream

TASKS = tuple(f"task{number:02d}" for number in range(18))
ENCODERS = ("small", "small(width=0.5)", "cnn", "dnn")
FRONT_ENDS = ("logmel", "logmel(bands=40)", "summary")
FOLDS, SEEDS, TRIPLES = 5, 4, 30
LOOKS = (5, 10, 15, 20)
COMMANDS = ("gains", "answers", "power")
WHOLE = ("gains", "answers")  # the tables and all conclusions; what power prints, answers works out too
MOST_SECONDS, MOST_BYTES = 30.0, 2e9


def simulated_table() -> pd.DataFrame:
    """Results whose cells have gains of their own, with noise of folds and of runs."""
    rng = stream("benchmark of the analysis", 1)
    triples = list(combinations(TASKS, 3))
    chosen = [triples[place] for place in rng.choice(len(triples), TRIPLES, replace=False)]
    groups = [*((task,) for task in TASKS), *combinations(TASKS, 2), *chosen, TASKS]
    settings = product(FRONT_ENDS, ENCODERS)
    cells = [(*setting, group, task) for setting in settings for group in groups for task in group]
    gain = np.where([len(group) > 1 for *_, group, _ in cells], rng.normal(0, 0.02, len(cells)), 0.0)
    fold = rng.normal(0, 0.02, (len(cells), FOLDS, 1))
    values = 0.7 + gain[:, None, None] + fold + rng.normal(0, 0.02, (len(cells), FOLDS, SEEDS))
    rows = [
        {
            "run": f"{features}-{encoder}-{'+'.join(group)}-{at}-{seed}",
            "features": features,
            "encoder": encoder,
            "arm": "base",
            "combination": "+".join(group),
            "control": "",
            "fold": at,
            "seed": seed,
            "task": task,
            "metric": "uar",
            "value": values[number, at, seed],
            "higher_is_better": True,
            "test_clips": 200,
            "parameters": 100_000 + 1_000 * len(group),
            "steps": 600,
            "seconds": 10.0 + len(group),
        }
        for number, (features, encoder, group, task) in enumerate(cells)
        for at, seed in product(range(FOLDS), range(SEEDS))
    ]
    return pd.DataFrame(rows)


def cost(command: str, folder: Path) -> tuple[float, float]:
    """Processor seconds and peak bytes of a command on a folder."""
    process = subprocess.Popen([sys.executable, "-m", "cohear", command, folder], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"cohear {command} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0


def main() -> int:
    """Measure, print, and judge."""
    missed = False
    with tempfile.TemporaryDirectory() as parent:
        table = simulated_table()
        cells = table.drop_duplicates(["features", "encoder", "combination", "task"])
        print(f"{len(table):,} rows, {len(cells):,} cells")
        for name, looks in (("fixed repeats", ()), (f"looks at {', '.join(map(str, LOOKS))} repeats", LOOKS)):
            folder = Path(parent) / str(len(looks))
            folder.mkdir()
            write_table(folder / "results.csv", table)
            if looks:
                (folder / "data.json").write_text(json.dumps({"repeats": {"looks": looks}}), encoding="utf-8")
            costs = {command: cost(command, folder) for command in COMMANDS}
            for command, (seconds, peak) in costs.items():
                print(f"{name}: cohear {command} {seconds:.1f} s, {peak / 1e6:.0f} MB")
            seconds, peak = sum(costs[command][0] for command in WHOLE), max(held for _, held in costs.values())
            print(f"{name}: {' and '.join(WHOLE)} {seconds:.1f} s ({MOST_SECONDS:.0f}), {peak / 1e6:.0f} MB (2,000)")
            missed |= seconds > MOST_SECONDS or peak > MOST_BYTES
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
