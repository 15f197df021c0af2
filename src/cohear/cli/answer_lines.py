"""Answers as JSON of the command line: the same keys for a file, for a window of it, and for a window of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cohear.runtime.answers import AnyAnswer, WindowAnswer


def told_tasks(answers: Mapping[str, AnyAnswer]) -> dict[str, object]:
    """Answers by task; the label of an answer of labels stands before all of them."""
    from dataclasses import asdict

    return {task: {**answer.first(), **asdict(answer)} for task, answer in answers.items()}


def told_window(window: WindowAnswer) -> dict[str, object]:
    """A window's time and answers."""
    return {
        "onset": round(window.onset, 6),
        "offset": round(window.offset, 6),
        "heard": window.heard,
        "tasks": told_tasks(window.answers),
    }
