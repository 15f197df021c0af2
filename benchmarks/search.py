"""A written-down search for the defaults of `small`: candidates, scores of single tasks on validation, and costs.

Usage: ``python benchmarks/search.py [DATA_FOLDER] [--run NAME,NAME] [--tasks TASK,TASK] [--folds 0,1] [--out DIR]``

Candidates and tasks stand in ``candidates.yaml`` of DIR (``docs/results/search``), every run that is finished in
``runs.csv`` beside it, and what is said of them in ``../search.md``, which is written anew at each call. ``--run``
trains what the journal lacks of these candidates (``base`` is one), on the searched tasks unless ``--tasks`` names
others; without it nothing is trained. A run's key holds all that its numbers depend on: one of other code is run again.

No score of a test part is looked at. The score is the task's own metric on the validation part; the loss is in bits a
clip, at the temperature that is best for it there. Differences are between runs of one task, fold and seed.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import copy
import csv
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import yaml

from cohear import Study
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import cache_folder, make_folder, write_text
from cohear.base.tables import Column, Table
from cohear.runs.in_place import PackInPlace
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare, write_splits
from cohear.training.loop import train_one
from cohear.training.record import record_of

HERE = Path(__file__).resolve().parents[1]
BASE = "base"
PLACE = ["candidate", "task", "fold", "seed"]
JOURNAL = Table(
    "runs.csv",
    "A row per finished run.",
    (
        Column("candidate", "what was trained"),
        Column("task", "its only task"),
        Column("fold", "the repeat's", "whole number"),
        Column("seed", "the repeat's", "whole number"),
        Column("metric", "the task's own"),
        Column("validation", "of the validation part", "number"),
        Column("nll", "log loss of the validation part at its best temperature", "number", "bits a clip"),
        Column("seconds", "processor time", "number", "s"),
        Column("run", "key"),
    ),
)


def setting_of(name: str, written: Mapping) -> dict:
    """Features, encoder, window and training of a candidate."""
    if name == BASE:
        return copy.deepcopy(written["base"])
    entry = written["candidates"][name]
    found = copy.deepcopy(written["base"])
    for part in [*(written["candidates"][each] for each in entry.get("of", [])), entry]:
        for key in ("features", "encoder", "training"):
            found[key] |= part.get(key, {})
        found["window"] = part.get("window", found["window"])
    return found


def trained(
    name: str, written: Mapping, tasks: Mapping, folds: Sequence[int], data: Path, known: set
) -> Iterator[dict]:
    """Rows of the journal, as runs finish; those that are known are not trained."""
    setting = setting_of(name, written)
    datasets = dict.fromkeys(task["dataset"] for task in tasks.values())
    study = {
        "study": "search",
        "datasets": {dataset: {"path": str((data / dataset).resolve())} for dataset in datasets},
        "tasks": dict(tasks),
        "features": [setting["features"]],
        "encoders": [setting["encoder"]],
        "baselines": [],
        "combinations": ["singles"],
        "repeats": {"folds": 5},
        "window": setting["window"],
        "training": setting["training"],
    }
    with TemporaryDirectory() as place:
        file = Path(place) / "study.yaml"
        file.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
        cache, folder = make_folder(cache_folder()), StudyFolder(Path(place) / "out")
        prepared = prepare(Study.load(file).settings, file.parent, cache=cache, jobs=1)
        make_stores(prepared, cache=cache, jobs=1, progress=NoProgress())
        make_folder(folder.splits)
        write_splits(prepared, folder)
        runs = [run for run in prepared.plan if run.fold in folds and (name, run.key) not in known]
        pack = PackInPlace.of([run.spec for run in runs], splits=folder.splits, cache=cache, code=file.parent, runs=[])
        for run in runs:
            begun = time.process_time()
            record = record_of(train_one(run.spec, pack))
            ((task, scores),) = record.tasks.items()
            yield {
                **{"candidate": name, "task": task, "fold": run.fold, "seed": run.seed, "metric": scores.metric},
                "validation": round(scores.scores["validation"]["last"][scores.metric], 4),
                "nll": round(min(scores.log_losses["validation"]), 4),
                **{"seconds": round(time.process_time() - begun, 1), "run": run.key},
            }


def read_journal(file: Path) -> list[dict]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def difference(values: pd.Series, decimals: int, scale: float = 1.0) -> str:
    """The mean over tasks of what a candidate adds, with its standard error over tasks."""
    by_task = values.groupby("task").mean() * scale
    error = f" ± {by_task.sem():.{decimals}f}" if len(by_task) > 1 else ""
    return f"{by_task.mean():+.{decimals}f}{error}"


def compared(runs: pd.DataFrame, written: Mapping, tasks: Sequence[str]) -> list[dict[str, object]]:
    """A row per candidate: what it adds to base where both were run."""
    runs = runs[runs["task"].isin(tasks)].set_index(["task", "fold", "seed"])
    base, rows = runs[runs["candidate"] == BASE], []
    for name in written["candidates"]:
        own = runs[runs["candidate"] == name]
        both = own.index.intersection(base.index)
        if not len(both):
            continue
        score, loss, seconds = ((own.loc[both, key] - base.loc[both, key]) for key in ("validation", "nll", "seconds"))
        rows.append(
            {
                "candidate": name,
                "tasks": len({task for task, *_ in both}),
                "runs": len(both),
                "score, points": difference(score, 1, 100),
                "loss, bits a clip": difference(loss, 3),
                "processor s a run": f"{own.loc[both, 'seconds'].median():.0f} ({np.median(seconds):+.0f})",
                "hoped": written["candidates"][name].get("why", ""),
            }
        )
    return rows


def by_task(runs: pd.DataFrame, tasks: Sequence[str]) -> list[dict[str, object]]:
    """A row per task and candidate: its mean score and loss beside those of base on the same folds and seeds."""
    rows = []
    for task in tasks:
        own = runs[runs["task"] == task].set_index(["fold", "seed"])
        base = own[own["candidate"] == BASE]
        for name, found in own.groupby("candidate"):
            both = found.index.intersection(base.index)
            if name == BASE or not len(both):
                continue
            means = {
                what: part.loc[both, ["validation", "nll"]].mean() for what, part in ((BASE, base), ("its", found))
            }
            rows.append(
                {"task": task, "candidate": name, "runs": len(both)}
                | {f"{what} score": f"{mean['validation']:.3f}" for what, mean in means.items()}
                | {f"{what} bits a clip": f"{mean['nll']:.3f}" for what, mean in means.items()}
            )
    return rows


def page(runs: pd.DataFrame, written: Mapping) -> str:
    searched, left_out = list(written["searched"]), list(written["left_out"])
    parts = [
        "# Search for the defaults of `small`",
        "Made by `python benchmarks/search.py`; candidates: [candidates.yaml](search/candidates.yaml), runs: "
        "[runs.csv](search/runs.csv). Singles, scored on validation parts alone. A difference is a mean over tasks of "
        "what a candidate adds to `base` on the same folds and seeds, ± its standard error over tasks; minus is better "
        "in loss.",
        f"{len(runs)} runs, {runs['seconds'].astype(float).sum() / 3600:.1f} hours of processor time.",
        *(written.get("says") or []),
        f"## Searched: {', '.join(searched)}",
        markdown_table(compared(runs, written, searched)),
    ]
    if rows := compared(runs, written, left_out):
        parts += [f"## Left out of every choice: {', '.join(left_out)}", markdown_table(rows)]
    parts += ["## By task", markdown_table(by_task(runs, [*searched, *left_out]))]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--run", default="", help="candidates that are trained where they are not yet")
    parser.add_argument("--tasks", default="", help="instead of those that are searched")
    parser.add_argument("--folds", default="0")
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "results" / "search")
    options = parser.parse_args()
    written = yaml.safe_load((options.out / "candidates.yaml").read_text(encoding="utf-8"))
    every = {**written["searched"], **written["left_out"]}
    tasks = {name: every[name] for name in (options.tasks.split(",") if options.tasks else written["searched"])}
    folds = [int(fold) for fold in options.folds.split(",")]
    journal = options.out / JOURNAL.file
    rows = read_journal(journal)
    for name in filter(None, options.run.split(",")):
        known = {(row["candidate"], row["run"]) for row in rows}
        for row in trained(name, written, tasks, folds, options.data, known):
            rows = [old for old in rows if any(str(old[key]) != str(row[key]) for key in PLACE)] + [row]
            write_text(journal, JOURNAL.text(rows))
            print(*row.values(), flush=True)
    if rows:
        runs = pd.read_csv(journal)
        write_text(options.out.parent / "search.md", page(runs, written))
    return 0


if __name__ == "__main__":
    sys.exit(main())
