"""Every reader has the same gains and verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from said import Said

from cohear.analysis.tables.columns import CELL, VERDICTS
from cohear.report.parts.metrics import PRIMARY
from rules.rule import Told, cell_of, gains_by_cell, is_pair, of_pairs, of_setting, rule, same


def parts_by_cell(said: Said) -> Mapping[tuple[str, ...], int]:
    """On how many test parts each cell was compared."""
    return said.content.statistics.pairs.groupby(list(CELL))["part"].nunique().to_dict()


@rule
def power_has_the_gains_and_verdicts(said: Said) -> Told:
    known = gains_by_cell(said)
    rows = {cell_of(row): row for row in said.power["cells"]}
    if set(rows) != set(known):
        yield f"power has {len(rows)} cells, gains {len(known)}"
    for cell in set(rows) & set(known):
        for name in ("verdict", "repeats"):
            if rows[cell][name] != known[cell][name]:
                yield f"{cell}: {name} {rows[cell][name]} in power, {known[cell][name]} in gains"
        if not same(rows[cell]["gain"], known[cell]["gain"]):
            yield f"{cell}: gain {rows[cell]['gain']} in power, {known[cell]['gain']} in gains"


@rule
def answers_have_the_gains_and_verdicts(said: Said) -> Told:
    known = gains_by_cell(said)
    decided = {cell: row for cell, row in known.items() if is_pair(cell[1]) and row["verdict"] in ("helps", "hurts")}
    told = {cell_of(row): row for row in said.answers["improve"]["decided"]}
    if set(told) != set(decided):
        yield f"answers list {len(told)} decided cells, gains have {len(decided)}"
    for cell in set(told) & set(decided):
        for name in ("verdict", "explanation"):
            if told[cell][name] != decided[cell][name]:
                yield f"{cell}: {name} {told[cell][name]!r} in answers, {decided[cell][name]!r} in gains"
        for name in ("gain", "low", "high", "p_adjusted"):
            if not same(told[cell][name], decided[cell][name]):
                yield f"{cell}: {name} {told[cell][name]} in answers, {decided[cell][name]} in gains"


@rule
def page_has_the_gains_and_verdicts(said: Said) -> Told:
    known, shown = gains_by_cell(said), {}
    for view in said.views.matrices:
        if view.metric != PRIMARY:
            continue
        for cell in view.cells:
            shown[cell.task, cell.combination, view.features, view.encoder, view.arm] = cell
    if set(shown) != set(known):
        yield f"the page has {len(shown)} cells, gains {len(known)}"
    for name in set(shown) & set(known):
        cell, row = shown[name], known[name]
        if (cell.verdict, cell.explanation) != (row["verdict"], row["explanation"]):
            wanted = f"{row['verdict']} {row['explanation']}"
            yield f"{name}: {cell.verdict} {cell.explanation} on the page, {wanted} in gains"
        for figure in ("gain", "low", "high", "single", "shared"):
            if not same(getattr(cell, figure), row[figure]):
                yield f"{name}: {figure} {getattr(cell, figure)} on the page, {row[figure]} in gains"


@rule
def card_has_the_gains_and_verdicts(said: Said) -> Told:
    known = gains_by_cell(said)
    for (features, encoder, arm, combination), told, _ in said.cards():
        for task in combination.split("+"):
            name = (task, combination, features, encoder, arm)
            if (task in told) != (name in known):
                yield f"{name}: the card {'has' if task in told else 'lacks'} a gain, gains.csv differs"
            elif task in told:
                row = known[name]
                if told[task]["verdict"] != row["verdict"]:
                    yield f"{name}: {told[task]['verdict']} on the card, {row['verdict']} in gains"
                for figure in ("gain", "low", "high", "single"):
                    if not same(told[task][figure], row[figure]):
                        yield f"{name}: {figure} {told[task][figure]} on the card, {row[figure]} in gains"


@rule
def markdown_has_the_verdicts(said: Said) -> Told:
    counted = Counter(re.findall(r"\| (helps|hurts|harmless|undecided)(?: \([\w ,]+\))? \|", said.markdown))
    wanted = Counter(said.gains["verdict"])
    if counted != wanted:
        yield f"{dict(counted)} in table.md, {dict(wanted)} in gains"
    alone = Counter(re.findall(r"\| – \| (helps|hurts|harmless|undecided)(?: \([\w ,]+\))? \|$", said.markdown, re.M))
    parts = parts_by_cell(said)
    of_one = Counter(row["verdict"] for row in gains_by_cell(said).values() if parts[cell_of(row)] == 1)
    if alone != of_one:
        yield f"{dict(alone)} of one test part in table.md, {dict(of_one)} in gains"


@rule
def counts_are_those_of_gains(said: Said) -> Told:
    pairs = of_pairs(said.gains)
    wanted = {verdict: int((pairs["verdict"] == verdict).sum()) for verdict in VERDICTS}
    told = said.answers["improve"]["counts"]["all"]
    if {name: told[name] for name in VERDICTS} != wanted:
        yield f"answers count {told}, gains {wanted}"
    shown = Counter()
    for view in said.views.settings:
        shown.update(view.answer.counts)
    if {name: shown[name] for name in VERDICTS} != wanted:
        yield f"the page counts {dict(shown)}, gains {wanted}"
    for family in said.power["families"]:
        own = of_setting(said.gains, family)
        own = own[own["combination"].map(is_pair) == (family["cells"] == "pairs")]
        if int((own["verdict"] == "undecided").sum()) != family["open"] or len(own) != family["number"]:
            yield f"power has {family['open']} of {family['number']} open, gains {Counter(own['verdict'])}"
    explained = Counter(word for word in pairs["explanation"] if word) if len(pairs) else Counter()
    if {w: n for w, n in told["explanations"].items() if n} != dict(explained):
        yield f"answers explain {told['explanations']}, gains {dict(explained)}"


@rule
def what_holds_on_these_clips_is_told_as_its_column_has_it(said: Said) -> Told:
    """By the answers and the page, in words of its own; and nothing of it where repeats hung on the other verdicts.

    A cell with one test part has one reading, and the page writes no second one beside it.
    """
    pairs = of_pairs(said.gains)
    if said.study.looks and (said.gains["verdict_here"] != "").any():
        yield f"a study with looks has {dict(Counter(said.gains['verdict_here']))}"
    told = [finding for finding in said.answers["improve"]["findings"] if finding["code"] == "on-these-clips"]
    if len(told) != bool(len(pairs)):
        yield f"{len(told)} findings on these clips, {len(pairs)} pair cells"
    for finding in told:
        wanted = {verdict: int((pairs["verdict_here"] == verdict).sum()) for verdict in VERDICTS}
        if {verdict: finding["figures"][verdict] for verdict in VERDICTS} != wanted:
            yield f"answers count {finding['figures']} on these clips, gains {wanted}"
        if not finding["missing"] and "on these" not in finding["words"].lower():
            yield f"which clips is not said: {finding['words']}"
    known = gains_by_cell(said)
    parts = parts_by_cell(said)
    for view in said.views.matrices:
        for cell in view.cells if view.metric == PRIMARY else ():
            row = known[cell.task, cell.combination, view.features, view.encoder, view.arm]
            wanted = row["verdict_here"] if parts[cell_of(row)] > 1 else ""
            if cell.here != wanted:
                yield f"{cell_of(row)}: {cell.here!r} on the page, {row['verdict_here']!r} in gains"
    for row in known.values():
        if {row["verdict"], row["verdict_here"]} == {"helps", "hurts"}:
            yield f"{cell_of(row)}: {row['verdict']} for new clips, {row['verdict_here']} on these"


@rule
def status_counts_the_decided(said: Said) -> Told:
    if said.status is None or not said.status.cells or not any(said.status.cells.values()):
        return
    wanted = int((said.gains["verdict"] != "undecided").sum())
    if said.status.cells["decided"] != wanted:
        yield f"status has {said.status.cells} cells, gains {dict(Counter(said.gains['verdict']))}"


SHORTER = r"Repeats of \d+ more cells?|Runs of \d+ more combinations? failed"
"""What a note says instead of many more; the page says each of them."""


@rule
def notes_are_the_same_everywhere(said: Said) -> Told:
    if said.notes != said.answers["caveats"]:
        yield f"gains notes {said.notes}, answers {said.answers['caveats']}"
    shown = [one.plain for one in said.content.caveats]
    for note in said.notes:
        if note not in shown and not re.match(SHORTER, note):
            yield f"a note that the page lacks: {note}"


@rule
def log_loss_is_told_as_its_table_has_it(said: Said) -> Told:
    of_loss = said.content.statistics.log_loss
    told = [finding for finding in said.answers["improve"]["findings"] if finding["code"] == "second-score"]
    pairs = [] if of_loss is None else [row for row in of_loss.gains.to_dict("records") if is_pair(row["combination"])]
    if bool(pairs) != bool(told):
        yield f"{len(pairs)} pair cells in gains_nll, {len(told)} findings of them"
    for finding in told:
        for verdict in VERDICTS:
            number = sum(row["verdict"] == verdict for row in pairs)
            if finding["figures"][verdict] != number:
                yield f"{finding['figures'][verdict]} cells {verdict} in answers, {number} in gains_nll"
    in_power = said.power["nll"] and {cell_of(row): row["verdict"] for row in said.power["nll"]["cells"]}
    known = {} if of_loss is None else {cell_of(row): row["verdict"] for row in of_loss.gains.to_dict("records")}
    if (in_power or {}) != known:
        yield "power has other cells or verdicts in log loss than gains_nll"
