"""`power`, `answers` and the tables of controls through the command line, from a folder with a bare results.csv."""

import json

import numpy as np
import pytest
from command import called

from cohear.analysis.tables.text import write_table
from cohear.base.tables import RESULTS_CSV

import pandas as pd  # isort: skip

NAMES = ["01", "[bold]no", "<b>"]


@pytest.fixture
def call():
    def run(*arguments):
        ended = called(*arguments, columns=80)
        return ended.returncode, ended.stdout, ended.stderr

    return run


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    rows = []
    groups = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
    for group in groups:
        for control in ("", "shuffled") if len(group) == 2 else ("",):
            for fold in range(5):
                for i in group:
                    row = dict.fromkeys(RESULTS_CSV.names, "") | {"features": "f", "encoder": "e", "arm": "base"}
                    row |= {
                        "run": f"{group}{control}{fold}{i}",
                        "control": control,
                        "focal": NAMES[i] if control else "",
                    }
                    row |= {"combination": "+".join(NAMES[k] for k in group), "fold": fold, "seed": 0, "task": NAMES[i]}
                    gain = 0.05 if len(group) == 2 and not control else 0
                    row |= {"metric": "uar", "value": 0.6 + gain + 0.004 * rng.standard_normal()}
                    rows.append(row | {"higher_is_better": True, "test_clips": 200, "parameters": 10, "seconds": 1.0})
    write_table(tmp_path / "results.csv", pd.DataFrame(rows))
    return tmp_path


def test_answers_from_a_bare_table(call, folder):
    code, text, _ = call("answers", folder, "--related", f"{NAMES[0]}+{NAMES[1]}")
    assert code == 0 and text.startswith("When do tasks that learn together improve each other?")
    assert "[bold]no" in text and "Related pairs: 2 of 2" in text and "What would change it" in text
    code, text, told = call("answers", folder, "--json")
    assert code == 0 and told == ""
    found = json.loads(text)
    assert found["improve"]["counts"]["all"]["explanations"]["relation"] == 6
    assert {row["control"] for row in found["improve"]["controls"]} == {"shuffled"}


def test_power_from_a_bare_table(call, folder):
    code, text, _ = call("power", folder)
    assert code == 0 and "(assumed)" in text and "Smallest gain" in text and max(map(len, text.splitlines())) <= 80
    assert text.count("all 2 others") == 3 and text.count("\n [bold]no ") == 2  # once among the parts, once among cells
    code, text, told = call("power", folder, "--json")
    assert (code, told) == (0, "")
    assert set(json.loads(text)) == {"fractions", "parts", "families", "cells", "nll"}
    assert len(json.loads(text)["cells"]) == 9


def test_gains_writes_controls_and_explanations(call, folder):
    assert call("gains", folder)[0] == 0
    assert (folder / "gains.csv").read_text().count(",helps,relation") == 6
    lines = (folder / "controls.csv").read_text().splitlines()
    assert lines[0].endswith("verdict,explanation,verdict_here,control") and len(lines) == 7
    table = (folder / "results.csv").read_text().splitlines()
    (folder / "results.csv").write_text("\n".join(line for line in table if "shuffled" not in line) + "\n")
    assert call("gains", folder)[0] == 0
    assert not (folder / "controls.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["answers", "{}", "--related", "01"], "name two tasks"),
        (["answers", "{}", "--related", "01+02"], "there is no task '02'"),
        (["answers", "{}/none"], "there is no folder"),
        (["power", "{}/none"], "there is no folder"),
    ],
)
def test_mistakes_are_one_sentence(call, folder, arguments, sentence):
    code, output, told = call(*(word.format(folder) for word in arguments))
    assert code == 2 and output == "" and sentence in told and len(told.splitlines()) == 1


def test_nothing_to_compare(call, folder):
    table = (folder / "results.csv").read_text().splitlines()
    (folder / "results.csv").write_text("\n".join([table[0]]) + "\n")
    assert call("power", folder)[0] == 0
    assert set(json.loads(call("power", folder, "--json")[1])) == {"fractions", "parts", "families", "cells", "nll"}
    assert call("answers", folder)[0] == 0


def test_names_of_runs_that_are_paths_are_not_followed(call, folder):
    text = (folder / "results.csv").read_text()
    (folder / "results.csv").write_text(text.replace("(0,)00", "../../secret", 1))
    assert call("answers", folder)[0] == 0
