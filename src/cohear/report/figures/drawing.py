"""A figure of one study, drawn: shows itself in a notebook, and is saved as SVG, PNG or CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.text import table_text
from cohear.base.errors import UserError
from cohear.base.files import make_folder, write_bytes
from cohear.base.registry import did_you_mean
from cohear.base.setting import Setting
from cohear.report.figures.figure import FIGURES, Chart, Figure, drawable
from cohear.report.figures.render import png_of, svg_of
from cohear.report.figures.sources import FigureSources
from cohear.report.figures.theme import CONFIG

_LONGEST = 80


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with the numbers it was drawn from.

    Attributes:
        figure: which.
        table: the numbers, in the metric's own unit.
        sentence: what it shows, in words.
        setting: features, encoder and arm; None for a figure that compares them.
        label: the setting by what it has of its own; empty where the study has one setting.
    """

    figure: Figure
    table: pd.DataFrame
    sentence: str
    setting: Setting | None
    label: str = ""

    @cached_property
    def chart(self) -> Chart:
        """The chart, to be changed at will with altair."""
        chart: Chart = self.figure.chart(drawable(self.table)).configure(**CONFIG)
        return chart

    @cached_property
    def svg(self) -> str:
        """The drawing in light colours, self-contained, with a title and a description."""
        title = self.figure.title + (f" ({self.label})" if self.label else "")
        return svg_of(self.chart.to_dict(validate=False), title, f"{self.sentence} {self.figure.reading}")

    def png(self, *, dark: bool = False, scale: float = 2.0) -> bytes:
        """The drawing as pixels."""
        return png_of(self.svg, dark=dark, scale=scale)

    @property
    def csv(self) -> str:
        """The numbers as CSV, in full precision."""
        return table_text(self.table)

    @property
    def stem(self) -> str:
        """A file name without its ending."""
        label = re.sub(r"[^A-Za-z0-9]+", "-", self.label).strip("-")[:_LONGEST]
        return f"{self.figure.name}-{label}" if label else self.figure.name

    def contents(self, *, dark: bool = False) -> dict[str, Callable[[], bytes]]:
        """What makes the bytes of a file, by its ending."""
        return {
            ".svg": lambda: self.svg.encode(),  # noqa: PLW0108 - drawn when it is asked for
            ".png": lambda: self.png(dark=dark),
            ".csv": lambda: self.csv.encode("utf-8", errors="replace"),  # half characters have no bytes
        }

    def save(self, path: str | Path, *, dark: bool = False) -> Path:
        """Write the figure; the ending of the name says how.

        Args:
            path: ends in ``.svg``, ``.png`` or ``.csv``; its folder is made.
            dark: a PNG on a dark ground.

        Raises:
            UserError: another ending, or the file cannot be written.
        """
        path, contents = Path(path), self.contents(dark=dark)
        content = contents.get(path.suffix.lower())
        if content is None:
            raise UserError(f"{path}: a figure is saved as {', '.join(contents)}; give the name such an ending")
        make_folder(path.parent)
        write_bytes(path, content())
        return path

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg

    def __repr__(self) -> str:
        return f"<figure {self.stem}: {self.sentence}>"


def draw(figure: Figure, sources: FigureSources) -> list[Drawing]:
    """A figure of a whole study: one drawing, or one for each setting; none where there is no data for it."""
    drawings = []
    for some in [sources] if figure.compares else sources.each():
        table = figure.table(some)
        if len(table):
            label = sources.label(some.setting) if some.setting and len(sources.settings) > 1 else ""
            drawings.append(Drawing(figure, table, figure.sentence(table, some), some.setting, label))
    return drawings


class Figures:
    """The figures of a study, by name: ``figures.matrix()``.

    Args:
        sources: tables of the study.
    """

    def __init__(self, sources: FigureSources) -> None:
        self._sources = sources

    @property
    def names(self) -> list[str]:
        """Figures that the study has data for."""
        return [name for name in FIGURES if draw(FIGURES[name], self._sources)]

    def __getattr__(self, name: str) -> Callable[..., Drawing]:
        if name.startswith("_") or name not in FIGURES:
            raise AttributeError(f"no figure {name!r}{did_you_mean(name, FIGURES)}")
        return lambda **setting: self._drawing(name, **setting)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *FIGURES]

    def __iter__(self) -> Iterator[Drawing]:
        return (drawing for name in FIGURES for drawing in draw(FIGURES[name], self._sources))

    def _drawing(self, name: str, **wanted: str) -> Drawing:
        """A figure of the first setting, or of the first that has what is wanted of features, encoder and arm."""
        strange = sorted(set(wanted) - set(SETTING))
        if strange:
            raise UserError(f"figure {name}: no setting {strange[0]!r}{did_you_mean(strange[0], SETTING)}")
        drawings = draw(FIGURES[name], self._sources)
        if not drawings:
            raise UserError(f"the study has no data for the figure {name!r}")
        for drawing in drawings:
            of = dict(zip(SETTING, drawing.setting or (), strict=False))
            if all(of.get(key, value) == value for key, value in wanted.items()):
                return drawing
        said = ", ".join(f"{key} {value!r}" for key, value in wanted.items())
        have = "; ".join(" · ".join(drawing.setting or ()) for drawing in drawings)
        raise UserError(f"figure {name}: nothing was measured with {said} (there is {have})")
