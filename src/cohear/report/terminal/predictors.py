"""How well gains are foretold, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.base.units import NONE, known
from cohear.findings.sentences import setting_name
from cohear.report.terminal.tables import plain_table

MOST_MEASUREMENTS = 10
"""That were not named beforehand, which the text lists: those furthest from zero."""
FIGURES = ("within", "of_ceiling", "accuracy", "above", "f1", "auc", "r2", "cost")


def predictors_shown(found: pd.DataFrame) -> Group:
    """The table of :func:`cohear.advice.judging.judge.judge_predictors`, a part a setting and scheme."""
    parts: list[RenderableType] = []
    for names, rows in found.groupby(["features", "encoder", "arm"], sort=False):
        setting: Setting = (str(names[0]), str(names[1]), str(names[2]))
        first = rows.iloc[0]
        ceiling = _figure(first["ceiling"])
        parts.append(Text(f"\n{setting_name(setting)}: {counted(int(first['cells']), 'gain')}, ceiling {ceiling}"))
        alone = rows[rows["scheme"] == ""]
        named = alone[alone["kind"] == "confirmatory"]
        parts.append(_measurements("measurements that were named beforehand", named))
        for scheme, own in rows[rows["scheme"] != ""].groupby("scheme", sort=False):
            told = own[own["lacks"] == ""]
            cells = [
                [f"{row['name']}{'' if row['kind'] == 'predictor' else ' (plain)'}", *_figures(row)]
                for row in _of(told)
            ]
            title = f"{scheme}, {counted(int(own['decided'].iloc[0]), 'sign')}"
            if cells:
                parts.append(plain_table(title, ["predictor", *(name.replace("_", " ") for name in FIGURES)], cells))
            lacking = {str(row["name"]): str(row["lacks"]) for row in _of(own[own["lacks"] != ""])}
            parts += [Text(f"  {name}: {why}", style="dim") for name, why in lacking.items()]
        others = alone[alone["kind"] == "exploratory"]
        if len(others):
            parts.append(
                _measurements(f"other measurements, {MOST_MEASUREMENTS} of {len(others)}", others[:MOST_MEASUREMENTS])
            )
    return Group(*parts)


def _measurements(title: str, rows: pd.DataFrame) -> RenderableType:
    cells = [
        [
            str(row["name"]),
            _interval(row, "within"),
            _figure(row["of_ceiling"]),
            _figure(row["p"]),
            _figure(row["p_adjusted"]),
        ]
        if row["lacks"] == ""
        else [str(row["name"]), str(row["lacks"]), NONE, NONE, NONE]
        for row in _of(rows)
    ]
    return plain_table(title, ["measurement", "within", "of ceiling", "p", "adjusted"], cells)


def _of(rows: pd.DataFrame) -> Sequence[Mapping[str, object]]:
    return [{str(name): cell for name, cell in row.items()} for row in rows.to_dict("records")]


def _figures(row: Mapping[str, object]) -> list[str]:
    with_ends = {"within", "accuracy", "above"}
    return [_interval(row, name) if name in with_ends else _figure(row[name]) for name in FIGURES]


def _interval(row: Mapping[str, object], name: str) -> str:
    """``.41 (.20 to .62)``."""
    if known(row[f"{name}_low"]) is None:
        return _figure(row[name])
    return f"{_figure(row[name])} ({_figure(row[f'{name}_low'])} to {_figure(row[f'{name}_high'])})"


def _figure(value: object) -> str:
    """Two digits, without a zero in front of the point; three of what is small."""
    number = known(value)
    if number is None:
        return NONE
    text = f"{number:.3f}" if 0 < abs(number) < 0.01 else f"{number:.2f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
