"""Of each task the best way to do it alone, and how far it is ahead of the others."""

from __future__ import annotations

from said import Said

from rules.rule import Told, rule, same, setting_of, singles


@rule
def the_best_single_is_not_behind(said: Said) -> Told:
    """Of any other that has repeats in common with it, and sure is what has nothing outside of its interval."""
    for line in said.answers["improve"]["singles"]:
        for other in line["others"]:
            who = f"{line['task']}: {setting_of(line)} beside {setting_of(other)}"
            if other["ahead"] is None:
                continue
            if other["ahead"] < -1e-12:
                yield f"{who} {other['ahead']:+.4f}"
            sure = other["ahead_low"] is not None and other["ahead_low"] > 0
            if other["surely"] != sure:
                yield f"{who}: surely {other['surely']} from {other['ahead_low']}"


@rule
def the_best_single_has_its_row(said: Said) -> Told:
    rows = {(row["task"], *setting_of(row)): row for row in singles(said)}
    for line in said.answers["improve"]["singles"]:
        for one in (line, *line["others"]):
            row = rows[(line["task"], *setting_of(one))]
            if not same(row["value"], one["value"]) or row["learnt"] != one["learnt"]:
                yield f"{line['task']}: {one} in singles.csv {row}"


@rule
def the_best_single_is_said_where_there_are_several(said: Said) -> Told:
    several = any(line["others"] for line in said.answers["improve"]["singles"])
    if ("Alone, each task is done best: " in said.answers["improve"]["answer"]) != several:
        yield f"several ways: {several}, and: {said.answers['improve']['answer']}"
