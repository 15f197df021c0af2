"""What the verdicts are worth: simulated studies with known truth, at variance parts measured in real runs.

Usage: ``python benchmarks/calibration.py [DATA] [--full] [--parts RESULTS_FOLDER] [--out docs/results]``

Without ``--full`` the designs are a tenth as large (half a minute): enough to see whether something broke.
With it (``make calibration``) each true gain has at least 3,000 cells, and tables are written. ``--parts`` measures
the variance parts of a folder with a ``results.csv`` of several seeds a fold; otherwise those of
``docs/results/variance-parts.csv`` are taken. DATA is not used: `make bench` gives it to every benchmark.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from adaptive import replayed

from cohear.analysis.cell_tests import MARGIN
from cohear.analysis.gains import gains_of
from cohear.analysis.pairs import paired_differences
from cohear.analysis.results import read_results
from cohear.analysis.sequential import decide, gains_by_design
from cohear.analysis.simulation import Parts, Shape, simulated_pairs, simulated_results, usual_calls
from cohear.analysis.tables import markdown_table, write_table
from cohear.analysis.variance_parts import variance_parts
from cohear.base.files import write_text
from cohear.study.spec import RepeatSettings

HERE = Path(__file__).resolve().parents[1]
PARTS_FILE = HERE / "docs" / "results" / "variance-parts.csv"
GAINS = (0.0, 0.005, -0.005, 0.01, -0.01, 0.02, -0.02, 0.04, -0.04)
SHARES = (0.2, *[0.1] * 8)
LIMITS = {"called": 0.05, "fdr": 0.05, "harmless": 0.05, "covered": 0.93}
KEY = ["arm", "task", "combination"]
SEED = 20261124
"""Of the simulated studies. The rules of the verdicts were settled on others before."""


NORMAL = Shape()


@dataclass(frozen=True)
class World:
    """Where the studies come from."""

    name: str
    parts: list[Parts]
    shape: Shape = NORMAL


def worlds(parts: list[Parts]) -> list[World]:
    even = [Parts(0.015, 0.015 / 2**0.5, 0.015 / 2**0.5)] * 6
    quiet = [Parts(p.fold / 3, p.single / 3, p.residual / 3) for p in parts]
    return [
        World("measured", parts),
        World("a third of measured", quiet),
        World("measured, cells uneven", parts, Shape(uneven_cells=0.4)),
        World("measured, heavy tails (t, 4)", parts, Shape(tails=4)),
        World("measured, fold parts x 1.5", [replace(p, fold=1.5 * p.fold) for p in parts]),
        World("folds 1.5, seeds 1.5 points", even),
        World("the same, uneven, heavy tails", even, Shape(uneven_tasks=0.4, uneven_cells=0.3, tails=4)),
        World("only seeds, 1.5 points", [replace(p, fold=0.0) for p in even]),
        World("only folds, 1.5 points", [Parts(0.015, 0.0015, 0.0015)] * 6),
    ]


def judged(pairs: pd.DataFrame, truth: pd.Series):
    """Cells with verdicts and signs, and truth, one index for both."""
    cells = gains_of(pairs).set_index(KEY).sort_index()
    cells["sign"] = cells["verdict"].map({"helps": 1, "hurts": -1}).fillna(0)
    cells["covered"] = (cells["low"] <= truth) & (truth <= cells["high"])
    return cells, truth.loc[cells.index]


def row(world: World, seeds: int, families: int, seed: int) -> dict[str, object]:
    """One line of the table: error rates, coverage and power."""

    def drawn(share: int, truths, weights, number: int):
        design = {"families": max(4, families // share), "folds": 5, "seeds": seeds}
        return simulated_pairs(
            world.parts, **design, truths=truths, weights=weights, shape=world.shape, seed=seed + number
        )

    empty, _ = judged(*drawn(1, (0.0,), None, 1))
    pairs, truth = drawn(1, GAINS, SHARES, 2)
    cells, truth = judged(pairs, truth)
    lost, loss = judged(*drawn(3, (0.0, -MARGIN), None, 3))
    usual = usual_calls(pairs).loc[cells.index]
    found = {}
    for gain in (0.005, 0.01, 0.02, 0.04):
        there = np.isclose(truth.abs(), gain)
        found[f"power_{100 * gain:g}"] = (cells["sign"] == np.sign(truth))[there].mean()
        found[f"usual_{100 * gain:g}"] = usual[there].mean()
    per_gain = truth.abs().round(4)
    return {
        "world": world.name,
        "repeats": 5 * seeds,
        "cells": int(np.isclose(truth, 0).sum()),
        "called": empty["sign"].ne(0).mean(),
        "families": empty["sign"].ne(0).groupby(level="arm").any().mean(),
        **wrong_calls(cells["sign"], truth),
        "harmless": (lost["verdict"] == "harmless")[np.isclose(loss, -MARGIN)].mean(),
        "covered": cells["covered"].groupby(per_gain).mean().min(),
        **found,
        "harmless_at_0": (lost["verdict"] == "harmless")[np.isclose(loss, 0)].mean(),
    }


def wrong_calls(sign: pd.Series, truth: pd.Series) -> dict[str, float]:
    """The false discovery rate: the mean over families of the share of calls that are wrong; and that of all calls."""
    called = sign != 0
    wrong = called & (sign != np.sign(truth))
    by_family = wrong.groupby(level="arm").sum() / called.groupby(level="arm").sum().clip(lower=1)
    return {"fdr": by_family.mean(), "wrong": wrong.sum() / max(1, called.sum())}


def looks(world: World, families: int, played: int, seed: int) -> dict[str, object]:
    """Repeated looks after each round of five, up to 20: error rates, and what it saves beside the whole grid."""
    rounds = RepeatSettings(folds=5, until="decided", at_most=20).looks()
    empty, _ = simulated_results(world.parts, families=families, folds=5, seeds=4, shape=world.shape, seed=seed + 11)
    called = decide(empty, 20, looks=rounds).set_index(KEY)["verdict"].isin(["helps", "hurts"])
    results, truth = simulated_results(
        world.parts,
        families=played,
        folds=5,
        seeds=4,
        truths=GAINS,
        weights=SHARES,
        shape=world.shape,
        seed=seed + 12,
    )
    cells, truth = judged(paired_differences(results), truth)
    seen, shares = replayed(results, {})
    stopped = gains_by_design(paired_differences(seen), looks=rounds).set_index(KEY).sort_index()
    truth, whole = truth.loc[stopped.index], cells.loc[stopped.index, "verdict"]
    same, decided = stopped["verdict"] == whole, whole != "undecided"
    return {
        "world": world.name,
        "families": called.groupby(level="arm").any().mean(),
        "called": called.mean(),
        **wrong_calls(stopped["verdict"].map({"helps": 1, "hurts": -1}).fillna(0), truth),
        "harmless": (stopped["verdict"] == "harmless")[np.isclose(truth, -MARGIN)].mean(),
        "covered": ((stopped["low"] <= truth) & (truth <= stopped["high"])).mean(),
        "runs": shares["runs"],
        "same": same.mean(),
        "same_where_decided": same[decided].mean(),
        "decided": (stopped["verdict"] != "undecided").mean(),
        "decided_whole": decided.mean(),
    }


def measured(folder: Path | None) -> list[Parts]:
    if folder is not None:
        table = variance_parts(paired_differences(read_results(folder)))
        write_table(PARTS_FILE, table)
    table = pd.read_csv(PARTS_FILE, keep_default_na=False)
    return [
        Parts(r["fold_sd"], r["single_sd"], r["residual_sd"]) for r in table[table["task"] != ""].to_dict("records")
    ]


def markdown(title: str, rows: list[dict[str, object]]) -> str:
    return f"## {title}\n\n{markdown_table(rows)}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Calibration and power of the verdicts on simulated studies.")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--parts", type=Path)
    parser.add_argument("--seed", type=int, default=SEED, help="of the simulated studies")
    parser.add_argument("--worlds", type=int, nargs="*", help="numbers of the worlds to take, from 0")
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "results")
    given = parser.parse_args()
    began = time.process_time()
    families = 600 if given.full else 60
    all_worlds = worlds(measured(given.parts))
    rows = []
    taken = range(len(all_worlds) if given.full else 2) if given.worlds is None else given.worlds
    for world in [all_worlds[place] for place in taken]:
        for seeds in (1, 2, 4):
            rows.append(row(world, seeds, families, given.seed))
            print({k: round(float(v), 3) if isinstance(v, float) else v for k, v in rows[-1].items()}, flush=True)
    played = []
    for world in [all_worlds[place] for place in ((0, 1, 5, 6) if given.full else (1,)) if place in taken]:
        played.append(looks(world, 110 if given.full else 10, 24 if given.full else 4, given.seed))
        print({k: round(float(v), 3) if isinstance(v, float) else v for k, v in played[-1].items()}, flush=True)
    missed = [
        f"{one['world']} {one.get('repeats', '')}: {name} {one[name]:.3f}"
        for one in [*rows, *played]
        for name, limit in LIMITS.items()
        if name in one and (one[name] < limit if name == "covered" else one[name] > limit)
    ]
    if given.full and given.worlds is None:
        write_text(given.out / "calibration.md", page(rows, played, time.process_time() - began, given.seed))
        write_table(given.out / "calibration.csv", pd.DataFrame(rows))
    print("\n".join(["missed:", *missed]) if missed else "all limits held")
    # a tenth of the cells strays; only the whole table can fail
    return 1 if missed and given.full else 0


def page(rows: list[dict[str, object]], played: list[dict[str, object]], seconds: float, seed: int) -> str:
    return "\n".join(
        [
            "# Calibration\n",
            "Made by `make calibration` (`benchmarks/calibration.py --full`); "
            f"{seconds:.0f} s of processor time, seed {seed}. Simulated studies of six tasks, all pairs, five",
            "folds; the variance parts are those of [variance-parts.csv](variance-parts.csv), of real runs. `cells` is",
            "the number of cells with a true gain of 0, and about that of ±0.5, ±1, ±2 and ±4 points each.\n",
            "- `called`, `families`: without any true gain, cells called `helps` or `hurts`, and families with such a"
            " cell (limit 0.05 for cells; a family without any gain should have 0.05 too, which heavy tails exceed)",
            "- `fdr`: share of a family's calls that are wrong, mean over families, in a mixture of gains: what",
            "  Benjamini and Hochberg promise (limit 0.05); `wrong`: share of all families' calls together, which can",
            "  be larger where most families have no call",
            "- `harmless`: cells with a true loss of the margin that are called `harmless` (limit 0.05)",
            "- `covered`: cells whose 95 % interval holds the truth, at the true gain where that is rarest"
            " (limit 0.93)",
            "- `power_2`, `usual_2`: cells with a true gain of 2 points that are called, in the right direction; by"
            " cohear, and by the corrected t-test of each cell with Holm's correction",
            "- `harmless_at_0`: cells without any gain that are called `harmless` at a margin of 1 point\n",
            markdown("Verdicts", rows),
            "A cell is looked at after 5, 10, 15 and 20 repeats and runs on while it is open, as `cohear run` does it.",
            "`runs`: runs used, singles included, of those of the whole grid of 20; `same`: cells with the verdict",
            "that the whole grid gives, also of those that it decides; `decided`: not `undecided`.\n",
            markdown("Looks while running", played),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
