"""Answers as JSON: the same keys from the command line and over HTTP and WebSocket, of a clip and of its windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from cohear.runtime.answers import AnyAnswer, ClipAnswers, WindowAnswer


def told_clip(answers: ClipAnswers) -> dict[str, object]:
    """Whether a clip was heard, what there is to say of that, and the answers."""
    return {"heard": answers.heard, "note": answers.note, "tasks": _told_tasks(answers.tasks)}


def told_window(window: WindowAnswer) -> dict[str, object]:
    """A window's time and answers."""
    return {
        "onset": round(window.onset, 6),
        "offset": round(window.offset, 6),
        "heard": window.heard,
        "tasks": _told_tasks(window.tasks),
    }


def without_first(answers: Mapping[str, AnyAnswer]) -> dict[str, object]:
    """Answers by task as the server told them at first, under the key ``answers``: their fields alone."""
    return {task: asdict(answer) for task, answer in answers.items()}


def _told_tasks(answers: Mapping[str, AnyAnswer]) -> dict[str, object]:
    """Answers by task; the label of an answer of labels stands before all of them."""
    return {task: {**answer.first(), **asdict(answer)} for task, answer in answers.items()}
