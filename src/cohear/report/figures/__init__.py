"""Figures of a study: one file each, a table of numbers and a chart that is a function of it."""

# ruff: noqa: I001 - the order of the page is the order in which figures are entered
from cohear.report.figures import matrix, graph, size, foretold, agreement  # noqa: F401 - to be entered
from cohear.report.figures import measurements, controls, cost, curves, scores  # noqa: F401 - to be entered
from cohear.report.figures.drawing import Drawing, Figures, draw
from cohear.report.figures.figure import FIGURES, Figure
from cohear.report.figures.sources import FigureSources, sources_of

__all__ = ["FIGURES", "Drawing", "Figure", "FigureSources", "Figures", "draw", "sources_of"]
