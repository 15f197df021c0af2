"""Which of several ways of sharing serves the tasks of one network best, on repeats that did not choose it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from cohear.analysis.answers.chosen import estimated_on
from cohear.analysis.gains.bounds import ENDS
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.pairs import first_half, halved_by
from cohear.analysis.gains.repeat_means import repeat_means
from cohear.analysis.tables.columns import REPEAT, SETTING
from cohear.base.setting import InSetting
from cohear.base.units import finite

_MEAN = {"task": "mean of all"}


class BestWay(InSetting):
    """The way of sharing that a study speaks for; ``arm`` is what is recommended (95 %, in the metric's own unit).

    Attributes:
        combination: that all of them were compared on.
        arms: the ways, the plain one first.
        leader: the best on the repeats that chose; recommended where it is better than the plain one on the others too,
            surely so if it takes more parameters.
        halved_by: what tells the repeats that chose from the others, ``fold`` or ``seed``.
        repeats: how many judge.
        gain, low, high: mean gain of a task in what is recommended, on the repeats that judge.
        lead, lead_low, lead_high: of the leader over the plain way there; None where that leads itself.
        parameters, leader_parameters: of what is recommended, and of the leader; None where nobody counted.
    """

    combination: str
    arms: list[str]
    leader: str
    halved_by: str
    repeats: int
    gain: float | None
    low: float | None
    high: float | None
    lead: float | None
    lead_low: float | None
    lead_high: float | None
    parameters: float | None
    leader_parameters: float | None


def sharing_ways(results: pd.DataFrame, pairs: pd.DataFrame, design: Design = USUAL) -> list[BestWay]:
    """The best way of each front-end and encoder in which tasks were shared in several.

    Arms are ways of sharing where they have their single runs in common: then what the tasks learn from is the same,
    and nothing but how they do so together differs. They are compared on the largest combination that most of them
    have, on the repeats that all have. One is the best by its mean gain on every other fold (or seed), and its gain and
    its lead over the plain way are those of the other ones, where its luck has no part.

    Args:
        results: checked results of networks.
        pairs: their paired differences, of the tasks that may judge.
        design: of the study.
    """
    found: list[BestWay] = []
    for (features, encoder), rows in pairs.groupby(["features", "encoder"], sort=True):
        own = results[(results["features"] == features) & (results["encoder"] == encoder) & (results["control"] == "")]
        for arms in _of_common_singles(own):
            told = _best_of(rows[rows["arm"].isin(arms)], own, arms, design)
            if told is not None:
                found.append(told)
                break
    return found


def _of_common_singles(results: pd.DataFrame) -> Iterator[list[str]]:
    """Arms that have every single run in common which two of them have, the most first."""
    alone = results[results["combination"] == results["task"]]
    runs = {
        str(arm): dict(zip(zip(*(rows[name] for name in ("task", *REPEAT)), strict=True), rows["run"], strict=True))
        for arm, rows in alone.groupby("arm", sort=True)
    }
    groups: list[list[str]] = []
    for arm, own in runs.items():
        for group in groups:
            common = own.keys() & runs[group[0]].keys()
            if common and all(own[at] == runs[group[0]][at] for at in common):
                group.append(arm)
                break
        else:
            groups.append([arm])
    yield from sorted((group for group in groups if len(group) > 1), key=len, reverse=True)


def _best_of(pairs: pd.DataFrame, results: pd.DataFrame, arms: Sequence[str], design: Design) -> BestWay | None:
    """Of some ways; None where they have nothing in common, or too few repeats that some choose and others judge."""
    having = pairs.groupby("combination")["arm"].nunique()
    several = sorted(having[having > 1].index, key=lambda name: (-name.count("+"), -having[name], name))
    for combination in several:
        rows = pairs[pairs["combination"] == combination]
        there = [arm for arm in arms if arm in set(rows["arm"])]
        cells = rows.groupby([*REPEAT])["arm"].transform("size")
        rows = rows[cells == len(there) * rows["task"].nunique()]
        if len(rows) and rows[halved_by(rows)].nunique() > 1:
            return _judged(rows, results, _plain_first(there, results, combination), combination, design)
    return None


def _plain_first(arms: Sequence[str], results: pd.DataFrame, combination: str) -> list[str]:
    """``base`` before all others; without it the one with the fewest parameters."""
    sizes = results[results["combination"] == combination].groupby("arm")["parameters"].mean().astype(float)
    return sorted(arms, key=lambda arm: (arm != "base", sizes.get(arm, float("inf")), arm))


def _judged(
    rows: pd.DataFrame, results: pd.DataFrame, arms: Sequence[str], combination: str, design: Design
) -> BestWay:
    means = repeat_means(rows).assign(**_MEAN, combination=combination)
    chose = first_half(means)
    leader = str(means[chose].groupby("arm")["difference"].mean().reindex(arms).idxmax())
    gains = estimated_on(means, ~chose, design.of_means()).reset_index().set_index("arm")
    lead, lead_low, lead_high = _lead(means, leader, arms[0], design) if leader != arms[0] else (None, None, None)
    own = results[results["combination"] == combination]
    sizes = own.groupby("arm")["parameters"].mean().astype(float)
    is_larger = bool(sizes[leader] > sizes[arms[0]])
    is_better = lead is not None and lead > 0 and (not is_larger or (lead_low is not None and lead_low > 0))
    arm = leader if is_better else arms[0]
    gain, low, high = (finite(float(gains.loc[arm, figure])) for figure in ("gain", "low", "high"))
    first = rows.iloc[0]
    return {
        "features": str(first["features"]),
        "encoder": str(first["encoder"]),
        "arm": arm,
        "combination": combination,
        "arms": list(arms),
        "leader": leader,
        "halved_by": halved_by(means),
        "repeats": int((~chose[means["arm"] == arm]).sum()),
        "gain": gain,
        "low": low,
        "high": high,
        "lead": lead,
        "lead_low": lead_low,
        "lead_high": lead_high,
        "parameters": finite(float(sizes[arm])),
        "leader_parameters": finite(float(sizes[leader])),
    }


def _lead(
    means: pd.DataFrame, leader: str, plain: str, design: Design
) -> tuple[float | None, float | None, float | None]:
    """How much more a way gains than the plain one on the repeats that judge, with its interval."""
    same = [name for name in (*SETTING, *REPEAT, "part") if name != "arm"]
    ahead, behind = (means[means["arm"] == arm] for arm in (leader, plain))
    both = ahead.merge(behind[[*same, "difference", *ENDS]], on=same, suffixes=("", "_plain"))
    lead = both.assign(
        difference=both["difference"] - both["difference_plain"],
        least=both["least"] - both["most_plain"],
        most=both["most"] - both["least_plain"],
    )
    line = estimated_on(lead, ~first_half(lead), design.of_means()).iloc[0]
    value, low, high = (finite(float(line[figure])) for figure in ("gain", "low", "high"))
    return value, low, high
