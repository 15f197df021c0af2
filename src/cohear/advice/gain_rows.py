"""Rows of expected gains."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from cohear.advice.advised import ExpectedGain
from cohear.advice.expectation import OUTWARDS
from cohear.advice.observed import GainPlace, places_of
from cohear.advice.plans import PlannedRuns
from cohear.advice.sentences import why_group, why_measured, why_pair
from cohear.advice.setting import AdvisedScore, AdvisedSetting
from cohear.base.units import finite


def gain_rows(known: AdvisedSetting, plan: PlannedRuns) -> Iterator[ExpectedGain]:
    """Of every ordered pair, of every larger group that was run, and of every one that is planned."""
    for score, figures in known.scores.items():
        observed = figures.expectation.observed
        mean = dict(zip(observed.places, zip(observed.gains, observed.repeats, strict=True), strict=True))
        planned = [known.network_of(combination) for combination in plan.repeats]
        groups = [place for network in planned if network and len(network) > 2 for place in places_of(network)]
        pairs = [GainPlace(task, (other,)) for task, other in permutations(range(len(known.tasks)), 2)]
        every = list(dict.fromkeys([*pairs, *observed.places, *groups]))
        if known.in_turn:
            every = [place for place in every if place in mean]
        expected = figures.expectation.effects.rows(every) @ figures.expectation.weights
        expected = expected + figures.expectation.offset(every)
        reach = OUTWARDS * figures.expectation.deviations(every)
        for place, gain, half in zip(every, expected, reach, strict=True):
            measured, repeats = mean.get(place, (np.nan, 0))
            network = sorted((place.task, *place.partners))
            yield {
                **known.names,
                "task": known.tasks[place.task],
                "combination": known.name_of(network),
                "score": score,
                "unit": figures.unit.name,
                "gain": float(gain),
                "low": float(gain - half),
                "high": float(gain + half),
                "measured": finite(measured),
                "repeats": int(repeats),
                "reason": _reason(known, score, place, measured, int(repeats)),
            }


def _reason(known: AdvisedSetting, score: AdvisedScore, place: GainPlace, measured: float, repeats: int) -> str:
    figures = known.scores[score]
    if repeats:
        return why_measured(repeats, measured, figures.unit).plain
    observed = figures.expectation.observed
    if figures.foreseen is not None:
        return figures.foreseen.why(known.tasks[place.task], [known.tasks[other] for other in place.partners]).plain
    if len(place.partners) > 1:
        return why_group(groups=any(len(one.partners) > 1 for one in observed.places)).plain
    return why_pair(known.tasks[place.task], known.tasks[place.partners[0]]).plain
