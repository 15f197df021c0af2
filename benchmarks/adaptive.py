"""How far adaptive repeats reach: a recorded grid of 20 repeats is played back, with the rule that `cohear run` has.

Usage: ``python benchmarks/adaptive.py [DATA] [--grid docs/results/dnn-grid] [--out docs/results]``

The grid (``cohear run studies/dnn-grid.yaml``) has every repeat of every cell. Played back, a study with
``repeats: {until: decided, at_most: 20}`` sees of it what it would have trained. Wanted: the verdict of the
whole grid in 95 % of cells with 40 % of its runs. DATA is not used: `make bench` gives it to every benchmark.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cohear.analysis.gains.design import Design
from cohear.analysis.gains.gains import gains, gains_of
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.tables.columns import CELL
from cohear.analysis.tables.of_study import FolderTables
from cohear.analysis.tables.text import markdown_table, write_table
from cohear.api import judge_cells
from cohear.base.files import write_text
from cohear.study.file import RepeatSettings
from cohear.study.plan.repeats import Repeats

HERE = Path(__file__).resolve().parents[1]
REACH, RUNS = 0.95, 0.40
MARGINS = (0.01, 0.02, 0.03, 0.05, 0.1)


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


def compared(results: pd.DataFrame, facts: dict, margin: float) -> tuple[dict[str, object], pd.DataFrame]:
    """One line for a grid judged at a margin: shares of runs, and of cells with the verdict of the whole grid."""
    tasks = {name: {**task, "margin": margin} for name, task in facts.get("tasks", {}).items()}
    fixed = Design(margin, Design.of(facts).ratio)
    seen, shares = replayed(results, {**facts, "tasks": tasks})
    looks = RepeatSettings(folds=results["fold"].nunique(), until="decided", at_most=20).looks()
    stopped = gains_of(paired_differences(seen), replace(fixed, looks=tuple(looks))).set_index(list(CELL))
    whole = gains(results, fixed).set_index(list(CELL))
    of_whole = whole[["gain", "verdict"]].rename(columns="{}_whole".format)
    cells = stopped[["gain", "repeats", "verdict"]].join(of_whole).reset_index()
    same, decided = cells["verdict"] == cells["verdict_whole"], cells["verdict_whole"] != "undecided"
    calls = cells[["verdict", "verdict_whole"]].isin(["helps", "hurts"]).all(axis=1)
    return {
        "margin": margin,
        "cells": len(cells),
        "runs": shares["runs"],
        "same": float(same.mean()),
        "decided_whole": int(decided.sum()),
        "of_these_reached": int((same & decided).sum()),
        "decided_by_looks": int((cells["verdict"] != "undecided").sum()),
        "opposite": int((calls & ~same).sum()),
        **bound(results, looks, fixed),
    }, cells.assign(margin=margin)


def bound(results: pd.DataFrame, looks: Sequence[int], design: Design) -> dict[str, float]:
    """What no rule can better: each look tested as if it were the only one, at the full rate.

    Returns:
        ``same_10``, ``same_15``: share of cells for which such a test of so many repeats has the verdict of the whole
        grid; ``runs_knowing``: share of runs of one who knows the verdicts of the whole grid, stops at the first
        look whose test has them, and gives up at once what the whole grid leaves undecided.
    """
    pairs = paired_differences(results).sort_values([*CELL, "seed", "fold"], ignore_index=True)
    order = pairs.groupby(list(CELL), sort=False).cumcount()
    at = {look: gains_of(pairs[order < look], design).set_index(list(CELL))["verdict"] for look in looks}
    whole = at[looks[-1]]
    needs = pd.Series(looks[-1], index=whole.index)
    for look in reversed(looks):
        needs = needs.mask((at[look] == whole) | (whole == "undecided"), look)
    group = ["features", "encoder", "arm"]
    shared = needs.groupby([*group, "combination"]).max()
    alone = shared.reset_index().assign(task=lambda rows: rows["combination"].str.split("+")).explode("task")
    runs = shared.sum() + alone.groupby([*group, "task"])[0].max().sum()
    full = looks[-1] * (len(shared) + len(alone[[*group, "task"]].drop_duplicates()))
    return {**{f"same_{n}": float((at[n] == whole).mean()) for n in looks[1:-1]}, "runs_knowing": runs / full}


def page(lines: list[dict[str, object]], grid: str) -> str:
    return "\n".join(
        [
            "# Adaptive repeats on a recorded grid\n",
            f"Made by `benchmarks/adaptive.py --out docs/results` from [{grid}]({grid}/results.csv), 20 repeats of",
            "every cell (`cohear run studies/dnn-grid.yaml`). A study with `repeats: {until: decided, at_most: 20}`",
            "sees of it what it would have trained. One grid is several problems: a margin for `harmless` each.\n",
            "- `runs`: runs used, singles included, of those of the grid (wanted: at most 0.40)",
            "- `same`: cells with the verdict of the whole grid, one test of 20 repeats (wanted: at least 0.95)",
            "- `decided_whole`: cells that the whole grid decides; `of_these_reached`: with the same verdict by looks",
            "- `opposite`: `helps` where the whole grid has `hurts`, or the other way round",
            "- `same_10`, `same_15`: cells for which a test of the first 10 or 15 repeats, at the full rate as if it",
            "  were the only look, has the verdict of the whole grid",
            "- `runs_knowing`: runs of one who knows the verdicts of the whole grid, stops at the first look whose",
            "  test at the full rate has them, and gives up at once what the whole grid leaves undecided\n",
            "The last three are bounds: a rule that looks again must be stricter than such tests to keep its error",
            "rate, and knows no verdicts beforehand. Where 10 or 15 repeats of 20 do not have the verdict of 20 in",
            "95 % of cells without any such price, no rule that stops at 8 on average can be expected to.\n",
            markdown_table(lines, digits=2),
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Adaptive repeats, played back on a recorded grid.")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--grid", type=Path, default=HERE / "docs" / "results" / "dnn-grid")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    tables = FolderTables(given.grid)
    results, facts = tables.results, dict(tables.data)
    found = [compared(results, facts, margin) for margin in MARGINS]
    lines = [line for line, _ in found]
    for line in lines:
        print(json.dumps({name: round(float(str(value)), 3) for name, value in line.items()}), flush=True)
    if given.out:
        write_text(given.out / "adaptive.md", page(lines, given.grid.name))
        write_table(given.out / "adaptive.csv", pd.concat([cells for _, cells in found]))
    for line in lines:
        if float(str(line["same"])) < REACH or float(str(line["runs"])) > RUNS:
            print(f"missed at a margin of {line['margin']}: {REACH:.0%} of cells with {RUNS:.0%} of the runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
