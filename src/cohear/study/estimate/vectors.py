"""How long the vectors of windows take that a worker makes once, for all of its runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cohear.baselines.spec import BaselineSpec
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
        new = _tables_of([trial.spec], sizes) - known
        for table in new:
            seconds[table.front_end] += trial.beforehand / len(new)
            windows[table.front_end] += sizes.vectors(table.store, table.window)
        known |= new
    return sum(
        sizes.vectors(table.store, table.window) * seconds[table.front_end] / windows[table.front_end]
        for table in _tables_of(specs, sizes)
        if windows[table.front_end]
    )


def _tables_of(specs: Iterable[Spec], sizes: Sizes) -> set[_Table]:
    """Those that a worker makes before runs, as their jobs' `share` does."""
    read = set[tuple[str, float]]()
    for spec in specs:
        if isinstance(spec, RunSpec):
            read |= {(task.store, spec.window_of(task)) for task in spec.tasks}
        elif isinstance(spec, BaselineSpec):
            read |= {(task.store, spec.window) for task in spec.tasks}
    found = set()
    for store, seconds in read:
        given = sizes.given(store, seconds)
        if given.front_end.layout == "vector" and not sizes.runs_code_of_others(store):
            found.add(_Table(store, given.front_end.name, given.window))
    return found
