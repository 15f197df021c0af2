"""Tables of results with known truth, for the tests of the statistics."""

import numpy as np
import pandas as pd

from cohear.analysis.simulation.simulation import Deviations, Shape, simulate, simulated_results


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

    The single run has half of the variance of the seeds. ``uneven`` is the sd of a task's log noise. A share
    ``helped`` of the cells has a true gain of +-``effect``, the rest none.

    Returns:
        The table of results, and the true gain by (arm, task, combination).
    """
    half = seed_sd / np.sqrt(2)
    return simulated_results(
        simulate(
            [Deviations(fold_sd, half, half)] * tasks,
            families=number,
            folds=folds,
            seeds=seeds,
            truths=(0.0, effect, -effect),
            weights=(1 - helped, helped / 2, helped / 2),
            shape=Shape(overlap=overlap, uneven_tasks=uneven),
            seed=seed,
        )
    )
