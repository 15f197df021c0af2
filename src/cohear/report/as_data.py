"""All that the page says, as data: for who reads it with a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypedDict, cast

from cohear.base.files import without_nan
from cohear.findings.answers import Answers
from cohear.findings.words import Words
from cohear.report.figures import Figures, sources_of
from cohear.report.folder import FolderContent
from cohear.report.parts.overview import facts, progress_of
from cohear.report.parts.scores import ScoreRows
from cohear.report.parts.shown_gains import ShownGain
from cohear.report.parts.views import SettingView, views_of


class DecisionData(TypedDict):
    """What to do: its sentence and why, the networks, the gain to expect, and all points about it."""

    says: str
    why: str
    networks: list[list[str]] | None
    apart: list[str] | None
    not_learnt: list[str]
    gain: float | None
    low: float | None
    high: float | None
    points: list[dict[str, str]]
    aside: str


class SettingData(TypedDict):
    """One features x encoder x arm."""

    features: str
    encoder: str
    arm: str
    decision: DecisionData
    pair: dict[str, object]
    verdicts: dict[str, int]
    scores: list[dict[str, object]]


class PageData(TypedDict):
    """All that the page says."""

    study: str
    facts: dict[str, float]
    progress: dict[str, object]
    settings: list[SettingData]
    gains: list[dict[str, object]]
    answers: Answers
    figures: list[dict[str, object]]
    caveats: list[str]


def page_as_data(study: FolderContent) -> PageData:
    """The page as one JSON object.

    Returns:
        ``study``, ``facts`` and ``progress``; ``settings``: of each features x encoder x arm the decision, the best
        pair, what is not learnt, and the scores; ``gains``: every cell in every metric; ``answers``; ``figures``:
        sentence and numbers of each; ``caveats``.
    """
    views = views_of(study)
    told = {
        "study": study.name,
        "facts": facts(study),
        "progress": progress_of(study.status),
        "settings": [_setting(view) for view in views.settings],
        "gains": [
            {"features": view.features, "encoder": view.encoder, "arm": view.arm, "shown": view.metric, **_cell(cell)}
            for view in views.matrices
            for cell in view.cells
        ],
        "answers": dict(study.answers),
        "figures": [
            {
                "name": drawing.figure.name,
                "title": drawing.figure.title,
                "setting": None if drawing.setting is None else list(drawing.setting),
                "sentence": drawing.sentence,
                "numbers": drawing.table.to_dict("records"),
            }
            for drawing in Figures(sources_of(study))
        ],
        "caveats": [text.plain for text in study.caveats],
    }
    return cast(PageData, without_nan(told))


def _setting(view: SettingView) -> dict[str, Any]:
    said, answer = view.together, view.answer
    return {
        **{name: getattr(view, name) for name in ("features", "encoder", "arm")},
        "decision": {
            "says": said.head.plain,
            "why": said.text.plain,
            "networks": [list(group) for group in view.groupings.best.shared] if view.groupings else None,
            "apart": view.groupings.best.alone if view.groupings else None,
            "not_learnt": view.unlearnt,
            "gain": view.groupings.best.expected if view.groupings else None,
            "low": view.groupings.best.low if view.groupings else None,
            "high": view.groupings.best.high if view.groupings else None,
            "points": _points([*view.points, *view.more_points]),
            "aside": said.aside.plain,
        },
        "pair": {
            "says": answer.said.head.plain,
            "sureness": answer.sureness,
            "why": answer.said.text.plain,
            "decides": answer.decides.plain,
            "cells": [{"task": cell.task, "combination": cell.combination} for cell in answer.proof],
        },
        "verdicts": answer.counts,
        "scores": [_scores(rows) for rows in view.scores],
    }


def _points(points: list[tuple[str, Words]]) -> list[dict[str, str]]:
    return [{"what": what, "says": told.plain} for what, told in points]


def _scores(rows: ScoreRows) -> dict[str, Any]:
    shown = ("beside", "partners", "mean", "sd", "repeats", "parts", "gap", "baseline", "mark")
    return {
        **{name: getattr(rows, name) for name in ("task", "metric", "unit", "higher_is_better")},
        "rows": [{name: getattr(row, name) for name in shown} for row in rows.rows],
    }


def _cell(cell: ShownGain) -> dict[str, Any]:
    told = asdict(cell)
    del told["counted_in"], told["strength"]
    return {**told, "unit": cell.unit, "partners": list(cell.partners), "unlearnt": list(cell.unlearnt)}
