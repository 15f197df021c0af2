"""Nothing that is recommended lies below a better single unsaid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from said import Said

from cohear.base.tables import BASELINE
from rules.rule import Setting, Told, rule, setting_of

_PART = ["fold", "test_part", "test_clips"]


def _recommended(said: Said) -> Iterator[tuple[str, Setting, Mapping[str, str], Mapping[str, Any], bool]]:
    """What is recommended: who says so, setting, combination of each task, what is told to be better, all repeats."""
    for question in ("improve", "savings"):
        for finding in said.answers[question]["findings"]:
            code, figures = finding["code"], finding["figures"]
            if finding["missing"] or code not in ("grouping", "one-network", "best-pair", "measured-partners"):
                continue
            setting, on_all, better = finding["setting"], True, figures.get("better alone", {})
            if code == "grouping":
                best = figures["recommended"]["best"]
                groups, setting, on_all = best["groups"], figures["recommended"]["setting"], best["on_all"]
            elif code == "measured-partners":
                pairs = {task: {task, one["partner"]} for task, one in figures["best"].items()}
                better = {task: one["better alone"] for task, one in figures["best"].items() if one["better alone"]}
                names = {frozenset(name.split("+")): name for name in said.content.ordinary["combination"].unique()}
                yield code, tuple(setting), {task: names[frozenset(own)] for task, own in pairs.items()}, better, True
                continue
            else:
                groups = [finding["combination"]] if finding["combination"] else []
            if code == "one-network":  # measured on all repeats unless they chose it
                same = said.content.statistics.one_network[tuple(setting)]
                on_all = same.on_all
            served = {task: name for name in groups for task in name.split("+")}
            if code == "best-pair":
                served = {one["task"]: finding["combination"] for one in figures["effects"]}
            yield code, tuple(setting), served, better, on_all


def _ways(said: Said, task: str, metric: str) -> Iterator[tuple[tuple[str, str, str, bool], pd.DataFrame]]:
    """Singles of a task with all its labels, networks and baselines."""
    every = said.content.statistics.tables.results
    alone = every[(every["control"] == "") & (every["combination"] == task) & every["value"].notna()]
    budgets = said.content.statistics.tables.data.label_budgets
    few = {arm for arm, budget in budgets.items() if budget.shares.get(task, 1) < 1}
    alone = alone[(alone["metric"] == metric) & ~alone["arm"].isin(few)]
    yield from alone.groupby(["features", "encoder", "arm", alone["job"] == BASELINE], sort=True)


def _lead(way: pd.DataFrame, served: pd.DataFrame, by: str, judge: set[int] | None) -> float | None:
    """How much better a single is, on the test parts that both have, or on seeds where there is one."""
    way, served = (rows.assign(test_clips=rows["test_clips"].fillna(-1)) for rows in (way, served))
    way = way[way["fold"].isin(served["fold"])]
    both = [way.groupby(_PART)["value"].mean(), served.groupby(_PART)["value"].mean()]
    places = both[0].index.union(both[1].index)
    if len(places) > 1:
        common = both[0].index.intersection(both[1].index)
        common = common[[judge is None or by != "fold" or place[0] in judge for place in common]]
        found = both[0].loc[common] - both[1].loc[common]
    else:
        seeds = sorted({*served["seed"], *(() if (way["job"] == BASELINE).all() else way["seed"])})
        seeds = [seed for seed in seeds if judge is None or by != "seed" or seed in judge]
        if judge is not None and by == "fold":
            seeds = seeds if set(served["fold"]) <= judge else []
        one = {seed: way["value"].mean() if (way["job"] == BASELINE).all() else None for seed in seeds}
        one |= {seed: value for seed, value in zip(way["seed"], way["value"], strict=True) if one.get(seed, 0) is None}
        other = dict(zip(served["seed"], served["value"], strict=True))
        found = pd.Series([one[s] - other[s] for s in seeds if s in other and one.get(s) is not None], dtype=float)
    if found.empty:
        return None
    return float(found.mean()) * (1 if served["higher_is_better"].iloc[0] else -1)


@rule
def nothing_recommended_lies_below_a_better_single_unsaid(said: Said) -> Told:
    """Worked out anew: a task's network beside each single, on the repeats that did not choose it unless all did."""
    for code, setting, served, better, on_all in _recommended(said):
        ordinary = said.content.ordinary
        here = ordinary[(ordinary[["features", "encoder", "arm"]] == list(setting)).all(axis=1)]
        pairs = said.content.statistics.advisable(said.content.statistics.pairs)
        pairs = pairs[(pairs[["features", "encoder", "arm"]] == list(setting)).all(axis=1)]
        by = "fold" if pairs["fold"].nunique() > 1 else "seed"
        judge = None if on_all else set(sorted(pairs[by].unique())[1::2])
        if extra := set(better) - set(served):
            yield f"{code} {setting}: {extra} are in none of its networks"
        for task, combination in served.items():
            own = here[(here["task"] == task) & (here["combination"] == combination) & here["value"].notna()]
            if own.empty:
                continue
            leads = {
                names: lead
                for names, rows in _ways(said, task, own["metric"].iloc[0])
                if not set(rows["run"]) & set(own["run"])
                and (lead := _lead(rows, own, by, judge)) is not None
                and lead > 1e-9
            }
            told = better.get(task)
            if (told is None) != (not leads):
                yield f"{code} {setting}: {task} in {combination}, better alone are {leads}, said is {told}"
            elif told:
                name, most = setting_of(told), max(leads.values())
                if not math.isclose(told["ahead"]["value"], most, abs_tol=1e-9) or not any(
                    names[:3] == name and math.isclose(lead, most, abs_tol=1e-9) for names, lead in leads.items()
                ):
                    yield f"{code} {setting}: {task} in {combination}, best alone of {leads}, said is {told}"


@rule
def what_is_better_alone_is_shown(said: Said) -> Told:
    """On the page beside the grouping and the pair, and in the terminal beside the study's grouping."""
    shown = {(view.features, view.encoder, view.arm): view for view in said.views.settings}
    for code, setting, _, better, _ in _recommended(said):
        view = shown.get(setting)
        if view is None or not better:
            continue
        place = {"grouping": view.together, "best-pair": view.answer.said}.get(code)
        if place is not None:
            told = " ".join(more.plain for what, more in place.details if what == "Better alone:")
            for task, one in better.items():
                if f"{task} by {one['way']} (" not in told:
                    yield f"page, {code} {setting}: {task} is better by {one['way']}, shown is: {told}"
    for finding in said.answers["savings"]["findings"]:
        if finding["code"] == "grouping" and finding["setting"] is None:
            text = " ".join(said.texts["answers"].split())
            for task, one in finding["figures"]["better alone"].items():
                if " ".join(f"{task} by {one['way']} (".split()) not in text:
                    yield f"terminal: {task} is better by {one['way']}, unsaid"
