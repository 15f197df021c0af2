"""What a figure is. One file each; a new figure is a class entered in :data:`FIGURES`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import altair as alt
import pandas as pd

from cohear.base.registry import Registry
from cohear.report.figures.render import clean
from cohear.report.figures.sources import FigureSources

Chart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart


class Figure(ABC):
    """A figure: a table of the numbers that are drawn, and a chart that is a function of that table alone."""

    name: ClassVar[str]
    """In the registry, in file names and in Python (``study.figures.<name>()``)."""
    title: ClassVar[str]
    """A question or a few words."""
    reading: ClassVar[str]
    """How to read it, in plain words."""
    says: ClassVar[tuple[str, ...]] = ()
    """Codes of the findings (:data:`cohear.findings.FINDINGS`) that it shows."""
    compares: ClassVar[bool] = False
    """Whether one figure shows all settings of a study; otherwise each setting has its own."""

    @abstractmethod
    def table(self, sources: FigureSources) -> pd.DataFrame:
        """The numbers behind the figure, a row for each thing that is drawn, in the metric's own unit.

        Without a row where the study has no data for this figure: it is not shown then.
        """

    @abstractmethod
    def chart(self, table: pd.DataFrame) -> Chart:
        """The chart of a table that has rows."""

    def sentence(self, table: pd.DataFrame, sources: FigureSources) -> str:
        """What the figure shows, in a sentence with figures: what its findings say, or words of its own.

        Args:
            table: the numbers.
            sources: that they are of.
        """
        del table
        return sources.words_of(self.says)


FIGURES: Registry[Figure] = Registry("figure")
"""Every figure, in the order of a page."""


def rows(records: Sequence[Mapping[Any, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """A table of rows with these columns, also where there is no row."""
    return pd.DataFrame(records, columns=list(columns))


def drawable(table: pd.DataFrame) -> pd.DataFrame:
    """The table with names that every drawing can hold."""
    texts = [name for name in table.columns if table[name].dtype == object]
    return table.assign(**{name: [clean(c) if isinstance(c, str) else c for c in table[name]] for name in texts})


def size_of(combination: str) -> int:
    """Number of tasks."""
    return combination.count("+") + 1
