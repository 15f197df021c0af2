"""Ways to weigh the losses of tasks against tuned singles: every method is searched as long, on validation alone.

Usage: ``python benchmarks/tuned.py [DATA_FOLDER] --study studies/ways-dnn.yaml [--trials 4] [--methods famo,pcgrad]
--out DIR``; ``--table DIR`` trains nothing and tells what is there.

Of a study file the datasets, tasks, front-end, encoder, repeats and training are taken. A trial is a learning rate,
drawn log-uniformly within a factor of four of the study's, the same ones for singles and for all methods; `weighted`
also draws a weight for each task within a factor of four, and the first trial of all is the study's own rate with
weights of one. Each fold is tuned by the validation part of its own: for each task alone the rate with the best score,
for each method the trial with the best mean over tasks; both are then scored on the fold's test part, which no choice
has seen. What a method gains is thus beside singles that were tuned with as many trials. The study that is trained goes
on where it was stopped, and is a study folder like any other.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from cohear import Study
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import FolderTables, GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text
from cohear.base.yaml_text import read_yaml

METHODS = ("sum", "weighted")
WITHIN = 4.0
"""Times the study's learning rate, and times a weight of one, to either side."""


def arm_of(method: str, trial: int) -> str:
    return f"{method} {trial}"


def arms(methods: Sequence[str], tasks: Sequence[str], rate: float, trials: int, seed: int = 0) -> dict[str, dict]:
    """An arm for each method and trial."""
    draws = np.random.default_rng(seed)
    rates = [rate, *(rate * WITHIN ** draws.uniform(-1, 1, trials - 1))]
    weights = [np.ones(len(tasks)), *(WITHIN ** draws.uniform(-1, 1, (trials - 1, len(tasks))))]
    found = {}
    for method in methods:
        for trial in range(trials):
            objective: object = method
            if method == "weighted":
                scaled = weights[trial] / weights[trial].mean()  # a larger sum would be a larger learning rate
                objective = {"name": method, "weights": dict(zip(tasks, scaled.round(4).tolist(), strict=True))}
            settings = {"learning_rate": float(f"{rates[trial]:.4g}"), "objective": objective}
            found[arm_of(method, trial)] = {"training": settings}
    return found


def scores_to_choose_by(results: pd.DataFrame, metrics: pd.DataFrame) -> pd.DataFrame:
    """``results`` with the score of the validation part at the last step, plus better, as ``validation``."""
    rows = metrics[(metrics["part"] == "validation") & (metrics["selection"] == "last")]
    rows = rows[["run", "task", "metric", "value"]].drop_duplicates().rename(columns={"value": "validation"})
    both = results.merge(rows, on=["run", "task", "metric"], how="left", validate="m:1")
    sign = both["higher_is_better"].map({True: 1.0, False: -1.0}).astype(float)
    return both.assign(validation=sign * both["validation"])


def tuned(scored: pd.DataFrame, methods: Sequence[str], trials: int) -> pd.DataFrame:
    """Results in which the arm of a row is a method, and its runs those of the trial that its fold's validation chose.

    Args:
        scored: of `scores_to_choose_by`: singles and one combination, in one front-end and encoder.
        methods: all of them were tried in ``trials`` arms.
    """
    alone = scored["combination"] == scored["task"]
    tried = [arm_of(methods[0], trial) for trial in range(trials)]  # the rates are the same for all
    singles = _chosen(scored[alone & scored["arm"].isin(tried)], ["fold", "task"])
    parts = []
    for method in methods:
        arms_of_it = [arm_of(method, trial) for trial in range(trials)]
        shared = _chosen(scored[~alone & scored["arm"].isin(arms_of_it)], ["fold"])
        parts += [shared.assign(arm=method), singles.assign(arm=method)]
    return pd.concat(parts, ignore_index=True).drop(columns="validation")


def _chosen(rows: pd.DataFrame, apart: Sequence[str]) -> pd.DataFrame:
    """Rows of the arm with the best mean score on validation, chosen anew for what is told apart."""
    means = rows.groupby([*apart, "arm"], sort=True)["validation"].mean()
    best = means.groupby(list(apart)).idxmax().map(lambda at: at[-1]).rename("best").reset_index()
    both = rows.merge(best, on=list(apart))
    return both[both["arm"] == both["best"]].drop(columns="best")


def gains(results: pd.DataFrame, tables: FolderTables) -> Mapping[str, str]:
    """By arm the mean gain of a task with its interval, in points."""
    found = Statistics.of(GivenTables(checked_results(results), tables.data)).sizes
    return {
        line["arm"]: f"{100 * line['mean']:+.1f}"
        + ("" if line["low"] is None else f" ({100 * line['low']:+.1f} to {100 * line['high']:+.1f})")
        for line in found
        if line["mean"] is not None
    }


def table(folder: Path) -> str:
    """What tuning changes, of a folder that `main` has trained."""
    tables = FolderTables(folder)
    results = tables.results[(tables.results["control"] == "") & (tables.results["job"] == "")]
    names = [str(arm).rpartition(" ") for arm in results["arm"].unique()]
    methods = [name for name in dict.fromkeys([*METHODS, *(name for name, _, _ in names)]) if (name, " ", "0") in names]
    trials = 1 + max(int(number) for _, _, number in names)
    before = gains(results, tables)
    after = gains(tuned(scores_to_choose_by(results, tables.metrics), methods, trials), tables)
    rows = [
        {
            "objective": name,
            "untuned, beside untuned singles": before.get(arm_of(name, 0), ""),
            f"best of {trials} trials, beside singles of {trials}": after.get(name, ""),
        }
        for name in methods
    ]
    combination = max(results["combination"].unique(), key=lambda name: name.count("+"))
    return f"""# Objectives beside tuned singles

Made by `python benchmarks/tuned.py --table {folder.as_posix()}`: {combination.count("+") + 1} tasks in one network,
{trials} trials of every objective and of every single, chosen fold by fold on validation. Mean gain of a task in
points, 95 % with repeats as the sample.

{markdown_table(rows)}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="not read; every benchmark is called with it")
    parser.add_argument("--study", type=Path, help="study file that is searched")
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--methods", type=lambda text: text.split(","), default=[], help=f"beside {', '.join(METHODS)}")
    parser.add_argument("--out", type=Path, help="study folder")
    parser.add_argument("--table", type=Path, help="study folder that is told")
    options = parser.parse_args()
    if options.table:
        print(table(options.table))
        return 0
    if not (options.study and options.out):
        parser.print_usage()
        return 0
    study = read_yaml(options.study.read_text(encoding="utf-8")).value
    settings = Study.load(options.study).settings
    methods = list(dict.fromkeys([*METHODS, *options.methods]))
    study |= {
        "study": f"{settings.study} tuned",
        "datasets": {
            name: {**entry, "path": str((options.study.parent / entry["path"]).resolve())}
            for name, entry in study["datasets"].items()
        },
        "combinations": ["singles", "all"],
        "controls": [],
        "baselines": [],
        "arms": arms(methods, list(settings.tasks), settings.training.learning_rate, options.trials),
        "keep": [],
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    file = options.out.with_name(f"{options.out.name}.yaml")
    write_text(file, yaml.safe_dump(study, sort_keys=False))
    Study.load(file).run(options.out)
    text = table(options.out)
    write_text(options.out / "tuned.md", text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
