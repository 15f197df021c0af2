"""What is missing has its true reason, and its cure is not there already."""

from __future__ import annotations

import re

from said import Said

from cohear.analysis.tables.columns import SETTING
from rules.rule import Told, gains_by_cell, is_pair, of_pairs, rule, setting_of


@rule
def the_cure_of_few_common_cells_is_not_there_already(said: Said) -> Told:
    change = said.answers["persistence"]["would_change"]
    if "pairs of the same tasks in both would tell" not in change:
        return
    for one in said.answers["persistence"]["agreements"]:
        first, second = (
            {
                row["combination"]
                for row in said.gains.to_dict("records")
                if is_pair(row["combination"]) and setting_of(row) == tuple(one[side])
            }
            for side in ("first", "second")
        )
        if first == second and first:
            tasks = {task for name in first for task in name.split("+")}
            yield f"'{change}' where both have the same {len(first)} pairs of {len(tasks)} tasks"


@rule
def fewer_than_two_settings_is_said_where_it_is_so(said: Said) -> Told:
    pairs = of_pairs(said.gains)
    number = len(pairs[list(SETTING)].drop_duplicates())
    if ("fewer than two settings" in said.answers["persistence"]["answer"]) != (number < 2):
        yield f"'{said.answers['persistence']['answer']}' with pairs in {number} settings"


@rule
def ceilings_are_called_low_where_they_are(said: Said) -> Told:
    if "the ceilings are low" in said.answers["persistence"]["would_change"]:
        known = [
            one[key]
            for one in said.answers["persistence"]["agreements"]
            for key in ("ceiling_first", "ceiling_second")
            if one[key] is not None
        ]
        if not known:
            yield "'the ceilings are low' where none is known"


@rule
def groups_beside_pairs_say_why_not(said: Said) -> Told:
    answer = said.answers["combining"]["answer"]
    if "which were not all measured" not in answer:
        return
    cells = set(gains_by_cell(said))
    for task, combination, *setting in cells:
        if combination.count("+") > 1:
            pairs = [
                (task, said.study.combination((task, other)), *setting)
                for other in combination.split("+")
                if other != task
            ]
            if all(pair in cells for pair in pairs):
                yield f"'{answer[-110:]}' but {task} in {combination} has all its pairs"
                return


@rule
def several_widths_are_not_asked_for_where_they_are(said: Said) -> Told:
    change = said.answers["combining"]["would_change"]
    if "ncoders of several widths" not in change:
        return
    groups = said.content.ordinary
    groups = groups[groups["combination"].str.count(r"\+") > 1]
    for key, rows in groups.groupby(["features", "arm"]):
        sizes = rows.groupby("encoder")["parameters"].mean().dropna()
        if sizes.nunique() > 1:
            yield f"'{change}' with encoders of {dict(sizes)} parameters in {key}"


@rule
def the_pairs_foretell_equally_badly_everywhere(said: Said) -> Told:
    """Groups that are surely worse than foretold: as many in the answers as in the figures of all settings."""
    answer, drawn = said.answers["combining"]["answer"], said.figures.get("foretold", [])
    pattern = r"Of (\d+) group cells? (\d+) (?:is|are) surely worse"
    found, shown = re.search(pattern, answer), [re.search(pattern, sentence) for _, sentence, _ in drawn]
    if not found or not drawn:
        return
    cells, worse = (sum(int(one[place]) for one in shown if one) for place in (1, 2))
    marked = sum(int((table["fit"] == "surely worse than foretold").sum()) for _, _, table in drawn)
    if (cells, worse, marked) != (int(found[1]), int(found[2]), int(found[2])):
        yield f"answers: '{found[0]}', the figures say {worse} of {cells} and mark {marked}"


@rule
def pairs_without_singles_are_not_called_missing(said: Said) -> Told:
    """Where pairs were trained and their singles were not, single runs are what is missing."""
    trained = said.content.ordinary
    trained = trained[trained["combination"].map(is_pair)]
    settings = {setting_of(row) for row in trained.to_dict("records")}
    compared = {setting_of(row) for row in said.gains.to_dict("records") if is_pair(row["combination"])}
    lacking = settings - compared
    if lacking and len(settings) > 1:
        told = said.answers["persistence"]
        if (
            "fewer than two settings" in told["answer"]
            and "Pairs of the same tasks with a second" in told["would_change"]
        ):
            where = f"pairs trained in {sorted(settings)}, no singles in {sorted(lacking)}"
            yield f"'{told['answer']} {told['would_change']}' with {where}"
    for view in said.views.settings:
        if (view.features, view.encoder, view.arm) in lacking and "two repeats" in view.together.text.plain:
            yield f"page, {view.encoder}: 'that takes two repeats of combinations' where single runs are missing"
