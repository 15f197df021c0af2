"""What it is worth to train on the clips that are kept for validation: every single with a share of .15 and of 0.

Usage: ``python benchmarks/validation_share.py STUDY --out DIR [--tasks NAME ...] [--seed 1000] [--seeds 1]``.
STUDY is a study file; of it the tasks (or those named), features, encoders, window and training are taken, alone and
without baselines. ``--seed`` is the study's own seed for this comparison: folds and streams that no other study has, so
that nothing is chosen on what it is reported on. Both studies have the same test parts. They lie in DIR
(``share-0.15``, ``share-0``), where a further call goes on; the table is written beside them and printed.

Gains are means over tasks of differences in the task's own metric and in calibrated log loss (``nll``), with the
standard error over tasks; differences of a task are means over its folds and seeds.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import sys
from pathlib import Path

import pandas as pd

from cohear import Study
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text
from cohear.study.file.parts import ArmSettings, CombinationSettings, RepeatSettings

SHARES = (0.15, 0.0)
REPEAT = ["features", "encoder", "task", "fold", "seed"]


def study_with(share: float, file: Path, options: argparse.Namespace, folder: Path) -> Study:
    """The singles of a study file, with a share for validation and a seed of their own."""
    settings = Study.load(file).settings
    names = options.tasks or list(settings.tasks)
    settings = settings.model_copy(
        update={
            "tasks": {name: settings.tasks[name] for name in names},
            "study": f"validation-{share:g}",
            "combinations": CombinationSettings(named=["singles"]),
            "repeats": RepeatSettings(folds=5, seeds=options.seeds),
            "arms": {"base": ArmSettings()},
            **{"seed": options.seed, "validation": share},
            **{"baselines": [], "controls": [], "probes": [], "related": [], "keep": []},
        }
    )
    return Study(settings, file.parent, folder)


def scores(folder: Path) -> pd.DataFrame:
    """``score`` and ``nll`` of each repeat of each task."""
    results, metrics = pd.read_csv(folder / "results.csv"), pd.read_csv(folder / "metrics.csv")
    losses = metrics[(metrics["metric"] == "nll") & (metrics["part"] == "test") & (metrics["selection"] == "last")]
    nll = losses.set_index(["run", "task"])["value"].rename("nll")
    return results.join(nll, on=["run", "task"]).set_index(REPEAT)[["value", "nll", "seconds"]]


def differences(out: Path) -> pd.DataFrame:
    """What a share of 0 adds to each task: means over folds and seeds, rows ``(features, encoder, task)``."""
    with_share, without = (scores(out / f"share-{share:g}") for share in SHARES)
    both = with_share.join(without, lsuffix=" .15", rsuffix=" 0", how="inner")
    both["points"] = 100 * (both["value 0"] - both["value .15"])
    both["bits"] = both["nll 0"] - both["nll .15"]
    return both.groupby(["features", "encoder", "task"], sort=False)[["value .15", "value 0", "points", "bits"]].mean()


def table(found: pd.DataFrame) -> list[dict[str, object]]:
    """A row per setting and task, and one of the mean over tasks with its standard error."""
    rows: list[dict[str, object]] = []
    for (features, encoder), tasks in found.groupby(["features", "encoder"], sort=False):
        for (*_, task), row in tasks.iterrows():
            rows.append(
                {
                    "features": features,
                    "encoder": encoder,
                    "task": task,
                    "share .15": f"{row['value .15']:.3f}",
                    "share 0": f"{row['value 0']:.3f}",
                    "gain, points": f"{row['points']:+.1f}",
                    "log loss, bits a clip": f"{row['bits']:+.3f}",
                }
            )
        mean, error = tasks.mean(), tasks.sem()
        rows.append(
            {
                **{"features": features, "encoder": encoder, "task": f"mean of {len(tasks)}"},
                **{"share .15": f"{mean['value .15']:.3f}", "share 0": f"{mean['value 0']:.3f}"},
                "gain, points": f"{mean['points']:+.1f} ± {error['points']:.1f}",
                "log loss, bits a clip": f"{mean['bits']:+.3f} ± {error['bits']:.3f}",
            }
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--tasks", nargs="+", default=[])
    options = parser.parse_args()
    for share in SHARES:
        folder = options.out / f"share-{share:g}"
        study_with(share, options.study, options, folder).run(jobs=options.jobs)
    text = markdown_table(table(differences(options.out)))
    write_text(options.out / "table.md", text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
