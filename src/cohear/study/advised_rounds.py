"""Rounds of a study within a budget of core time: singles first, then the combinations that teach most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cohear.base.counting import counted
from cohear.base.errors import UserError
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.tables import write_tables
from cohear.study.launch.progress import Progress
from cohear.study.launch.time_left import TimeLeft
from cohear.study.plan.repeats import Group
from cohear.study.plan.row import PlanRow

Adviser = Callable[[Path], Sequence[Group]]
"""Combinations of a study folder's plan whose runs are not all done, what teaches most for its time first."""

ROUND = 0.25
"""A round takes about so much of what is left, so that advice after it knows more."""

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class AdvisedRuns:
    """What a study that is run by advice may take, and who advises.

    Attributes:
        seconds: of core time, singles included.
        adviser: see :data:`Adviser`.
    """

    seconds: float
    adviser: Adviser


def core_seconds(text: str) -> float:
    """Core time as it is written (``90s``, ``30m``, ``2h``, ``1.5d``) in seconds; raises UserError where it is none."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+)\s*", text.lower())
    seconds = float(found[1]) * _UNITS.get(found[2], 0.0) if found else 0.0
    if seconds <= 0:
        raise UserError(f"--advise {text}: give the core time that runs may take, as in 90s, 30m, 2h or 1d")
    return seconds


def advised_rounds(folder: StudyFolder, advised: AdvisedRuns, progress: Progress) -> Iterator[tuple[list[str], int]]:
    """Keys of the runs that are wanted by now, in the order of the plan, and how many there may be at most.

    All is told by the records, so a study that was stopped goes on with the same budget: what its runs took is spent,
    and combinations that it had begun come first. Singles are trained whatever they take; controls and probes are not.

    Args:
        folder: with plan and facts written.
        advised: the budget.
        progress: told of every round.
    """
    plan = folder.read_plan()
    folder.write_repeats(None)
    keys = list(dict.fromkeys(row.run for row in plan))
    ordinary = [row for row in plan if not row.control and not row.probe]
    groups: dict[Group, list[str]] = {}
    for row in ordinary:
        if len(row.tasks) > 1:
            groups.setdefault((row.features, row.encoder, row.arm, row.combination), []).append(row.run)
    of_plan = {row.run for row in ordinary}
    needs = {row.run: row.needs for row in plan}
    wanted = {row.run for row in ordinary if len(row.tasks) == 1}
    wanted |= {key for key in of_plan if folder.record(key) is not None}
    asked: set[Group] = set()
    yield [key for key in keys if key in _with_needs(wanted, needs)], len(of_plan)
    while True:
        write_tables(folder)
        chosen = _round(folder, plan, groups, asked, advised, progress)
        if not chosen:
            return
        asked |= set(chosen)
        wanted |= {key for group in chosen for key in groups[group]}
        yield [key for key in keys if key in _with_needs(wanted, needs)], len(of_plan)


def _round(
    folder: StudyFolder,
    plan: Sequence[PlanRow],
    groups: Mapping[Group, Sequence[str]],
    asked: set[Group],
    advised: AdvisedRuns,
    progress: Progress,
) -> list[Group]:
    """The combinations of the next round; none where the budget is spent, or nothing is left to learn."""
    time_left, spent, there = TimeLeft.of_plan(plan), 0.0, set()
    for key in {row.run for row in plan}:
        record = folder.record(key)
        if record is not None:
            spent += record.seconds
            there.add(key)
            time_left.trained(key, record.seconds, timed_by_clock=record.wall_seconds is None)
    missing = {group: [run for run in runs if run not in there] for group, runs in groups.items() if group not in asked}
    missing = {group: runs for group, runs in missing.items() if runs}
    begun = [group for group, runs in missing.items() if len(runs) < len(groups[group])]
    taught = [group for group in advised.adviser(folder.root) if group in missing and group not in begun]
    left = advised.seconds - spent
    told = f"{_hours(spent)} of {_hours(advised.seconds)} of core time are spent"
    chosen: list[Group] = []
    taken = 0.0
    for group in [*begun, *taught]:
        seconds = time_left.of(missing[group]) or 0.0
        if taken + seconds <= (left if not chosen else min(left, ROUND * left)):
            chosen.append(group)
            taken += seconds
    if chosen:
        first = ", ".join(combination for *_, combination in chosen[:3])
        more = f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""
        progress.say(f"{told}; next {counted(len(chosen), 'combination')} (about {_hours(taken)}): {first}{more}")
    elif not missing:
        progress.say(f"{told}; every combination of the plan is run")
    elif not taught and not begun:
        progress.say(f"{told}; no combination that is left can be expected to better the grouping")
    else:
        progress.say(f"{told}; no combination that is left fits in the rest")
    return chosen


def _with_needs(wanted: set[str], needs: Mapping[str, Sequence[str]]) -> set[str]:
    """Runs, those that they need, and so on."""
    found, new = set(wanted), set(wanted)
    while new:
        new = {need for run in new for need in needs[run] if need in needs} - found
        found |= new
    return found


def _hours(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
