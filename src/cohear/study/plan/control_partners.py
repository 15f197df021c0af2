"""Which partner a task has in its controls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cohear.study.file import ControlSettings

Pair = tuple[str, str]


def focal_and_partner(
    control: ControlSettings,
    datasets: Mapping[str, str],
    pairs: Collection[frozenset[str]],
    *,
    has_partner: bool,
    label_free: Collection[str] = (),
) -> list[Pair]:
    """Focal task and partner of every run of a control, in the study's order.

    A control explains an effect of a pair, so only pairs that the study trains come into question. Without a choice
    of the user's a task has one partner: the next task in the study's order (after the last comes the first), and one
    from another dataset where there is such a pair. So no task is everybody's partner, whose peculiarities would be in
    all controls, nothing is drawn by lot, and a partner brings audio of its own, which ``unlabelled`` is about.

    Args:
        control: as the study file has it.
        datasets: of each task, in the study's order.
        pairs: that the study trains.
        has_partner: whether the control is of pairs; else each task has one run.
        label_free: tasks that are never focal, since they have no score.
    """
    tasks = list(datasets)
    if control.pairs:
        asked = [pair for one, other in control.pairs for pair in ((one, other), (other, one))]
        trained = {pair for pair in asked if frozenset(pair) in pairs and pair[0] not in label_free}
        return sorted(trained, key=lambda pair: [tasks.index(task) for task in pair])
    found = []
    for number, focal in enumerate(tasks):
        if focal in label_free:
            continue
        others = [*tasks[number + 1 :], *tasks[:number]]
        partners = [other for other in others if frozenset((focal, other)) in pairs]
        partners.sort(key=lambda other: (not has_partner and other in label_free, datasets[other] == datasets[focal]))
        most = len(tasks) if control.partners == "all" else control.partners or 1
        found += [(focal, partner) for partner in partners[: most if has_partner else 1]]
    return found
