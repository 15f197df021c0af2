"""Which tasks to train together: the groupings that no other beats in cost and gain, estimated on other repeats."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cohear.analysis.chosen import mean_gain
from cohear.analysis.columns import SETTING
from cohear.analysis.design import USUAL, Design
from cohear.analysis.pairs import first_half
from cohear.analysis.persistence import told
from cohear.report.cells import Cell
from cohear.report.folder import FolderContent
from cohear.report.numbers import fraction_metrics, interval, signed

SHOWN = 5
COST = "parameters"


@dataclass(frozen=True)
class Grouping:
    """Networks that serve every task once.

    Attributes:
        shared: the networks of several tasks.
        alone: tasks with a network of their own.
        parameters: of all networks.
        share: of the parameters of all singles, in percent.
        expected: mean gain of a task, on the repeats that did not choose this grouping; on all of them for one network
            for all that none chose.
        low, high: its 95 % interval, NaN where it cannot be told.
        gain: on those that did, too high on average.
        verdicts: what is known of its shared tasks, ``2 helps, 1 undecided``.
        whole: whether one network serves all.
    """

    shared: list[tuple[str, ...]]
    alone: list[str]
    parameters: int
    share: int
    expected: float
    low: float
    high: float
    gain: float
    verdicts: str
    whole: bool

    @property
    def networks(self) -> int:
        """How many there are."""
        return len(self.shared) + len(self.alone)

    @property
    def tasks(self) -> int:
        """How many tasks they serve."""
        return sum(map(len, self.shared)) + len(self.alone)

    @property
    def expected_text(self) -> str:
        """In points."""
        return signed(self.expected, True)

    @property
    def interval_text(self) -> str:
        """Of what is expected, in points."""
        return interval(self.low, self.high, True)

    @property
    def verdict(self) -> str:
        """``helps`` or ``hurts`` where what is expected is beyond chance, else ``undecided``."""
        return "helps" if self.low > 0 else "hurts" if self.high < 0 else "undecided"

    @property
    def gain_text(self) -> str:
        """In points."""
        return signed(self.gain, True)


@dataclass(frozen=True)
class Groupings:
    """All unbeaten groupings of a setting.

    Attributes:
        best: the one with the largest gain on the repeats that chose; or one network for all, where that one is surely
            better than separate networks and the other is not.
        picked: whether repeats chose it.
        all: at most ``SHOWN``, the cheapest first.
        chose, estimated: repeats on which groupings were chosen, and estimated.
    """

    best: Grouping
    picked: bool
    all: list[Grouping]
    chose: int
    estimated: int


def groupings_of(folder: FolderContent) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Unbeaten groupings in parameters, as the answers have them, by setting; none where gains have several units."""
    pairs = folder.statistics.pairs
    if pairs.empty or not set(pairs["metric"]) <= fraction_metrics(folder.results):
        return {}
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for line in folder.statistics.groupings:
        if line["cost"] != COST:
            continue
        features, encoder, arm = (str(line[name]) for name in SETTING)
        found.setdefault((features, encoder, arm), []).append(dict(line))
    return found


def with_the_whole_on_all_repeats(
    lines: Sequence[dict[str, Any]], pairs: pd.DataFrame, tasks: Sequence[str], design: Design
) -> list[dict[str, Any]]:
    """The groupings of a setting, with one network for all tasks measured on every repeat.

    It is there because nothing is smaller, so that no repeat chose it; unless it also gained most where groupings
    were chosen, and then stays measured on the others.

    Args:
        lines: of :func:`groupings_of`, of one setting.
        pairs: paired differences of the setting.
        tasks: of the setting.
        design: of the study.
    """
    best = max(lines, key=lambda line: _number(line["gain_chosen"]), default=None)
    found = []
    for line in lines:
        names = line["groups"]
        whole = len(names) == 1 and set(names[0].split("+")) == set(tasks)
        found.append({**line, **on_all_repeats(names, pairs, design)} if whole and line is not best else line)
    return found


def on_all_repeats(names: Sequence[str], pairs: pd.DataFrame, design: Design) -> dict[str, Any]:
    """Mean gain of a task in some networks, with its interval, for what no repeat chose."""
    figures = mean_gain(pairs, names, pd.Series(True, index=pairs.index), design)
    return dict(zip(("gain", "low", "high"), map(told, figures), strict=True))


def groupings(
    lines: Sequence[dict[str, Any]],
    results: pd.DataFrame,
    pairs: pd.DataFrame,
    cells: Sequence[Cell],
    tasks: Sequence[str],
    design: Design = USUAL,
) -> Groupings | None:
    """The groupings of one setting, or None where none could be chosen and estimated.

    Args:
        lines: of :func:`groupings_of`.
        results: ordinary runs of the setting.
        pairs: paired differences of the setting.
        cells: its cells.
        tasks: its tasks in the study's order.
        design: of the study.
    """
    if not lines:
        return None
    first = first_half(pairs)
    singles = results[results["combination"] == results["task"]]
    apart = float(singles.groupby("task")[COST].mean().sum())
    lines = with_the_whole_on_all_repeats(lines, pairs, tasks, design)
    made = [_grouping(line, cells, tasks, apart) for line in lines]
    best, picked = recommended(made)
    shown = made if len(made) <= SHOWN else [*made[: SHOWN - 1], picked]
    repeats = pairs[["fold", "seed"]]
    chose, estimated = (len(repeats[side].drop_duplicates()) for side in (first, ~first))
    return Groupings(best, best is picked, shown, chose, estimated)


def recommended(made: Sequence[Grouping]) -> tuple[Grouping, Grouping]:
    """The grouping to train, and the one with the largest gain on the repeats that chose.

    They differ where one network for all is surely better than separate networks and the chosen one is not.
    """
    picked = max(made, key=lambda one: one.gain)
    sure = [one for one in made if one.whole and one.verdict == "helps"]
    return (sure[0] if sure and picked.verdict != "helps" else picked), picked


def _grouping(line: dict[str, Any], cells: Sequence[Cell], tasks: Sequence[str], apart: float) -> Grouping:
    names = line["groups"]
    members = sorted((tuple(str(name).split("+")) for name in names), key=lambda group: tasks.index(group[0]))
    shared = [group for group in members if len(group) > 1]
    known = [cell.verdict for cell in cells if cell.combination in names]
    counts = [f"{known.count(verdict)} {verdict}" for verdict in dict.fromkeys(known)]
    chosen, expected, low, high = (_number(line[name]) for name in ("gain_chosen", "gain", "low", "high"))
    return Grouping(
        shared=shared,
        alone=[group[0] for group in members if len(group) == 1],
        parameters=round(float(str(line["budget"]))),
        share=round(100 * float(str(line["budget"])) / apart) if apart else 100,
        expected=expected,
        low=low,
        high=high,
        gain=chosen,
        verdicts=", ".join(sorted(counts)),
        whole=len(shared) == 1 and len(shared[0]) == len(tasks),
    )


def _number(value: object) -> float:
    return math.nan if value is None else float(str(value))
