"""The answer in words: which tasks help each other, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohear.analysis.columns import VERDICTS
from cohear.report.cells import Cell
from cohear.report.numbers import plural


@dataclass(frozen=True)
class Answer:
    """What one view (features x encoder x arm) says.

    Attributes:
        tone: ``helps``, ``harmless``, ``hurts`` or ``undecided``: what the headline is about.
        before, first, between, second, after: the headline; ``first`` and ``second`` are task names or empty.
        proof: the cells behind the headline.
        helps, hurts: the decided pair cells, largest effect first.
        counts: number of pair cells by verdict.
        groups: the cells of larger combinations, by combination.
    """

    tone: str
    before: str
    first: str
    between: str
    second: str
    after: str
    proof: list[Cell]
    helps: list[Cell]
    hurts: list[Cell]
    counts: dict[str, int]
    groups: dict[str, list[Cell]]

    @property
    def measured(self) -> int:
        """Pair cells in all."""
        return sum(self.counts.values())


def answer(cells: Sequence[Cell]) -> Answer:
    """Put the verdicts of a view into words.

    The pair of the headline is the one with the largest sum of gains among the pairs of which one task is
    surely helped and the other is not surely hurt; where there is none, the headline says so.
    """
    pairs = [cell for cell in cells if cell.pair]
    by_pair: dict[str, list[Cell]] = {}
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        (by_pair if cell.pair else groups).setdefault(cell.combination, []).append(cell)
    counts = dict.fromkeys(VERDICTS, 0)
    for cell in pairs:
        counts[cell.verdict] += 1
    good = [both for both in by_pair.values() if _helped(both)]
    best = max(good, key=lambda both: sum(cell.gain for cell in both), default=[])
    words = _headline(best, by_pair, counts)
    return Answer(
        *words,
        proof=sorted(best, key=lambda cell: -cell.gain),
        helps=sorted((c for c in pairs if c.verdict == "helps"), key=lambda cell: -cell.gain),
        hurts=sorted((c for c in pairs if c.verdict == "hurts"), key=lambda cell: cell.gain),
        counts=counts,
        groups=groups,
    )


def _helped(both: Sequence[Cell]) -> bool:
    verdicts = {cell.verdict for cell in both}
    return "helps" in verdicts and "hurts" not in verdicts


def _headline(
    best: Sequence[Cell], by_pair: dict[str, list[Cell]], counts: dict[str, int]
) -> tuple[str, str, str, str, str, str]:
    if best:
        first = max((cell for cell in best if cell.verdict == "helps"), key=lambda cell: cell.gain)
        if len(best) == 2 and all(cell.verdict == "helps" for cell in best):
            return "helps", "", first.task, " and ", first.partners[0], " help each other most."
        return "helps", "", first.task, " gains most, beside ", first.partners[0], "."
    tone, text = _without_help(by_pair, counts)
    return tone, text, "", "", "", ""


def _without_help(by_pair: dict[str, list[Cell]], counts: dict[str, int]) -> tuple[str, str]:
    if not by_pair:
        return "undecided", "No pair has been compared yet."
    free = [both for both in by_pair.values() if {cell.verdict for cell in both} == {"harmless"}]
    if counts["hurts"] and counts["hurts"] >= max(counts["harmless"], counts["undecided"]):
        return "hurts", "No partner is shown to help, and most partners hurt."
    if free:
        many = plural(len(free), "pair")
        return "harmless", f"No partner is shown to help, but {many} can share a network at no real cost."
    if counts["hurts"] or counts["harmless"]:
        return "undecided", "No partner is shown to help; much is still open."
    return "undecided", "Nothing is decided yet: more repeats are needed."
