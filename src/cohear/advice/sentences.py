"""The sentences of advice."""

from __future__ import annotations

from collections.abc import Sequence

from cohear.base.counting import counted
from cohear.base.units import Unit
from cohear.findings.words import Name, Networks, Words, joined, names, words


def why_measured(repeats: int, measured: float, unit: Unit) -> Words:
    """Of a gain that was measured."""
    mean = f"{unit.signed(measured)} {unit.name} on {counted(repeats, 'repeat')}"
    return words(f"measured, {mean}, and drawn towards what its task and its partners do elsewhere")


def why_pair(task: str, partner: str) -> Words:
    """Of a pair that was not run, where others were."""
    return words("not run: from what ", Name(task), " gains beside others and what others gain beside ", Name(partner))


def why_group(*, groups: bool) -> Words:
    """Of a larger group that was not run."""
    return words("not run: the mean of its pairs", ", and what other larger groups add to that" if groups else "")


NOTHING_MEASURED = words(
    "not run, no gain was measured here, and nothing of the tasks either (`cohear measure` does): as gains of recorded "
    "studies scatter"
)
PRIOR_IS_NO_BETTER = words(
    "not run, and no gain was measured here: as gains of recorded studies scatter, whose measurements foretell no "
    "better than separate networks on datasets that were left out"
)


def why_prior(measurements: Sequence[str], datasets: int) -> Words:
    """Of a gain that was not measured where others were foretold from measurements."""
    moved = f", most of all {' and '.join(measurements)}" if measurements else ""
    return words(f"not run: from measurements{moved}, as gains of {datasets} recorded datasets go with them")


def prior_words(*, told: bool, datasets: int) -> Words:
    """What a grouping rests on where no gain was measured."""
    if told:
        return words(f"No gain was measured here: this is foretold from measurements, by gains of {datasets} datasets.")
    return words(
        "No gain was measured here, and what recorded studies tell of measurements is no better than separate networks "
        "on datasets that were left out."
    )


NO_MEASUREMENTS = words(
    "No gain was measured here, and nothing of the tasks either: `cohear measure` does what advice can go by."
)


def why_next(worth: float, unit: Unit, measured: int) -> Words:
    """Of a run that teaches."""
    again = f"; it would add to {counted(measured, 'repeat')}" if measured else ""
    return words(f"expected to better the mean gain of the best grouping by {unit.size(worth)}{again}")


def grouping_words(
    shared: Sequence[Sequence[str]],
    alone: Sequence[str],
    figures: tuple[float, float, float, float],
    unit: Unit,
    *,
    limited: bool,
    exact: bool,
) -> Words:
    """What to train, what that is expected to gain, and how sure it is.

    Args:
        shared: networks of several tasks.
        alone: tasks with a network of their own.
        figures: expected mean gain, its interval, and the probability that it is above nothing.
        unit: of the gain.
        limited: whether there is a budget.
        exact: whether every grouping was looked at.
    """
    gain, low, high, better = figures
    within = " within the budget" if limited else ""
    if not shared:
        return words(f"Train separate networks: no grouping{within} is expected to do better.", _method(exact))
    others = words(", and ", names(alone), " alone") if alone else words()
    head = words("Train ", Networks(tuple(map(tuple, shared))), others, ".")
    mean = f"{unit.signed(gain)} {unit.name} a task over separate networks ({unit.interval(low, high)})"
    open_still = "" if low > 0 else ", so it is not shown to be better than separate networks"
    sure = f"above nothing with a probability of {better:.2f}{open_still}"
    sure = sure if gain > 0 else "separate networks would do better"
    best = words(f"Of all groupings{within} it has the best expected mean gain: {mean}; {sure}.")
    return joined([head, best, _method(exact)])


def _method(exact: bool) -> Words:
    return words("" if exact else " With so many tasks it was found by climbing, and may not be the best.")


def out_of_budget(reason: str) -> Words:
    """Why there is no grouping within the budget."""
    return words(f"No grouping is within the budget: {reason}.")


NOT_MEASURED_COST = "--{name} needs that cost of every task alone; {cure}"
CURE_OF_COST = {
    "parameters": "results.csv has no parameters here",
    "milliseconds": "`cohear bench DIR` measures it",
    "bytes": "`cohear bench DIR` measures it",
}
NOT_RUN_FLOORS = words("A floor takes scores of every task alone: run the singles first.")
FEW_TASKS = words("A grouping takes two tasks that are learnt and have a single run here.")
