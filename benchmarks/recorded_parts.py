"""How far repeats lie apart in recorded studies: what `cohear power STUDY` judges a plan by.

Usage: ``python benchmarks/recorded_parts.py [STUDY_FOLDER ...]``; by default those of docs/results whose pairs were
trained with all labels often enough. Writes `src/cohear/analysis/looking/recorded_parts.csv`. A study of one seed a
fold does not tell folds and seeds apart: 70 % is taken for the folds', and ``told`` is false.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from cohear.analysis.looking.recorded_parts import FILE
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
STUDIES = ("eight-tasks", "dnn-grid", "label-budgets")
FEWEST_CELLS = 4
"""Of a task: fewer say little of its spread."""


def parts_of(folder: Path) -> list[dict[str, object]]:
    """A row per task, encoder and score, of the arm in which nothing is varied."""
    rows: list[dict[str, object]] = []
    statistics = Statistics.of_folder(folder)
    for score, one in (("metric", statistics), ("nll", statistics.log_loss)):
        if one is None:
            continue
        cells = one.judged.cells
        for part in one.spread.to_dict("records"):
            if not part["task"] or part["arm"] != "base" or part["cells"] < FEWEST_CELLS:
                continue
            own = in_setting(cells[cells["pair"]], (part["features"], part["encoder"], part["arm"]))
            own = own[own["task"] == part["task"]]
            rows.append(
                {
                    "study": folder.name,
                    "encoder": part["encoder"],
                    "score": score,
                    "task": part["task"],
                    "fold_sd": round(part["fold_sd"], 5),
                    "seed_sd": round(part["seed_sd"], 5),
                    "prior": round(float((own["freedom"] - own["between_freedom"]).median()), 1),
                    "told": str(part["estimated"]).lower(),
                }
            )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*", default=[RESULTS / name for name in STUDIES])
    rows = [row for folder in parser.parse_args().folders for row in parts_of(folder)]
    pd.DataFrame(rows).to_csv(FILE, index=False, lineterminator="\n")
    print(f"{FILE}: {len(rows)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
