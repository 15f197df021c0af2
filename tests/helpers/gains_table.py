"""``gains.csv`` as the page and the figures are held against it."""

from pathlib import Path

import pandas as pd

from cohear.analysis.tables.text import read_table
from cohear.base.tables import GAINS_CSV


def read_gains(path: Path) -> pd.DataFrame:
    """The table: names as text, empty numbers NaN."""
    return read_table(path, GAINS_CSV)
