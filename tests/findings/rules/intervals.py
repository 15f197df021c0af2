"""Verdicts and intervals that stand beside each other, and means that are said twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from said import Said

from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.report.parts.metrics import PRIMARY
from rules.rule import Told, cell_of, of_learnt, of_pairs, of_setting, rule, same, setting_of

EARLIER = "decided at an earlier look"


def _cells(said: Said) -> Iterator[tuple[Any, ...]]:
    """Features, encoder, arm and a cell of the page, in each task's own metric."""
    for view in said.views.matrices:
        if view.metric == PRIMARY:
            yield from ((view.features, view.encoder, view.arm, cell) for cell in view.cells)


@rule
def a_sure_gain_has_no_zero_in_its_interval(said: Said) -> Told:
    """But where a look decided it before its last repeats, which then stands beside it in every medium."""
    shown = {(*setting, cell.combination, cell.task): cell for *setting, cell in _cells(said)}
    cards = {(*setting, task): words for setting, _, words in said.cards() for task, words in words.items()}
    for row in said.gains.to_dict("records"):
        if row["verdict"] in ("helps", "hurts") and row["low"] <= 0 <= row["high"]:
            place = (*setting_of(row), row["combination"], row["task"])
            told = {"page": shown[place].when, "card": cards.get(place, EARLIER)}
            told |= {"table.md": said.markdown, "gains": " ".join(said.texts["gains"].split())}
            silent = [medium for medium, text in told.items() if EARLIER not in text]
            if silent or not said.study.looks:
                found = f"{cell_of(row)}: {row['verdict']}, interval {row['low']:+.4f} to {row['high']:+.4f}"
                yield f"{found}; not told by {silent}"
        if row["verdict"] in ("helps", "hurts") and (row["gain"] > 0) != (row["verdict"] == "helps"):
            yield f"{cell_of(row)}: {row['verdict']} with a gain of {row['gain']:+.4f}"


@rule
def an_open_cell_whose_interval_has_no_zero_is_explained(said: Said) -> Told:
    """Where such a cell is named with its interval, the words say that its family made it open."""
    for view in said.views.settings:
        for cell in view.answer.proof:
            if cell.verdict == "undecided" and cell.repeats >= FEWEST_REPEATS and (cell.low > 0 or cell.high < 0):
                words = f"{view.answer.said.text.plain} {view.answer.decides.plain}"
                if "family" not in words and "among" not in words and "many" not in words:
                    yield f"{cell.task} in {cell.combination}, {cell.interval_text}: {words}"


@rule
def could_be_chance_is_said_of_intervals_with_zero(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if "could be chance" in answer.said.text.plain and "Both" in answer.said.text.plain:
            for cell in answer.proof:
                if cell.low > 0 and cell.repeats >= FEWEST_REPEATS:
                    yield f"'{answer.said.text.plain}' beside {cell.gain_text} ({cell.interval_text})"


@rule
def the_worst_task_has_its_gain(said: Said) -> Told:
    for line in said.answers["combining"]["sizes"]:
        own = of_setting(of_learnt(said, said.gains), line)
        own = own[own["combination"].str.count(r"\+") + 1 == line["size"]]
        by_task = own.groupby("task")["gain"].mean()
        if by_task.idxmin() != line["lowest_task"] or not same(by_task.min(), line["lowest"]):
            lowest = f"{by_task.idxmin()} {by_task.min():+.4f}"
            yield f"size {line['size']}: lowest {line['lowest_task']} {line['lowest']:+.4f}, in gains {lowest}"


@rule
def means_are_those_of_learnt_tasks(said: Said) -> Told:
    """Of pairs as of groups of each size: what is not learnt is in no gain to expect."""
    learnt = of_learnt(said, said.gains)
    total = said.answers["improve"]["counts"]["all"]
    pairs = of_pairs(learnt)
    if total["of_learnt"] != len(pairs):
        yield f"{total['of_learnt']} cells of learnt tasks, in gains {len(pairs)}"
    if len(pairs) and not same(total["mean"], pairs["gain"].mean()):
        yield f"mean gain {total['mean']:+.4f}, in gains {pairs['gain'].mean():+.4f}"
    if total["cells"] and ("of learnt tasks" in said.answers["improve"]["answer"]) != (0 < len(pairs) < total["cells"]):
        yield f"of {total['cells']} cells {len(pairs)} are of learnt tasks: {said.answers['improve']['answer']}"


@rule
def one_mean_has_one_interval(said: Said) -> Told:
    """The mean gain over the pairs of a study of one setting, where two answers give it; each interval says of what."""
    sizes = [line for line in said.answers["combining"]["sizes"] if line["size"] == 2]
    total = said.answers["improve"]["counts"]["all"]
    if len(sizes) == 1 and total["of_learnt"]:
        if abs(sizes[0]["mean"] - total["mean"]) > 0.0005:
            yield f"mean gain of pairs {total['mean']:+.4f} and {sizes[0]['mean']:+.4f}"
        one, other = (said.answers[question]["answer"] for question in ("improve", "combining"))
        if total["low"] is not None and "over the tasks" not in one:
            yield f"an interval over tasks without saying so: {one}"
        if "with 2 tasks" in other and "intervals over the repeats" not in other:
            yield f"an interval over repeats without saying so: {other}"
