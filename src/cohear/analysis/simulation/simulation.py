"""Simulated studies with known truth: what verdicts, intervals and looks are worth.

A difference is ``truth + F + R - S``: the fold part F of the cell, correlated among the test parts of a cell as
overlapping training sets make it (Nadeau & Bengio 2003: test / all clips); the noise S of the single run, which
all cells of a task have in common; and the cell's own noise R.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis.gains.bounds import bounds_of, with_ends
from cohear.base.arrays import Array
from cohear.base.multiplicity import holm
from cohear.base.streams import stream

USUAL_LEVEL = 0.05


@dataclass(frozen=True)
class Deviations:
    """Standard deviations of the parts of a task's differences, in the metric's unit."""

    fold: float
    single: float
    residual: float


@dataclass(frozen=True)
class Shape:
    """How the noise is shaped.

    Attributes:
        overlap: correlation of the fold parts of a cell; test / all clips.
        uneven_tasks: sd of the logarithm of a task's scale.
        uneven_cells: sd of the logarithm of a cell's scale.
        tails: degrees of freedom of t-distributed noise of unit variance (0: normal).
    """

    overlap: float = 0.2
    uneven_tasks: float = 0.0
    uneven_cells: float = 0.0
    tails: float = 0.0


@dataclass(frozen=True)
class Simulated:
    """Simulated studies: all pairs of some tasks in both directions, in many independent families, an arm each.

    Attributes:
        single: scores of single runs above their mean, ``(families, tasks, folds, seeds)``.
        shared: those of cells, ``(families, cells, folds, seeds)``.
        gains: true gains of cells for new clips, ``(families, cells)``.
        of_folds: what the test parts that there are add to them, the mean over the parts, ``(families, cells)``.
    """

    single: Array
    shared: Array
    gains: Array
    of_folds: Array

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Task and combination of each cell."""
        return _cells(self.single.shape[1])

    @property
    def arms(self) -> list[str]:
        """The name of each family."""
        return [f"a{number:05d}" for number in range(len(self.single))]

    @property
    def truth(self) -> pd.Series:
        """The true gain by (arm, task, combination), sorted."""
        cells = self.cells
        keys = pd.MultiIndex.from_tuples([(arm, *name) for arm in self.arms for name in cells])
        return pd.Series(self.gains.ravel(), index=keys).sort_index()


def with_folds_fixed(studies: Simulated) -> Simulated:
    """The same studies, their test parts being all the clips that are asked about: what these add to a gain is zero.

    The gains are then true of these clips, and differences vary with the seed alone.
    """
    shared = studies.shared - studies.of_folds[..., None, None]
    return replace(studies, shared=shared, of_folds=np.zeros_like(studies.of_folds))


def simulate(
    parts: Sequence[Deviations],
    *,
    families: int,
    folds: int,
    seeds: int,
    truths: Sequence[float] = (0.0,),
    weights: Sequence[float] | None = None,
    shape: Shape | None = None,
    seed: int = 0,
) -> Simulated:
    """Draw the scores of simulated studies.

    Args:
        parts: of each task; their number is that of the tasks.
        families: how many.
        folds: test parts.
        seeds: repeats of each test part.
        truths: true gains a cell may have.
        weights: their probabilities; equal where not given.
        shape: of the noise; normal and even where not given.
        seed: of the stream.
    """
    rng, shape = stream("simulated study", seed), shape or Shape()
    tasks = len(parts)
    main = np.array([int(task[1:]) for task, _ in _cells(tasks)])
    of_cells = (families, len(main), folds)

    def noise(*dimensions: int) -> Array:
        drawn = rng.standard_normal(dimensions)
        if shape.tails > 2:
            drawn *= np.sqrt((shape.tails - 2) / rng.chisquare(shape.tails, dimensions))
        return drawn

    truth = rng.choice(np.asarray(truths, float), of_cells[:2], p=weights)
    scale = np.exp(shape.uneven_tasks * rng.standard_normal((families, tasks, 1, 1)))
    of_cell = scale[:, main] * np.exp(shape.uneven_cells * rng.standard_normal((*of_cells[:2], 1, 1)))
    sd = {name: np.array([getattr(part, name) for part in parts]) for name in ("fold", "single", "residual")}
    common = noise(*of_cells[:2], 1) * np.sqrt(shape.overlap)
    fold_part = (common + noise(*of_cells) * np.sqrt(1 - shape.overlap)) * sd["fold"][main][:, None]
    single = scale * noise(families, tasks, folds, seeds) * sd["single"][:, None, None]
    own = noise(*of_cells, seeds) * sd["residual"][main][:, None, None]
    shared = truth[:, :, None, None] + of_cell * (fold_part[..., None] + own)
    return Simulated(single, shared, truth, of_cell[..., 0, 0] * fold_part.mean(axis=-1))


