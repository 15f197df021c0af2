"""How far a study has come, read from its folder alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from filelock import FileLock, Timeout

from cohear.base.errors import FolderError
from cohear.base.pool import available_cores
from cohear.base.study_facts import read_facts
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.time_left import TimeLeft
from cohear.study.plan.repeats import Repeats, states_of
from cohear.study.plan.row import PlanRow


@dataclass(frozen=True)
class Status:
    """The state of a study.

    Attributes:
        study: its name.
        planned: different runs that there are, or will be at most where repeats stop when verdicts are decided.
        done: those of them that are finished.
        failed: error by run (its combination, fold and seed) of runs that ended with one.
        working: whether a process works on it now.
        seconds_spent: training time of what is done, over all workers.
        seconds_left: estimate of what is left at most, on this machine's cores; None before the first run.
        wanted: runs that the looks so far ask for, done or not; None where repeats are fixed.
        cells: how many are decided, open and given up at the last look; empty where repeats are fixed.
        label_free: tasks without labels, of which there will be no score.
    """

    study: str
    planned: int
    done: int
    failed: dict[str, str]
    working: bool
    seconds_spent: float
    seconds_left: float | None
    wanted: int | None = None
    cells: dict[str, int] = field(default_factory=dict)
    label_free: tuple[str, ...] = ()


def read_status(folder: StudyFolder) -> Status:
    """Read a study folder's state.

    Raises:
        FolderError: it is no study folder.
    """
    plan = folder.read_plan()
    if not plan:
        raise FolderError(f"{folder.root} holds no plan; `cohear run STUDY --out {folder.root}` makes one")
    runs, wanted, cells = {row.run: row for row in plan}, None, {}
    content = folder.read_repeats()
    if content is not None:
        repeats, states = Repeats.from_json(plan, content)
        wanted, cells, there_can_be = len(repeats.wanted()), states_of(states), repeats.at_most(states)
        # what is done beyond, by a study of more repeats before, is in the tables all the same
        runs = {key: row for key, row in runs.items() if key in there_can_be or folder.record(key)}
    failed, spent, missing, time_left = {}, 0.0, [], TimeLeft.of_plan(plan)
    for key, row in runs.items():
        record = folder.record(key)
        if record is not None:
            spent += record.seconds
            time_left.trained(key, record.seconds, timed_by_clock=record.wall_seconds is None)
            continue
        missing.append(key)
        error = folder.error(key)
        if error is not None:
            failed[_named(row)] = error
    seconds = time_left.of(missing)
    left = None if seconds is None else seconds / available_cores()
    done, working = len(runs) - len(missing), is_working(folder)
    free = tuple(read_facts(folder.root).label_free)
    return Status(folder.read_study_name(), len(runs), done, failed, working, spent, left, wanted, cells, free)


def _named(row: PlanRow) -> str:
    kind = f"control {row.control} of {row.focal}, " if row.control else ""
    kind = f"probe {row.probe} of {row.focal or row.combination}, " if row.probe else kind
    setting = ", ".join(filter(None, (row.features, row.encoder, row.arm)))
    return f"{row.combination} ({kind}{setting}, fold {row.fold}, seed {row.seed})"


def is_working(folder: StudyFolder) -> bool:
    """Whether a process works on the study now; a killed one does not."""
    lock = FileLock(folder.root / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False
