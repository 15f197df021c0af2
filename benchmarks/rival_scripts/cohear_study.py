"""cohear itself, as a user calls it: a study of one task, of the default encoder or the default baseline (``CHOICE``).

A study has one network at least; beside the baseline it is one layer that takes a single step.
"""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml
from fold import Fold

from cohear.runs.prediction_columns import logit_column

CHOICES = {
    "small": {"baselines": []},
    "svm": {"features": ["summary"], "encoders": ["linear"], "baselines": ["svm"], "training": {"steps": 1}},
}


def main() -> None:
    fold, here = Fold(), Path()
    study = {
        "study": "alone",
        "datasets": {"clips": {"path": str(fold.table)}},
        "tasks": {"task": {"dataset": "clips", "target": "label", "folds": "part"}},
        **CHOICES[os.environ["CHOICE"]],
        "repeats": {"folds": 1},
        "keep": ["predictions"],
    }
    (here / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    command = [sys.executable, "-m", "cohear", "run", "study.yaml", "--out", "out", "--jobs", "1"]
    subprocess.run(command, check=True, env={**os.environ, "COHEAR_CACHE": str(here.resolve() / "cache")})
    results = pd.read_csv(here / "out" / "results.csv")
    (run,) = results.loc[results["encoder"] == os.environ["CHOICE"], "run"]
    said = pd.read_csv(here / "out" / "runs" / run / "predictions.csv", dtype={"clip": str})
    said = said[said["part"] == "test"]
    best = said[[logit_column(label) for label in fold.labels]].to_numpy().argmax(axis=1)
    answers = dict(zip(said["clip"], best.tolist(), strict=True))
    fold.answer([answers[fold.rows[index]["path"]] for index in fold.parts["test"]])


if __name__ == "__main__":
    main()
