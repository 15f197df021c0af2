"""Tables of results with known truth, for the tests of the statistics."""

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis.pairs import paired_differences


def results_table(rows) -> pd.DataFrame:
    """Rows of (task, combination, fold, seed, value), with overrides as a last dict."""
    made = []
    for task, combination, fold, seed, value, *more in rows:
        row = {
            "run": f"{combination}-{fold}-{seed}",
            "features": "logmel",
            "encoder": "small",
            "arm": "base",
            "combination": combination,
            "control": "",
            "fold": fold,
            "seed": seed,
            "task": task,
            "metric": "uar",
            "value": value,
            "higher_is_better": True,
            "test_clips": 200,
            "parameters": 1000,
            "steps": 600,
            "seconds": 1.5,
        }
        made.append({**row, **(more[0] if more else {})})
    return pd.DataFrame(made)


def families(
    *,
    number: int,
    tasks: int = 6,
    folds: int = 5,
    seeds: int = 1,
    fold_sd: float = 0.015,
    seed_sd: float = 0.015,
    overlap: float = 0.2,
    uneven: float = 0.0,
    helped: float = 0.0,
    effect: float = 0.04,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.Series]:
    """Simulated families, one an arm: all pairs of ``tasks`` in both directions, 30 cells for 6 tasks.

    A difference is effect + fold part + noise of the shared run - noise of the single run, which the
    partners of a task have in common. Fold parts of a cell correlate with ``overlap`` (Nadeau & Bengio
    2003: test / all clips, 1/5 in 5 folds). ``uneven`` is the sd of a task's log noise. A share ``helped``
    of the cells has a true gain of +-``effect``, the rest none.

    Returns:
        The table of results, and the true gain by (arm, task, combination).
    """
    rng = np.random.default_rng(seed)
    cells = [(i, j) for i in range(tasks) for j in range(tasks) if i != j]
    main = np.array([i for i, _ in cells])
    shape = (number, len(cells), folds)
    scale = np.exp(uneven * rng.standard_normal((number, tasks, 1, 1)))
    truth = effect * np.sign(rng.standard_normal(shape[:2])) * (rng.random(shape[:2]) < helped)
    common = rng.standard_normal((*shape[:2], 1)) * np.sqrt(overlap)
    fold_part = (common + rng.standard_normal(shape) * np.sqrt(1 - overlap)) * fold_sd
    single = scale * rng.standard_normal((number, tasks, folds, seeds)) * seed_sd / np.sqrt(2)
    noise = rng.standard_normal((*shape, seeds)) * seed_sd / np.sqrt(2)
    shared = truth[:, :, None, None] + scale[:, main] * (fold_part[..., None] + noise)
    values = 0.7 + np.concatenate([single, shared], axis=1)  # (arms, tasks + cells, folds, seeds)
    names = [(f"t{i}", f"t{i}") for i in range(tasks)]
    names += [(f"t{i}", f"t{min(i, j)}+t{max(i, j)}") for i, j in cells]
    arm, cell, fold, repeat = (index.ravel() for index in np.indices(values.shape))
    table = results_table([("t0", "t0", 0, 0, 0.0)]).iloc[[0] * values.size].reset_index(drop=True)
    task, combination = np.array(names, dtype=object)[cell].T
    table = table.assign(task=task, combination=combination, fold=fold, seed=repeat, value=values.ravel())
    table["arm"] = np.array([f"a{index:04d}" for index in range(number)], dtype=object)[arm]
    keys = [(f"a{a:04d}", *name) for a in range(number) for name in names[tasks:]]
    return table, pd.Series(truth.ravel(), index=pd.MultiIndex.from_tuples(keys)).sort_index()


def holm_calls(table: pd.DataFrame) -> pd.Series:
    """The usual test: Nadeau & Bengio's corrected t for each cell alone, Holm over the family at 5 %."""
    pairs = paired_differences(table)
    cells = pairs.groupby(["arm", "task", "combination"])["difference"].agg(["mean", "var", "size"])
    folds = pairs["fold"].nunique()
    error = np.sqrt(cells["var"] * (1 / cells["size"] + 1 / (folds - 1)))
    p = pd.Series(2 * stats.t.sf((cells["mean"] / error).abs(), cells["size"] - 1), index=cells.index)

    def holm(some: pd.Series) -> pd.Series:
        ordered = some.sort_values()
        steps = ordered * np.arange(len(ordered), 0, -1)
        return (steps.cummax() <= 0.05).reindex(some.index)

    return p.groupby(level="arm", group_keys=False).apply(holm)
