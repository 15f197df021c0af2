"""A study folder that has data for every figure."""

import json

import numpy as np
import pandas as pd
from simulated_study import TASKS, write_study

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import write_table

STEPS = (60, 120, 180)


def write_rich_study(folder, *, names=TASKS[:4], encoders=("small", "dnn"), folds=5):
    """Singles, pairs, all of them, controls of the first two tasks, and learning curves; no plan."""
    write_study(folder, names=names, encoders=encoders, folds=folds)
    (folder / "plan.json").unlink()
    _state_domains(folder)
    results = read_results(folder)
    results = pd.concat([results, *_controls(results, names)], ignore_index=True)
    write_table(folder / "results.csv", results)
    write_table(folder / "gains.csv", Statistics.of_folder(folder).gains)
    rng = np.random.default_rng(1)
    for run, rows in results.groupby("run"):
        (folder / "runs" / run).mkdir(parents=True, exist_ok=True)
        points = [
            (task, step, part, 1 / step, value * step / STEPS[-1] + rng.normal(0, 0.01))
            for task, value in zip(rows["task"], rows["value"], strict=True)
            for step in STEPS
            for part in ("train", "validation")
        ]
        curve = pd.DataFrame(points, columns=["task", "step", "part", "loss", "metric"])
        write_table(folder / "runs" / run / "curve.csv", curve)
    return folder


def _state_domains(folder):
    """Datasets in turn; the first two tasks are of one."""
    data = json.loads((folder / "data.json").read_text())
    for number, dataset in enumerate(data["datasets"].values()):
        dataset["domain"] = ("speech", "environment")[number % 2]
    (folder / "data.json").write_text(json.dumps(data))


def _controls(results, names):
    first, second = names[:2]
    pair = results[(results["combination"] == f"{first}+{second}") & (results["task"] == first)]
    alone = results[(results["combination"] == first)]
    for control, rows, more in (("shuffled", pair, -0.05), ("unlabelled", pair, -0.06), ("wide", alone, 0.002)):
        changed = {"run": control[0] + rows["run"], "value": rows["value"] + more, "control": control, "focal": first}
        yield rows.assign(**changed)
