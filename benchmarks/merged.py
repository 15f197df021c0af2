"""One question of several datasets: one task over all, a task each in one network, a network each, or never heard.

Usage: ``python benchmarks/merged.py MERGED_FOLDER HELD_OUT_FOLDER [--out FILE]``, of ``studies/merged.yaml`` and
``studies/held-out.yaml`` when they are run. A row is a dataset; a cell is the mean score of its test clips over
folds and seeds, in points, with the standard error over folds. All of a dataset's clips are tested once a seed, but
in other folds by each, so that columns differ by what was trained and by luck of the folds.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd
import yaml

from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text

METRIC = "uar"


def tests_of(folder: Path) -> pd.DataFrame:
    """Rows of networks: ``task, part, combination, fold, value``, all scores of test parts after the last step."""
    results, metrics = pd.read_csv(folder / "results.csv"), pd.read_csv(folder / "metrics.csv")
    networks = results[(results["job"] == "network") & results["control"].isna()]
    scores = metrics[(metrics["metric"] == METRIC) & (metrics["selection"] == "last")]
    scores = scores[scores["part"].str.startswith("test")][["run", "task", "part", "value"]]
    return networks[["run", "task", "combination", "fold"]].merge(scores, on=["run", "task"])


def mean_and_error(rows: pd.DataFrame) -> str:
    """In points, over folds, of each one's mean over seeds."""
    folds = 100 * rows.groupby("fold")["value"].mean()
    return f"{folds.mean():.1f}" + (f" ± {folds.sem():.1f}" if len(folds) > 1 else "")


def asks(task: dict[str, object]) -> tuple[object, object]:
    """What a task is about."""
    return task["dataset"], task["target"]


def table(merged: Path, held_out: Path) -> list[dict[str, object]]:
    """A row per dataset of each task over several."""
    tasks = yaml.safe_load((merged / "study.yaml").read_text(encoding="utf-8"))["tasks"]
    own, unheard, rows = tests_of(merged), tests_of(held_out), []
    for question, task in tasks.items():
        if isinstance(task["dataset"], str):
            continue
        for dataset in task["dataset"]:
            (alone,) = (name for name, each in tasks.items() if asks(each) == (dataset, task["target"]))
            one, part = own[own["task"] == alone], f"test of {dataset}"
            rows.append(
                {
                    "question": question,
                    "dataset": dataset,
                    "a network each": mean_and_error(one[one["combination"] == alone]),
                    "a task each in one network": mean_and_error(one[one["combination"] != alone]),
                    "one task over all": mean_and_error(own[(own["task"] == question) & (own["part"] == part)]),
                    "one task, never heard": mean_and_error(
                        unheard[(unheard["task"] == question) & (unheard["part"] == part)]
                    ),
                }
            )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("merged", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    text = markdown_table(table(options.merged, options.held_out))
    if options.out:
        write_text(options.out, text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
