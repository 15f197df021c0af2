"""Fits a prior to the tables of recorded studies, and tells how well it does on datasets that it was not fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cohear.advice.judging.given import GivenSetting, read_given
from cohear.advice.judging.resampling import Interval, ResampledCells
from cohear.advice.observed import ObservedGains
from cohear.advice.predictors.apart import datasets_apart
from cohear.advice.predictors.cells import Cells, Feature, KnownGains
from cohear.advice.predictors.ridge import LinearFit, Ridge
from cohear.advice.prior import GainPrior, PriorOfScore, UnseenGain
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.log_loss import BITS
from cohear.analysis.tables.of_study import FolderTables
from cohear.base.arrays import Array
from cohear.base.errors import UserError
from cohear.base.tables import NLL, RESULTS_CSV
from cohear.base.units import POINTS

MOSTLY = 0.5
"""Share of the cells of which a number must be known; what few studies measured would tell studies apart."""
LEAST = 0.2
"""No less of the spread of measured gains is real."""
FEWEST = 4
"""Datasets, for some of them to be left out."""


def fit_gain_prior(folders: Sequence[Path], version: int) -> GainPrior:
    """One in every unit of gains that enough datasets have.

    Args:
        folders: study folders with ``measurements.csv``; settings of few labels are left out.
        version: of the prior.

    Raises:
        UserError: a table is missing or broken, or there are too few datasets in every unit.
    """
    found: dict[str, list[tuple[Path, GivenSetting]]] = {}
    for folder in folders:
        budgets = FolderTables(folder).data.label_budgets
        few_labels = {arm for arm, budget in budgets.items() if any(share < 1 for share in budget.shares.values())}
        for given in read_given([folder], folder):
            if given.unit == "dataset" and given.setting[2] not in few_labels:
                found.setdefault(BITS if given.score == NLL else POINTS.name, []).append((folder, given))
    scores = {unit: _of_score(unit, some) for unit, some in found.items() if _datasets(some) >= FEWEST}
    if not scores:
        raise UserError(f"a prior takes gains of pairs of {FEWEST} datasets with what was measured of their tasks")
    return GainPrior(version, scores)


def _datasets(some: Sequence[tuple[Path, GivenSetting]]) -> int:
    return len({name for _, given in some for name in given.pairs.cells.dataset_of.values()})


def _of_score(unit: str, some: Sequence[tuple[Path, GivenSetting]]) -> PriorOfScore:
    known = _joined([(f"{folder.name} {' '.join(given.setting)}", given.pairs) for folder, given in some])
    halves = np.concatenate([given.halves for _, given in some], axis=1)
    noise = _noise(halves)
    fitted = Ridge().fit(known, 0)
    foretold = _unseen(known)
    missed = float(np.sqrt(np.nanmean(np.square(foretold - known.gains))))
    spread = _real(float(np.sqrt(np.mean(np.square(known.gains)))), noise)
    repeats = [_repeat_error(folder, given) for folder, given in some if (folder / RESULTS_CSV.file).exists()]
    return PriorOfScore(
        unit=unit,
        studies=tuple(dict.fromkeys(folder.name for folder, _ in some)),
        datasets=_datasets(some),
        tasks=len({task for _, given in some for task in given.pairs.cells.names}),
        cells=len(known),
        relation=fitted.relation,
        around=_real(missed, noise),
        spread=spread,
        repeat_error=float(np.median(repeats)) if repeats else spread,
        unseen=_judged(foretold, known),
    )


def _joined(some: Sequence[tuple[str, KnownGains]]) -> KnownGains:
    """Cells of several settings as one: a task of each is one of its own, its dataset is the same in all."""
    every: list[Feature] = sorted({feature for _, known in some for feature in known.cells.features})
    parts = [_named(place, known, every) for place, known in some]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.joined(part)
    datasets = {task: dataset for part in parts for task, dataset in part.cells.dataset_of.items()}
    mostly = np.isfinite(joined.cells.values).mean(axis=0) >= MOSTLY
    cells = replace(joined.cells, dataset_of=datasets)
    cells = cells.only([feature for feature, kept in zip(every, mostly, strict=True) if kept])
    return KnownGains(cells, joined.gains, joined.signs)


def _named(place: str, known: KnownGains, features: Sequence[Feature]) -> KnownGains:
    """With the setting in the names of its tasks, and these measurements alone."""
    cells: Cells = replace(
        known.cells.only(features),
        tasks=tuple(f"{place}: {task}" for task in known.cells.tasks),
        partners=tuple(tuple(f"{place}: {name}" for name in names) for names in known.cells.partners),
        dataset_of={f"{place}: {task}": dataset for task, dataset in known.cells.dataset_of.items()},
    )
    return KnownGains(cells, known.gains, known.signs)


def _noise(halves: Array) -> float:
    """Variance of the error of a gain, by how far halves of the repeats are apart; 0 where there are none."""
    apart = np.square(halves[0] - halves[1]) / 4
    return float(np.nanmean(apart)) if np.isfinite(apart).any() else 0.0


def _real(deviation: float, noise: float) -> float:
    """What is left of a deviation without the error of measurement."""
    return float(np.sqrt(max(deviation**2 - noise, (LEAST * deviation) ** 2)))


def _repeat_error(folder: Path, given: GivenSetting) -> float:
    """What one repeat typically misses a gain by; it takes results, not gains alone."""
    own = Statistics.of_folder(folder)
    statistics = (own.log_loss or own) if given.score == NLL else own
    return ObservedGains.of(statistics, given.setting, given.pairs.cells.names).of_one


def _unseen(known: KnownGains) -> Array:
    """What is foretold of each cell by a fit to the pairs of other datasets, ``(cells,)``; NaN where none is left."""
    foretold = np.full(len(known), np.nan)
    for shown, asked in datasets_apart(known.cells):
        fitted: LinearFit = Ridge().fit(known.take(shown), 0)
        foretold[asked] = fitted.foretell(known.cells.take(asked)).gain
    return foretold


def _judged(foretold: Array, known: KnownGains) -> UnseenGain:
    """Of pairs of two datasets: each is foretold once for either task, without the datasets of that one."""
    cells = known.cells
    pairs = zip(cells.tasks, cells.partners, strict=True)
    apart = np.array([cells.dataset(task) != cells.dataset(partner) for task, (partner,) in pairs])
    scored, told = known.take(apart), foretold[apart]
    drawn = ResampledCells.of(scored.cells)
    both = {
        (task, partner): gain
        for task, (partner,), gain in zip(scored.cells.tasks, scored.cells.partners, told, strict=True)
    }
    pairs = zip(scored.cells.tasks, scored.cells.partners, strict=True)
    expected = np.array([both[task, partner] + both.get((partner, task), np.nan) for task, (partner,) in pairs])
    gained = np.where(np.isfinite(expected), np.where(expected > 0, scored.gains, 0.0), np.nan)
    gain = Interval.of(drawn.mean(gained), drawn.datasets)
    rank = Interval.of(drawn.within(told, scored.gains), drawn.datasets).within(-1, 1)
    always = float(drawn.mean(np.where(np.isfinite(expected), scored.gains, np.nan))[0])
    low, high = (gain.low, gain.high) if np.isfinite(gain.low) else (gain.value, gain.value)
    known_rank = np.isfinite(rank.low)
    return UnseenGain(
        gain.value, low, high, always, rank.value, rank.low if known_rank else -1.0, rank.high if known_rank else 1.0
    )
