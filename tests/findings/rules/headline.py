"""The headline of the page, beside the cells it is made of."""

from __future__ import annotations

import re

from said import Said

from rules.rule import Told, of_pairs, of_setting, rule


@rule
def nothing_decided_is_said_where_nothing_is(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        decided = sum(count for verdict, count in answer.counts.items() if verdict != "undecided")
        if "Nothing is decided yet" in answer.said.text.plain and decided:
            yield f"'{answer.said.text.plain}' beside {answer.counts}"


@rule
def no_two_tasks_help_each_other_only_where_none_do(said: Said) -> Told:
    for view in said.views.settings:
        head = view.answer.said.head.plain
        at_a_cost = "at the partner's cost" in head
        if head.startswith("No two tasks help each other") and bool(view.answer.counts["helps"]) != at_a_cost:
            yield f"'{view.answer.said.head.plain} {view.answer.said.text.plain}' beside {view.answer.counts}"


@rule
def no_pair_compared_is_said_where_none_is(said: Said) -> Told:
    pairs = of_pairs(said.gains)
    for view in said.views.settings:
        own = of_setting(pairs, view)
        none = "No pair has been compared yet" if pairs.empty else "No pair was tried with this front-end and encoder"
        if (none in view.answer.said.head.plain) != own.empty:
            yield f"'{view.answer.said.head.plain}' beside {len(own)} pair cells in {view.encoder}"
    if ("No pair has been compared yet" in said.answers["improve"]["answer"]) != (not len(pairs)):
        yield f"'{said.answers['improve']['answer']}' beside {len(pairs)} pair cells"


@rule
def best_of_so_many_pairs_counts_pairs(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if not answer.proof:
            continue
        number = of_setting(said.content.statistics.advisable(of_pairs(said.gains)), view)["combination"].nunique()
        told = re.search(r"The best of (\d+) pairs?", answer.said.aside.plain)
        if int(told[1]) != number:
            yield f"'{told[0]}' beside {number} pairs"


@rule
def a_headline_of_one_cell_does_not_speak_of_two(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if len(answer.proof) == 1 and ("Both" in answer.said.text.plain or "the two gains" in answer.said.text.plain):
            yield f"'{answer.said.head.plain} {answer.said.text.plain} {answer.decides.plain}' of one cell"


@rule
def harmless_is_not_called_open(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if (
            answer.proof
            and all(cell.verdict == "harmless" for cell in answer.proof)
            and "undecided" in answer.said.text.plain
        ):
            yield f"'{answer.said.text.plain}' of {[c.verdict for c in answer.proof]}"


@rule
def losses_of_pairs_are_spoken_of_where_there_are_pairs(said: Said) -> Told:
    for view in said.views.settings:
        text = view.together.text.plain
        if "losses of pairs" in text and not view.answer.measured:
            yield f"page: '{text}' where no pair was compared"


@rule
def partners_are_spoken_of_where_there_are_partners(said: Said) -> Told:
    for view in said.views.settings:
        if view.answer.groups and not view.answer.measured and len(said.views.settings) == 1:
            helps = [cell.task for cells in view.answer.groups.values() for cell in cells if cell.verdict == "helps"]
            if "No partner is shown to help" in said.page_text:
                yield f"page: 'No partner is shown to help' where no pair was compared; helped in groups: {helps}"
