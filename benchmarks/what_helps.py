"""What a partner's worth comes from: mean gains beside real partners and beside their controls, in both scores.

Usage: ``python benchmarks/what_helps.py STUDY_FOLDER [--out FILE]``, of a study whose file names related tasks and has
controls of pairs. A gain is positive where the pair is better, in points or in bits a clip. Each row is a mean over
tasks of a task's mean over its partners, with the standard error over tasks; "real - control" is of the pairs that have
both, each against itself: what labels, audio or common statistics add to the control.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd
import yaml

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text

CELL = ["features", "encoder", "arm", "task", "combination"]
UNITS = {"recall, points": 100.0, "log loss, bits": 1.0}


def pairs(rows: pd.DataFrame, statistics: Statistics) -> pd.DataFrame:
    """Rows of two tasks, with whether these are related."""
    rows = rows[rows["combination"].str.count(r"\+") == 1]
    kinds = ["related" if statistics.is_related(each) else "other" for each in rows["combination"]]
    return rows.assign(partner=kinds)


def mean_and_error(gains: pd.Series, tasks: pd.Series) -> str:
    """Over tasks, of each one's mean."""
    means = gains.groupby(tasks).mean()
    return f"{means.mean():+.2f} ± {means.sem():.2f}"


def table(folder: Path) -> list[dict[str, object]]:
    """A row per setting, control and kind of partner."""
    related = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8")).get("related", [])
    own = Statistics.of_folder(folder, {frozenset(pair) for pair in related})
    found: dict[tuple[str, ...], dict[str, object]] = {}
    for (score, unit), statistics in zip(UNITS.items(), (own, own.log_loss), strict=True):
        if statistics is None:  # records of before there was a second score
            continue
        real = pairs(statistics.gains, statistics)
        given = [("real", real.assign(left=float("nan")))]
        own_gain = real.set_index(CELL)["gain"].rename("beside")
        for name, rows in pairs(statistics.controls, statistics).groupby("control"):
            beside = rows.join(own_gain, on=CELL)["beside"]
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
