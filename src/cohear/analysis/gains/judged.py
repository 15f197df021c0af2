"""The cells of a study with their verdicts, as its repeats ask: one test where they were fixed, looks where not."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import pandas as pd

from cohear.analysis.gains.cell_tests import cell_tests
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.here import with_verdicts_here
from cohear.analysis.gains.sequential import looked_at
from cohear.analysis.gains.spending import Seen
from cohear.analysis.gains.verdicts import Adjust, with_verdicts
from cohear.base.multiplicity import benjamini_hochberg


@dataclass(frozen=True)
class Judged:
    """Cells after their tests: what gains, power and the rounds of a study are told from.

    Attributes:
        cells: of :func:`cohear.analysis.gains.cell_tests.cell_tests` with ``p_adjusted``, ``verdict`` and
            ``verdict_here``; where the study looked, with ``p_sequential`` and ``p_margin_sequential`` too.
        design: what they were judged with.
        seen: the looks that each family has had, by its names; empty where repeats were fixed.
    """

    cells: pd.DataFrame
    design: Design
    seen: Mapping[Hashable, Seen]


def judge(pairs: pd.DataFrame, design: Design = USUAL, adjust: Adjust = benjamini_hochberg) -> Judged:
    """Test every cell.

    Args:
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.
        design: of the study.
        adjust: for the many cells of a family, where repeats were fixed.
    """
    if design.looks:
        cells, seen = looked_at(pairs, design)
        return Judged(with_verdicts_here(cells, design), design, seen)
    cells = with_verdicts(cell_tests(pairs, design), adjust)
    return Judged(with_verdicts_here(cells, design, adjust), design, {})
