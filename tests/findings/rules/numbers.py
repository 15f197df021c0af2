"""Every number can be, has its unit, and is known where it is written."""

from __future__ import annotations

import re

import pandas as pd
from said import Said

from cohear.findings.words import typeset
from cohear.report.parts.metrics import PRIMARY
from cohear.tasks import METRICS
from rules.rule import Told, cell_of, rule, setting_of


def _bounds(metric: str, values: pd.Series) -> tuple[float, float] | None:
    """Between which scores of a metric lie: of one that says so."""
    if metric in METRICS and METRICS[metric].unit == "share" and ((values >= 0) & (values <= 1)).all():
        return 0.0, 1.0
    return None


@rule
def intervals_lie_within_what_scores_can_be(said: Said) -> Told:
    for metric, rows in said.gains.groupby("metric"):
        bounds = _bounds(str(metric), pd.concat([rows["single"], rows["shared"]]))
        if bounds is None:
            continue
        for row in rows.to_dict("records"):
            least, most = (bound - row["single"] for bound in bounds)
            if not METRICS[str(metric)].higher_is_better:
                least, most = -most, -least
            if row["low"] < least - 1e-9 or row["high"] > most + 1e-9:
                gain = f"{row['gain']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
                yield f"{cell_of(row)}: alone {row['single']:.3f}, gain {gain}"


@rule
def smallest_gains_can_be(said: Said) -> Told:
    if said.power["fractions"]:
        for family in said.power["families"]:
            for name in ("smallest", "smallest_in_family"):
                if family[name] is not None and family[name] > 1:
                    yield f"power: {name} {100 * family[name]:.0f} points in {setting_of(family)}"


@rule
def means_over_tasks_can_be(said: Said) -> Told:
    if not said.power["fractions"]:
        return
    for line in said.answers["combining"]["sizes"]:
        for low, high in (("low", "high"), ("worst_low", "worst_high")):
            if line[low] is not None and (line[low] < -1 or line[high] > 1):
                ends = f"{100 * line[low]:+.0f} to {100 * line[high]:+.0f} points"
                yield f"answers: {low[:-4] or 'mean'} of size {line['size']} from {ends}"
    total = said.answers["improve"]["counts"]["all"]
    if total["low"] is not None and (total["low"] < -1 or total["high"] > 1):
        yield f"answers: mean gain from {total['low']} to {total['high']}"
    for view in said.views.settings:
        for one in view.groupings.all if view.groupings else []:
            if one.low < -1 or one.high > 1:
                yield f"page: grouping {one.shared} {one.interval_text} points"


@rule
def no_word_is_missing(said: Said) -> Told:
    """No figure that is unknown is written as one."""
    for where, whole in {**said.texts, "page": said.page_text, "table.md": said.markdown}.items():
        text = whole.replace("the loss is NaN", "")
        for word in re.findall(r"\b(?:nan|NaN|None|inf|NaT|<NA>|undefined)\b", text):
            at = text.index(word)
            yield f"{where}: '…{' '.join(text[max(0, at - 80) : at + 30].split())}…'"
            break


@rule
def unknown_is_not_a_number(said: Said) -> Told:
    for where, text in said.texts.items():
        joined = " ".join(text.split())
        for found in re.finditer(r"unknown", joined):
            yield f"{where}: '…{joined[max(0, found.start() - 110) : found.end() + 40]}…'"
            break


@rule
def units_are_the_same_everywhere(said: Said) -> Told:
    """What the page tells in points, nobody tells in another unit."""
    shown = {
        (cell.task, cell.combination, view.features, view.encoder, view.arm): cell.unit
        for view in said.views.matrices
        if view.metric == PRIMARY
        for cell in view.cells
    }
    for where, rows in (("power", said.power["cells"]), ("answers", said.answers["improve"]["decided"])):
        for row in rows:
            if row["unit"] != shown[cell_of(row)]:
                yield f"{where}: {cell_of(row)} in {row['unit']}, on the page in {shown[cell_of(row)]}"
                break
    if shown and said.power["fractions"] != (set(shown.values()) == {"points"}):
        yield f"power: fractions {said.power['fractions']}; the page: {set(shown.values())}"


@rule
def a_card_has_shares_in_points_and_others_in_their_unit(said: Said) -> Told:
    for (*setting, combination), told, words in said.cards():
        for task, gain in told.items():
            cell = next(
                cell
                for view in said.views.matrices
                if view.metric == PRIMARY and [view.features, view.encoder, view.arm] == setting
                for cell in view.cells
                if (cell.task, cell.combination) == (task, combination)
            )
            if task in words and gain["gain"] is not None and typeset(words[task].split(" (")[0]) != cell.gain_text:
                yield f"card: {words[task]} of {task} ({cell.metric}), page: {cell.gain_text} {cell.unit}"
