"""Whether advice on some of the repeats finds the grouping that the others show to be the best of those that were run.

Usage: ``python benchmarks/advise.py STUDY_FOLDER ... [--out FILE]``. The folds are split into two that choose and three
that judge, in every way there is (ten splits of five folds). On those that choose, the singles are known, and groups
are bought one after another, always the one that `cohear advise` asks for next, for a third of the core time that all
groups took. Then the grouping with the best expected gain is chosen, of all that can be made of groups that were run.
It is judged by its loss on the other folds (log loss where runs have it, else one minus the score; mean over tasks),
beside the grouping that is the best one on these very folds, separate networks, and the mean of all groupings.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from cohear.advice.advise import advise
from cohear.advice.observed import places_of
from cohear.advice.plans import PlannedRuns
from cohear.advice.prior import read_prior
from cohear.advice.setting import AdvisedSetting
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text
from cohear.base.setting import Setting

SHARE = 1 / 3
NEAR = 0.05
LIMITS = (None, 4, 2)
FEWEST = 5
"""Groups that a setting must have, for there to be a choice."""


def divisions(left: Sequence[str], groups: Mapping[frozenset[str], str], most: int) -> Iterator[tuple[str, ...]]:
    """Every way to serve all tasks once by singles and groups that were run, with so many networks at most."""
    if not left:
        yield ()
        return
    if not most:
        return
    for members, name in groups.items():
        if left[0] in members and members <= set(left):
            for others in divisions([task for task in left if task not in members], groups, most - 1):
                yield (name, *others)


def gains_on(pairs: pd.DataFrame, folds: Sequence[int]) -> Mapping[tuple[str, str], float]:
    """Mean gain of every task in every combination on some folds."""
    return pairs[pairs["fold"].isin(folds)].groupby(["combination", "task"])["difference"].mean().to_dict()


def bought(
    statistics: Statistics, setting: Setting, folds: Sequence[int], seconds: Mapping[str, float]
) -> pd.DataFrame:
    """Results on some folds: singles, and the groups that advice asks for until a third of their time is spent."""
    results = in_setting(statistics.results, setting)
    results = results[(results["control"] == "") & results["fold"].isin(folds)]
    shared = [name for name in dict.fromkeys(results["combination"]) if "+" in name]
    missing = {name: int((results["combination"] == name).sum() // (name.count("+") + 1)) for name in shared}
    left, have = SHARE * sum(seconds[name] for name in shared), set(results["combination"]) - set(shared)
    while True:
        here = results[results["combination"].isin(have)]
        known = Statistics(GivenTables(here, statistics.tables.data), statistics.design)
        asked = advise(known, plans={setting: PlannedRuns(missing, missing)})["next"]
        chosen = next((row for row in asked if row["planned"] and seconds[row["combination"]] <= left), None)
        if chosen is None:
            return here
        have.add(chosen["combination"])
        left -= seconds[chosen["combination"]]
        missing.pop(chosen["combination"])


def split(
    statistics: Statistics, setting: Setting, choose: Sequence[int], judge: Sequence[int]
) -> dict[int | None, dict[str, float]]:
    """Losses on the folds that judge: of the grouping chosen, of the best one there, of separate networks, of all.

    By the number of networks that there may be at most, which advice is not told of before it chooses.
    """
    results = in_setting(statistics.results, setting)
    runs = results[results["control"] == ""].drop_duplicates("run")
    seconds = runs.groupby("combination")["seconds"].sum().to_dict()
    known = Statistics(
        GivenTables(bought(statistics, setting, choose, seconds), statistics.tables.data), statistics.design
    )
    advised = AdvisedSetting.of(known, setting, read_prior())
    tasks = advised.tasks
    groups = {frozenset(name.split("+")): name for name in seconds if set(name.split("+")) <= set(tasks)}
    expectation = advised.scores[advised.score].expectation
    value = dict.fromkeys(tasks, 0.0)
    for name in set(groups.values()) - set(tasks):
        network = advised.network_of(name) or ()
        value[name] = float((expectation.effects.rows(places_of(network)) @ expectation.weights).sum())
    pairs = in_setting(statistics.pairs, setting)
    there = gains_on(pairs, judge)
    single = results[(results["combination"] == results["task"]) & results["fold"].isin(judge)]
    alone = single[single["task"].isin(tasks)].groupby("task")["value"].mean().mean()
    lower = not bool(single["higher_is_better"].iloc[0])
    separate = float(alone if lower else 1 - alone)
    found = {}
    for most in LIMITS:
        every = list(divisions(tasks, groups, most or len(tasks)))
        true = np.array([sum(there.get((one, task), 0.0) for one in way for task in one.split("+")) for way in every])
        losses = separate - true / len(tasks)
        expected = np.array([sum(value[one] for one in way) for way in every])
        found[most] = {
            "advised": float(losses[int(expected.argmax())]),
            "best": float(losses.min()),
            "separate": separate,
            "mean": float(losses.mean()),
        }
    return found


def table(folder: Path) -> list[dict[str, object]]:
    """A row per setting with enough groups, and per limit on networks."""
    own, found = Statistics.of_folder(folder), []
    statistics = own.log_loss or own
    for setting in statistics.recommended:
        pairs = in_setting(statistics.pairs, setting)
        folds = sorted(pairs["fold"].unique())
        if pairs["combination"].nunique() < FEWEST or len(folds) < 5:
            continue
        begins = time.process_time()
        by_split = [
            split(statistics, setting, choose, [fold for fold in folds if fold not in choose])
            for choose in combinations(folds, 2)
        ]
        took = (time.process_time() - begins) / len(by_split)
        for most in LIMITS:
            splits = [one[most] for one in by_split]
            near = {
                name: sum(one[name] <= (1 + NEAR) * one["best"] for one in splits) for name in ("advised", "separate")
            }
            means = {name: float(np.mean([one[name] for one in splits])) for name in splits[0]}
            found.append(
                {
                    "study": folder.name,
                    "setting": " / ".join(setting),
                    "networks": f"{most} at most" if most else "any",
                    "loss": "1 - score" if statistics is own else "bits",
                    **{name: f"{value:.3f}" for name, value in means.items()},
                    "advised within 5 % of the best": f"{near['advised']} of {len(splits)}",
                    "separate within 5 %": f"{near['separate']} of {len(splits)}",
                    "s a split": f"{took:.1f}",
                }
            )
    return found


def main() -> int:
    """Print the table, and write it where it was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    text = markdown_table([row for folder in options.folders for row in table(folder)])
    if options.out is not None:
        write_text(options.out, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
