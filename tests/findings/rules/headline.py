"""The headline of the page, beside the cells it is made of."""

from __future__ import annotations

from said import Said

from rules.rule import Told, of_pairs, of_setting, rule


@rule
def nothing_decided_is_said_where_nothing_is(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        decided = sum(count for verdict, count in answer.counts.items() if verdict != "undecided")
        if "Nothing is decided yet" in answer.sure and decided:
            yield f"'{answer.sure}' beside {answer.counts}"


@rule
def no_two_tasks_help_each_other_only_where_none_do(said: Said) -> Told:
    for view in said.views.settings:
        if view.answer.headline.startswith("No two tasks help each other") and view.answer.counts["helps"]:
            yield f"'{view.answer.headline} {view.answer.sure}' beside {view.answer.counts}"


@rule
def no_pair_compared_is_said_where_none_is(said: Said) -> Told:
    pairs = of_pairs(said.gains)
    for view in said.views.settings:
        own = of_setting(pairs, view)
        if ("No pair has been compared yet" in view.answer.headline) != own.empty:
            yield f"'{view.answer.headline}' beside {len(own)} pair cells in {view.encoder}"
    if ("No pair has been compared yet" in said.answers["improve"]["answer"]) != (not len(pairs)):
        yield f"'{said.answers['improve']['answer']}' beside {len(pairs)} pair cells"


@rule
def best_of_so_many_pairs_counts_pairs(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if not answer.proof:
            continue
        number = of_setting(of_pairs(said.gains), view)["combination"].nunique()
        if answer.measured // 2 != number:
            yield f"'the best of {answer.measured // 2} pairs' beside {number} pairs"


@rule
def a_headline_of_one_cell_does_not_speak_of_two(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if len(answer.proof) == 1 and ("Both" in answer.sure or "the two gains" in answer.sure):
            yield f"'{answer.headline} {answer.sure} {answer.decides}' of one cell"


@rule
def harmless_is_not_called_open(said: Said) -> Told:
    for view in said.views.settings:
        answer = view.answer
        if answer.proof and all(cell.verdict == "harmless" for cell in answer.proof) and "undecided" in answer.sure:
            yield f"'{answer.sure}' of {[c.verdict for c in answer.proof]}"


@rule
def losses_of_pairs_are_spoken_of_where_there_are_pairs(said: Said) -> Told:
    for view in said.views.settings:
        if view.groupings and not view.groupings.best.shared and not view.answer.measured:
            yield "page: 'none of the losses of pairs is beyond chance' where no pair was compared"


@rule
def partners_are_spoken_of_where_there_are_partners(said: Said) -> Told:
    for view in said.views.settings:
        if view.answer.groups and not view.answer.measured:
            helps = [cell.task for cells in view.answer.groups.values() for cell in cells if cell.verdict == "helps"]
            yield f"page: 'No partner is shown to help' where no pair was compared; helped in groups: {helps}"
