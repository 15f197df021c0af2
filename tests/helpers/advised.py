"""Gains that are planted, for the tests of advice."""

from itertools import permutations

import numpy as np

from cohear.advice.observed import GainPlace, ObservedGains


def observed(truth, *, error=0.0, groups=(), repeats=10, seed=0, leave=(), mean_of_pairs=True) -> ObservedGains:
    """Gains of all ordered pairs, and of groups as the mean of their pairs, measured with an error.

    Args:
        truth: gain of each task beside each partner.
        error: standard error of what is measured.
        groups: numbers of the tasks of larger groups that were measured.
        repeats: of each.
        seed: of the errors.
        leave: pairs (two numbers, sorted) that were not measured.
        mean_of_pairs: whether groups are the mean of their pairs; otherwise they gain a tenth more.
    """
    draw = np.random.default_rng(seed)
    tasks = len(truth)
    pairs = [pair for pair in permutations(range(tasks), 2) if tuple(sorted(pair)) not in leave]
    places = [GainPlace(task, (other,)) for task, other in pairs]
    places += [GainPlace(task, tuple(name for name in group if name != task)) for group in groups for task in group]
    more = 0.0 if mean_of_pairs else 0.1
    means = [truth[place.task][list(place.partners)].mean() for place in places]
    gains = np.array(means) + more * np.array([len(place.partners) > 1 for place in places])
    gains = gains + error * draw.standard_normal(len(gains))
    errors = np.full(len(gains), error)
    names = tuple(f"t{number}" for number in range(tasks))
    return ObservedGains(
        names, tuple(places), gains, errors, np.full(len(gains), float(repeats)), 0.0, error * np.sqrt(repeats)
    )


def planted(tasks, *, pair=0.03, task=0.0, partner=0.0, mean=0.0, seed=0) -> np.ndarray:
    """True gains of ordered pairs, of these standard deviations."""
    draw = np.random.default_rng(seed)
    gains = mean + task * draw.standard_normal((tasks, 1)) + partner * draw.standard_normal((1, tasks))
    gains = gains + pair * draw.standard_normal((tasks, tasks))
    np.fill_diagonal(gains, 0.0)
    return gains
