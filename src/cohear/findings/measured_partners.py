"""What the measured partners of a task did to it, for who is told to try one."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cohear.analysis.tables.columns import SETTING
from cohear.base.units import Unit
from cohear.findings.figures import Estimate
from cohear.findings.pairs import of_pairs, partner_of


def of_measured_partners(gains: pd.DataFrame, units: Mapping[str, Unit]) -> Mapping[tuple[str, str, str, str], str]:
    """A sentence for each task that was trained beside one partner, by task, features, encoder and arm.

    Args:
        gains: of :func:`cohear.analysis.gains.gains.gains`.
        units: of each metric (:func:`cohear.analysis.tables.units.units_of`).
    """
    pairs = of_pairs(gains[gains["gain"].notna()])
    found = {}
    for (task, *setting), cells in pairs.groupby(["task", *SETTING], sort=True):
        helps = cells[cells["verdict"] == "helps"]
        best = (helps if len(helps) else cells).sort_values("gain", ascending=False).iloc[0]
        features, encoder, arm = map(str, setting)
        found[str(task), features, encoder, arm] = _told(best.to_dict(), units[str(best["metric"])], len(cells))
    return found


def _told(best: Mapping[Any, Any], unit: Unit, number: int) -> str:
    partner = partner_of(best["task"], best["combination"])
    gain = Estimate.of(best["gain"], best["low"], best["high"], unit)
    if best["verdict"] == "helps":
        return f"Or a partner task: beside {partner} the gain is {gain}, beyond chance."
    beside = f"beside {partner}{f', the best of {number},' if number > 1 else ''} the gain is {gain}"
    if best["gain"] > 0 and best["verdict"] != "hurts":
        return f"Whether a partner task helps is open: {beside}."
    return f"No partner task that was measured helps: {beside}."
