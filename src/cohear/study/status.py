"""How far a study has come, read from its folder alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from filelock import FileLock, Timeout

from cohear.base.errors import FolderError
from cohear.base.pool import available_cores
from cohear.study.folder import StudyFolder


@dataclass(frozen=True)
class Status:
    """The state of a study.

    Attributes:
        study: its name.
        planned, done: different runs of the plan.
        failed: error by run (its combination, fold and seed) of runs that ended with one.
        working: whether a process works on it now.
        seconds_spent: training time of what is done, over all workers.
        seconds_left: estimate of what is left, on this machine's cores; None before the first run.
    """

    study: str
    planned: int
    done: int
    failed: dict[str, str]
    working: bool
    seconds_spent: float
    seconds_left: float | None


def read_status(folder: StudyFolder) -> Status:
    """Read a study folder's state.

    Raises:
        FolderError: it is no study folder.
    """
    plan = folder.read_plan()
    if not plan:
        raise FolderError(f"{folder.root} holds no plan; `cohear run STUDY --out {folder.root}` makes one")
    runs = {cell["run"]: cell for cell in plan}
    failed, spent, cost_done, cost_left, done = {}, 0.0, 0, 0, 0
    for key, cell in runs.items():
        record = folder.record(key)
        if record is not None:
            done += 1
            spent += record["seconds"]
            cost_done += cell["cost"]
            continue
        cost_left += cell["cost"]
        error = folder.error(key)
        if error is not None:
            failed[_named(cell)] = error
    left = spent / cost_done * cost_left / available_cores() if cost_done else None
    return Status(folder.read_study_name(), len(runs), done, failed, _is_locked(folder), spent, left)


def _named(cell: Mapping[str, Any]) -> str:
    control = f"control {cell['control']} of {cell['focal']}, " if cell["control"] else ""
    return f"{cell['combination']} ({control}{cell['encoder']}, fold {cell['fold']}, seed {cell['seed']})"


def _is_locked(folder: StudyFolder) -> bool:
    lock = FileLock(folder.root / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False
