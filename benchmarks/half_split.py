"""How well gains of pairs agree between halves of the repeats, within tasks, in both scores.

Usage: ``python benchmarks/half_split.py STUDY_FOLDER ... [--out FILE]``. A row per study, setting and score: the mean
rank correlation within tasks over fifty random halves of the repeats, and the ceiling that it gives for all of them
(Spearman-Brown), which is how well a second run of the study would agree with the first.
"""

import argparse
import sys
from math import isfinite
from pathlib import Path

from cohear.analysis.answers.persistence import ceiling, wide_of
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text


def table(folder: Path) -> list[dict[str, object]]:
    """A row per setting and score."""
    own, found = Statistics.of_folder(folder), []
    for score, statistics in (("recall", own), ("log loss", own.log_loss)):
        if statistics is None:  # records of before there was a second score
            continue
        for (features, encoder, arm), wide in wide_of(statistics.pairs).items():
            whole = ceiling(wide)
            if not isfinite(whole):  # no task has three partners
                continue
            found.append(
                {
                    "study": folder.name,
                    "features": features,
                    "encoder": encoder,
                    "arm": arm,
                    "score": score,
                    "cells": len(wide),
                    "repeats": wide.shape[1],
                    "halves": f"{whole / (2 - whole):.2f}",
                    "ceiling": f"{whole:.2f}",
                }
            )
    return found


def main() -> int:
    """Print the table, and write it where it was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    text = markdown_table([row for folder in options.folders for row in table(folder)])
    if options.out is not None:
        write_text(options.out, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
