"""A/A: single against single under other seeds. Nothing is shared, so whatever is called is a false call.

Usage: ``python benchmarks/a_a.py [DATA] [--singles docs/results/a-a docs/results/a-a-small] [--out docs/results]``

From the results of singles with many seeds (``cohear run studies/a-a.yaml``; those of ``studies/dnn-grid.yaml`` do too)
families are made like those of a study: the seeds of each fold and task are shuffled, the first stand for the single
runs, and the next ones for those of five partners (of three where there are only four seeds). One family comes from a
shuffle: of several from one, all with the same groups of seeds, a single unusual group makes the calls of nearly all.
With one seed a fold a cell has 5 repeats, with two 10. DATA is not used: `make bench` gives it to every benchmark.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import sys
from pathlib import Path

import pandas as pd

from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.gains.gains import gains
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import FAMILY
from cohear.analysis.tables.text import markdown_table, write_table
from cohear.base.files import write_text
from cohear.base.streams import stream
from cohear.base.tables import NLL

KEPT = Path(__file__).resolve().parents[1] / "docs" / "results"
PARTNERS, FEWEST_PARTNERS, FAMILIES = 5, 3, 400
SEEDS_A_FOLD = (1, 2, 4)


def families(results: pd.DataFrame, seeds_a_fold: int) -> pd.DataFrame:
    """Results as studies with made-up partners would have them, an arm a family."""
    alone = whole_seeds(results)
    partners = min(PARTNERS, alone["seed"].nunique() // seeds_a_fold - 1)
    if partners < FEWEST_PARTNERS:
        return alone.iloc[:0]
    made = []
    for number in range(FAMILIES):
        given = shuffled(alone, number)
        for place in range(1 + partners):
            seeds = given["seed"] - place * seeds_a_fold
            rows = given[(seeds >= 0) & (seeds < seeds_a_fold)]
            partner = f"+other{place}" if place else ""
            made.append(
                rows.assign(
                    arm=f"{number:04}",
                    seed=seeds[rows.index],
                    combination=rows["task"] + partner,
                    run=rows["run"] + partner,
                )
            )
    return pd.concat(made, ignore_index=True)


def whole_seeds(results: pd.DataFrame) -> pd.DataFrame:
    """Single runs of the seeds that every fold and task has."""
    alone = results[(results["combination"] == results["task"]) & (results["control"] == "")]
    each = alone[["task", "fold"]].drop_duplicates()
    there = alone.groupby("seed").size()
    return alone[alone["seed"].isin(there[there == len(each)].index)]


def shuffled(alone: pd.DataFrame, number: int) -> pd.DataFrame:
    """The same runs with the seeds of each fold and task in an order of their own, counted from 0."""
    seeds = pd.Series(0, index=alone.index, dtype="Int64")
    for (task, fold), rows in alone.groupby(["task", "fold"]).groups.items():
        seeds.loc[rows] = stream("a/a", number, str(task), int(fold)).permutation(len(rows))
    return alone.assign(seed=seeds)


def lines_of(folder: Path) -> list[dict[str, object]]:
    """False calls of every number of repeats for which there are seeds enough, in each score that runs have."""
    own = Statistics.of_folder(folder)
    scores = [own, *([own.log_loss] if own.log_loss else [])]
    found = [line(folder.name, one, seeds) for one in scores for seeds in SEEDS_A_FOLD]
    return [one for one in found if one]


def line(name: str, statistics: Statistics, seeds_a_fold: int) -> dict[str, object] | None:
    """False calls of one number of repeats; None where there are too few seeds for a family."""
    results = statistics.results
    made = families(results, seeds_a_fold)
    if made.empty:
        return None
    cells = gains(made, statistics.design)
    cells["pair"] = True
    called = cells["verdict"].isin(["helps", "hurts"])
    return {
        "singles": name,
        "score": "nll" if set(results["metric"]) == {NLL} else "own",
        "tasks": int(made["task"].nunique()),
        "seeds": int(whole_seeds(results)["seed"].nunique()),
        "repeats": int(cells["repeats"].max()),
        "families": cells.groupby(list(FAMILY)).ngroups,
        "cells": len(cells),
        "called": int(called.sum()),
        "called_share": float(called.mean()),
        "families_with_a_call": float(called.groupby(cells["arm"]).any().mean()),
        "p_below_5": float((cells["p"] <= LEVEL).mean()),
        "covered": float(((cells["low"] <= 0) & (cells["high"] >= 0)).mean()),
        "harmless": float((cells["verdict"] == "harmless").mean()),
        **on_these_clips(cells),
    }


def on_these_clips(cells: pd.DataFrame) -> dict[str, float]:
    """The same of the second reading, of the cells that have it: those with a second seed on some test part."""
    told = cells[cells["verdict_here"] != ""]
    called = told["verdict_here"].isin(["helps", "hurts"])
    return {
        "here_cells": len(told),
        "here_called": int(called.sum()),
        "here_families_with_a_call": float(called.groupby(told["arm"]).any().mean()),
        "here_harmless": float((told["verdict_here"] == "harmless").mean()),
    }


def page(lines: list[dict[str, object]], sources: list[str]) -> str:
    links = " and ".join(f"[{source}]({source}/results.csv)" for source in sources)
    return "\n".join(
        [
            "# A/A: single against single\n",
            f"Made by `benchmarks/a_a.py` from the single runs of {links}, real tasks.",
            f"Seeds are shuffled within folds and tasks {FAMILIES} times; the first stand for the single, the next for",
            "partners. Nothing is shared: every call is false (limit: 5 % of families, which twice the standard",
            "error of so many takes to 7.2 %; families are shuffles of the same runs). `p_below_5`:",
            "cells that a test of each alone calls at 5 %; `covered`: intervals that hold 0; `harmless`: cells called",
            "harmless, which is true of all; `here_…`: the same of the second reading, on these clips, of the cells",
            "that have it (with one seed a fold those of tasks whose one official fold comes up again).\n",
            markdown_table(lines),
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="False calls among single runs under other seeds.")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--singles", type=Path, nargs="+", default=[KEPT / "a-a", KEPT / "a-a-small"])
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    lines = [one for folder in given.singles for one in lines_of(folder)]
    for one in lines:
        print({name: round(value, 3) if isinstance(value, float) else value for name, value in one.items()})
    if given.out and lines:
        write_text(given.out / "a-a.md", page(lines, [folder.name for folder in given.singles]))
        write_table(given.out / "a-a.csv", pd.DataFrame(lines))
    error = (LEVEL * (1 - LEVEL) / FAMILIES) ** 0.5
    shares = [float(str(one[f"{kind}families_with_a_call"])) for one in lines for kind in ("", "here_")]
    missed = not lines or any(share > LEVEL + 2 * error for share in shares)
    print("missed: too few seeds, or calls in over 5 % of families" if missed else "calls in at most 5 % of families")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
