"""The combinations that a study trains."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cohear.study.file.settings import StudySettings


def every_task_set(settings: StudySettings) -> list[tuple[str, ...]]:
    """Those of each encoder."""
    return [tasks for number in range(len(settings.encoders)) for tasks in task_sets(settings.of_encoder(number))]


def task_sets(settings: StudySettings) -> list[tuple[str, ...]]:
    """Every combination once, its tasks in the study's order, small ones first.

    A task without labels is in none that holds no other, unless that is listed; ``all`` are all tasks with labels, and
    all tasks.
    """
    tasks, free = list(settings.tasks), settings.label_free
    wanted = settings.combinations
    sizes = set(wanted.sizes)
    sizes |= {1 for name in wanted.named if name == "singles"}
    sizes |= {2 for name in wanted.named if name == "pairs" and len(tasks) >= 2}
    sizes |= {len(tasks) for name in wanted.named if name == "all"}
    found = {chosen for size in sizes for chosen in combinations(tasks, size) if not free.issuperset(chosen)}
    found |= {tuple(task for task in tasks if task not in free) for name in wanted.named if name == "all"}
    found |= {tuple(task for task in tasks if task in listed) for listed in wanted.lists}
    if any(len(chosen) > 1 for chosen in found):
        found |= {(task,) for chosen in found for task in chosen if task not in free}  # a gain needs its single
    return sorted(found, key=lambda chosen: (len(chosen), [tasks.index(task) for task in chosen]))
