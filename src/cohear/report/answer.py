"""The answer in words: which two tasks help each other most, how sure that is, and what is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cohear.analysis.columns import VERDICTS
from cohear.analysis.verdicts import FEWEST_REPEATS
from cohear.report.cells import Cell
from cohear.report.numbers import plural
from cohear.report.ticks import Axis, axis_over

Sureness = Literal["sure", "partly", "open", "none"]


@dataclass(frozen=True)
class Answer:
    """What one setting (features x encoder x arm) says.

    Attributes:
        sureness: of the headline: both gains are beyond chance, one is, none is, or there is no such pair.
        first, second: the two tasks that help each other most, where only one is surely helped it is the second;
            empty where no pair has a gain.
        between, headline: what stands between their names and what follows them, or all of it.
        sure: how sure that is, a sentence or two.
        decides: what would decide it, a sentence; empty where nothing of it is open.
        proof: the two cells behind the headline, the larger gain first.
        axis: for drawing their intervals.
        helps, hurts: the decided pair cells, largest effect first.
        counts: number of pair cells by verdict.
        open: what would decide the undecided ones, a sentence; empty where there is none.
        groups: the cells of larger combinations, by combination: all tasks first, then the largest mean gain.
    """

    sureness: Sureness
    first: str
    second: str
    between: str
    headline: str
    sure: str
    decides: str
    proof: list[Cell]
    axis: Axis
    helps: list[Cell]
    hurts: list[Cell]
    counts: dict[str, int]
    open: str
    groups: dict[str, list[Cell]]

    @property
    def measured(self) -> int:
        """Pair cells in all."""
        return sum(self.counts.values())


def answer(cells: Sequence[Cell], decidable: Mapping[tuple[str, str], float], assumed: bool = False) -> Answer:
    """Put the verdicts of a setting into words.

    The pair of the headline has the largest sum of gains among the pairs of the best kind that there is: both tasks
    are surely helped; one is and the other is not surely hurt; both gain, though not surely; the sum is above nothing.

    Args:
        cells: of the setting.
        decidable: further repeats that would decide an undecided cell, by task and combination; those that no number
            of repeats would decide are left out.
        assumed: how much of the spread is that of the folds is not measured, for want of a second seed a fold.
    """
    pairs = [cell for cell in cells if cell.pair]
    by_pair: dict[str, list[Cell]] = {}
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        (by_pair if cell.pair else groups).setdefault(cell.combination, []).append(cell)
    groups = dict(sorted(groups.items(), key=lambda one: (not one[1][0].whole, -_sum(one[1]) / len(one[1]))))
    counts = dict.fromkeys(VERDICTS, 0)
    for cell in pairs:
        counts[cell.verdict] += 1
    best = sorted(_best(list(by_pair.values())), key=lambda cell: -cell.gain)
    sureness, first, second, between, headline, sure = _words(best, by_pair, counts)
    still_open = _open([cell for cell in pairs if cell.verdict == "undecided"], decidable, assumed)
    return Answer(
        sureness=sureness,
        first=first,
        second=second,
        between=between,
        headline=headline,
        sure=sure,
        decides=_decides(best, decidable, assumed) if best else still_open,
        proof=best,
        axis=axis_over([0.0, *(value for cell in best for value in (cell.gain, cell.low, cell.high))]),
        helps=sorted((c for c in pairs if c.verdict == "helps"), key=lambda cell: -cell.gain),
        hurts=sorted((c for c in pairs if c.verdict == "hurts"), key=lambda cell: cell.gain),
        counts=counts,
        open=still_open,
        groups=groups,
    )


def _best(pairs: Sequence[list[Cell]]) -> list[Cell]:
    kinds: tuple[Callable[[Sequence[Cell]], bool], ...] = (
        lambda both: len(both) == 2 and all(cell.verdict == "helps" for cell in both),
        lambda both: _verdicts(both) >= {"helps"} and "hurts" not in _verdicts(both),
        lambda both: len(both) == 2 and all(cell.gain > 0 and cell.verdict != "hurts" for cell in both),
        lambda both: _sum(both) > 0 and "hurts" not in _verdicts(both),
    )
    for kind in kinds:
        found = [both for both in pairs if kind(both)]
        if found:
            return max(found, key=_sum)
    return []


def _verdicts(both: Sequence[Cell]) -> set[str]:
    return {cell.verdict for cell in both}


def _sum(both: Sequence[Cell]) -> float:
    return sum(cell.gain for cell in both)


def _words(
    best: Sequence[Cell], by_pair: Mapping[str, Sequence[Cell]], counts: Mapping[str, int]
) -> tuple[Sureness, str, str, str, str, str]:
    if not by_pair:
        return "none", "", "", "", "No pair has been compared yet.", ""
    if not best:
        return "none", "", "", "", *_without(by_pair, counts)
    first, second = best[0].task, best[0].partners[0]
    helped = [cell for cell in best if cell.verdict == "helps"]
    if helped and len(helped) == len(best) == 2:
        sure = "Sure. Both gains are beyond chance."
        return "sure", first, second, "and", "help each other most.", sure
    if helped:
        other = [cell for cell in best if cell.verdict != "helps"]
        rest = f"that of {other[0].task} is {other[0].verdict}." if other else "the other way was not measured."
        sure = f"Sure one way. The gain of {helped[0].task} is beyond chance; {rest}"
        return "partly", helped[0].partners[0], helped[0].task, "helps", "most.", sure
    few = min(cell.repeats for cell in best)
    why = "Not sure. Both gains could be chance"
    if few < FEWEST_REPEATS:
        done = f"{few} of them {'is' if few == 1 else 'are'} done"
        why = f"Not sure. A verdict needs {FEWEST_REPEATS} paired repeats, {done}"
    if all(cell.gain > 0 for cell in best) and len(best) == 2:
        return "open", first, second, "and", "seem to help each other most.", f"{why}."
    closest = "come closest to helping each other."
    return "open", first, second, "and", closest, f"{why}, and only one of the two gains."


def _without(by_pair: Mapping[str, Sequence[Cell]], counts: Mapping[str, int]) -> tuple[str, str]:
    free = [both for both in by_pair.values() if _verdicts(both) == {"harmless"}]
    hurt = f"{counts['hurts']} of {sum(counts.values())} effects are surely losses."
    if free:
        return "No two tasks help each other.", f"But {plural(len(free), 'pair')} can share a network at no real cost."
    if counts["hurts"]:
        return "No two tasks help each other.", hurt
    return "No two tasks help each other, as far as this was measured.", "Not sure. Nothing is decided yet."


def _decides(best: Sequence[Cell], decidable: Mapping[tuple[str, str], float], assumed: bool) -> str:
    """What would decide the gains of the headline that are open."""
    undecided = [cell for cell in best if cell.verdict == "undecided"]
    missing = FEWEST_REPEATS - min(cell.repeats for cell in best)
    if undecided and missing > 0:
        return f"At least {plural(missing, 'more repeat')}: with fewer than {FEWEST_REPEATS} nothing is decided."
    more = {
        cell.task: decidable[cell.task, cell.combination]
        for cell in undecided
        if (cell.task, cell.combination) in decidable
    }
    if not undecided:
        return ""
    if not more and assumed:
        return (
            "A second seed in every fold (seeds: 2 in the study file). With one, luck in training cannot be told from "
            "which clips are tested; it may take more than that."
        )
    if not more:
        return "New clips. More repeats on the present ones would not."
    many = plural(max(1, round(max(more.values()))), "more repeat")
    if len(more) == len(undecided):
        if_so = "both gains are what they seem" if len(undecided) == 2 else "the gain is what it seems"
        return f"About {many} on the same clips, if {if_so}."
    return f"About {many} for the gain of {next(iter(more))}, if it is what it seems; for the other, only new clips."


def _open(undecided: Sequence[Cell], decidable: Mapping[tuple[str, str], float], assumed: bool) -> str:
    if not undecided:
        return ""
    names = [(cell.task, cell.combination) for cell in undecided]
    more = sorted(decidable[name] for name in names if name in decidable)
    if not more and assumed:
        return (
            "How many more repeats would decide the open ones cannot be told before every fold has a second seed "
            "(seeds: 2 in the study file), which may itself decide some."
        )
    if not more:
        return "More repeats on the same clips would decide none of the open ones; new clips could."
    middle = max(1, round(more[len(more) // 2]))
    return (
        f"If their gains are what they seem, more repeats on the same clips would decide {len(more)} of the "
        f"{len(undecided)} open ones, half of them after {middle} more."
    )
