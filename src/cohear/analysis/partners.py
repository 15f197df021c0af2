"""What the measured partners of a task did to it, for who is told to try one."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cohear.analysis.columns import SETTING
from cohear.analysis.sentences import Unit


def of_measured_partners(gains: pd.DataFrame) -> Mapping[tuple[str, str, str, str], str]:
    """A sentence for each task that was trained beside one partner, by task, features, encoder and arm.

    Args:
        gains: of :func:`cohear.analysis.gains.gains`.
    """
    pairs = gains[(gains["combination"].str.count(r"\+") == 1) & gains["gain"].notna()]
    found = {}
    for (task, *setting), cells in pairs.groupby(["task", *SETTING], sort=True):
        helps = cells[cells["verdict"] == "helps"]
        best = (helps if len(helps) else cells).sort_values("gain", ascending=False).iloc[0]
        partner = next(name for name in best["combination"].split("+") if name != task)
        features, encoder, arm = map(str, setting)
        found[str(task), features, encoder, arm] = _told(partner, best.to_dict(), len(cells))
    return found


def _told(partner: str, best: Mapping[Any, Any], number: int) -> str:
    unit = Unit(all(0 <= best[side] <= 1 for side in ("single", "shared")))
    gain = unit.estimate(best["gain"], best["low"], best["high"])
    if best["verdict"] == "helps":
        return f"Or a partner task: beside {partner} the gain is {gain}, beyond chance."
    beside = f"beside {partner}{f', the best of {number},' if number > 1 else ''} the gain is {gain}"
    if best["gain"] > 0 and best["verdict"] != "hurts":
        return f"Whether a partner task helps is open: {beside}."
    return f"No partner task that was measured helps: {beside}."
