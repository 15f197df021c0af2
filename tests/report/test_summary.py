"""The first screen in ten lines, the page as data, and tables in LaTeX."""

import json
import re
import shutil
from pathlib import Path

import pytest
from gains_table import read_gains
from simulated_study import HOSTILE, TASKS, write_study

from cohear import api
from cohear.report.folder import read_folder
from cohear.report.paper import latex_tables
from cohear.report.parts.metrics import PRIMARY
from cohear.report.summary import MOST_LINES

RECORDED = sorted(path.parent.name for path in Path(__file__).resolve().parents[2].glob("docs/results/*/results.csv"))
"""Studies that are kept."""


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("summary")
    encoders = ("small", "dnn", "cnn", "wide", "other")
    return {
        "plain": write_study(folder / "plain", extras=False),
        "hostile": write_study(folder / "hostile", names=HOSTILE, encoders=encoders, extras=False, folds=2),
    }


def test_the_summary_is_the_first_screen_in_ten_lines(studies):
    lines = api.report_summary(studies["plain"]).splitlines()
    said = api.report_data(studies["plain"])["settings"][0]["decision"]
    assert len(lines) <= MOST_LINES and f"{len(TASKS)} tasks" in lines[0]
    assert (
        lines[2].startswith("**Train ") and "digit + keyword" in lines[2] and lines[2].startswith(f"**{said['says']}")
    )
    labels = [re.match(r"- \*\*(.*?)\*\*", line)[1] for line in lines if line.startswith("- **")]
    assert labels == [point["what"] for point in said["points"]][: len(labels)]
    assert labels[:4] == ["Gain to expect:", "Size:", "Sure:", "Open:"]
    assert any("digit and keyword help each other most." in line for line in lines)


def test_names_mark_nothing_in_the_summary_and_many_settings_are_counted(studies):
    text = api.report_summary(studies["hostile"])
    assert len(text.splitlines()) <= MOST_LINES and "<" not in text
    assert re.search(r"- \d more settings? on the page", text)


def test_the_page_as_data_has_the_tables(studies):
    told = api.report_data(studies["plain"])
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    gains = {
        (row["task"], row["combination"]): row for row in read_gains(studies["plain"] / "gains.csv").to_dict("records")
    }
    shown = [cell for cell in told["gains"] if cell["shown"] == PRIMARY]
    assert {(cell["task"], cell["combination"]) for cell in shown} == set(gains)
    for cell in shown:
        row = gains[cell["task"], cell["combination"]]
        assert [cell[name] for name in ("gain", "low", "high", "verdict")] == [
            row[name] for name in ("gain", "low", "high", "verdict")
        ]
    assert {"matrix", "scores"} <= {figure["name"] for figure in told["figures"]}


def test_latex_tables_have_a_row_a_gain_and_are_balanced(studies):
    study = read_folder(studies["hostile"])
    text = latex_tables(study)
    rows = [line for line in text.splitlines() if line.endswith(r"\\") and not line.startswith(r"\caption")]
    heads = sum(line.startswith("task &") for line in rows)
    assert heads == text.count(r"\begin{longtable}") == 5 and len(rows) == len(study.statistics.gains) + heads
    assert {len(re.findall(r"(?<!\\)&", line)) for line in rows} == {10}
    assert r"95 \% interval" in text and "\N{MINUS SIGN}" not in text
    plain = re.sub(r"\\[{}]|\\textbrace\w+\{\}", "", text)
    assert plain.count("{") == plain.count("}")


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDED)
def test_no_recorded_page_contradicts_itself(name, tmp_path, request):
    folder = tmp_path / name
    shutil.copytree(request.config.rootpath / "docs" / "results" / name, folder)
    told = api.report_data(folder)
    gains = read_gains(folder / "gains.csv").to_dict("records")
    keys = ("features", "encoder", "arm")
    shown = [cell for cell in told["gains"] if cell["shown"] == PRIMARY]
    assert len(shown) == len(gains)
    for cell in shown:
        if cell["unit"] == "points":  # nothing exceeds its scale
            assert all(cell[end] is None or -1 <= cell[end] <= 1 for end in ("gain", "low", "high")), cell
    for setting in told["settings"]:
        own = [cell for cell in shown if all(cell[key] == setting[key] for key in keys)]
        decision, pair = setting["decision"], setting["pair"]
        says, unlearnt = decision["says"], set(decision["not_learnt"])
        verdicts = [cell["verdict"] for cell in own if not unlearnt & {cell["task"], *cell["partners"]}]
        if says.startswith("Nothing is shown to help"):
            assert "helps" not in verdicts
        if decision["networks"] is not None:
            assert says.startswith("Keep all") == (not decision["networks"])
            served = [task for group in decision["networks"] for task in group] + decision["apart"]
            assert len(served) == len(set(served)) and not unlearnt & set(served)
            beyond = decision["low"] is not None and decision["low"] > 0
            assert ("beyond chance" in says) == (beyond and bool(decision["networks"]))
        of_pair = {(cell["task"], cell["combination"]): cell["verdict"] for cell in own}
        helped = [of_pair[cell["task"], cell["combination"]] == "helps" for cell in pair["cells"]]
        assert (pair["sureness"] == "sure") == (len(helped) == 2 and all(helped))
        assert not unlearnt & {task for cell in pair["cells"] for task in cell["combination"].split("+")}
