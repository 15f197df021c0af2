"""How many labels tasks have in an arm: all of them, or a share of their training clips."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

EACH = "each"
FORMS = "give a share, as in labels: 0.1, a share a task, as in {digit: 0.1}, or {share: 0.1, of: each}"


class EachInTurn(BaseModel):
    """Each task in turn has a share of its labels, and its partners have all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float
    of: Literal["each"]


Budget = float | EachInTurn | dict[str, float]


def as_budget(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    """A share, shares by task, or one for each task in turn.

    Raises:
        ValueError: it is none of these, or a share is not more than 0 and at most 1.
    """
    if value is None or isinstance(value, EachInTurn):
        return value
    if isinstance(value, Mapping) and "of" in value:
        if set(value) != {"share", "of"} or value["of"] != EACH:
            raise ValueError(FORMS)
        return EachInTurn(share=_share(value["share"]), of=EACH)
    if isinstance(value, Mapping) and value:
        return {str(task): _share(share) for task, share in value.items()}
    return _share(value)


def budgets_of(
    budget: Budget | None, tasks: Sequence[str], label_free: Collection[str] = ()
) -> list[tuple[str, dict[str, float]]]:
    """The runs that a combination has in an arm: for which task alone (empty: for all), and shares that are not all.

    Tasks without labels hear all that they may, unless a share of theirs is named.

    Args:
        budget: of the arm.
        tasks: of the combination.
        label_free: tasks without labels.
    """
    labelled = [task for task in tasks if task not in label_free]
    if budget is None or not (labelled or isinstance(budget, dict)):
        return [("", {})]
    if isinstance(budget, EachInTurn):
        return [(task if len(tasks) > 1 else "", _less({task: budget.share})) for task in labelled]
    if isinstance(budget, dict):
        return [("", _less({task: budget[task] for task in tasks if task in budget}))]
    return [("", _less(dict.fromkeys(labelled, budget)))]


def _less(shares: Mapping[str, float]) -> dict[str, float]:
    return {task: share for task, share in shares.items() if share < 1}


def _share(value: Any) -> float:  # noqa: ANN401 - a validator sees anything
    try:
        share = float("" if isinstance(value, bool) else value)  # a file's numbers come as the text they are
    except (TypeError, ValueError):
        raise ValueError(FORMS) from None
    if not 0 < share <= 1:
        raise ValueError(f"a share of the labels is more than 0 and at most 1, not {value}")
    return share
