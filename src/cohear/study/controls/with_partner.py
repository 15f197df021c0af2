"""The pair's run with something else learnt of the partner."""

from __future__ import annotations

from typing import Literal

from cohear.study.controls.control import ControlInputs
from cohear.training.spec import RunSpec, teachers_of


def pair_with_partner(given: ControlInputs, labels: Literal["shuffled", "none"]) -> RunSpec:
    """The ordinary run of the pair, but for the partner's labels; its scores are no results."""
    tasks = tuple(
        task.model_copy(update={"labels": labels, "scored": False}) if task.name == given.partner else task
        for task in given.pair.tasks
    )
    # a teacher of the partner would tell what its labels are
    hidden = teachers_of(given.partner, given.pair.needs)
    needs = {name: need for name, need in given.pair.needs.items() if name not in hidden}
    return given.pair.model_copy(update={"tasks": tasks, "needs": needs})
