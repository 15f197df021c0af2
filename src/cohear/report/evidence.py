"""Power and answers for the terminal; names are shown as they are (no markup)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cohear.analysis.columns import SETTING
from cohear.analysis.power import a_second_seed
from cohear.analysis.sentences import Unit
from cohear.report.terminal import plain_table

_TITLES = {
    "improve": "Which tasks improve each other?",
    "measurements": "Which measurements go with it?",
    "persistence": "Does it persist with another classifier?",
    "combining": "How many can be combined?",
    "savings": "What does sharing save?",
}


MOST_CELLS = 12
"""Decided cells that the text lists."""

_LEGEND = (
    "alone: by a test of one cell; in family: at the stricter level that a cell among the others must pass; repeats: "
    "so many more, over all open cells, would decide them if their gains are what they seem; not by repeats: open "
    "cells that no number of repeats decides, since part of their spread is that of the folds (other clips are needed)."
)


def answers_text(told: Mapping[str, Any]) -> Group:
    """The answers, a paragraph of figures first.

    Args:
        told: of :func:`cohear.analysis.answers.answers`.
    """
    lines: list[RenderableType] = [
        Text("When do tasks that learn together improve each other?", style="bold"),
        Text(told["improve"]["answer"]),
    ]
    for key, title in _TITLES.items():
        if key != "improve":
            lines += [Text(""), Text(title, style="bold"), Text(told[key]["answer"])]
        else:
            lines += _decided(told[key]["decided"])
        lines.append(Padding(Text("What would change it: " + told[key]["would_change"], style="dim"), (0, 0, 0, 2)))
    lines += [Text("note: " + said, style="dim") for said in told["caveats"]]
    return Group(*lines)


def _decided(cells: Sequence[Mapping[str, Any]]) -> list[Text]:
    """A line each, from the largest gain to the largest loss; of many, those at both ends."""
    lines = [Text(_cell(cell)) for cell in cells]
    if len(lines) <= MOST_CELLS:
        return lines
    end = MOST_CELLS // 2
    between = f"  … {len(lines) - 2 * end} more between them: `cohear gains DIR` has all"
    return [*lines[:end], Text(between, style="dim"), *lines[-end:]]


def _cell(cell: Mapping[str, Any]) -> str:
    partners = " + ".join(name for name in cell["combination"].split("+") if name != cell["task"])
    because = f", {cell['explanation']}" if cell["explanation"] else ""
    unit = Unit(all(0 <= cell[side] <= 1 for side in ("single", "shared")))
    gain = f"{unit.points(cell['gain'])} ({unit.within(cell['low'], cell['high'])})"
    where = ", ".join(cell[name] for name in SETTING)
    return f"  {cell['task']} beside {partners}: {gain}, {cell['verdict']}{because} [{where}]"


def power_tables(told: Mapping[str, Any]) -> Group:
    """Variance parts, families and cells.

    Args:
        told: ``parts``, ``families`` and ``cells``, lists of rows as :func:`cohear.api.power` gives them.
    """
    parts = [
        [
            _setting(row),
            row["task"] or "all",
            *(_points(row[name], sign=False) for name in ("fold_sd", "seed_sd", "single_sd", "residual_sd")),
            f"{100 * row['fold_share']:.0f} %" + ("" if row["estimated"] else " (assumed)"),
        ]
        for row in told["parts"]
    ]
    families = [
        [
            _setting(row),
            row["cells"],
            f"{row['open']} of {row['number']}",
            _points(row["smallest"], sign=False),
            _points(row["smallest_in_family"], sign=False),
            f"{row['more_repeats']:.0f}",
            str(row["not_by_repeats"]),
        ]
        for row in told["families"]
    ]
    several = len({_setting(row) for row in told["cells"]}) > 1
    cells = [
        [
            row["task"],
            " + ".join(name for name in row["combination"].split("+") if name != row["task"]),
            *([_setting(row)] if several else []),
            _points(row["gain"]),
            _points(row["smallest"], sign=False),
            _points(row["smallest_in_family"], sign=False),
            row["verdict"],
            _more(row),
        ]
        for row in told["cells"]
    ]
    return Group(
        plain_table(
            "Parts of the spread of a difference, sd in points (x 100)",
            ["setting", "task", "fold", "seed", "of single", "residual", "folds' share"],
            parts,
        ),
        plain_table(
            "Smallest gain found with 80 % power, in points; repeats that would decide",
            ["setting", "cells", "open", "alone", "in family", "repeats", "not by repeats"],
            families,
        ),
        Text(_LEGEND, style="dim"),
        *([Text("note: " + assumed, style="yellow")] if (assumed := a_second_seed(told["families"])) else []),
        Text(""),
        plain_table(
            "Cells, in points",
            ["task", "with", *(["setting"] if several else []), "gain", "alone", "family", "verdict", "more repeats"],
            cells,
        ),
    )


def _setting(row: Mapping[str, Any]) -> str:
    return ", ".join(row[name] for name in SETTING)


def _more(row: Mapping[str, Any]) -> str:
    if row["verdict"] != "undecided":
        return ""
    return "none" if row["more_repeats"] is None else f"{row['more_repeats']:.0f}"


def _points(value: float | None, sign: bool = True) -> str:
    if value is None:
        return "–"
    return f"{100 * value:+.1f}" if sign else f"{100 * value:.1f}"
