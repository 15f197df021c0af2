"""What sharing saves: parameters and seconds of training, and what was measured at work."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from cohear.analysis.tables.columns import REPEAT, SETTING
from cohear.analysis.tables.run_seconds import of_one_clock, typical_seconds
from cohear.base.tables import BEHIND, MEASURED_COSTS, SHARED, SINGLES

COSTS = ("parameters", "seconds")
"""What every ``results.csv`` holds of a network: its size and its training time."""


def costs(
    results: pd.DataFrame, measured: pd.DataFrame | None = None, label_free: Collection[str] = ()
) -> pd.DataFrame:
    """Each combination's cost beside that of its singles.

    Args:
        results: checked results; controls are left out.
        measured: ``costs.csv``, where there is one.
        label_free: tasks that nobody would have a network of their own for.

    Returns:
        ``combination, features, encoder, arm, size`` and, for ``parameters`` and ``seconds``, ``<cost>`` (median over
        runs), ``<cost>_singles`` (their sum) and ``<cost>_ratio`` (of seconds NaN where some are by the clock and
        others of the processor); for the costs at work (``MEASURED_COSTS``) the same as measured, and
        ``<cost>_common`` and ``<cost>_common_ratio`` of singles behind one common front-end. A ratio is that of the
        shared network to the others. NaN where a single is missing or nothing was measured.
    """
    runs = results[results["control"] == ""].drop_duplicates(["run", "combination", *SETTING, *REPEAT])
    cell = ["combination", *SETTING]
    parameters = runs["parameters"].astype(float).groupby([runs[name] for name in cell], sort=True).median()
    table = typical_seconds(runs, cell).assign(parameters=parameters).reset_index()
    alone = {(row["combination"], *(row[s] for s in SETTING)): row for row in table.to_dict("records")}
    shared = table[table["combination"].str.contains("+", regex=False)].copy()
    shared["size"] = shared["combination"].str.count(r"\+") + 1
    keys = shared[["combination", *SETTING]].itertuples(index=False, name=None)
    sums: list[dict[str, float]] = []
    same_clock: list[bool] = []
    for combination, *setting in keys:
        singles = [(task, *setting) for task in combination.split("+") if task not in label_free]
        sums.append({c: sum(alone[cell][c] if cell in alone else np.nan for cell in singles) for c in COSTS})
        there = [cell for cell in ((combination, *setting), *singles) if cell in alone]
        same_clock.append(of_one_clock(alone[cell]["by_clock"] for cell in there))
    for cost in COSTS:
        shared[f"{cost}_singles"] = [one[cost] for one in sums]
        shared[f"{cost}_ratio"] = shared[cost] / shared[f"{cost}_singles"]
    shared.loc[np.logical_not(same_clock), "seconds_ratio"] = np.nan
    return _with_measured(shared.drop(columns="by_clock").reset_index(drop=True), measured)


def _with_measured(shared: pd.DataFrame, measured: pd.DataFrame | None) -> pd.DataFrame:
    """The table with what was measured at work; the columns are there in any case."""
    columns = {SHARED: "{}", SINGLES: "{}_singles", BEHIND: "{}_common"}
    keys = ["combination", *SETTING]
    table = shared
    for setup, name in columns.items():
        named = {cost: name.format(cost) for cost in MEASURED_COSTS}
        if measured is None or measured.empty:
            table = table.assign(**dict.fromkeys(named.values(), np.nan))
            continue
        of_setup = measured[measured["setup"] == setup].drop_duplicates(keys)
        table = table.merge(of_setup[[*keys, *MEASURED_COSTS]].rename(columns=named), on=keys, how="left")
    ratios = {
        f"{cost}{others}_ratio".replace("_singles", ""): table[cost] / table[f"{cost}{others}"]
        for cost in MEASURED_COSTS
        for others in ("_singles", "_common")
    }
    return table.assign(**ratios)
