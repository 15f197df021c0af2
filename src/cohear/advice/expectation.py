"""Expected gains: measured ones shrunk by what all gains of a setting show, others foretold by the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from cohear.advice.effects import BLOCKS, Effects
from cohear.advice.observed import GainPlace, ObservedGains
from cohear.base.arrays import Array

LEARNT = ("task", "partner", "pair", "group")
"""Kinds of effects whose variance is learnt from the gains."""

SHARED_BY_ALL = ("mean", "size")
"""Kinds of one effect each, of whose variance nothing can be learnt: it is taken from the size of gains."""

LOOSE = 2.0
"""How far a variance may be from that of all gains before it counts as strange: standard deviation of its logarithm."""

OUTWARDS = 1.96
"""A normal distribution has 95 % within so many deviations of its mean."""


@dataclass(frozen=True)
class Beforehand:
    """What is expected of ordered pairs before any gain is looked at, from measurements.

    Attributes:
        gain: of each task beside each partner, ``(tasks, tasks)``.
        deviation: standard deviation of the gain around it, ``(tasks, tasks)``.
    """

    gain: Array
    deviation: Array


@dataclass(frozen=True)
class GainDistribution:
    """Normal distribution of all gains of a setting, given those that were measured.

    A linear mixed model (empirical Bayes: Robbins 1956; Henderson 1975, Biometrics 31): effects of every kind
    (:class:`cohear.advice.effects.Effects`) are drawn around nothing with a variance that the measured gains show, by
    their likelihood with a weak prior of each variance, and what was measured has the error of its repeats.

    Attributes:
        observed: what was measured.
        effects: what gains are sums of.
        variances: of each kind of effect, as in :data:`cohear.advice.effects.BLOCKS`.
        offsets: what was expected of ordered pairs beforehand, ``(tasks, tasks)``.
    """

    observed: ObservedGains
    effects: Effects
    variances: Array
    offsets: Array

    @classmethod
    def of(cls, observed: ObservedGains, beforehand: Beforehand | None = None) -> GainDistribution:
        """Learn the variances.

        Args:
            observed: measured gains; there may be none where something is expected beforehand.
            beforehand: expected gains of ordered pairs, from measurements.
        """
        count = len(observed.tasks)
        effects = Effects(count, tuple(place for place in observed.places if len(place.partners) > 1))
        offsets = np.zeros((count, count)) if beforehand is None else beforehand.gain
        left = observed.gains - _offset(observed.places, offsets)
        spread = float(np.mean(np.square(left))) if len(left) else 0.0
        if beforehand is not None and len(left) < count:
            spread = max(spread, float(np.mean(np.square(beforehand.deviation))))
        spread = max(spread, 1e-12)
        typical = max(spread - float(np.mean(np.square(observed.errors))) if len(left) else spread, spread / 20, 1e-12)
        learnt = _learnt(observed, effects, left, typical)
        found = {**learnt, **dict(zip(SHARED_BY_ALL, _of_all(spread, typical), strict=True))}
        return cls(observed, effects, np.array([found[name] for name in BLOCKS]), offsets)

    @cached_property
    def prior(self) -> Array:
        """Variance of every effect, ``(effects,)``; that of groups is half of their own, half of threes."""
        return _prior(self.effects, self.variances)

    @cached_property
    def _rows(self) -> Array:
        return self.effects.rows(self.observed.places)

    @cached_property
    def _spread(self) -> Array:
        """Prior covariance of every effect with every measured gain, ``(effects, places)``."""
        return np.asarray(self.prior[:, None] * self._rows.T)

    @cached_property
    def _factor(self) -> tuple[Array, bool]:
        return cho_factor(self._rows @ self._spread + noise(self.observed), lower=True)

    def _solved(self, right: Array) -> Array:
        """The inverse of the covariance of measured gains, times what is given."""
        if not len(self.observed.gains):
            return right
        return np.asarray(cho_solve(self._factor, right))

    @cached_property
    def weights(self) -> Array:
        """Expected effects, ``(effects,)``."""
        return self._spread @ self._solved(self.observed.gains - self.offset(self.observed.places))

    def with_own(self, groups: Sequence[GainPlace]) -> GainDistribution:
        """The same where further larger groups have effects of their own, though nothing is known of these."""
        known = tuple(dict.fromkeys([*self.effects.measured, *groups]))
        return replace(self, effects=Effects(self.effects.tasks, known))

    def of_places(self, places: Sequence[GainPlace]) -> tuple[Array, Array]:
        """Expected gains and their covariance, ``(places,)`` and ``(places, places)``."""
        rows = self.effects.rows(places)
        known = rows @ self._spread
        covariance = (rows * self.prior) @ rows.T - known @ self._solved(known.T)
        return rows @ self.weights + self.offset(places), covariance + np.diag(self._of_new(places))

    def covariance(self, ones: Array, others: Array) -> Array:
        """Of sums of effects with others, each ``(sums, effects)``, given what was measured."""
        left, right = ones @ self._spread, others @ self._spread
        return np.asarray((ones * self.prior) @ others.T - left @ self._solved(right.T))

    def offset(self, places: Sequence[GainPlace]) -> Array:
        """What was expected of gains beforehand, ``(places,)``."""
        return _offset(places, self.offsets)

    def deviations(self, places: Sequence[GainPlace]) -> Array:
        """Standard deviation of each gain, ``(places,)``."""
        rows = self.effects.rows(places)
        known = rows @ self._spread
        variance = np.square(rows) @ self.prior - np.einsum("ij,ji->i", known, self._solved(known.T))
        return np.asarray(np.sqrt(np.maximum(variance + self._of_new(places), 0.0)))

    def _of_new(self, places: Sequence[GainPlace]) -> Array:
        """Variance of the own effect of groups that were not measured."""
        own = self.variances[BLOCKS.index("group")] / 2
        return np.array([own if self.effects.is_new(place) else 0.0 for place in places])

    def draws(self, number: int, random: np.random.Generator) -> Array:
        """Effects as they may be, ``(number, effects)`` (Matheron's rule: drawn beforehand, then corrected)."""
        before = random.standard_normal((number, len(self.prior))) * np.sqrt(self.prior)
        if not len(self.observed.gains):
            return before
        errors = random.standard_normal((number, len(self.observed.gains)))
        errors = errors @ np.linalg.cholesky(noise(self.observed)).T
        left = self.observed.gains - self.offset(self.observed.places)
        off = left - before @ self._rows.T - errors
        return np.asarray(before + (self._spread @ self._solved(off.T)).T)


def noise(observed: ObservedGains) -> Array:
    """Covariance of the errors of measured gains: those of a task go together."""
    tasks = np.array([place.task for place in observed.places])
    same = tasks[:, None] == tasks[None]
    correlation = np.where(same, observed.together, 0.0)
    np.fill_diagonal(correlation, 1.0)
    # an error of nothing would say that a repeat never differs from another
    least = max(1e-3 * float(np.sqrt(np.mean(np.square(observed.gains)))), 1e-9) if len(observed.gains) else 0.0
    errors = np.maximum(observed.errors, least)
    return np.asarray(correlation * np.outer(errors, errors))


def _prior(effects: Effects, variances: Array) -> Array:
    prior = variances[effects.kinds]
    if effects.in_threes:
        prior = np.where(effects.kinds == BLOCKS.index("group"), prior / 2, prior)
    return prior


def _offset(places: Sequence[GainPlace], offsets: Array) -> Array:
    return np.array([offsets[place.task, list(place.partners)].mean() for place in places], dtype=np.float64)


def _of_all(spread: float, typical: float) -> tuple[float, float]:
    """Variance of the mean of all gains, and of what doubling the number of partners adds."""
    return spread, typical / 4


def _learnt(observed: ObservedGains, effects: Effects, left: Array, typical: float) -> dict[str, float]:
    """Variances of the kinds of effects; those of a kind that no gain shows are that of pairs."""
    has = {"task", "partner", "pair"} | ({"group"} if effects.measured else set())
    names = [name for name in LEARNT if name in has]
    middle = np.full(len(names), np.log(typical / 3))
    found = middle
    if len(left):
        found = _likeliest(observed, effects, left, names, middle, typical)
    variances = dict(zip(names, np.exp(found), strict=True))
    return {"group": variances["pair"], **variances}


def _likeliest(
    observed: ObservedGains, effects: Effects, left: Array, names: Sequence[str], middle: Array, typical: float
) -> Array:
    """Logarithms of the variances that make the measured gains likeliest, with a weak prior around ``middle``."""
    rows = effects.rows(observed.places)
    shares = []
    for name in names:
        one = np.zeros(len(BLOCKS))
        one[BLOCKS.index(name)] = 1.0
        shares.append((rows * _prior(effects, one)) @ rows.T)
    given = np.zeros(len(BLOCKS))
    spread = max(float(np.mean(np.square(left))), typical)
    given[[BLOCKS.index(name) for name in SHARED_BY_ALL]] = _of_all(spread, typical)
    fixed = (rows * _prior(effects, given)) @ rows.T + noise(observed)

    def unlikely(logarithms: Array) -> tuple[float, Array]:
        variances = np.exp(logarithms)
        covariance = fixed + sum(variance * share for variance, share in zip(variances, shares, strict=True))
        factor = cho_factor(covariance, lower=True)
        inverse = cho_solve(factor, np.eye(len(left)))
        pull = inverse @ left
        off = (logarithms - middle) / LOOSE
        value = 0.5 * left @ pull + np.log(np.diag(factor[0])).sum() + 0.5 * off @ off
        slopes = [
            0.5 * variance * (np.sum(inverse * share) - pull @ share @ pull)
            for variance, share in zip(variances, shares, strict=True)
        ]
        return float(value), np.array(slopes) + off / LOOSE

    bounds = [(one - 5 * LOOSE, one + 5 * LOOSE) for one in middle]
    return np.asarray(minimize(unlikely, middle, jac=True, method="L-BFGS-B", bounds=bounds).x)
