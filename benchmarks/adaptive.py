"""How far adaptive repeats reach: a recorded grid of 20 repeats is played back, with the rule that `cohear run` has.

Usage: ``python benchmarks/adaptive.py [DATA] [--grid docs/results/dnn-grid] [--out docs/results]``

The grid (``cohear run studies/dnn-grid.yaml``) has every repeat of every cell. Played back, a study with
``repeats: {until: decided, at_most: 20}`` sees of it what it would have trained. Wanted: the verdict of the whole grid in
95 % of cells with 40 % of its runs. DATA is not used: `make bench` gives it to every benchmark.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import json
import sys
from pathlib import Path

import pandas as pd

from cohear.analysis.cell_tests import MARGIN
from cohear.analysis.columns import CELL
from cohear.analysis.facts import margins_of, ratios_of
from cohear.analysis.gains import gains
from cohear.analysis.pairs import paired_differences
from cohear.analysis.results import read_results
from cohear.analysis.sequential import gains_by_design
from cohear.analysis.tables import write_table
from cohear.api import judge_cells
from cohear.base.files import write_text
from cohear.report.folder import read_facts
from cohear.study.repeats import Repeats
from cohear.study.spec import RepeatSettings

HERE = Path(__file__).resolve().parents[1]
REACH, RUNS = 0.95, 0.40


def replayed(results: pd.DataFrame, facts: dict, at_most: int = 20) -> tuple[pd.DataFrame, dict[str, float]]:
    """Play a whole grid back.

    Returns:
        The results that an adaptive study would have, and its share of the grid's runs: of all, and after each look.
    """
    rule = RepeatSettings(folds=results["fold"].nunique(), until="decided", at_most=at_most)
    names = ["features", "encoder", "arm", "combination", "control", "fold", "seed"]
    # a simulated study gives runs of several arms one name
    results = results.assign(run=results[names].astype(str).agg("|".join, axis=1))
    plan = results[["run", *names]].drop_duplicates().to_dict("records")
    repeats, shares = Repeats(plan, rule.looks()), {}
    for look in rule.looks():
        wanted = repeats.wanted()
        shares[f"runs_{look}"] = len(wanted) / len(plan)
        seen = results[results["run"].isin(wanted)]
        if not repeats.go_on(judge_cells(seen.to_dict("records"), rule.looks(), facts)):
            break
    return seen, {"runs": len(wanted) / len(plan), **shares}


def compared(results: pd.DataFrame, facts: dict) -> tuple[dict[str, object], pd.DataFrame]:
    """One line for a grid: shares of runs, and of cells with the verdict of the whole grid; and the cells."""
    margins, ratio = margins_of(facts) or MARGIN, ratios_of(facts) or None
    seen, shares = replayed(results, facts)
    looks = RepeatSettings(folds=results["fold"].nunique(), until="decided", at_most=20).looks()
    stopped = gains_by_design(paired_differences(seen), margins, ratio, looks).set_index(list(CELL))
    whole = gains(results, margins, ratio).set_index(list(CELL))
    of_whole = whole[["gain", "verdict"]].rename(columns="{}_whole".format)
    cells = stopped[["gain", "repeats", "verdict"]].join(of_whole).reset_index()
    same, decided = cells["verdict"] == cells["verdict_whole"], cells["verdict_whole"] != "undecided"
    calls = cells[["verdict", "verdict_whole"]].isin(["helps", "hurts"]).all(axis=1)
    return {
        "cells": len(cells),
        "runs": shares["runs"],
        "same": same.mean(),
        "decided_whole": int(decided.sum()),
        "of_these_reached": int((same & decided).sum()),
        "decided_by_looks": int((cells["verdict"] != "undecided").sum()),
        "opposite": int((calls & ~same).sum()),
    }, cells


def page(line: dict[str, object], cells: pd.DataFrame, grid: str) -> str:
    counts = pd.crosstab(cells["verdict_whole"], cells["verdict"])
    rows = [f"| {name} | {' | '.join(str(counts.loc[name, other]) for other in counts)} |" for name in counts.index]
    repeats = cells["repeats"].value_counts().sort_index()
    said = ", ".join(f"{count} cells after {number}" for number, count in repeats.items())
    return "\n".join(
        [
            "# Adaptive repeats on a recorded grid\n",
            f"Made by `benchmarks/adaptive.py` from [{grid}]({grid}/results.csv): a study with",
            "`repeats: {until: decided, at_most: 20}` sees of the grid what it would have trained.\n",
            f"- runs used, singles included: {100 * float(line['runs']):.0f} % of the grid's (wanted: at most 40 %)",
            f"- cells with the verdict of the whole grid: {100 * float(line['same']):.0f} % of {line['cells']}"
            " (wanted: 95 %)",
            f"- cells that the whole grid decides: {line['decided_whole']}; of these with the same verdict:"
            f" {line['of_these_reached']}",
            f"- repeats: {said}\n",
            "Rows: the verdict of the whole grid, one test of all 20 repeats. Columns: that of the looks.\n",
            f"| | {' | '.join(counts)} |",
            "|---|" + "---|" * len(counts.columns),
            *rows,
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Adaptive repeats, played back on a recorded grid.")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--grid", type=Path, default=HERE / "docs" / "results" / "dnn-grid")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    line, cells = compared(read_results(given.grid), read_facts(given.grid))
    print(json.dumps({name: round(float(value), 3) for name, value in line.items()}))
    if given.out:
        write_text(given.out / "adaptive.md", page(line, cells, given.grid.name))
        write_table(given.out / "adaptive.csv", cells)
    if float(line["same"]) < REACH or float(line["runs"]) > RUNS:
        print(f"missed: {REACH:.0%} of cells with {RUNS:.0%} of the runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
