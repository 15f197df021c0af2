"""Which tasks to train together is said once, and beside nothing that speaks against it."""

from __future__ import annotations

import math
import re

from said import Said

from cohear.tasks import METRICS
from rules.rule import Told, of_setting, rule

_CHOSEN = re.compile(
    r"The grouping that gains most on every other fold, (.*) "
    r"\([^()]*(?:\([^()]*\))?[^()]*\), has a mean gain of ([^ ]+)"
)


def _recommended(said: Said) -> dict[tuple[str, str, str], tuple[list[str], float]]:
    found = {}
    for view in said.views.settings:
        if view.groupings:
            best = view.groupings.best
            names = sorted(["+".join(group) for group in best.shared] + list(best.alone))
            found[view.features, view.encoder, view.arm] = (names, best.expected)
    return found


@rule
def the_recommended_grouping_is_one(said: Said) -> Told:
    answer = said.answers["savings"]["answer"]
    found = _CHOSEN.search(answer)
    shown = _recommended(said)
    if not found:
        if shown and all(math.isfinite(view.groupings.best.low) for view in said.views.settings if view.groupings):
            yield f"the page recommends {shown}, answers nothing: {answer[-200:]}"
        return
    told = sorted(found[1].split(", "))
    if len(shown) == 1:
        names, gain = next(iter(shown.values()))
        if names != told:
            yield f"the page recommends {names}, answers {told}"
        elif abs(gain - float(found[2]) / (100 if said.power["fractions"] else 1)) > 0.0006:
            yield f"{names} gains {gain:+.4f} on the page, {found[3]} in answers"


@rule
def separate_networks_are_not_best_where_two_tasks_surely_help_each_other(said: Said) -> Told:
    for view in said.views.settings:
        if view.groupings and not view.groupings.best.shared and view.answer.sureness == "sure":
            proof = [f"{c.task} {c.gain_text} ({c.interval_text})" for c in view.answer.proof]
            yield f"'Separate networks score best so far' beside 'Sure. Both gains are beyond chance' ({proof})"


@rule
def no_recommended_network_surely_hurts_on_the_whole(said: Said) -> Told:
    for view in said.views.settings:
        if view.groupings and view.groupings.best.shared and view.groupings.best.verdict == "hurts":
            best = view.groupings.best
            yield f"recommended {best.shared}: {best.expected_text} ({best.interval_text}), beyond chance"


@rule
def a_missing_grouping_has_the_true_reason(said: Said) -> Told:
    for view in said.views.settings:
        if view.groupings is None:
            own = said.content.statistics.pairs
            own = of_setting(own, view)
            repeats = len(own[["fold", "seed"]].drop_duplicates())
            whole = {
                name
                for name in own["combination"].unique()
                if own[own["combination"] == name]["task"].nunique() == name.count("+") + 1
            }
            kinds = set(own["metric"]) <= {name for name in METRICS if METRICS[name].unit == "share"}
            if repeats >= 2 and whole and kinds:
                yield f"'takes two repeats of combinations': {repeats} repeats of {len(whole)} in {view.encoder}"


@rule
def what_is_recommended_is_expected_to_gain(said: Said) -> Told:
    for view in said.views.settings:
        if view.groupings and view.groupings.best.shared and view.groupings.best.expected < -0.0005:
            best = view.groupings.best
            yield f"page recommends {best.shared}: gain to expect {best.expected_text} ({best.interval_text})"


@rule
def a_best_grouping_beats_what_is_surely_better(said: Said) -> Told:
    """No grouping is recommended beside another one whose gain is surely larger than all of its own."""
    for view in said.views.settings:
        if view.groupings:
            best = view.groupings.best
            for one in view.groupings.all:
                if one is not best and one.low > max(best.expected, 0) and best.verdict != "helps":
                    beside = f"{one.shared} {one.expected_text} ({one.interval_text})"
                    yield f"page recommends {best.shared} {best.expected_text}, beside {beside}"
