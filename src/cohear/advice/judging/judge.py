"""Every predictor and every measurement, on gains that it was not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cohear.advice.judging.arms import SCHEME as ARMS
from cohear.advice.judging.arms import other_budgets
from cohear.advice.judging.ceiling import ceiling_of
from cohear.advice.judging.given import GivenSetting, read_given
from cohear.advice.judging.measurements import OneMeasurement, one_by_one
from cohear.advice.judging.published import SCHEME as PUBLISHED
from cohear.advice.judging.published import PublishedScore, as_published
from cohear.advice.judging.resampling import Interval, ResampledCells
from cohear.advice.judging.schemes import FIRST, GROUPS, KNOWS_TASKS, SCHEMES, Round, rounds_of_groups
from cohear.advice.judging.scores import ForetoldScores
from cohear.advice.predictors.apart import CellMask
from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Foretold, Predictor
from cohear.base.files import write_text
from cohear.base.tables import PREDICTORS_CSV, Row

TO_BEAT = ("majority", "task", "random")
"""Plain predictors that signs are held against, as studies/foretold.md has it; what the partner's name tells stands
beside them."""
DRAWS_OF_RANDOM = 5
"""Times that random numbers are drawn for datasets left out; scores are averaged, for one draw may be lucky."""


@dataclass(frozen=True)
class _Judged:
    """A predictor under a scheme."""

    name: str
    scheme: str
    scores: ForetoldScores | None
    lacks: str = ""


def judge_predictors(
    folders: Sequence[Path],
    measured: Path | None = None,
    *,
    joint: bool = False,
    schemes: Sequence[str] = tuple(SCHEMES),
    predictors: Sequence[str] = (),
) -> pd.DataFrame:
    """How well gains of pairs are foretold, by every predictor and by every measurement alone.

    Args:
        folders: of tables, see :func:`cohear.advice.judging.given.read_given`; several are one study.
        measured: the folder of ``measurements.csv``, where it is not one of them.
        joint: whether measurements that need joint runs count too.
        schemes: what predictors are not shown.
        predictors: names of those that are judged; all that are entered where there is none.

    Returns:
        The columns of :data:`cohear.base.tables.PREDICTORS_CSV`: in each setting confirmatory measurements first, then
        predictors, plain ones, and all other measurements.

    Raises:
        UserError: a table is missing or broken, or a predictor is not known.
    """
    chosen = {name: PREDICTORS[name]() for name in (predictors or PREDICTORS)}
    given = read_given(folders, measured, joint=joint)
    rows = [row for setting in given for row in _of_setting(setting, chosen, schemes, other_budgets(setting, given))]
    return pd.DataFrame(rows, columns=list(PREDICTORS_CSV.names))


def write_predictors(folder: Path, found: pd.DataFrame) -> Path:
    """Write what was judged into a folder as ``predictors.csv``; says where."""
    path = folder / PREDICTORS_CSV.file
    write_text(
        path, PREDICTORS_CSV.text({str(name): cell for name, cell in row.items()} for row in found.to_dict("records"))
    )
    return path


def _of_setting(
    given: GivenSetting,
    predictors: Mapping[str, Predictor],
    schemes: Sequence[str],
    budgets: tuple[KnownGains, Round] | None,
) -> Iterator[Row]:
    cells = given.pairs.cells
    apart = np.array(
        [
            cells.dataset(task) != cells.dataset(partners[0])
            for task, partners in zip(cells.tasks, cells.partners, strict=True)
        ],
        dtype=np.bool_,
    )
    scored = given.pairs.take(apart)
    drawn = ResampledCells.of(scored.cells)
    ceiling = ceiling_of(given.halves[:, apart], drawn)
    rows = _Rows(given, scored, drawn, ceiling)
    alone = one_by_one(scored, drawn)
    yield from (rows.of_measurement(each) for each in alone if each.is_confirmatory)
    judged = [
        _judged(name, predictor, scheme, given, apart, drawn)
        for scheme in schemes
        for name, predictor in predictors.items()
        if scheme == FIRST or not predictor.is_slow
    ]
    yield from _told_apart(judged, predictors, rows)
    yield from (rows.of_published(each) for each in as_published(scored) if each.name.partition(",")[0] in predictors)
    if len(given.groups):
        yield from _of_groups(given, predictors)
    if budgets is not None:
        every, parts = budgets
        last = np.concatenate([np.zeros(len(every) - len(apart), dtype=np.bool_), apart])
        others = [
            _of_others(name, each, ARMS, every, parts, last, drawn)
            for name, each in predictors.items()
            if not each.is_slow
        ]
        yield from _told_apart(others, predictors, rows)
    yield from (rows.of_measurement(each) for each in alone if not each.is_confirmatory)


def _of_groups(given: GivenSetting, predictors: Mapping[str, Predictor]) -> Iterator[Row]:
    """Rows of cells of more than two tasks, foretold from all pairs and from other groups."""
    every, pairs = given.pairs.joined(given.groups), len(given.pairs)
    behind = np.arange(len(every)) >= pairs
    drawn, rounds = ResampledCells.of(given.groups.cells), rounds_of_groups(pairs, given.groups.cells)
    judged = [
        _of_others(name, each, GROUPS, every, rounds, behind, drawn)
        for name, each in predictors.items()
        if not each.is_slow
    ]
    yield from _told_apart(judged, predictors, _Rows(given, given.groups, drawn, np.nan))


def _of_others(
    name: str,
    predictor: Predictor,
    scheme: str,
    every: KnownGains,
    parts: Round,
    scored: CellMask,
    drawn: ResampledCells,
) -> _Judged:
    """A predictor that is shown cells beside those that are scored, or what it lacks."""
    lack = _lacking(predictor, every.cells)
    return _Judged(name, scheme, None if lack else _scores(predictor, every, parts, 0, scored, drawn), lack)


def _told_apart(judged: Sequence[_Judged], predictors: Mapping[str, Predictor], rows: _Rows) -> Iterator[Row]:
    """Rows of predictors beside the plain ones, which come last."""
    plain = [each for each in judged if predictors[each.name].is_plain]
    for kind, some in (("predictor", [each for each in judged if each not in plain]), ("plain", plain)):
        for each in some:
            same = [other for other in plain if other.scheme == each.scheme and other.name in TO_BEAT]
            beside = [other.scores for other in same if other.scores is not None]
            yield rows.of_predictor(kind, each, predictors[each.name], beside if kind == "predictor" else [])


def _judged(
    name: str,
    predictor: Predictor,
    scheme: str,
    given: GivenSetting,
    apart: CellMask,
    drawn: ResampledCells,
) -> _Judged:
    """Scores under a scheme, or what it lacks."""
    if lack := _lacking(predictor, given.pairs.cells):
        return _Judged(name, scheme, None, lack)
    if not predictor.is_plain and predictor.goes_by == {"names"} and scheme not in KNOWS_TASKS:
        return _Judged(name, scheme, None, "it knows nothing of a task that it was shown no gain of")
    draws = DRAWS_OF_RANDOM if name == "random" and scheme == FIRST else 1
    every = [
        _scores(predictor, given.pairs, parts, draw, apart, drawn)
        for draw in range(draws)
        for parts in SCHEMES[scheme](given.pairs.cells)
    ]
    found = [scores for scores in every if scores is not None]
    return (
        _Judged(name, scheme, ForetoldScores.mean(found)) if found else _Judged(name, scheme, None, "too few datasets")
    )


def _lacking(predictor: Predictor, cells: Cells) -> str:
    """Why it can't be asked about cells; empty where it can."""
    missing = [need for need in predictor.needs if need not in {feature.name for feature in cells.features}]
    if missing:
        return f"{' and '.join(missing)} not measured"
    if "measurements" in predictor.goes_by and not cells.features:
        return "nothing is measured that tells cells apart"
    return ""


