"""The contract of every figure, as tests to inherit.

::

    class TestMine(FigureContract):
        name = "mine"

        def sources(self, names: Sequence[str]) -> Sources:
            return ...  # of a study with these tasks that has data for the figure
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar
from xml.etree import ElementTree

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.tables import RESULTS_CSV
from cohear.findings import Findings
from cohear.report.figures import FIGURES, Drawing, FigureSources, draw
from cohear.report.figures.palette import DARK, LIGHT, recoloured

NAMES = ("digit", "keyword", "emotion", "event")
HOSTILE = ("<script>alert(1)</script>", "quote\"'&amp;<b>", "n" * 200, "שלום 🐦 all")

_DRAWS = {"svg", "g", "path", "line", "rect", "text", "circle", "title", "desc", "defs", "clipPath", "tspan"}


class FigureContract(ABC):
    """What must hold for a figure; pytest runs it for each subclass whose name begins with ``Test``."""

    name: ClassVar[str]
    """In ``FIGURES``."""

    @abstractmethod
    def sources(self, names: Sequence[str]) -> FigureSources:
        """Tables of a study with these four tasks that has data for the figure."""

    def drawings(self, names: Sequence[str] = NAMES) -> list[Drawing]:
        """The figure, drawn."""
        return draw(FIGURES[self.name], self.sources(names))

    def test_it_says_what_it_is(self) -> None:
        """Name, title, how to read it, and what it shows."""
        figure = FIGURES[self.name]
        assert figure.name == self.name
        assert figure.title
        assert figure.reading.endswith(".")
        for drawing in self.drawings():
            assert len(drawing.table)
            assert drawing.sentence

    def test_the_chart_is_valid(self) -> None:
        """By the schema of Vega-Lite, with the figure's numbers inside, and no address of data elsewhere."""
        for drawing in self.drawings():
            chart = drawing.chart.to_dict(validate=True)
            assert chart["datasets"]
            assert "url" not in str(chart.get("data"))

    def test_a_study_without_data_for_it_has_no_row(self) -> None:
        """It is not shown then."""
        assert FIGURES[self.name].table(nothing()).empty

    def test_the_drawing_is_well_formed_and_loads_nothing(self) -> None:
        """Shapes and text, with a title and a description first."""
        for drawing in self.drawings():
            root = ElementTree.fromstring(drawing.svg)  # noqa: S314 - made in this process
            assert {element.tag.rpartition("}")[2] for element in root.iter()} <= _DRAWS
            assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
            assert not re.search(r"href|url\((?!#)|style=|on\w+=", re.sub(r">[^<]*<", "><", drawing.svg))

    def test_its_colours_are_those_of_the_palette(self) -> None:
        """So that a dark page can give every one of them another."""
        allowed = {*LIGHT.values(), "none", "transparent"}
        for drawing in self.drawings():
            assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawing.svg)) <= allowed
            in_dark = set(re.findall(r'(?:fill|stroke)="([^"]*)"', recoloured(drawing.svg, DARK)))
            assert in_dark <= {*DARK.values(), "none", "transparent"}

    def test_names_are_text(self) -> None:
        """Whatever they look like; long ones are cut short in the drawing and whole in the table."""
        for drawing in self.drawings(HOSTILE):
            root = ElementTree.fromstring(drawing.svg)  # noqa: S314 - made in this process
            assert not [element for element in root.iter() if "script" in element.tag]
            assert float(root.attrib["width"]) < 1200
            assert drawing.png()[:4] == b"\x89PNG"

    def test_the_same_table_gives_the_same_drawing(self) -> None:
        """No place depends on chance or on an earlier drawing."""
        first, second = (draw(FIGURES[self.name], self.sources(NAMES))[0] for _ in range(2))
        pd.testing.assert_frame_equal(first.table, second.table)
        assert first.svg == second.svg


def nothing() -> FigureSources:
    """The sources of a study that has no run yet."""
    results = checked_results(pd.DataFrame(columns=list(RESULTS_CSV.names)))
    return FigureSources([], [], Findings(Statistics.of(GivenTables(results))))
