"""Whether advice puts partners in the right order where the true gains are known.

Usage: ``python benchmarks/planted.py [--studies N] [--out FILE]``. Simulated studies of eight tasks and all pairs, five
folds and two seeds: true gains are drawn from a normal distribution of a given deviation, repeats deviate as those of a
recorded study do (docs/results/variance-parts.csv; docs/statistics.md says how). Of each task its partners are ranked
by the gain that `cohear advise` expects and by the measured mean, and held against the true gains: the mean rank
correlation within tasks. Then a third of the pairs is not run, and the order among all partners is told again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm, spearmanr

from cohear.advice.advise import advise
from cohear.analysis.simulation.simulation import Deviations, simulate, simulated_results
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text
from cohear.base.streams import stream

TASKS, FOLDS, SEEDS = 8, 5, 2
DEVIATIONS = (0.02, 0.05, 0.1)
"""Of the true gains: that of recorded studies is about the first."""
PARTS = Path(__file__).resolve().parents[1] / "docs" / "results" / "variance-parts.csv"
LEVELS = (np.arange(99) + 0.5) / 99
NOT_RUN = 1 / 3


def recorded_parts() -> list[Deviations]:
    """Spread of the tasks of a recorded study, as many as are needed."""
    rows = pd.read_csv(PARTS).dropna(subset="task").to_dict("records")
    own = [Deviations(row["fold_sd"], row["single_sd"], row["residual_sd"]) for row in rows]
    return [own[number % len(own)] for number in range(TASKS)]


def within(told: Mapping[tuple[str, str], float], truth: Mapping[tuple[str, str], float]) -> float:
    """Mean over tasks of the rank correlation over their cells."""
    found = []
    for task in sorted({task for task, _ in truth}):
        cells = [cell for cell in truth if cell[0] == task and cell in told]
        found.append(float(spearmanr([told[cell] for cell in cells], [truth[cell] for cell in cells]).statistic))
    return float(np.mean(found))


def of_deviation(deviation: float, parts: list[Deviations], studies: int) -> dict[str, object]:
    """A row: mean rank correlations of as many studies."""
    truths = deviation * norm.ppf(LEVELS)
    drawn = simulate(parts, families=studies, folds=FOLDS, seeds=SEEDS, truths=truths, seed=round(1000 * deviation))
    results = checked_results(simulated_results(drawn)[0])
    by_cell: dict[str, dict[tuple[str, str], float]] = {}
    for (arm, task, combination), gain in drawn.truth.items():
        by_cell.setdefault(str(arm), {})[str(task), str(combination)] = float(gain)
    scores: dict[str, list[float]] = {"advised": [], "measured": [], "advised, a third not run": []}
    for arm, truth in by_cell.items():
        own = results[results["arm"] == arm]
        rows = [row for row in advise(Statistics.of(GivenTables(own)))["gains"] if row["score"] == "metric"]
        for name, column in (("advised", "gain"), ("measured", "measured")):
            scores[name].append(within({(row["task"], row["combination"]): row[column] for row in rows}, truth))
        pairs = sorted({combination for _, combination in truth})
        left = stream("pairs not run", arm).choice(pairs, round(NOT_RUN * len(pairs)), replace=False)
        some = advise(Statistics.of(GivenTables(own[~own["combination"].isin(left)])))["gains"]
        told = {(row["task"], row["combination"]): row["gain"] for row in some if row["score"] == "metric"}
        scores["advised, a third not run"].append(within(told, truth))
    return {
        "true gains' deviation": f"{100 * deviation:.0f} points",
        "studies": studies,
        **{name: f"{np.mean(found):.2f}" for name, found in scores.items()},
    }


def main() -> int:
    """Print the table, and write it where it was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=20)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    parts = recorded_parts()
    text = markdown_table([of_deviation(deviation, parts, options.studies) for deviation in DEVIATIONS])
    if options.out is not None:
        write_text(options.out, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
