"""How verdicts look: the colours, shapes and lines that figures and tables give them, in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cohear.findings.groups_beside_pairs import WORSE
from cohear.findings.sentences import listed
from cohear.findings.verdict_words import WITHIN, signed_verdict

STRENGTHS = 4
"""Steps from a pale to a full colour."""
NOISE = 0.02
"""Below it nothing is coloured fully, so that noise does not look like a finding: two points."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a verdict looks.

    Colours are roles of the palette (:data:`cohear.report.figures.palette.LIGHT`).

    Attributes:
        ink: of points and lines.
        shape: of a point.
        open: whether a point is hollow, a line is pale and a cell has a dashed frame, so that no colour stands out.
        grounds, inks: of a cell of the matrix and what is written in it, from the smallest effect to the largest.
        thin, thick: width of a line without an effect, and what the largest effect adds.
        dash: of that line, lengths of strokes and gaps; none where it is whole.
        opacity: of that line.
        head: shape and size of what it ends in; None where it has none.
        drawn: the line in words.
        style: in a terminal.
    """

    ink: str
    shape: str
    open: bool = False
    grounds: tuple[str, ...]
    inks: tuple[str, ...]
    thin: float
    thick: float = 0.0
    dash: tuple[int, ...] = ()
    opacity: float = 1.0
    head: tuple[str, int] | None = None
    drawn: str
    style: str

    @property
    def fill(self) -> str:
        """Of a point."""
        return "paper" if self.open else self.ink

    @property
    def line(self) -> str:
        """Of a line in the graph."""
        return "faint" if self.open else self.ink

    def width(self, share: float) -> float:
        """Of a line, for an effect that has this share of the largest one."""
        return self.thin + self.thick * share


_INKS = ("on_pale", "on_pale", "on_middle", "on_strong")
_UP, _DOWN = (tuple(f"{way}{step}" for step in range(1, STRENGTHS + 1)) for way in ("up", "down"))

LOOKS: Mapping[str, Look] = {
    "helps": Look(
        ink="blue",
        shape="triangle-up",
        grounds=_UP,
        inks=_INKS,
        thin=1.5,
        thick=3,
        head=("triangle", 110),
        drawn="an arrow",
        style="bold blue",
    ),
    "hurts": Look(
        ink="rust",
        shape="triangle-down",
        grounds=_DOWN,
        inks=_INKS,
        thin=1.5,
        thick=3,
        head=("stroke", 220),
        drawn="a line with a bar",
        style="bold red",
    ),
    "harmless": Look(
        ink="green",
        shape="diamond",
        grounds=("even",) * STRENGTHS,
        inks=("on_pale",) * STRENGTHS,
        thin=1.2,
        opacity=0.7,
        drawn="a green line",
        style="green",
    ),
    "undecided": Look(
        ink="grey",
        shape="circle",
        open=True,
        grounds=("paper",) * STRENGTHS,
        inks=("grey",) * STRENGTHS,
        thin=1.1,
        dash=(1, 5),
        drawn="a dotted line",
        style="dim",
    ),
}
"""Of each verdict, in the order of their columns."""

FITS: Mapping[str, Look] = {WORSE: LOOKS["hurts"], WITHIN: LOOKS["undecided"]}
"""Of what is said of groups beside their pairs."""

LINES = listed([f"{look.drawn} ({signed_verdict(verdict)})" for verdict, look in LOOKS.items()])
"""What lines in the graph stand for."""


def strength_of(gain: float, largest: float) -> int:
    """1 (pale) to 4 (full): how large a gain is beside the largest of its view."""
    return 1 if math.isnan(gain) else min(STRENGTHS, max(1, math.ceil(STRENGTHS * abs(gain) / largest)))
