"""The rows of a table that are of one setting."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cohear.analysis.tables.columns import SETTING


def in_setting(table: pd.DataFrame, setting: Sequence[object]) -> pd.DataFrame:
    """Rows of one front-end, encoder and arm, in this order."""
    same = [(table[name] == value).to_numpy(bool) for name, value in zip(SETTING, setting, strict=True)]
    return table[np.logical_and.reduce(same)]