def _scores(
    predictor: Predictor, trained: KnownGains, parts: Round, draw: int, scored: CellMask, drawn: ResampledCells
) -> ForetoldScores | None:
    """Of the cells that are scored; None where nothing of them can be foretold."""
    foretold = _foretold(predictor, trained, parts, draw, scored)
    return None if foretold is None else ForetoldScores.of(foretold, trained.take(scored), drawn)


def _foretold(
    predictor: Predictor,
    trained: KnownGains,
    parts: Round,
    draw: int,
    scored: CellMask,
) -> Foretold | None:
    """What is foretold of the cells that are scored, NaN where nothing is; None where nothing can be shown."""
    gain, deviation, helps = np.full((3, len(trained)), np.nan)
    for shown, asked in parts:
        if shown.sum() < 2 or not asked.any():
            continue
        told = predictor.fit(trained.take(shown), draw).foretell(trained.cells.take(asked))
        gain[asked], deviation[asked], helps[asked] = told.gain, told.deviation, told.helps
    told = np.isfinite(gain[scored]).any()
    return Foretold(gain[scored], deviation[scored], helps[scored]) if told else None


@dataclass(frozen=True)
class _Rows:
    """Rows of the table."""

    given: GivenSetting
    scored: KnownGains
    drawn: ResampledCells
    ceiling: float

    def of_measurement(self, found: OneMeasurement) -> Row:
        """Of a measurement alone."""
        kind = "confirmatory" if found.is_confirmatory else "exploratory"
        cost = self.given.cost_of.get(found.feature.name, np.nan)
        lacks = "" if found.within else "not measured"
        row = self._row(kind, found.feature.words, "", found.within, {}, cost, lacks)
        return {**row, "p": _told(found.p), "p_adjusted": _told(found.p_adjusted)}

    def of_predictor(self, kind: str, judged: _Judged, predictor: Predictor, plain: Sequence[ForetoldScores]) -> Row:
        """Of a predictor under a scheme."""
        cost = self._cost(judged.scheme, predictor)
        if judged.scores is None:
            return self._row(kind, judged.name, judged.scheme, None, {}, cost, judged.lacks)
        scores, number = judged.scores, self.drawn.datasets
        signs = len(set(self.scored.cells.datasets[self.scored.told_signs != 0]))
        shares = {
            "accuracy": Interval.of(scores.accuracy, signs).within(0, 1),
            "f1": Interval.of(scores.f1, signs).within(0, 1),
            "auc": Interval.of(scores.auc, signs).within(0, 1),
            "r2": Interval.of(scores.r2, number).within(-np.inf, 1),
        }
        above = [Interval.of(scores.accuracy - other.accuracy, signs) for other in plain]
        if above:
            shares["above"] = min(above, key=lambda each: each.low if np.isfinite(each.low) else each.value)
        within = Interval.of(scores.within, number).within(-1, 1)
        return self._row(kind, judged.name, judged.scheme, within, shares, cost, "")

    def of_published(self, found: PublishedScore) -> Row:
        """Of the scoring of others, which has no intervals."""
        kind = "plain" if found.is_plain else "predictor"
        row = self._row(kind, found.name, PUBLISHED, None, {}, np.nan, "")
        return {**row, "decided": len(self.scored), "accuracy": found.accuracy, "f1": found.f1}

    def _row(
        self,
        kind: str,
        name: str,
        scheme: str,
        within: Interval | None,
        shares: Mapping[str, Interval],
        cost: float,
        lacks: str,
    ) -> Row:
        features, encoder, arm = self.given.setting
        row: dict[str, object] = dict.fromkeys(PREDICTORS_CSV.names)
        row |= {"features": features, "encoder": encoder, "arm": arm, "score": self.given.score, "kind": kind}
        row |= {"name": name, "scheme": scheme, "unit": self.given.unit, "cells": len(self.scored), "lacks": lacks}
        row |= {"ceiling": _told(self.ceiling), "cost": _told(cost)}
        row |= {"decided": int((self.scored.told_signs != 0).sum())}
        for figure, interval in {**({"within": within} if within else {}), **shares}.items():
            row |= {figure: _told(interval.value), f"{figure}_low": _told(interval.low)}
            row |= {f"{figure}_high": _told(interval.high)}
        if within and self.ceiling > 0:
            row["of_ceiling"] = _told(within.value / self.ceiling)
        return row

    def _cost(self, scheme: str, predictor: Predictor) -> float:
        """Measurements, and a training for each pair that was shown of tasks that are asked about."""
        if predictor.is_plain:
            return 0.0
        pairs = len(
            {
                frozenset((t, *p))
                for t, p in zip(self.given.pairs.cells.tasks, self.given.pairs.cells.partners, strict=True)
            }
        )
        shown = {"quarter": pairs / 4, GROUPS: float(pairs), ARMS: float(pairs)}.get(scheme, 0.0)
        return shown + (self.given.cost if "measurements" in predictor.goes_by else 0.0)


def _told(value: float) -> float | None:
    """A figure of the table; None where there is none."""
    return float(value) if np.isfinite(value) else None
