"""docs/measurements.md has a row for every number, under the probe that measures it."""

import re
from pathlib import Path

from cohear.probes.probe import PROBES

PAGE = Path(__file__).parents[2] / "docs" / "measurements.md"


def test_every_number_has_a_row_under_its_probe():
    rows = re.findall(r"^\| `([^`]+)` \| `([a-z-]+)` \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    ours = {name: PROBES[name] for name in PROBES if PROBES[name].__module__.startswith("cohear.")}
    assert sorted((number, probe) for number, probe, _ in rows) == sorted(
        (number, probe) for probe, part in ours.items() for number in part.measures
    )
    assert all(what.strip() for _, _, what in rows)


def test_the_page_says_which_are_measured_by_runs():
    text = " ".join(PAGE.read_text("utf-8").split())
    told = ", ".join(f"`{name}`" for name in PROBES if PROBES[name].beside_runs)
    assert f"what takes next to no time: {told}." in text
