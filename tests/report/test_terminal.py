import io

import pytest
from rich.console import Console
from simulated_study import HOSTILE, TASKS, write_study

from cohear.analysis.gains.gains import gains
from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import write_table
from cohear.api import power, write_gains
from cohear.findings.figures import probability
from cohear.report.numbers import duration, interval, level, signed
from cohear.report.terminal.power import power_tables
from cohear.report.terminal.tables import gains_table


def shown(table, width=100):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize("names", [TASKS, ("[bold]", "[/red]", "x[link=a]", "no", "01", "🐦")])
def test_gains_fit_and_names_are_text(tmp_path, names):
    table = gains(read_results(write_study(tmp_path / "s", names=names, extras=False)))
    text = shown(gains_table(table))
    assert max(map(len, text.splitlines())) <= 100
    assert all(name in text for name in names) and "all 5 others" in text
    assert "▲ helps" in text and "▼ hurts" in text
    assert all(interval(low, high, True) in text for low, high in zip(table["low"], table["high"], strict=True))


def test_long_names_fold(tmp_path):
    results = read_results(write_study(tmp_path / "s", names=HOSTILE, encoders=("small", "dnn"), extras=False))
    text = shown(gains_table(gains(results)))
    assert max(map(len, text.splitlines())) <= 100 and "dnn" in text and "small" in text


def test_empty_tables(tmp_path):
    results = read_results(write_study(tmp_path / "s", extras=False)).iloc[:0]
    assert "verdict" in shown(gains_table(gains(results)))


def test_numbers():
    nan = float("nan")
    assert level(0.7649, True) == "76.5" and level(12.345, False) == "12.35" and level(nan, True) == "–"
    assert signed(-0.0004, True) == "0.0" and signed(0.031, True) == "+3.1" and signed(-0.5, False) == "−0.5"
    assert interval(-0.01, 0.02, True) == "−1.0 to +2.0" and interval(nan, nan, True) == "–"
    assert [probability(p) for p in (0.0001, 0.0312, 0.314, nan)] == ["below 0.001", "0.031", "0.31", "–"]
    assert [duration(s) for s in (45, 720, 12600)] == ["45 s", "12 min", "3.5 h"]


def test_per_cent_stay_per_cent(tmp_path):
    """The metric's name says a fraction, its scores do not."""
    folder = write_study(tmp_path / "s", extras=False)
    table = read_results(folder)
    alone = tmp_path / "tables"
    alone.mkdir()
    write_table(alone / "results.csv", table.assign(value=100 * table["value"]))
    said = []
    told = write_gains(alone, said.append)
    text = shown(gains_table(told))
    assert "in the unit of the scores" in text and "points" not in text
    assert signed(told["gain"].iloc[0], False) in text
    assert any("divide them by 100" in sentence for sentence in said)
    powers = power(alone)
    assert not powers["fractions"]
    assert "points" not in shown(power_tables(powers)) and level(powers["families"][0]["smallest"], False) in shown(
        power_tables(powers)
    )


def test_power_of_single_repeats_says_that_nothing_is_known(tmp_path):
    folder = write_study(tmp_path / "s", extras=False)
    table = read_results(folder)
    alone = tmp_path / "tables"
    alone.mkdir()
    write_table(alone / "results.csv", table[(table["fold"] == 0) & (table["seed"] == 0)])
    text = shown(power_tables(power(alone)))
    assert "none" not in text and "assumed" not in text
