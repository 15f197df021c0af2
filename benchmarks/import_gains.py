"""Published gains and affinities as tables of a study, to be judged by ``benchmarks/predictors.py``.

Usage: ``python benchmarks/import_gains.py KIND FILE ... --out DIR``, where KIND and FILE are

- ``bingel-sogaard`` and the folder ``logs`` of github.com/jbingel/eacl2017_mtl
- ``standley`` and a ``network_selection/results*.txt`` of github.com/tstandley/taskgrouping
- ``mtg-net`` and ``*_x.csv``, ``*_y.csv`` and perhaps ``*_TAG_HOA.csv`` of github.com/ShawnKS/MTG-Net
- ``task-grouping`` and a notebook of github.com/LOGO-CUHKSZ/Principled-Task-Grouping

The tables are whose they are: nothing of them is part of this repository.
"""

import argparse
import sys
from pathlib import Path

from cohear.advice.imports.curve_logs import read_curve_logs
from cohear.advice.imports.gain_grid import read_gain_grid
from cohear.advice.imports.literal_tables import read_literal_tables
from cohear.advice.imports.loss_grid import read_loss_grid
from cohear.base.errors import UserError

KINDS = {
    "bingel-sogaard": lambda files: [read_curve_logs(files[0])],
    "standley": lambda files: [read_loss_grid(files[0])],
    "mtg-net": lambda files: [read_gain_grid(*files)],
    "task-grouping": lambda files: read_literal_tables(files[0]),
}


def main() -> int:
    """Write a folder, or one a set of tasks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    try:
        found = KINDS[given.kind](given.files)
        for number, tables in enumerate(found, 1):
            for path in tables.write(given.out if len(found) == 1 else given.out / str(number)):
                print(path)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
