"""A task that is not learnt is called so wherever it stands, and is in no advice and no gain to expect."""

from __future__ import annotations

import math

from said import Said

from cohear.findings.not_learnt import MARK
from cohear.report.parts.metrics import PRIMARY
from rules.rule import Setting, Told, not_learnt, rule, setting_of, singles


def _of(view: object) -> Setting:
    return (view.features, view.encoder, view.arm)  # type: ignore[attr-defined]


@rule
def learnt_is_where_the_interval_lies_beside_chance(said: Said) -> Told:
    for row in singles(said):
        task = said.study.of_task[str(row["task"])]
        unknown = math.isnan(row["low"]) or math.isnan(row["chance"])
        above, below = row["low"] > row["chance"], row["high"] < row["chance"]
        wanted = "" if unknown else "yes" if (above if task.higher_is_better else below) else "no"
        if row["learnt"] != wanted:
            yield f"singles.csv: {row}"
        if said.study.facts and not said.study.bare and task.chance is not None and math.isnan(row["chance"]):
            yield f"singles.csv: no chance of {row['task']}"


@rule
def every_task_alone_has_its_row(said: Said) -> Told:
    alone = said.content.ordinary
    alone = alone[(alone["combination"] == alone["task"]) & alone["value"].notna()]
    trained = {(row["task"], *setting_of(row)) for row in alone.to_dict("records")}
    told = {(row["task"], *setting_of(row)) for row in singles(said)}
    if told != trained:
        yield f"singles.csv has {sorted(told ^ trained)} too many or too few"


@rule
def what_is_not_learnt_is_in_no_advice(said: Said) -> Told:
    unlearnt = not_learnt(said)
    for view in said.views.settings:
        tasks = unlearnt.get(_of(view), set())
        shown = {task for cell in view.answer.proof for task in cell.combination.split("+")}
        if shown & tasks:
            yield f"page: '{view.answer.said.head.plain}' of {sorted(shown & tasks)}"
        every = [view.groupings.best, *view.groupings.all] if view.groupings else []
        served = {task for one in every for name in one.serving.groups for task in name.split("+")}
        if served & tasks:
            yield f"page: groupings of {sorted(served & tasks)}"
        told = f"{view.together.head.plain} {view.together.text.plain}"
        if "All" in told and tasks and "learnt tasks in one network" not in told and "in one network" in told:
            yield f"page: '{told}' without {sorted(tasks)}"
    for line in said.answers["savings"]["groupings"]:
        named = {task for group in line["groups"] for task in group.split("+")}
        if named & unlearnt.get(setting_of(line), set()):
            yield f"answers: grouping {line['groups']}"
    for code in ("one-network", "best-pair"):
        for one in said.findings(code):
            if set(one["combination"].split("+")) & unlearnt.get(tuple(one["setting"]), set()):
                yield f"{code} of {one['combination']}"
    for one in said.findings("sure-effects"):
        tasks = unlearnt.get(tuple(one["setting"] or ()), set())
        most = [one["figures"]["most"]] if one["figures"] and one["figures"].get("most") else []
        named = {name for pair in one["figures"].get("mutual", []) for name in pair}
        named |= {name for best in most for name in (best["task"], best["beside"])}
        if named & tasks:
            yield f"sure effects name {sorted(named & tasks)}"


@rule
def no_partner_is_advised_of_what_is_not_learnt(said: Said) -> Told:
    unlearnt = not_learnt(said)
    for one in said.findings("measured-partners"):
        tasks = unlearnt.get(tuple(one["setting"]), set())
        for task, best in one["figures"]["best"].items():
            if task in tasks or best["partner"] in tasks:
                yield f"measured partners: {task} beside {best['partner']}"
    setting = said.study.settings[0].names  # whose single runs the audit looks at
    for finding in said.gap:
        if "partner" in finding.cure and finding.task in unlearnt.get(setting, set()):
            measured = said.gains[(said.gains["task"] == finding.task)]
            if len(measured) and "No partner task is advised" not in finding.cure:
                yield f"check: '{finding.cure}' for {finding.task}"


@rule
def not_learnt_is_said_where_it_is_so_and_nowhere_else(said: Said) -> Told:
    unlearnt, sentence = not_learnt(said), "Not learnt in "
    places = {
        "gains": " ".join(said.notes),
        "answers": " ".join(said.answers["caveats"]),
        "page": said.page_text,
        "the answers' text": said.texts["answers"],
    }
    for where, text in places.items():
        if (sentence in text) != bool(unlearnt):
            yield f"{where}: '{sentence}' {'missing' if unlearnt else 'said'}, not learnt: {unlearnt}"
    if (f"({MARK})" in said.markdown) != bool(unlearnt):
        yield f"table.md: ({MARK}) with {unlearnt}"
    for view in said.views.matrices:
        marked = {row.name for row in view.rows if row.mark}
        if view.metric == PRIMARY and marked != unlearnt.get(_of(view), set()):
            yield f"matrix: {sorted(marked)} marked, not learnt: {sorted(unlearnt.get(_of(view), set()))}"
    for view in said.views.settings:
        marked = {one.task for one in view.scores for row in one.rows if row.mark and not row.baseline}
        if marked != unlearnt.get(_of(view), set()):
            yield f"scores: {sorted(marked)} marked, not learnt: {sorted(unlearnt.get(_of(view), set()))}"


@rule
def cells_name_their_tasks_that_are_not_learnt(said: Said) -> Told:
    unlearnt = not_learnt(said)
    for cell in said.answers["improve"]["decided"]:
        tasks = set(cell["combination"].split("+")) & unlearnt.get(setting_of(cell), set())
        if set(cell["not_learnt"]) != tasks:
            yield f"answers: {cell['task']} in {cell['combination']} with {cell['not_learnt']}, not learnt: {tasks}"
    for (*setting, combination), told, words in said.cards():
        tasks = set(combination.split("+")) & unlearnt.get(tuple(setting), set())
        for task, gain in told.items():
            if set(gain["not_learnt"]) != tasks:
                yield f"card: {task} in {combination}: {gain['not_learnt']}, not learnt: {tasks}"
            if task in words and gain["gain"] is not None and (MARK in words[task]) != bool(tasks):
                yield f"card: '{words[task]}' of {task} in {combination}, not learnt: {tasks}"


@rule
def figures_mark_what_is_not_learnt(said: Said) -> Told:
    unlearnt, settings = not_learnt(said), [setting.names for setting in said.study.settings]
    for setting, _, table in said.figures.get("matrix", []):
        tasks = unlearnt.get(setting or settings[0], set())
        marked = set(table.loc[table["mark"] == MARK, "task"])
        if marked != tasks & set(table["task"]):
            yield f"figure of the matrix: {sorted(marked)} marked, not learnt: {sorted(tasks)}"
    for setting, _, table in said.figures.get("cost", []):
        named = {task for groups in table["groups"] for group in groups.split(" | ") for task in group.split("+")}
        if named & unlearnt.get(setting or settings[0], set()):
            yield f"figure of costs: {sorted(named)}"
