"""Verdicts and intervals that stand beside each other, and means that are said twice."""

from __future__ import annotations

import numpy as np
from said import Said

from cohear.analysis.verdicts import FEWEST_REPEATS
from rules.rule import Told, cell_of, of_setting, rule, same


@rule
def a_sure_gain_has_no_zero_in_its_interval(said: Said) -> Told:
    for row in said.gains.to_dict("records"):
        if row["verdict"] in ("helps", "hurts") and row["low"] <= 0 <= row["high"]:
            yield f"{cell_of(row)}: {row['verdict']}, interval {row['low']:+.4f} to {row['high']:+.4f}"
        if row["verdict"] in ("helps", "hurts") and (row["gain"] > 0) != (row["verdict"] == "helps"):
            yield f"{cell_of(row)}: {row['verdict']} with a gain of {row['gain']:+.4f}"


@rule
def an_open_cell_whose_interval_has_no_zero_is_explained(said: Said) -> Told:
    """Where such a cell is named with its interval, the words say that its family made it open."""
    for view in said.views.settings:
        for cell in view.answer.proof:
            if cell.verdict == "undecided" and cell.repeats >= FEWEST_REPEATS and (cell.low > 0 or cell.high < 0):
                words = f"{view.answer.sure} {view.answer.decides}"
                if "family" not in words and "among" not in words and "many" not in words:
                    yield f"{cell.task} in {cell.combination}, {cell.interval_text}: {words}"


@rule
def could_be_chance_is_said_of_intervals_with_zero(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if "could be chance" in answer.sure and "Both" in answer.sure:
            for cell in answer.proof:
                if cell.low > 0 and cell.repeats >= FEWEST_REPEATS:
                    yield f"'{answer.sure}' beside {cell.gain_text} ({cell.interval_text})"


@rule
def the_worst_task_has_its_gain(said: Said) -> Told:
    for line in said.answers["combining"]["sizes"]:
        if line["worst_task"] is None:
            continue
        own = of_setting(said.gains, line)
        own = own[own["combination"].str.count(r"\+") + 1 == line["size"]]
        by_task = own.groupby("task")["gain"].mean()
        gain = float(by_task[line["worst_task"]])
        step = 0.0005 if said.power["fractions"] else 0.005 * max(1e-9, abs(gain))
        if abs(gain - line["worst"]) > step:
            worse = np.sign(round(gain, 3)) != np.sign(round(line["worst"], 3))
            yield (
                f"{'other sign: ' if worse else ''}size {line['size']}: worst task {line['worst_task']} "
                f"{line['worst']:+.4f}, its gain {gain:+.4f}"
            )
        if by_task.idxmin() != line["worst_task"]:
            yield f"size {line['size']}: worst task {line['worst_task']}, but {by_task.idxmin()} has the lowest gain"


@rule
def one_mean_has_one_interval(said: Said) -> Told:
    """The mean gain over all pairs of a study of one setting, where two answers give it."""
    sizes = [line for line in said.answers["combining"]["sizes"] if line["size"] == 2]
    total = said.answers["improve"]["counts"]["all"]
    if len(sizes) == 1 and total["cells"]:
        if not same(sizes[0]["mean"], total["mean"]):
            yield f"mean gain of pairs {total['mean']:+.4f} and {sizes[0]['mean']:+.4f}"
        if total["low"] is not None and sizes[0]["low"] is not None:
            one, other = (total["low"], total["high"]), (sizes[0]["low"], sizes[0]["high"])
            if not (same(one[0], other[0]) and same(one[1], other[1])):
                sure = [not low <= 0 <= high for low, high in (one, other)]
                yield (
                    f"{'one of them without zero: ' if sure[0] != sure[1] else ''}mean {total['mean']:+.4f} has ("
                    f"{one[0]:+.4f} to {one[1]:+.4f}) as improvement, ({other[0]:+.4f} to {other[1]:+.4f}) as combining"
                )
