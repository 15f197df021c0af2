"""How well gains are foretold: every predictor and every measurement, on tables of a study or of anybody else.

Usage: ``python benchmarks/predictors.py FOLDER ... [--measured FOLDER] [--joint] [--out DIR]``. A folder has
``gains_nll.csv``, ``gains.csv`` or ``results.csv``, and ``measurements.csv`` unless it lies elsewhere (``--measured``);
several are one study. Writes ``predictors.csv`` and prints it; docs/foretelling.md says what it holds.
"""

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from cohear.advice.judging.judge import judge_predictors, write_predictors
from cohear.report.terminal.predictors import predictors_shown


def main() -> int:
    """Print the table, and write it where it was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--measured", type=Path)
    parser.add_argument("--joint", action="store_true", help="measurements of joint runs too")
    parser.add_argument("--only", action="append", default=[], help="judge this predictor alone; may be repeated")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    began = time.process_time()
    found = judge_predictors(given.folders, given.measured, joint=given.joint, predictors=given.only)
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
        write_predictors(given.out, found)
    Console(width=140).print(predictors_shown(found))
    print(f"{time.process_time() - began:.0f} s of processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
