"""What a design could find, for the terminal; names are shown as they are (no markup)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from cohear.base.setting import InSetting, setting_of
from cohear.base.units import NONE, OWN, POINTS, Unit
from cohear.findings.pairs import briefly, partner_of
from cohear.findings.power import LEGEND, Power, PowerOfCell, PowerOfFamily, SpreadParts, in_few_words
from cohear.findings.sentences import listed, setting_name
from cohear.findings.words import typeset
from cohear.report.numbers import counted_in
from cohear.report.terminal.tables import no_gain, plain_table


def power_tables(power: Power) -> Group:
    """Families, then variance parts and cells of each front-end, encoder and arm; or why there are none.

    Args:
        power: of :func:`cohear.findings.power.power`.
    """
    if not power["cells"]:
        return Group(no_gain())
    families = [
        [
            _setting(row),
            row["cells"],
            f"{row['open']} of {row['number']}",
            *_levels(row["unit"], row["smallest"], row["smallest_in_family"]),
            f"{row['more_repeats']:.0f}",
            str(row["not_by_repeats"]),
            str(row["not_known"]),
        ]
        for row in power["families"]
    ]
    shown: list[RenderableType] = [
        plain_table(
            f"Smallest gain found with 80 % power, {_in_unit(power['families'])}; repeats that would decide",
            ["setting", "cells", "open", "alone", "family", "repeats", "new clips", "not known"],
            families,
            grouped=True,
        ),
        Text(LEGEND, style="dim"),
    ]
    shown += [Text(f"note: {note}", style="yellow") for note in _notes(power["families"])]
    tasks = {name for row in power["cells"] for name in row["combination"].split("+")}
    for setting, cells in _by_setting(power["cells"]):
        parts = [row for row in power["parts"] if _setting(row) == setting]
        shown += [Text(""), _parts_table(setting, parts), _cells_table(setting, cells, len(tasks))]
    if power["nll"] and power["nll"]["cells"]:
        shown += [Text(""), power_tables(power["nll"])]
    return Group(*shown)


def _parts_table(setting: str, parts: Sequence[SpreadParts]) -> RenderableType:
    return plain_table(
        f"Parts of the spread of a difference, sd {_in_unit(parts)} · {setting}",
        ["task", "fold", "seed", "of single", "residual", "folds' share"],
        [
            [
                row["task"] or "all",
                *_levels(row["unit"], row["fold_sd"], row["seed_sd"], row["single_sd"], row["residual_sd"]),
                _share(row),
            ]
            for row in parts
        ],
    )


def _cells_table(setting: str, cells: Sequence[PowerOfCell], tasks: int) -> RenderableType:
    return plain_table(
        f"Cells, {_in_unit(cells)} · {setting}",
        ["task", "with", "gain", "alone", "family", "verdict", "more repeats"],
        [
            [
                row["task"],
                briefly(partner_of(row["task"], row["combination"]), tasks),
                typeset(Unit.named(row["unit"]).signed(row["gain"])),
                *_levels(row["unit"], row["smallest"], row["smallest_in_family"]),
                row["verdict"],
                in_few_words(row),
            ]
            for row in cells
        ],
        grouped=True,
    )


def _levels(unit: str, *values: float | None) -> Iterator[str]:
    return (typeset(Unit.named(unit).level(value)) for value in values)


def _in_unit(rows: Sequence[SpreadParts] | Sequence[PowerOfFamily] | Sequence[PowerOfCell]) -> str:
    """What the figures of a table are counted in."""
    units = {row["unit"] for row in rows} - {OWN.name}
    if len(units) == 1 and units != {OWN.name}:
        return counted_in(Unit.named(next(iter(units))))
    return OWN.name if POINTS.name not in units else f"{OWN.name}, shares in points (x 100)"


def _notes(families: Sequence[PowerOfFamily]) -> list[str]:
    """Why of some cells it cannot be told how many repeats they take, and in which settings."""
    where: dict[str, list[str]] = {}
    for family in families:
        for cure in family["cures"]:
            if cure["why"]:
                where.setdefault(cure["why"], []).append(_setting(family))
    settings = {_setting(family) for family in families}
    return [
        f"{why} ({listed(list(dict.fromkeys(names)))})" if set(names) != settings else why
        for why, names in where.items()
    ]


def _by_setting(cells: Sequence[PowerOfCell]) -> Iterator[tuple[str, list[PowerOfCell]]]:
    for setting in dict.fromkeys(map(_setting, cells)):
        yield setting, [row for row in cells if _setting(row) == setting]


def _setting(row: InSetting) -> str:
    return setting_name(setting_of(row))


def _share(row: SpreadParts) -> str:
    if row["fold_share"] is None:
        return NONE
    return f"{100 * row['fold_share']:.0f} %" + (" (assumed)" if row["assumed"] else "")
