"""What would decide an open cell is said in one voice."""

from __future__ import annotations

import re
from typing import Any

from said import Said

from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.tables.columns import CELL, SETTING
from rules.rule import Cell, Told, cell_of, is_pair, rule, setting_of


def _more(said: Said) -> dict[Cell, float | None]:
    return {
        cell_of(row): row["more_repeats"]
        for row in said.power["cells"]
        if row["verdict"] == "undecided" and row["error"] is not None
    }


@rule
def so_few_repeats_decide_nothing(said: Said) -> Told:
    """No cell is decided below five repeats, however many its gain alone would take."""
    for row in said.power["cells"]:
        more = row["more_repeats"]
        if row["verdict"] == "undecided" and more and row["repeats"] + more < FEWEST_REPEATS:
            yield f"{cell_of(row)}: {row['repeats']} repeats, and {more:.0f} more would decide it"


def _cures(said: Said, code: str) -> list[dict[str, Any]]:
    """What would decide cells that findings of a kind leave open."""
    found = [one for one in said.answers["improve"]["findings"] if one["code"] == code]
    return [cure for one in found for cure in one["cures"] if "cells" in cure]


@rule
def no_number_of_repeats_is_said_in_one_way(said: Said) -> Told:
    """What a pair, a setting and a family would take is counted among what the study would take, cell by cell."""
    ways = {"more repeats": "repeats", "repeats that a verdict needs": "fewest", "a second seed": "seed"}
    ways |= {"more combinations": "cells", "the number of test clips": "still", "new clips": "clips"}
    ways |= {"the rest of the study": "looks"}
    cells = [row for row in said.power["cells"] if row["verdict"] == "undecided"]
    for code, rows in (
        ("open-cells", [row for row in cells if is_pair(row["combination"])]),
        ("best-pair", [row for row in cells if is_pair(row["combination"])]),
    ):
        for cure in _cures(said, code):
            if sum(row["way"] == ways[cure["kind"]] for row in rows) < cure["cells"]:
                yield f"{code}: {cure['words']}, power: {[row['way'] for row in rows]}"
    for family in said.power["families"]:
        if sum(cure["cells"] for cure in family["cures"]) != family["open"]:
            yield f"{family['open']} open in {family['cells']}, cures for {family['cures']}"


@rule
def decidable_cells_are_as_many_everywhere(said: Said) -> Told:
    more = _more(said)
    pairs = {cell: n for cell, n in more.items() if is_pair(cell[1])}
    ready = sum(row["way"] == "repeats" and is_pair(row["combination"]) for row in said.power["cells"])
    told = {cure["cells"] for cure in _cures(said, "open-cells") if cure["kind"] == "more repeats"}
    if ready and ready not in told:
        yield f"power: {ready} of {len(pairs)} by repeats, findings: {told}"
    for view in said.views.settings:
        own = [row for row in said.power["cells"] if setting_of(row) == (view.features, view.encoder, view.arm)]
        shown = sum(row["way"] == "repeats" and is_pair(row["combination"]) for row in own)
        if shown and "more repeat" not in view.answer.open.plain.lower() and not said.study.looks:
            yield f"page: '{view.answer.open.plain}', power: {shown} of {len(own)} by repeats"


@rule
def given_up_is_not_decidable(said: Said) -> Told:
    """What status calls given up, nobody promises to decide by more repeats of the same study."""
    if said.status is None or not said.status.cells:
        return
    gave_up = said.status.cells.get("given up", 0)
    ready = sum(n is not None and n > 0 for n in _more(said).values())
    still = said.status.cells.get("open", 0)
    if gave_up and ready > still:
        yield f"status: {said.status.cells}; power: more repeats would decide {ready} cells"


@rule
def every_cell_is_decided_only_where_all_are(said: Said) -> Told:
    change = said.answers["improve"]["would_change"]
    still = int((said.gains["verdict"] == "undecided").sum())
    if "Every cell is decided" in change and still:
        yield f"'{change[-90:]}' beside {still} undecided cells"


@rule
def one_seed_is_said_where_there_is_one(said: Said) -> Told:
    """The cure "a second seed" is only given to those who have none."""
    pairs = said.content.statistics.pairs
    if pairs.empty:
        return
    per_part = pairs.groupby([*CELL, "part"]).size().reset_index(name="number")
    seeds = per_part.groupby([*SETTING, per_part["combination"].map(is_pair)])["number"].median()  # of each family
    text = f"{said.answers['improve']['would_change']}"
    if len(seeds) and (seeds >= 2).all():
        if "With one seed a fold" in text:
            yield f"answers: '{text[text.index('With one seed') :][:160]}' with {seeds.min():.0f} seeds a test part"
        if "note: With one seed a fold" in " ".join(said.texts["power"].split()):
            yield f"power: 'With one seed a fold' with {seeds.min():.0f} seeds a test part"
        for view in said.views.settings:
            text = f"{view.answer.open.plain} {view.answer.decides.plain}"
            if "second seed" in text:
                yield f"page: '{text}' with {seeds.min():.0f} seeds a test part"


@rule
def shares_of_the_folds_are_measured_or_assumed(said: Said) -> Told:
    """The table of parts and the note of `power` agree on what is measured."""
    assumed = {(*setting_of(row), row["task"]): row["assumed"] for row in said.power["parts"]}
    measured: dict[tuple[str, ...], list[bool]] = {}
    for row in said.power["cells"]:
        if is_pair(row["combination"]):
            measured.setdefault((*setting_of(row), row["task"]), []).append(bool(row["share_measured"]))
    for row in said.power["cells"]:
        own = assumed.get((*setting_of(row), row["task"]))
        most = measured.get(
            (*setting_of(row), row["task"]), []
        )  # failed runs leave cells of a task in several families
        if is_pair(row["combination"]) and own is not None and bool(own) == all(most) == any(most):
            yield f"{cell_of(row)}: share measured {row['share_measured']}, in the table of parts assumed: {own}"


@rule
def how_far_from_five_repeats_is_right(said: Said) -> Told:
    for view in said.views.settings:
        found = re.search(r"At least (\d+) more repeat", view.answer.decides.plain)
        if found:
            few = min(cell.repeats for cell in view.answer.proof if cell.verdict == "undecided")
            if int(found[1]) != FEWEST_REPEATS - few:
                yield f"'{view.answer.decides.plain}' with {few} repeats"


@rule
def a_second_seed_is_asked_of_those_who_can_have_it(said: Said) -> Told:
    """A study that stops when verdicts are decided is not told to ask for more seeds: it has them in its plan."""
    if said.study.looks and said.study.seeds > 1:
        for note in said.notes:
            if "A second seed a fold tells them apart" in note:
                yield f"{note} (the study has {said.study.seeds} seeds and looks at {said.study.looks})"


@rule
def a_verdict_for_this_split_is_not_denied(said: Said) -> Told:
    """ "The verdicts hold for this split" and "no verdict there" are not said of one task."""
    holds = [note for note in said.notes if "the verdicts hold for this split" in note]
    none = [note for note in said.notes if note.startswith("Fewer than")]
    for one in holds:
        tasks = set(re.search(r"\((.*)\)", one)[1].split(", "))
        for other in none:
            both = tasks & set(re.search(r"\((.*?)\)", other)[1].split(", "))
            if both and not any(
                row["repeats"] >= FEWEST_REPEATS for row in said.gains.to_dict("records") if row["task"] in both
            ):
                yield f"'{one}' beside '{other}'"
