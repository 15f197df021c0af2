"""A study folder as the study room leaves it, with simulated figures."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.text import write_table
from cohear.base.tables import RESULTS_CSV

TASKS = ("digit", "keyword", "emotion", "event", "urban event", "instrument")
LONG = "n" * 200
LABELS = ("yes", "no", "01", "ä ö")
HOSTILE = ("<script>alert(1)</script>", "quote\"'&amp;<b>", LONG, "שלום עולם", "🐦🔥 birds", "../no")
EFFECTS = {
    (0, 1): 0.061,
    (1, 0): 0.038,
    (3, 4): 0.029,
    (4, 3): 0.012,
    (0, 5): -0.052,
    (0, 3): -0.034,
    (2, 3): -0.02,
}


def write_study(  # noqa: PLR0915 - one study, told from top to bottom
    folder: Path, *, names=TASKS, encoders=("small",), folds=5, seeds=1, extras=True, seed=0, clips=20
) -> Path:
    """Singles, pairs and all over ``folds`` x ``seeds`` repeats, and the files beside ``results.csv``.

    Every run leaves a curve, and predictions for ``clips`` test clips of each of its tasks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    number = len(names)
    groups = [(i,) for i in range(number)] + [(i, j) for i in range(number) for j in range(i + 1, number)]
    groups.append(tuple(range(number)))
    base = [0.76, 0.78, 0.71, 0.89, 0.70, 0.84]
    rows, metrics, runs = [], [], []
    for encoder in encoders:
        hard = rng.normal(0, 0.03, (number, folds))
        for group in groups:
            combination = "+".join(names[i] for i in group)
            for fold in range(folds):
                for repeat in range(seeds):
                    run = f"{len(runs):04x}"
                    runs.append({"run": run, "features": "logmel", "encoder": encoder, "arm": "base"})
                    runs[-1].update(combination=combination, control="", fold=fold, seed=repeat, cost=1.0)
                    for i in group:
                        effect = sum(EFFECTS.get((i, j), 0) for j in group) * (0.6 if len(group) > 2 else 1)
                        value = min(1.0, base[i % 6] + hard[i, fold] + effect + rng.normal(0, 0.008))
                        row = dict.fromkeys(RESULTS_CSV.names, "") | runs[-1]
                        row.update(task=names[i], metric="uar", value=value, higher_is_better=True)
                        row.update(test_clips=150, parameters=104000, steps=600, seconds=21.5)
                        row.update(test_part=f"p{i}-{fold}")
                        rows.append({key: row[key] for key in RESULTS_CSV.names})
                        parts = {"train": min(1.0, value + 0.15), "validation": value + 0.01, "test": value}
                        for part, score in parts.items():
                            metrics.append((run, names[i], part, "last", "uar", score))
                            metrics.append((run, names[i], part, "last", "accuracy", score**2))
                            metrics.append((run, names[i], part, "last", "loss", 1 - score))
    results = pd.DataFrame(rows)
    write_table(folder / "results.csv", results)
    if not extras:
        return folder
    write_table(
        folder / "metrics.csv",
        pd.DataFrame(metrics, columns=["run", "task", "part", "selection", "metric", "value"]),
    )
    sets = {f"set-{i // 2}": {} for i in range(number)}
    for name in sets:
        sets[name] = {
            "clips": 1450,
            "seconds": 5400.0,
            "rates": {"8000": 1200, "44100": 250},
            "channels": {"1": 1450},
        }
        sets[name] |= {
            "silent": ["a/silent.wav"],
            "bad_files": [{"path": names[0] + ".wav", "reason": "empty"}],
        }
        sets[name] |= {
            "name": f"A corpus of {names[-1]}",
            "licence": "CC BY 4.0",
            "citation": "Somebody 2020",
        }
    labels = [*names, *LABELS]
    tasks = {}
    for i, name in enumerate(names):
        parts = [
            {"fold": f, "train": 820, "validation": 150, "test": 240, "set_aside": 3 * f, "unscored": []}
            for f in range(folds)
        ]
        tasks[name] = {"dataset": f"set-{i // 2}", "target": name, "kind": "multiclass", "metric": "uar"}
        tasks[name] |= {"margin": 0.01, "labels": labels, "folds": parts}
        tasks[name]["counts"] = {label: 40 + 17 * k for k, label in enumerate(labels)}
        tasks[name]["durations"] = {
            label: {"seconds": 130.0 + 60 * k, "median": 3.25} for k, label in enumerate(labels)
        }
    tasks[names[0]]["folds"][0]["unscored"] = [names[1]]
    warnings = [f"{names[0]}: label 'yes' is absent from the test part of fold 0"]
    (folder / "data.json").write_text(json.dumps({"datasets": sets, "tasks": tasks, "warnings": warnings}))
    write_table(folder / "gains.csv", Statistics.of_folder(folder).gains)
    for key in ("fffe", "ffff"):
        runs.append({**runs[-1], "run": key, "seed": 9})
    (folder / "plan.json").write_text(json.dumps({"study": "speech-and-sound", "runs": runs}))
    for run in runs[:-2]:
        (folder / "runs" / run["run"]).mkdir(parents=True)
        record = {"run": run["run"], "specification": {}, "tasks": {}, "seconds": 21.5}
        (folder / "runs" / run["run"] / "record.json").write_text(json.dumps(record))
        write_outcomes(folder / "runs" / run["run"], run, labels, clips, rng)
    (folder / "runs" / "fffe").mkdir()
    (folder / "runs" / "fffe" / "error.json").write_text(json.dumps({"error": "RunFailed: loss is NaN <b>"}))
    (folder / "study.yaml").write_text("study: speech-and-sound\ndatasets:\n  fsdd: {path: ../data/fsdd}\n")
    environment = {"cohear": "0.1.0", "packages": {"torch": "2.9", "numpy": "2.3"}, "machine": {"cores": 2}}
    (folder / "environment.json").write_text(json.dumps(environment))
    return folder


def write_outcomes(folder: Path, run, labels, clips, rng) -> None:
    """``curve.csv`` and ``predictions.csv`` of a run: what is learnt grows with steps, half of the clips are known."""
    tasks = run["combination"].split("+")
    curve = [
        (task, step, part, 2 / step + 0.1 * rng.random(), 0.9 - 20 / step)
        for task in tasks
        for step in range(60, 601, 60)
        for part in ("train", "validation")
    ]
    write_table(folder / "curve.csv", pd.DataFrame(curve, columns=["task", "step", "part", "loss", "metric"]))
    rows = []
    for task in tasks:
        truth = [labels[k % len(labels)] for k in range(clips)]
        logits = rng.normal(0, 1, (clips, len(labels)))
        logits[np.arange(clips), np.arange(clips) % len(labels)] += 2
        own = [[round(float(value), 3) for value in row] for row in logits]
        rows += [(task, f"{run['fold']}/{k:03}.wav", truth[k], "test", *own[k]) for k in range(clips)]
    write_table(
        folder / "predictions.csv", pd.DataFrame(rows, columns=["task", "clip", "label", "part", *labels], dtype=object)
    )
