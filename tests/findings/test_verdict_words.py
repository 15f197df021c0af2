"""What verdicts say, and that one of an earlier look is told beside the interval that is not its own."""

import io
from dataclasses import replace

import pytest
from rich.console import Console
from said import Said
from shapes import study_named
from simulated_results import results_table
from written import write

from cohear.analysis.gains.gains import gains
from cohear.analysis.tables.columns import VERDICTS
from cohear.analysis.tables.units import units_of
from cohear.export.readme_cells import gain_text
from cohear.findings.verdict_words import SIGNS, meanings, when_decided
from cohear.report.parts.shown_gains import cells_of
from cohear.report.parts.verdict_looks import LOOKS
from cohear.report.terminal.answers import answers_text
from cohear.report.terminal.tables import gains_table

EARLIER = "decided at an earlier look"


def shown(what):
    console = Console(file=io.StringIO(), width=200)
    console.print(what)
    return " ".join(console.file.getvalue().split())


@pytest.fixture
def table():
    """A gain that some look called sure, and whose interval holds zero by now."""
    rows = [("digit", "digit", fold, 0, 0.7) for fold in range(5)]
    rows += [("digit", "digit+event", fold, 0, 0.7 + 0.05 * (fold - 1)) for fold in range(5)]
    return gains(results_table(rows)).assign(verdict="helps")


def test_every_verdict_has_a_sign_words_and_a_look():
    assert tuple(SIGNS) == tuple(meanings("1 point")) == tuple(LOOKS) == VERDICTS
    assert len(set(SIGNS.values())) == len({look.shape for look in LOOKS.values()}) == len(VERDICTS)


@pytest.mark.parametrize(
    ("verdict", "low", "high", "told"),
    [
        ("helps", -0.1, 0.2, EARLIER),
        ("hurts", -0.1, 0.2, EARLIER),
        ("helps", 0.1, 0.2, ""),
        ("harmless", -0.1, 0.2, ""),
        ("undecided", -0.1, 0.2, ""),
        ("helps", None, None, ""),
        ("helps", float("nan"), float("nan"), ""),
    ],
)
def test_a_verdict_that_is_older_than_its_interval_says_so(verdict, low, high, told):
    assert when_decided(verdict, low, high) == told


def test_page_terminal_and_card_tell_it(table):
    (cell,) = cells_of(table, units_of(table), ["digit", "event"])
    assert cell.when == EARLIER and cell.verdict_told == f"helps, {EARLIER}"
    assert f"▲ helps {EARLIER}" in shown(gains_table(table)).replace(" │ ", " ")
    row = table.iloc[0].to_dict()
    assert gain_text("accuracy", row).endswith(f"helps, {EARLIER})")
    part = {"answer": "", "would_change": ""}
    parts = dict.fromkeys(("measurements", "persistence", "combining", "savings"), part)
    told = {**parts, "improve": {**part, "decided": [{**row, "unit": "points", "not_learnt": []}]}, "caveats": []}
    assert f"helps, {EARLIER} [" in shown(answers_text(told))


@pytest.mark.parametrize(("name", "has_two_readings"), [("one fold-2", False), ("many seeds-0", True)])
def test_a_study_of_one_test_part_has_no_verdict_for_new_clips(tmp_path, name, has_two_readings):
    """Its caveat says that its verdicts hold for this split, beside which no cell may say otherwise."""
    study = study_named(name)
    said = Said(study, write(study, tmp_path / name))
    told = [cell for matrix in said.views.matrices for cell in matrix.cells if cell.here]
    assert bool(told) is has_two_readings
    assert ("are for new clips" in said.markdown) is has_two_readings
    assert ("a cell with one test part has all of them on these clips alone" in said.markdown.lower()) is not (
        has_two_readings
    )
    assert has_two_readings or "new clips" not in said.texts["gains"]


def test_cells_of_one_test_part_beside_others_have_their_verdict_for_these_clips_alone(tmp_path):
    """In the table for papers in its last column; in the terminal without a second reading, and the words say so."""
    plain = study_named("plain-0")
    study = replace(plain, tasks=(replace(plain.tasks[0], official=1), *plain.tasks[1:]))
    said = Said(study, write(study, tmp_path / "study"))
    statistics = said.content.statistics
    single = {tuple(row) for row in statistics.on_one_part[["task", "combination"]].to_numpy()}
    cells = {(row["task"], row["combination"]): row["verdict"] for row in statistics.gains.to_dict("records")}
    assert single & set(cells) and set(cells) - single
    rows = [[each.strip() for each in line.split("|")[1:-1]] for line in said.markdown.splitlines()]
    for task, *_, for_new, here in (row for row in rows if row[:1] and row[0] in {task for task, _ in single}):
        assert (for_new, here.partition(" ")[0]) in {
            ("–", verdict) for (own, _), verdict in cells.items() if own == task
        }
    assert any(row[-2] in VERDICTS for row in rows if len(row) > 2)
    assert "intervals are for new clips" in said.markdown and "But a cell with one test part" in said.markdown
    made = statistics.gains.assign(verdict="undecided", verdict_here="helps")
    text = shown(gains_table(made, statistics.units, statistics.on_one_part))
    assert "verdicts are for new clips, but for tasks with one test part; “here” says" in text
    assert text.count("here ▲") == len(set(cells) - single)
    assert shown(gains_table(made, statistics.units)).count("here ▲") == len(cells)
