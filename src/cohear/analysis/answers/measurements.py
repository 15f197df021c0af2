"""Measurements that a study's tables hold: of the data, of singles, of their learning curves, and measurements.csv."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohear.analysis.tables.columns import SETTING
from cohear.base.learning_curve import CURVE_SHARES, gradients
from cohear.base.study_facts import StudyFacts

ON_TEST = ("single_score", "training_minus_test")
"""Measurements that hold the test score of single runs, as every gain over them does."""
IN_OTHER_WORDS = ("training_clips",)
"""Numbers of ``measurements.csv`` that rank tasks as one of ours does (its logarithm)."""


def of_data(data: StudyFacts) -> dict[str, dict[str, float]]:
    """Of data, by task: log of training clips, number of labels, and how even the labels are.

    ``label_entropy`` is in nats; ``label_evenness`` is that over the log of the number of labels.
    """
    found = {}
    for name, task in data.tasks.items():
        counts = np.array([float(count) for count in task.counts.values()])
        folds = [fold.train for fold in task.folds]
        shares = counts[counts > 0] / counts.sum() if counts.sum() > 0 else np.array([])
        entropy = float(-(shares * np.log(shares)).sum()) if len(shares) else np.nan
        found[str(name)] = {
            "log_training_clips": float(np.log(np.mean(folds))) if folds and np.mean(folds) > 0 else np.nan,
            "labels": float(len(counts)) if len(counts) else np.nan,
            "label_entropy": entropy,
            "label_evenness": entropy / np.log(len(counts)) if len(counts) > 1 else np.nan,
        }
    return found


@dataclass(frozen=True)
class MeasuredTable:
    """What ``measurements.csv`` holds of one setting, where it is known of every task (or of every ordered pair).

    Attributes:
        tasks: by task and name.
        pairs: by task and partner, and name.
    """

    tasks: Mapping[str, Mapping[str, float]]
    pairs: Mapping[tuple[str, str], Mapping[str, float]]


def of_table(measurements: pd.DataFrame, setting: Sequence[str]) -> MeasuredTable:
    """Rows that hold in a setting: those of it, and those that do not change with it.

    What is the same as a measurement of the other tables in another form is left to these.

    Args:
        measurements: ``measurements.csv``, possibly empty.
        setting: features, encoder, arm.
    """
    features, encoder, arm = setting
    fits = measurements["features"].isin(("", features)) & measurements["encoder"].isin(("", encoder))
    here = measurements[fits & ~measurements["name"].isin(list(IN_OTHER_WORDS)) & measurements["value"].notna()]
    first = next(iter(here["arm"]), "")
    own_arm = here[here["arm"].isin(("", arm))]
    # networks that know few labels are not looked at: there the first arm stands for them
    here = pd.concat([own_arm, here[here["arm"] == first]]).drop_duplicates(["task", "partner", "name"])
    tasks: dict[str, dict[str, float]] = {}
    pairs: dict[tuple[str, str], dict[str, float]] = {}
    for task, partner, name, value in zip(here["task"], here["partner"], here["name"], here["value"], strict=True):
        own = pairs.setdefault((str(task), str(partner)), {}) if partner else tasks.setdefault(str(task), {})
        own[str(name)] = float(value)
    return MeasuredTable(tasks, pairs)


def of_singles(
    results: pd.DataFrame, metrics: pd.DataFrame, curves: pd.DataFrame
) -> dict[tuple[str, ...], dict[str, dict[str, float]]]:
    """By setting and task: single score, gap between training and test, gradients of the training loss.

    Args:
        results: checked results.
        metrics: ``metrics.csv``, possibly empty.
        curves: ``run, task, step, part, loss, metric`` of the runs, possibly empty.
    """
    alone = results[(results["control"] == "") & (results["combination"] == results["task"])]
    gaps = _gaps(metrics[metrics["run"].isin(alone["run"])])
    slopes = _slopes(curves[curves["run"].isin(alone["run"])])
    found: dict[tuple[str, ...], dict[str, dict[str, float]]] = {}
    for (*setting, task), rows in alone.groupby([*SETTING, "task"], sort=True):
        own = {"single_score": float(rows["value"].mean())}
        metric = rows["metric"].iloc[0]
        seen = [gaps[key] for key in ((run, str(task), metric) for run in rows["run"]) if key in gaps]
        own["training_minus_test"] = float(np.mean(seen)) if seen else np.nan
        gradients = [slopes[run, str(task)] for run in rows["run"] if (run, str(task)) in slopes]
        for place, share in enumerate(CURVE_SHARES):
            values = [one[place] for one in gradients]
            own[f"loss_gradient_{share:.0%}"] = float(np.mean(values)) if values else np.nan
        found.setdefault(tuple(map(str, setting)), {})[str(task)] = own
    return found


def _gaps(metrics: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    last = metrics[metrics["selection"] == "last"]
    if last.empty:
        return {}
    wide = last.pivot_table(index=["run", "task", "metric"], columns="part", values="value", aggfunc="mean")
    if not {"train", "test"} <= set(wide.columns):
        return {}
    gaps = (wide["train"] - wide["test"]).dropna()
    return {
        (str(run), str(task), str(metric)): float(gap)
        for (run, task, metric), gap in zip(gaps.index, gaps, strict=True)
    }


def _slopes(curves: pd.DataFrame) -> dict[tuple[str, str], list[float]]:
    """Slope of the training loss per tenth of the training, by run and task, relative to its first value."""
    found = {}
    for key, rows in curves[curves["part"] == "train"].groupby(["run", "task"], sort=True):
        ordered = rows.sort_values("step")
        if told := gradients(ordered["step"].to_numpy(float), ordered["loss"].to_numpy(float)):
            found[str(key[0]), str(key[1])] = told
    return found
