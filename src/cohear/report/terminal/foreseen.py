"""What a study can answer before it is run, for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from cohear.analysis.looking.foreseen import LeastGain
from cohear.base.setting import setting_of
from cohear.base.units import NONE, POINTS, Unit
from cohear.findings.foreseen import Foreseen, SmallestOfFamily
from cohear.findings.sentences import setting_name
from cohear.findings.words import typeset
from cohear.report.terminal.tables import plain_table

SCORES = {"metric": "score, points", "nll": "log loss, bits"}


def foreseen_shown(found: Foreseen) -> Group:
    """Smallest gains, then questions."""
    rows = [
        [
            setting_name(setting_of(row)),
            f"{row['number']} of {row['cells']}",
            SCORES[row["score"]],
            row["sample"],
            _shown(row, row["alone"]),
            _shown(row, row["family"]),
            row["settles"],
        ]
        for row in found["smallest"]
    ]
    columns = ["setting", "cells", "in", "for", "alone", "family", "what would find less"]
    shown: list[RenderableType] = [
        plain_table("Smallest gain that would be found with 80 % power", columns, rows, grouped=True),
        Text(
            "as repeats of recorded studies scattered (docs/results): of their middle task, in brackets of the "
            "steadiest and the least steady; alone: by a test of one cell; family: by the first cell that is called",
            style="dim",
        ),
        Text(""),
        plain_table(
            "Questions",
            ["question", "can answer", "has and needs"],
            [[each["question"], "yes" if each["answerable"] else "no", each["words"]] for each in found["questions"]],
        ),
    ]
    return Group(*shown)


def _shown(row: SmallestOfFamily, gain: LeastGain | None) -> str:
    if gain is None:
        return NONE
    unit = Unit.named(row["unit"])
    digits = [unit.level(gain[name]) for name in ("middle", "least", "most")]
    if unit != POINTS:
        digits = [f"{gain[name]:.2f}" for name in ("middle", "least", "most")]
    return typeset(f"{digits[0]} ({digits[1]} to {digits[2]})")
