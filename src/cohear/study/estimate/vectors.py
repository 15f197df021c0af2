"""How long the vectors of windows take that a worker makes once, for all of its runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cohear.baselines.spec import BaselineSpec
from cohear.features.build import front_end_of, runs_code_of_others
from cohear.features.task_input import TaskInput
from cohear.runs.spec import Spec
from cohear.study.estimate.sizes import Sizes
from cohear.study.estimate.trials import Trial
from cohear.training.spec import RunSpec


class _Table(NamedTuple):
    """Vectors of all windows of a store."""

    store: str
    front_end: str
    window: int


def vector_seconds(specs: Iterable[Spec], made: Sequence[Trial], sizes: Sizes) -> float:
    """Processor seconds of all that runs read, by what the trials' workers took a window.

    Args:
        specs: of the runs.
        made: trials, in their order.
        sizes: of the study.
    """
    seconds, windows = defaultdict[str, float](float), defaultdict[str, int](int)
    known: set[_Table] = set()
    for trial in made:
        new = _tables_of(trial.spec) - known
        for table in new:
            seconds[table.front_end] += trial.beforehand / len(new)
            windows[table.front_end] += sizes.vectors(table.store, table.window)
        known |= new
    asked = set[_Table]().union(*map(_tables_of, specs))
    return sum(
        sizes.vectors(table.store, table.window) * seconds[table.front_end] / windows[table.front_end]
        for table in asked
        if windows[table.front_end]
    )


def _tables_of(spec: Spec) -> set[_Table]:
    """Those that a worker makes before a run, as its job's `share` does."""
    found = set()
    for task in spec.tasks:
        if isinstance(spec, RunSpec):
            key, window = spec.heard(task), spec.window_of(task)
        elif isinstance(spec, BaselineSpec):
            key, window = spec.front_end, spec.window
        else:
            continue
        given = TaskInput.of(front_end_of(key), window)
        if given.front_end.layout == "vector" and not runs_code_of_others(key):
            found.add(_Table(task.store, given.front_end.name, given.window))
    return found
