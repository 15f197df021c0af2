"""The row of a setting's grouping."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from cohear.advice.advised import AdvisedGrouping, ServedTask
from cohear.advice.climbing import Division
from cohear.advice.dividing import Dividing, shared
from cohear.advice.expectation import OUTWARDS
from cohear.advice.next_runs import Standing
from cohear.advice.observed import places_of
from cohear.advice.sentences import (
    CURE_OF_COST,
    FEW_TASKS,
    NO_MEASUREMENTS,
    NOT_MEASURED_COST,
    NOT_RUN_FLOORS,
    grouping_words,
    prior_words,
)
from cohear.advice.setting import AdvisedScore, AdvisedSetting, ScoreKnown
from cohear.base.arrays import Array
from cohear.base.units import finite
from cohear.findings.grouping import RecommendedGrouping
from cohear.findings.words import Words, joined, words


def why_no_grouping(known: AdvisedSetting, *, floors: bool) -> str:
    """Why no grouping of a setting can be told, whatever it may cost; empty where one can."""
    if known.in_turn:
        return RecommendedGrouping.lacks["focal"].text
    if len(known.tasks) < 2:
        return FEW_TASKS.plain
    if not known.scores or (floors and "metric" not in known.scores):
        return RecommendedGrouping.lacks["units"].text
    if floors and not np.isfinite(known.scores["metric"].alone).all():
        return NOT_RUN_FLOORS.plain
    return ""


def why_over(dividing: Dividing) -> str:
    """Why no grouping is known to be within the budget; empty where one is."""
    for name in dividing.budget.limits:
        if name not in dividing.prices:
            return NOT_MEASURED_COST.format(name=name, cure=CURE_OF_COST[name])
    return dividing.why_none() if dividing.best is None else ""


def no_grouping(known: AdvisedSetting, missing: str) -> AdvisedGrouping:
    """Of a setting without a grouping, and why."""
    return {
        **known.names,
        "score": known.score,
        "unit": "",
        "missing": missing,
        "networks": [],
        "tasks": [],
        "gain": None,
        "low": None,
        "high": None,
        "better": None,
        "loss": None,
        "loss_separate": None,
        "loss_everything": None,
        "everything": None,
        "parameters": None,
        "multiply_adds": None,
        "milliseconds": None,
        "bytes": None,
        "exact": True,
        "words": missing,
    }


def grouping_row(known: AdvisedSetting, dividing: Dividing, best: Division, standing: Standing) -> AdvisedGrouping:
    """The best grouping with its figures."""
    figures = known.scores[known.score]
    places = shared(best)
    gains, covariance = dividing.expectation.of_places(places)
    gain = float(gains.sum() / len(known.tasks))
    deviation = float(np.sqrt(max(covariance.sum(), 0.0)) / len(known.tasks))
    reach = OUTWARDS * deviation
    everything = max(standing.best_if_all_were_known() - gain, 0.0)
    way = -1.0 if known.score == "nll" else float(figures.sign.mean())
    separate = finite(figures.alone.mean()) if abs(way) == 1 else None
    total = {name: finite(sum(prices.of_network(network) for network in best)) for name, prices in known.prices.items()}
    better = float(ndtr(gain / deviation)) if deviation > 0 else float(gain > 0)
    names = [[known.tasks[place] for place in network] for network in best]
    run = {tuple(sorted((one.task, *one.partners))) for one in dividing.expectation.observed.places}
    sentence = grouping_words(
        [network for network in names if len(network) > 1],
        [network[0] for network in names if len(network) == 1],
        (gain, gain - reach, gain + reach, better),
        figures.unit,
        limited=bool(dividing.budget.limits or dividing.budget.floors or dividing.budget.networks),
        exact=dividing.is_exact,
    )
    parameters = known.prices.get("parameters")
    return {
        **known.names,
        "score": known.score,
        "unit": figures.unit.name,
        "missing": "",
        "networks": [
            {
                "combination": known.name_of(network),
                "run": len(network) == 1 or network in run,
                "parameters": finite(parameters.of_network(network)) if parameters else None,
            }
            for network in best
        ],
        "tasks": _served(known, best),
        "gain": gain,
        "low": gain - reach,
        "high": gain + reach,
        "better": better if places else None,
        "loss": None if separate is None else separate + way * gain,
        "loss_separate": separate,
        "loss_everything": None if separate is None else separate + way * (gain + everything),
        "everything": everything,
        "parameters": total.get("parameters"),
        "multiply_adds": total.get("multiply_adds"),
        "milliseconds": total.get("milliseconds"),
        "bytes": total.get("bytes"),
        "exact": dividing.is_exact,
        "words": joined([sentence, _rests_on(figures)]).plain,
    }


def _rests_on(figures: ScoreKnown) -> Words:
    """What is said of a grouping where no gain was measured."""
    foreseen = figures.foreseen
    if foreseen is None:
        return words()
    if foreseen.prior.unseen.is_better and not foreseen.is_told:
        return NO_MEASUREMENTS
    return prior_words(told=foreseen.is_told, datasets=foreseen.prior.datasets)


def _served(known: AdvisedSetting, best: Division) -> list[ServedTask]:
    """Every task with its expected score."""
    found: list[ServedTask] = []
    for network in best:
        places = places_of(network) if len(network) > 1 else []
        by_score: dict[AdvisedScore, tuple[Array, Array]] = {}
        for score, figures in known.scores.items():
            zero = np.zeros(len(network))
            gains, covariance = figures.expectation.of_places(places) if places else (zero, np.zeros((1, 1)))
            by_score[score] = gains, OUTWARDS * np.sqrt(np.maximum(np.diag(covariance), 0.0))
        for row, task in enumerate(network):
            expected = {
                score: finite(known.scores[score].alone[task] + known.scores[score].sign[task] * gains[row])
                for score, (gains, _) in by_score.items()
            }
            gains, reach = by_score[known.score]
            found.append(
                {
                    "task": known.tasks[task],
                    "combination": known.name_of(network),
                    "gain": float(gains[row]),
                    "low": float(gains[row] - reach[row]),
                    "high": float(gains[row] + reach[row]),
                    "score": expected.get("metric"),
                    "nll": expected.get("nll"),
                }
            )
    return sorted(found, key=lambda row: known.number[row["task"]])
