"""Which tasks to train together is said once, and beside nothing that speaks against it."""

from __future__ import annotations

import math
import re

from said import Said

from cohear.analysis.answers.groupings import MOST_TASKS
from rules.rule import Told, of_setting, rule

_CHOSEN = re.compile(
    r"The grouping that gains most on every other (?:fold|seed), (.*) "
    r"\([^()]*(?:\([^()]*\))?[^()]*\), has a mean gain of ([^ ]+)"
)

_WHOLE = re.compile(r"All (\d+) (?:learnt )?tasks in one network \(.*\) have a mean gain of ([^ ]+) ")


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
    found, whole = _CHOSEN.search(answer), _WHOLE.search(answer)
    shown = _recommended(said)
    shared = {names: one for names, one in shown.items() if any("+" in group for group in one[0])}
    if not found and not whole:
        if shared:
            yield f"the page recommends {shown}, answers nothing: {answer[-200:]}"
        return
    scale = 100 if said.power["fractions"] else 1
    if len(shown) == 1:
        names, gain = next(iter(shown.values()))
        told = sorted(found[1].split(", ")) if found else names if len(names) == 1 else []
        if names != told:
            yield f"the page recommends {names}, answers {told}"
        elif not math.isclose(gain, float((found or whole)[2]) / scale, rel_tol=0.005, abs_tol=0.0006):  # as written
            yield f"{names} gains {gain:+.4f} on the page, {(found or whole)[2]} in answers"


@rule
def separate_networks_are_not_best_where_two_tasks_surely_help_each_other(said: Said) -> Told:
    """Unless it is said beside it, for a grouping is chosen on half of the repeats."""
    for view in said.views.settings:
        text = view.together.text.plain
        apart = view.groupings and not view.groupings.best.shared
        if apart and view.answer.sureness == "sure" and "surely help each other all the same" not in text:
            proof = [f"{c.task} {c.gain_text} ({c.interval_text})" for c in view.answer.proof]
            yield f"'{text}' beside 'Sure. Both gains are beyond chance' ({proof})"


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
            every = of_setting(said.content.statistics.pairs, view)
            own = said.content.statistics.advisable(every)
            repeats = len(own[["fold", "seed"]].drop_duplicates())
            tasks = of_setting(said.content.ordinary, view)["task"].nunique()
            reason = view.grouping.missing
            true = {
                "pairs": every.empty,
                "learnt": own.empty and not every.empty,
                "repeats": repeats < 2 or own["fold"].nunique() * own["seed"].nunique() < 2,
                "tasks": tasks > MOST_TASKS,
                "units": own["metric"].nunique() > 1,
                "cost": of_setting(said.content.ordinary, view)["parameters"].isna().any(),
                "singles": True,
            }
            if not true[reason]:
                yield f"'{view.together.text.plain}' with {repeats} repeats of {tasks} tasks in {view.encoder}"


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