def simulated_results(studies: Simulated) -> tuple[pd.DataFrame, pd.Series]:
    """The table of results, and the true gains."""
    names = [(f"t{i}", f"t{i}") for i in range(studies.single.shape[1])] + studies.cells
    table = _table(0.5 + np.concatenate([studies.single, studies.shared], axis=1), names, studies.arms)
    return table, studies.truth


def simulated_pairs(studies: Simulated) -> tuple[pd.DataFrame, pd.Series]:
    """The paired differences of :func:`simulated_results`, without the table between: for many families.

    Returns:
        The table of :func:`cohear.analysis.gains.pairs.paired_differences`, and the true gains.
    """
    cells = studies.cells
    main = [int(task[1:]) for task, _ in cells]
    order = sorted(range(len(cells)), key=cells.__getitem__)
    single, shared = studies.single[:, main][:, order], studies.shared[:, order]
    alone, both = (0.5 + values.swapaxes(0, 1) for values in (single, shared))
    cell, arm, fold, number = (index.ravel() for index in np.indices(both.shape))
    task, combination = np.array([cells[place] for place in order], dtype=object)[cell].T
    table = pd.DataFrame(
        {
            "task": task,
            "combination": combination,
            "features": "simulated",
            "encoder": "simulated",
            "arm": np.array(studies.arms, dtype=object)[arm],
            "fold": pd.array(fold, dtype="Int64"),
            "seed": pd.array(number, dtype="Int64"),
            "metric": "uar",
            "single": alone.ravel(),
            "shared": both.ravel(),
            "difference": (both - alone).ravel(),
            "part": np.array([f"fold {one}" for one in range(both.shape[2])], dtype=object)[fold],
            "test_clips": pd.array(np.full(fold.shape, 200), dtype="Int64"),
        }
    )
    higher = pd.Series(True, index=table.index)
    return with_ends(table, higher, bounds_of(table, {}, {})), studies.truth


def _cells(tasks: int) -> list[tuple[str, str]]:
    """Task and combination of all pairs in both directions."""
    return [(f"t{i}", f"t{min(i, j)}+t{max(i, j)}") for i in range(tasks) for j in range(tasks) if i != j]


def _table(values: Array, names: Sequence[tuple[str, str]], arms: Sequence[str]) -> pd.DataFrame:
    """Results of values ``(arms, names, folds, seeds)``."""
    arm, cell, fold, seed = (index.ravel() for index in np.indices(values.shape))
    task, combination = np.array(names, dtype=object)[cell].T
    run = np.array([f"{c}-{f}-{s}" for c, f, s in zip(combination, fold, seed, strict=True)], dtype=object)
    return pd.DataFrame(
        {
            "run": run,
            "features": "simulated",
            "encoder": "simulated",
            "arm": np.array(arms, dtype=object)[arm],
            "combination": combination,
            "control": "",
            "fold": fold,
            "seed": seed,
            "task": task,
            "metric": "uar",
            "value": values.ravel(),
            "higher_is_better": True,
            "test_clips": 200,
            "parameters": 1000,
            "steps": 600,
            "seconds": 1.5,
        }
    )


def usual_calls(pairs: pd.DataFrame) -> pd.Series:
    """What the usual test calls: a t-test of each cell alone, Holm's correction over the cells of an arm, at 5 %.

    The variance is that of Nadeau & Bengio (2003, eq. 8) with training sets that overlap as folds do.

    Args:
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.

    Returns:
        Whether a cell is called, by (arm, task, combination).
    """
    cells = pairs.groupby(["arm", "task", "combination"])["difference"].agg(["mean", "var", "size"])
    error = np.sqrt(cells["var"] * (1 / cells["size"] + 1 / (pairs["fold"].nunique() - 1)))
    p = pd.Series(2 * stats.t.sf((cells["mean"] / error).abs(), cells["size"] - 1), index=cells.index)
    return p.groupby(level="arm").transform(lambda some: holm(some.to_numpy())) <= USUAL_LEVEL
