"""The thesis' question and its parts, answered in figures from a study's tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis import combining, savings
from cohear.analysis.cell_tests import LEVEL, MARGIN, PerTask
from cohear.analysis.columns import COST_CELL, MEASURED_COSTS, METRICS, SETTING, VERDICTS
from cohear.analysis.controls import contrasts, control_gains, explained
from cohear.analysis.correlates import measured
from cohear.analysis.facts import looks_of, margins_of, ratios_of
from cohear.analysis.gains import caveats_of
from cohear.analysis.larger_encoders import larger_encoders
from cohear.analysis.measurements import of_data
from cohear.analysis.pairs import paired_differences
from cohear.analysis.persistence import agreements, told
from cohear.analysis.power import a_second_seed, family_table, power_table
from cohear.analysis.sequential import gains_by_design
from cohear.analysis.speed import SHARE, steps_to_score

QUESTIONS = ("improve", "measurements", "persistence", "combining", "savings")
CURVES = ("run", "task", "step", "part", "loss", "metric")


@dataclass(frozen=True)
class Tables:
    """What a study folder holds; only results must be there.

    Attributes:
        results: checked results.
        data: ``data.json``.
        metrics: ``metrics.csv``.
        curves: the runs' ``curve.csv`` with their ``run``.
        costs: ``costs.csv``, which ``cohear bench`` writes.
    """

    results: pd.DataFrame
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(METRICS)))
    curves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CURVES)))
    costs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*COST_CELL, *MEASURED_COSTS]))


def answers(tables: Tables, related: Sequence[frozenset[str]] = ()) -> dict[str, Any]:
    """All answers.

    Args:
        tables: of the study.
        related: pairs of tasks that are related by what they are about; without any, ``related`` of
            ``data.json`` is taken, a list of pairs of names; without that, pairs are not told apart.

    Returns:
        A JSON object, always with the keys ``summary``, ``improve``, ``measurements``, ``persistence``, ``combining``,
        ``savings`` and ``caveats``. Each of the five in the middle is an object with ``answer`` (a sentence with
        figures), ``would_change`` (what would change it) and its tables, empty where nothing was measured.

    Raises:
        UserError: the results cannot be compared.
    """
    results = tables.results
    ratio: PerTask | None = ratios_of(tables.data) or None
    margins: PerTask = margins_of(tables.data) or MARGIN
    pairs = paired_differences(results)
    looks = looks_of(tables.data)
    gains = gains_by_design(pairs, margins, ratio, looks)
    beside = contrasts(results, ratio)
    gains = explained(gains, control_gains(results, margins, ratio), beside)
    power = power_table(pairs, margins, ratio, looks)
    known = list(related) or [frozenset(map(str, pair)) for pair in tables.data.get("related", []) if len(pair) == 2]
    parts = {
        "improve": _improve(gains, power, beside, known),
        "measurements": _measurements(tables, gains),
        "persistence": _persistence(pairs),
        "combining": _combining(results, pairs, gains, ratio),
        "savings": _savings(results, pairs, tables, ratio),
    }
    said = " ".join(part["answer"] for part in parts.values() if part["answer"])
    return {"summary": said, **parts, "caveats": caveats_of(pairs, looks)}


def points(value: Any) -> str:  # noqa: ANN401 - a cell of a table
    """A gain in points (x 100) with its sign, for a sentence."""
    if value is None or pd.isna(value):
        return "unknown"
    text = f"{100 * float(str(value)):+.1f}"
    return "0.0" if float(text) == 0 else text


def _improve(
    gains: pd.DataFrame, power: pd.DataFrame, beside: pd.DataFrame, related: Sequence[frozenset[str]]
) -> dict[str, Any]:
    two = gains[gains["combination"].str.count(r"\+") == 1]
    kinds = two["combination"].map(lambda name: _kind(name, related))
    counts = {kind: _counts(two[kinds == kind]) for kind in ("related", "unrelated", "all")}
    counts["all"] = _counts(two)
    decided = two[two["verdict"].isin(["helps", "hurts"])].sort_values("gain", ascending=False)
    families = family_table(power)
    total = counts["all"]
    sentence = "No pair has been compared yet."
    if total["cells"]:
        sentence = (
            f"Of {total['cells']} cells (a task beside one partner) {total['helps']} are helped, "
            f"{total['hurts']} hurt, {total['harmless']} harmless and {total['undecided']} undecided; the mean gain is "
            f"{points(total['mean'])} points ({points(total['low'])} to {points(total['high'])})."
        )
        if related:
            sentence += " " + " ".join(
                f"{kind.capitalize()} pairs: {c['helps']} of {c['cells']} helped, {c['hurts']} hurt, "
                f"mean {points(c['mean'])} points."
                for kind, c in counts.items()
                if kind != "all"
            )
    pair_families = [family for family in families if family["cells"] == "pairs"]
    smallest: list[float] = [f["smallest_in_family"] for f in pair_families if f["smallest_in_family"]]
    change = "Single and pair runs on the same repeats would begin to answer this."
    if smallest:
        worth = float(two["gain"].abs().median())
        change = (
            f"Gains below about {points(min(smallest)).lstrip('+')} points could not be found (80 % power); half "
            f"of the gains seen are below {points(worth).lstrip('+')}. "
            f"More repeats would decide {sum(_decidable(power, f) for f in pair_families)} "
            "of the undecided pair cells if their gains are what they seem; other clips could change the rest. "
            + a_second_seed(pair_families)
        ).rstrip()
    return {
        "answer": sentence,
        "would_change": change,
        "counts": counts,
        "decided": records(decided),
        "controls": records(beside),
        "power": [dict(family) for family in families],
    }


def _kind(combination: str, related: Sequence[frozenset[str]]) -> str:
    if not related:
        return ""
    return "related" if frozenset(combination.split("+")) in related else "unrelated"


def _counts(cells: pd.DataFrame) -> dict[str, Any]:
    """Verdicts, and the mean gain with an interval from the tasks, which are the sample."""
    by_task = cells.groupby("task")["gain"].mean().dropna() if len(cells) else pd.Series(dtype=float)
    mean, reach = float(cells["gain"].mean()) if len(cells) else np.nan, np.nan
    if len(by_task) > 2:
        reach = float(stats.t.ppf(1 - LEVEL / 2, len(by_task) - 1) * by_task.std() / np.sqrt(len(by_task)))
    verdicts = {name: int((cells["verdict"] == name).sum()) for name in VERDICTS}
    explained_as = {
        word: int((cells["explanation"] == word).sum()) for word in ("relation", "regularisation", "capacity", "domain")
    }
    figures = {"mean": told(mean), "low": told(mean - reach), "high": told(mean + reach)}
    return {"cells": len(cells), **verdicts, **figures, "explanations": explained_as}


def _decidable(power: pd.DataFrame, family: Mapping[str, object]) -> int:
    here = power[np.logical_and.reduce([power[name] == family[name] for name in SETTING])]
    here = here[here["combination"].str.count(r"\+") == 1]
    return int((here["more_repeats"] > 0).sum())


def _measurements(tables: Tables, gains: pd.DataFrame) -> dict[str, Any]:
    lines = measured(gains, of_data(tables.data), tables.results, tables.metrics, tables.curves)
    tested = [line for line in lines if line["p_adjusted"] is not None]
    sure = [line for line in tested if float(str(line["p_adjusted"])) <= LEVEL]
    sentence = "Nothing was measured that could go with gains."
    if tested:
        best = max(tested, key=lambda line: abs(float(str(line["pooled"] or 0))))
        sentence = (
            f"{len(sure)} of {len(tested)} rank correlations of gains with measurements are sure; the largest is "
            f"{best['pooled']:+.2f} ({best['low']:+.2f} to {best['high']:+.2f}; {best['side']}: "
            f"{best['measurement']}), where task identity alone has {_best(lines, 'task identity')} "
            f"and random numbers reach {_best(lines, 'random numbers')}."
        )
    tasks = gains["task"].nunique()
    return {
        "answer": sentence,
        "would_change": f"There are {tasks} tasks: a measurement of tasks is judged on that many values. "
        "More tasks would change this; more repeats hardly.",
        "correlations": [dict(line) for line in lines],
    }


def _best(lines: Sequence[Mapping[str, object]], name: str) -> str:
    found = [float(str(line["pooled"])) for line in lines if line["measurement"] == name and line["pooled"] is not None]
    return f"{max(found):.2f}" if found else "unknown"


def _persistence(pairs: pd.DataFrame) -> dict[str, Any]:
    found = agreements(pairs)
    sentence = "Only one setting was measured, so whether gains persist with another classifier is open."
    if found:
        shown = [
            f"{' / '.join(map(str, one['first']))} and {' / '.join(map(str, one['second']))}: within-task rank "
            f"correlation {_figure(one['within'])} ({_figure(one['low'])} to {_figure(one['high'])}, "
            f"p {_figure(one['p'])}), ceilings {_figure(one['ceiling_first'])} and {_figure(one['ceiling_second'])}, "
            f"same sign in {_figure(one['signs'])} of cells"
            for one in found[:3]
        ]
        sentence = "Agreement of gains between " + "; ".join(shown) + "."
    return {
        "answer": sentence,
        "would_change": "Where a ceiling is low, the repeats do not agree with themselves: more repeats would tell. "
        "Where it is high and the agreement low, they would not.",
        "agreements": [dict(one) for one in found],
    }


def _figure(value: object) -> str:
    return "unknown" if value is None else f"{float(str(value)):.2f}"


def _combining(
    results: pd.DataFrame, pairs: pd.DataFrame, gains: pd.DataFrame, ratio: PerTask | None
) -> dict[str, Any]:
    encoders = larger_encoders(results, ratio)
    sizes = combining.by_size(pairs, ratio)
    table = combining.foretold(gains)
    foretelling = combining.foretelling(table)
    broken = combining.breaks(table)
    larger = [line for line in sizes if int(str(line["size"])) > 2]
    sentence = "No combination of more than two tasks was measured."
    if larger:
        most = max(int(str(line["size"])) for line in larger)
        settings = "; ".join(_with_many(line, foretelling) for line in larger if line["size"] == most)
        sentence = (
            f"With {most} tasks in the network the mean gain is {settings}. "
            f"{len(broken)} group cells are surely worse than their pairs foretell."
        )
    grown = [line for line in encoders if int(str(line["size"])) > 2]
    sentence += "".join(f" {_in_the_larger(line)}" for line in grown if line["size"] == grown[-1]["size"])
    widths = "" if grown else ", and encoders of several widths,"
    return {
        "answer": sentence,
        "would_change": f"Groups of sizes between pairs and all{widths} would tell where it turns.",
        "sizes": [dict(line) for line in sizes],
        "encoders": [dict(line) for line in encoders],
        "foretelling": [dict(line) for line in foretelling],
        "breaks": [dict(line) for line in broken],
    }


def _with_many(line: Mapping[str, object], foretelling: Sequence[Mapping[str, object]]) -> str:
    """What one setting has with many tasks in the network: mean, worst task, and what pairs foretell."""
    setting = [line[name] for name in SETTING]
    text = (
        f"{points(line['mean'])} points ({points(line['low'])} to {points(line['high'])}) in "
        f"{', '.join(map(str, setting))}"
    )
    if line["worst_task"]:
        text += (
            f" (worst task, {line['worst_task']}, {points(line['worst'])}, {points(line['worst_low'])} to "
            f"{points(line['worst_high'])} on repeats that did not choose it"
        )
        errors = [
            one["mean_error"]
            for one in foretelling
            if one["way"] == "mean_of_pairs" and one["cells"] and [one[name] for name in SETTING] == setting
        ]
        text += f"; the mean of its pairs misses a task's gain by {points(errors[0]).lstrip('+')})" if errors else ")"
    return text


def _in_the_larger(line: Mapping[str, object]) -> str:
    times = float(str(line["parameters_ratio"]))
    return (
        f"In {line['larger']}, with {times:.1f} times the parameters of {line['smaller']}, the mean gain of "
        f"{line['size']} tasks differs by {points(line['change'])} points ({points(line['change_low'])} to "
        f"{points(line['change_high'])}); beside singles of {line['smaller']} this one network has "
        f"{points(line['gain'])} ({points(line['gain_low'])} to {points(line['gain_high'])})."
    )


def _savings(results: pd.DataFrame, pairs: pd.DataFrame, tables: Tables, ratio: PerTask | None) -> dict[str, Any]:
    table, speed = savings.costs(results, tables.costs), steps_to_score(results, tables.curves)
    best = [
        line for cost in savings.BUDGETS for line in savings.best_per_budget(results, pairs, cost, ratio, tables.costs)
    ]
    sentence, change = "No shared network was measured.", "Seconds are those of the machine that trained."
    if len(table):
        most = table.iloc[int(table["size"].argmax())]
        sentence = (
            f"One network for {most['size']} tasks ({most['encoder']}) has {_share(most['parameters_ratio'])} of the "
            f"parameters of its singles and took {_share(most['seconds_ratio'])} of their training time."
        )
        if pd.isna(most["milliseconds"]):
            change += " What it saves at work was not measured: `cohear bench DIR` measures time, memory and bytes."
        else:
            sentence += " " + _at_work(most)
            change += " Those of an answer, and memory, are of the machine that `cohear bench` ran on."
    ratios = speed["ratio"].dropna()
    if len(ratios):
        sentence += (
            f" In the middle of {len(ratios)} cells a task takes {_share(float(ratios.median()))} of the steps of its "
            f"single run to {SHARE:.0%} of that run's score."
        )
    return {
        "answer": sentence,
        "would_change": f"{change} Other work on a machine is in all of them.",
        "costs": records(table),
        "speed": records(speed),
        "groupings": [dict(line) for line in best],
    }


def _at_work(row: pd.Series) -> str:
    """What one network costs when it answers, beside its singles with and without a common front-end."""
    shares = [
        f"{_share(row[f'{cost}_ratio'])} of their {name} ({_share(row[f'{cost}_common_ratio'])} behind one common "
        "front-end)"
        for cost, name in (
            ("cpu_milliseconds", "processor time"),
            ("multiply_adds", "multiply-adds"),
            ("bytes", "bytes"),
            ("peak_memory", "peak memory"),
        )
    ]
    return (
        f"At work it takes {row['milliseconds']:.2f} ms a second of audio (95 % within "
        f"{row['milliseconds_p95']:.2f}): {', '.join(shares[:-1])} and {shares[-1]}."
    )


def _share(ratio: float) -> str:
    return "an unknown share" if pd.isna(ratio) else f"{100 * ratio:.0f} %"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON: None where a figure is not known."""
    return [{str(name): _plain(cell) for name, cell in row.items()} for row in table.to_dict("records")]


def _plain(cell: Any) -> Any:  # noqa: ANN401 - any cell
    if cell is pd.NA or (isinstance(cell, float) and not np.isfinite(cell)):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell
