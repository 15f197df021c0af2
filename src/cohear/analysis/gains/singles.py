"""Each task alone: the mean score with its interval."""

import pandas as pd

from cohear.analysis.gains.cell_tests import cell_tests
from cohear.analysis.gains.design import Design


def single_scores(results: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Means of single runs with the intervals that gains have: a score is the difference from nothing.

    Args:
        results: checked results.
        design: of the study.

    Returns:
        ``task, features, encoder, arm, metric, value, low, high, repeats``, a row a task and setting; intervals NaN
        where they cannot be told.
    """
    alone = results[(results["control"] == "") & (results["combination"] == results["task"])]
    alone = alone[alone["value"].notna()]
    cells = alone.assign(
        single=0.0,
        shared=alone["value"],
        difference=alone["value"],
        part=alone["test_part"].where(alone["test_part"] != "", "fold " + alone["fold"].astype(str)),
    )
    names = ["task", "features", "encoder", "arm", "metric", "value", "low", "high", "repeats"]
    return cell_tests(cells, design).rename(columns={"gain": "value"})[names]
