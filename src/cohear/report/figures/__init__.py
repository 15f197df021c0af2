"""Figures of a study: one file each, a table of numbers and a chart that is a function of it."""

from cohear.report.figures import (  # in the order of the page
    matrix,
    graph,
    size,
    foretold,
    agreement,
    measurements,
    controls,
    cost,
    curves,
    scores,
)
from cohear.report.figures.drawing import Drawing, Figures, draw
from cohear.report.figures.figure import FIGURES, Figure
from cohear.report.figures.sources import Sources, sources_of

__all__ = [
    *("FIGURES", "Drawing", "Figure", "Figures", "Sources", "draw", "sources_of"),
    *("agreement", "controls", "cost", "curves", "foretold", "graph", "matrix", "measurements", "scores", "size"),
]
