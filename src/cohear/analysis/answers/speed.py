"""How fast tasks learn: steps to a fixed score, beside partners and alone, from learning curves on validation."""

import numpy as np
import pandas as pd

from cohear.analysis.tables.columns import CELL, REPEAT, SETTING
from cohear.analysis.tables.groups import Groups
from cohear.base.arrays import Array

SHARE = 0.9
"""Of what the single runs score on validation in the end: the fixed score."""


SPEED = (*CELL, "score", "steps_single", "steps_shared", "ratio", "reached_single", "reached_shared", "repeats")


def steps_to_score(results: pd.DataFrame, curves: pd.DataFrame, share: float = SHARE) -> pd.DataFrame:
    """Steps that each task takes to a score of its own that is the same in all combinations.

    A task takes as many windows from a step alone as beside partners, so that steps are the data it has seen. Curves
    have a point every tenth of the training: what lies between is interpolated, and what is reached before the first
    point counts as the first point.

    Args:
        results: checked results; controls are left out.
        curves: ``run, task, step, part, loss, metric`` of the runs, possibly empty.
        share: the fixed score as a share of the mean score of the single runs at their last point.

    Returns:
        A row per cell with curves: its names, the fixed ``score``, the median ``steps_single`` and ``steps_shared``
        and the median ``ratio`` of shared to single over the repeats in which both reach it, ``reached_single`` and
        ``reached_shared`` (in how many repeats they do) and ``repeats``; NaN where nothing reaches it.
    """
    by_run = _by_run(curves[(curves["part"] == "validation") & curves["metric"].notna()])
    ordinary = results[results["control"] == ""]
    known = [(run, task) in by_run for run, task in zip(ordinary["run"], ordinary["task"], strict=True)]
    ordinary = ordinary.loc[np.array(known, dtype=bool)]
    alone = ordinary[ordinary["combination"] == ordinary["task"]]
    scores = {names: _fixed(rows, by_run, share) for names, rows in alone.groupby(["task", *SETTING], sort=True)}
    on = ["task", *SETTING, *REPEAT]
    both = ordinary[ordinary["combination"] != ordinary["task"]].merge(
        alone[[*on, "run"]], on=on, suffixes=("", "_single")
    )
    found = []
    for cell, rows in both.groupby(list(CELL), sort=True):
        task, _, *setting = cell
        own = (task, *setting)
        score, sign = scores[own]
        steps = np.array(
            [
                [_reached(by_run[run, str(task)], score, sign) for run in (row["run_single"], row["run"])]
                for row in rows.to_dict("records")
            ]
        )
        together = steps[np.isfinite(steps).all(axis=1)]
        single, shared = np.median(together, axis=0) if len(together) else (np.nan, np.nan)
        ratio = float(np.median(together[:, 1] / together[:, 0])) if len(together) else np.nan
        reached = np.isfinite(steps).sum(axis=0)
        found.append((*cell, score, single, shared, ratio, int(reached[0]), int(reached[1]), len(steps)))
    return pd.DataFrame(found, columns=list(SPEED))


def _by_run(curves: pd.DataFrame) -> dict[tuple[str, str], Array]:
    """Steps and scores of each run and task, ``[points, 2]``, in the order of the steps."""
    runs = Groups.by(curves, ("run", "task"))
    order = np.lexsort((curves["step"], runs.of_row))
    points = np.split(curves[["step", "metric"]].to_numpy(float)[order], np.cumsum(runs.sizes))[:-1]
    names = curves[["run", "task"]].iloc[runs.first].astype(str).itertuples(index=False, name=None)
    return dict(zip(names, points, strict=True))


def _fixed(rows: pd.DataFrame, curves: dict[tuple[str, str], Array], share: float) -> tuple[float, int]:
    """The fixed score of a task, and 1 where a larger one is better, else -1."""
    better = bool(rows["higher_is_better"].iloc[0])
    last = np.mean([curves[run, task][-1, 1] for run, task in zip(rows["run"], rows["task"], strict=True)])
    return float(last * share if better else last / share), 1 if better else -1


def _reached(curve: Array, score: float, sign: int) -> float:
    """The step at which a curve first is at the score; NaN where it never is."""
    steps, values = curve[:, 0], sign * curve[:, 1]
    over = np.flatnonzero(values >= sign * score)
    if not len(over):
        return np.nan
    at = int(over[0])
    if at == 0:
        return float(steps[0])
    part = (sign * score - values[at - 1]) / (values[at] - values[at - 1])
    return float(steps[at - 1] + part * (steps[at] - steps[at - 1]))
