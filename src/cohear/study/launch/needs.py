"""Runs and the files that are wanted of them, with what they need of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.runs.job import job_of
from cohear.runs.run_folder import RunFolders
from cohear.runs.spec import Need, Spec


@dataclass(frozen=True)
class Wanted:
    """A run, and which of the files that its job leaves are wanted beside its record."""

    spec: Spec
    files: frozenset[str] = frozenset()


def with_needs(
    wanted: Iterable[Wanted], folders: RunFolders, others: Mapping[str, Spec] | None = None
) -> dict[str, Wanted]:
    """Each run once, by key, in the order given, with all files that are wanted of it.

    Args:
        wanted: the same run may come more than once.
        folders: where finished runs are; what they have left may be needed too.
        others: runs by key that are wanted where they are needed and have not left what is needed.

    Raises:
        UserError: a run needs what no run leaves, or runs need each other in a circle.
    """
    runs: dict[str, Wanted] = {}
    others = others or {}
    for run in wanted:
        key = run.spec.key
        runs[key] = Wanted(run.spec, run.files | (runs[key].files if key in runs else frozenset()))
    looked_at = list(runs)
    for key in looked_at:  # which grows
        for need in runs[key].spec.needs.values():
            if need.run not in runs:
                if folders.find(need.run, [need.file]) is not None:
                    continue
                if need.run not in others:
                    raise UserError(
                        f"run {key} needs {need.file} of run {need.run}, which is neither done here nor among the runs"
                    )
                runs[need.run] = Wanted(others[need.run])
                looked_at.append(need.run)
            runs[need.run] = _also(runs[need.run], need, key)
    _refuse_circles(runs)
    return runs


def _also(run: Wanted, need: Need, by: str) -> Wanted:
    """A run of which another one needs a file."""
    leaves = job_of(run.spec).leaves
    if need.file not in leaves:
        raise UserError(
            f"run {by} needs {need.file} of run {need.run}, whose job {run.spec.job!r} leaves no such file"
            f"{did_you_mean(need.file, leaves)}"
        )
    return Wanted(run.spec, run.files | {need.file})


def _refuse_circles(runs: Mapping[str, Wanted]) -> None:
    graph = {key: {need.run for need in run.spec.needs.values()} for key, run in runs.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise UserError(f"runs need each other in a circle: {' → '.join(error.args[1])}") from error
