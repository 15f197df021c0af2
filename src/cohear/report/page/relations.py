"""The page's section of figures, and the figures as files."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from cohear.base.files import folder_whole_or_not_at_all, write_bytes, write_text
from cohear.base.units import NONE
from cohear.findings import Findings
from cohear.findings.words import Words
from cohear.report.figures import FIGURES, Drawing, Figure, Figures, sources_of
from cohear.report.figures.palette import dark_style
from cohear.report.figures.render import inline
from cohear.report.folder import FolderContent
from cohear.report.numbers import level
from cohear.report.paper import latex_tables, paper_table
from cohear.report.references import references

_IN_UNIT = {"gain", "low", "high", "alone", "foretold", "score", "mean", "sd"}
"""Columns that are in the metric's unit where a table has a column ``unit``."""


@dataclass(frozen=True)
class Relations:
    """What the template shows.

    Attributes:
        style: rules for dark screens.
        figures: every figure that the study has data for, with its drawings (one, or one a setting).
        missing: the others whose findings say why there is nothing to draw, with what they say.
    """

    style: Markup
    figures: list[tuple[Figure, list[Shown]]]
    missing: list[tuple[Figure, Words]]


@dataclass(frozen=True)
class Shown:
    """A drawing on the page."""

    drawing: Drawing

    @property
    def svg(self) -> Markup:
        """The drawing as a part of the page."""
        return Markup(inline(self.drawing.svg))  # noqa: S704 - drawn by us, all names in it are escaped

    @property
    def csv_uri(self) -> str:
        """Link that holds the numbers."""
        return "data:text/csv;base64," + base64.b64encode(self.drawing.contents()[".csv"]()).decode()

    @property
    def columns(self) -> list[str]:
        """Headings of the table behind the figure."""
        return [str(name).replace("_", " ") for name in self.drawing.table.columns]

    @property
    def rows(self) -> list[list[str]]:
        """The same numbers as text, differences and scores in points where the metric is a fraction."""
        return [_texts(row) for row in self.drawing.table.to_dict("records")]


def _texts(row: dict[object, object]) -> list[str]:
    points = row.get("unit") == "points"
    return [_text(value, points and name in _IN_UNIT) for name, value in row.items()]


def _text(value: object, points: bool) -> str:
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return NONE
    return level(value, points) if isinstance(value, float) else str(value)


def drawings_of(study: FolderContent) -> list[Drawing]:
    """Every drawing that the study has data for, in the order of the page."""
    return list(Figures(sources_of(study)))


def relations(drawings: Iterable[Drawing], findings: Findings) -> Relations:
    """The section of a page, made of what was drawn and of what the study's findings say."""
    by_figure = groupby(drawings, key=lambda drawing: drawing.figure)
    shown = [(figure, [Shown(drawing) for drawing in some]) for figure, some in by_figure]
    drawn = {figure.name for figure, _ in shown}
    others = [FIGURES[name] for name in FIGURES if name not in drawn]
    missing = [(figure, findings.missing(figure.says)) for figure in others]
    reasons = [(figure, why) for figure, why in missing if why]
    return Relations(Markup(dark_style("svg.figure")), shown, reasons)  # noqa: S704 - our own colours


def write_beside(folder: Path, study: FolderContent, drawings: Sequence[Drawing]) -> None:
    """Write what stands beside the page: ``figures``, ``table.md``, ``table.tex`` and ``references.bib``.

    Raises:
        FolderError: it cannot be written.
    """
    write_figures(folder / "figures", drawings)
    write_text(folder / "table.md", paper_table(study))
    write_text(folder / "table.tex", latex_tables(study))
    names = {drawing.figure.name for drawing in drawings}
    write_text(folder / "references.bib", references(study, names))


def write_figures(folder: Path, drawings: Sequence[Drawing]) -> None:
    """Write every drawing as SVG and PNG, and its numbers as CSV, into ``folder``, which holds nothing else.

    Raises:
        FolderError: it cannot be written.
    """
    names: dict[str, int] = {}
    with folder_whole_or_not_at_all(folder) as new:
        for drawing in drawings:
            names[drawing.stem] = names.get(drawing.stem, 0) + 1
            number = f"-{names[drawing.stem]}" if names[drawing.stem] > 1 else ""
            for suffix, content in drawing.contents().items():
                write_bytes(new / f"{drawing.stem}{number}{suffix}", content())
