"""What a partner's worth comes from: mean gains beside real partners and beside their controls, in both scores.

Usage: ``python benchmarks/what_helps.py STUDY_FOLDER [--out FILE]``. Of a study whose file names related tasks, pairs
are read from ``gains.csv`` and ``gains_nll.csv``, and what their controls give from ``controls.csv`` and
``controls_nll.csv``. A gain is positive where the pair is better, in points or in bits a clip. Each row is a mean over
tasks of a task's mean over its partners, with the standard error over tasks; "real - control" is of the pairs that have
both, each against itself: what labels, audio or common statistics add to the control.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from cohear import Study
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text

CELL = ["features", "encoder", "arm", "task", "combination"]
SCORES = {
    "recall, points": ("gains.csv", "controls.csv", 100.0),
    "log loss, bits": ("gains_nll.csv", "controls_nll.csv", 1.0),
}


def pairs(file: Path, related: set[frozenset[str]]) -> pd.DataFrame:
    """Rows of two tasks, with whether these are related."""
    rows = pd.read_csv(file, keep_default_na=False)
    rows = rows[rows["combination"].str.count(r"\+") == 1].copy()
    rows["gain"] = pd.to_numeric(rows["gain"])
    together = rows["combination"].str.split("+").map(frozenset)
    rows["partner"] = ["related" if each in related else "other" for each in together]
    return rows


def mean_and_error(gains: pd.Series, tasks: pd.Series) -> str:
    """Over tasks, of each one's mean."""
    means = gains.groupby(tasks).mean()
    return f"{means.mean():+.2f} ± {means.sem():.2f}"


def table(folder: Path) -> list[dict[str, object]]:
    """A row per setting, control and kind of partner."""
    settings = Study.load(folder / "study.yaml").settings
    related = {frozenset(pair) for pair in settings.related}
    found: dict[tuple[str, ...], dict[str, object]] = {}
    for score, (gains_file, controls_file, unit) in SCORES.items():
        if not (folder / gains_file).exists():  # tables of before there was a second score
            continue
        real = pairs(folder / gains_file, related)
        given = [("real", real.assign(control="real", left=float("nan")))]
        controls = pairs(folder / controls_file, related)
        own = real.set_index(CELL)["gain"]
        for name, rows in controls.groupby("control"):
            beside = rows.join(own.rename("beside"), on=CELL)["beside"]
            given.append((str(name), rows.assign(left=beside - rows["gain"])))
        for name, rows in given:
            for (features, encoder, arm, partner), cells in rows.groupby(["features", "encoder", "arm", "partner"]):
                row = found.setdefault((features, encoder, arm, name, partner), {})
                row |= {"features": features, "encoder": encoder, "arm": arm, "beside": name, "partners": partner}
                row["cells"] = len(cells)
                row[score] = mean_and_error(unit * cells["gain"], cells["task"])
                row[f"real - control, {score.split(', ')[1]}"] = (
                    "" if name == "real" else mean_and_error(unit * cells["left"], cells["task"])
                )
    return list(found.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    text = markdown_table(table(options.folder))
    if options.out:
        write_text(options.out, text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
