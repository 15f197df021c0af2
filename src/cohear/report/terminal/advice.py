"""Advice for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from cohear.advice.advised import Advised, AdvisedGrouping, ExpectedGain, NextRun
from cohear.base.setting import Setting, setting_of
from cohear.base.units import NONE, Unit
from cohear.findings.sentences import setting_name
from cohear.findings.words import typeset
from cohear.report.numbers import duration
from cohear.report.terminal.tables import plain_table

MOST_RUNS = 8
"""Runs that are shown of those that would teach; JSON has all."""


def advice_shown(advised: Advised) -> Group:
    """Each setting's grouping and best partners, then what to run next."""
    shown: list[RenderableType] = []
    for row in advised["grouping"]:
        setting = setting_of(row)
        shown += [Text(setting_name(setting), style="bold"), Text(typeset(row["words"]))]
        if not row["missing"]:
            shown += [_tasks(row), Text(_costs(row), style="dim")]
        gains = [one for one in advised["gains"] if setting_of(one) == setting and one["score"] == row["score"]]
        if gains:
            shown.append(_partners(gains, setting))
        shown.append(Text(""))
    shown.append(_next(advised["next"]))
    return Group(*shown)


def _tasks(row: AdvisedGrouping) -> RenderableType:
    unit = Unit.named(row["unit"])
    return plain_table(
        f"Expected of each task, {unit.name}",
        ["task", "beside", "gain", "95 % interval", "score", "log loss"],
        [
            [
                one["task"],
                ", ".join(name for name in one["combination"].split("+") if name != one["task"]) or NONE,
                typeset(unit.signed(one["gain"])),
                typeset(unit.interval(one["low"], one["high"])),
                _number(one["score"]),
                _number(one["nll"]),
            ]
            for one in row["tasks"]
        ],
    )


def _partners(gains: list[ExpectedGain], setting: Setting) -> RenderableType:
    """Of each task the partner with the best expected gain."""
    best: dict[str, ExpectedGain] = {}
    for one in gains:
        if one["combination"].count("+") == 1 and one["gain"] > best.get(one["task"], {"gain": -float("inf")})["gain"]:
            best[one["task"]] = one
    unit = Unit.named(gains[0]["unit"])
    return plain_table(
        f"Best partner to expect, {unit.name} · {setting_name(setting)}",
        ["task", "partner", "gain", "95 % interval", "repeats"],
        [
            [
                task,
                *(name for name in one["combination"].split("+") if name != task),
                typeset(unit.signed(one["gain"])),
                typeset(unit.interval(one["low"], one["high"])),
                str(one["repeats"]),
            ]
            for task, one in best.items()
        ],
    )


def _costs(row: AdvisedGrouping) -> str:
    return ", ".join(_told(row))


def _told(row: AdvisedGrouping) -> Iterator[str]:
    yield f"networks: {len(row['networks'])}"
    for name in ("parameters", "bytes"):
        if row[name] is not None:
            yield f"{name}: {row[name]:,.0f}"
    if row["milliseconds"] is not None:
        yield f"ms a second of audio: {row['milliseconds']:.2f}"
    unit = Unit.named(row["unit"])
    if row["everything"] is not None:
        yield typeset(f"knowing every gain would add: {unit.signed(row['everything'])} {unit.name}")
    if row["loss"] is not None:
        yield "expected, separate, all known: " + " / ".join(
            _number(row[name]) for name in ("loss", "loss_separate", "loss_everything")
        )


def _next(runs: list[NextRun]) -> RenderableType:
    return plain_table(
        "Runs that teach most next, for their time",
        ["setting", "networks of", "repeats", "core time", "betters by", "in plan"],
        [
            [
                setting_name(setting_of(row)),
                row["combination"],
                str(row["repeats"]),
                NONE if row["seconds"] is None else duration(row["seconds"]),
                typeset(Unit.named(row["unit"]).size(row["worth"])),
                "yes" if row["planned"] else "no",
            ]
            for row in runs[:MOST_RUNS]
        ],
    )


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"
