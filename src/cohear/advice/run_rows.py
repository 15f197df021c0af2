"""Rows of the runs that could be next."""

from __future__ import annotations

from itertools import combinations

from cohear.advice.advised import NextRun
from cohear.advice.climbing import Division
from cohear.advice.next_runs import CandidateNetwork, Standing
from cohear.advice.plans import PlannedRuns
from cohear.advice.sentences import why_next
from cohear.advice.setting import AdvisedSetting
from cohear.base.units import finite

MOST_PAIRS = 40
"""Beyond so many tasks the pairs that are neither run nor planned are not gone through one by one."""


def candidates_of(
    known: AdvisedSetting, best: Division, plan: PlannedRuns, *, has_plan: bool
) -> list[CandidateNetwork]:
    """Networks that could be run: those of the plan that are not done, every pair, those of the best grouping.

    What is neither planned nor run would be run as often as the others, and what was run as often again.

    Args:
        known: of the setting.
        best: its best division.
        plan: what the study's plan has of it.
        has_plan: whether there is a plan at all.
    """
    done = _repeats(known)
    usual = max([*plan.repeats.values(), *done.values(), 1])
    networks = {known.network_of(combination): repeats for combination, repeats in plan.missing.items()}
    found = {network: repeats for network, repeats in networks.items() if network and len(network) > 1}
    count = len(known.tasks)
    pairs = combinations(range(count), 2) if count <= MOST_PAIRS or not has_plan else ()
    for network in [*pairs, *(network for network in best if len(network) > 1)]:
        found.setdefault(network, done.get(network, usual))
    return [CandidateNetwork(network, repeats) for network, repeats in found.items()]


def run_row(known: AdvisedSetting, standing: Standing, candidate: CandidateNetwork, plan: PlannedRuns) -> NextRun:
    """What a candidate would teach, and what it would take."""
    unit = known.scores[known.score].unit
    measured = _repeats(known).get(candidate.network, 0)
    worth, seconds = standing.worth(candidate), known.prices.get("seconds")
    planned = {known.network_of(name) for name in plan.missing}
    return {
        **known.names,
        "combination": known.name_of(candidate.network),
        "repeats": candidate.repeats,
        "measured": measured,
        "planned": candidate.network in planned,
        "worth": worth,
        "unit": unit.name,
        "seconds": finite(seconds.of_network(candidate.network) * candidate.repeats) if seconds else None,
        "reason": why_next(worth, unit, measured).plain,
    }


def _repeats(known: AdvisedSetting) -> dict[tuple[int, ...], int]:
    """Repeats of each network that was measured."""
    observed = known.scores[known.score].expectation.observed
    every = zip(observed.places, observed.repeats, strict=True)
    return {tuple(sorted((place.task, *place.partners))): int(repeats) for place, repeats in every}
