"""Runs that can be done as one, one after another, so that a pool is asked for them together."""

from __future__ import annotations

from collections.abc import Mapping

from cohear.runs import NETWORK
from cohear.runs.job import job_of
from cohear.study.launch.needs import Wanted
from cohear.training.at_once.alike import AS_ONE


def alike_together(runs: Mapping[str, Wanted]) -> dict[str, Wanted]:
    """The same runs, those that are alike behind the first of them; among these, those of the same tasks.

    Networks of the same tasks are of one shape, those of others need not be.
    """
    groups: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for key, run in runs.items():
        common = job_of(run.spec).alike(run.spec) or key
        tasks = tuple(task.name for task in run.spec.tasks)
        groups.setdefault(common, {}).setdefault(tasks, []).append(key)
    return {key: runs[key] for by_tasks in groups.values() for keys in by_tasks.values() for key in keys}


def told_alone(runs: Mapping[str, Wanted]) -> str:
    """What is to be said of networks that are trained one at a time all the same; empty where there are none."""
    networks = [run.spec for run in runs.values() if run.spec.job == NETWORK]
    alone = sum(job_of(spec).alike(spec) is None for spec in networks)
    if not alone:
        return ""
    return f"{alone} of {len(networks)} networks are trained one at a time; as one go those of {AS_ONE}"
