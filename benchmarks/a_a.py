"""A/A: single against single under other seeds. Nothing is shared, so whatever is called is a false call.

Usage: ``python benchmarks/a_a.py [DATA] [--singles docs/results/a-a] [--out docs/results]``

From the results of singles with many seeds (``cohear run studies/a-a.yaml``) families are made like those of a
study: the seeds of a group stand for the single runs, and the next five groups for five partners; each group is the
single once. With one seed a fold a cell has 5 repeats, with two 10, with four 20. DATA is not used: `make bench` gives
it to every benchmark.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import sys
from pathlib import Path

import pandas as pd

from cohear.analysis.cell_tests import LEVEL, MARGIN
from cohear.analysis.columns import FAMILY
from cohear.analysis.facts import margins_of, ratios_of
from cohear.analysis.gains import gains
from cohear.analysis.results import read_results
from cohear.analysis.tables import write_table
from cohear.base.files import write_text
from cohear.report.folder import read_facts

HERE = Path(__file__).resolve().parents[1]
PARTNERS = 5
SEEDS_A_FOLD = (1, 2, 4)


def families(results: pd.DataFrame, seeds_a_fold: int) -> pd.DataFrame:
    """Results as a study with made-up partners would have them, an arm a family."""
    alone = results[(results["combination"] == results["task"]) & (results["control"] == "")]
    seeds = sorted(int(seed) for seed in alone["seed"].unique())
    groups = [seeds[i : i + seeds_a_fold] for i in range(0, len(seeds) - seeds_a_fold + 1, seeds_a_fold)]
    made = []
    for number in range(len(groups) if len(groups) > PARTNERS else 0):
        for place in range(1 + PARTNERS):
            group = groups[(number + place) % len(groups)]
            rows = alone[alone["seed"].isin(group)]
            partner = "" if place == 0 else f"+other{place}"
            made.append(
                rows.assign(
                    arm=f"{number:03}",
                    seed=rows["seed"].map({seed: i for i, seed in enumerate(group)}).astype("Int64"),
                    combination=rows["task"] + partner,
                    run=rows["run"] + partner,
                )
            )
    return pd.concat(made, ignore_index=True) if made else alone.iloc[:0]


def line(results: pd.DataFrame, facts: dict, seeds_a_fold: int) -> dict[str, object] | None:
    """False calls of one number of repeats; None where there are too few seeds for a family."""
    made = families(results, seeds_a_fold)
    if made.empty:
        return None
    cells = gains(made, margins_of(facts) or MARGIN, ratios_of(facts) or None)
    cells["pair"] = True
    called = cells["verdict"].isin(["helps", "hurts"])
    return {
        "repeats": int(cells["repeats"].max()),
        "families": cells.groupby(list(FAMILY)).ngroups,
        "cells": len(cells),
        "called": int(called.sum()),
        "called_share": float(called.mean()),
        "families_with_a_call": int(called.groupby(cells["arm"]).any().sum()),
        "p_below_5": float((cells["p"] <= LEVEL).mean()),
        "covered": float(((cells["low"] <= 0) & (cells["high"] >= 0)).mean()),
        "harmless": float((cells["verdict"] == "harmless").mean()),
    }


def page(lines: list[dict[str, object]], source: str) -> str:
    names = list(lines[0])
    shown = [[f"{v:.3f}" if isinstance(v, float) else str(v) for v in one.values()] for one in lines]
    return "\n".join(
        [
            "# A/A: single against single\n",
            f"Made by `benchmarks/a_a.py` from [{source}]({source}/results.csv): single runs of six real tasks under",
            "many seeds. The seeds of a group stand for the single, the next five groups for partners, and each group",
            "is the single once, so every run is in several families. Nothing is shared: every call is false (limit:",
            "5 % of cells). `p_below_5`: cells that a test of each alone calls at 5 %; `covered`: intervals that hold",
            "0; `harmless`: cells called harmless, which is true of all.\n",
            f"| {' | '.join(names)} |",
            "|" + "---|" * len(names),
            *(f"| {' | '.join(one)} |" for one in shown),
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="False calls among single runs under other seeds.")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--singles", type=Path, default=HERE / "docs" / "results" / "a-a")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    results, facts = read_results(given.singles), read_facts(given.singles)
    lines = [one for seeds in SEEDS_A_FOLD if (one := line(results, facts, seeds))]
    for one in lines:
        print({name: round(value, 3) if isinstance(value, float) else value for name, value in one.items()})
    if given.out and lines:
        write_text(given.out / "a-a.md", page(lines, given.singles.name))
        write_table(given.out / "a-a.csv", pd.DataFrame(lines))
    missed = not lines or any(float(str(one["called_share"])) > LEVEL for one in lines)
    print("missed: too few seeds, or more than 5 % called" if missed else "at most 5 % called")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
