"""What the statistics take from ``data.json``: margins, the size of test beside training parts, and looks."""

from collections.abc import Mapping
from typing import Any


def margins_of(data: Mapping[str, Any]) -> dict[str, float]:
    """The margin of every task that states one, in its metric's unit."""
    tasks = data.get("tasks", {})
    return {name: float(task["margin"]) for name, task in tasks.items() if task.get("margin") is not None}


def ratios_of(data: Mapping[str, Any]) -> dict[str, float]:
    """Test clips / training clips, over the folds of every task (r of Nadeau & Bengio 2003)."""
    ratios = {}
    for name, task in data.get("tasks", {}).items():
        folds = task.get("folds") or []
        train = sum(fold.get("train", 0) for fold in folds)
        test = sum(fold.get("test", 0) for fold in folds)
        if train > 0 and test > 0:
            ratios[name] = test / train
    return ratios


def looks_of(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Numbers of repeats at which the study looked to see what is decided; empty where its repeats were fixed."""
    return tuple(int(look) for look in data.get("repeats", {}).get("looks") or ())
