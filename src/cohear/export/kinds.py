"""How tasks are read from a bundle's model, where it can be said of their kind."""

from __future__ import annotations

from collections.abc import Sequence

from cohear.base.decoding import Decoding
from cohear.base.errors import UserError
from cohear.tasks.kind import TargetKind


def decoding_in_graph(kind: TargetKind, task: str, labels: Sequence[str]) -> Decoding:
    """The decoding of a task; raises UserError for a kind that no graph computes.

    A graph pools windows by their mean, and gives what a head gives.
    """
    decoding = kind.decoding(task, labels)
    why = "it pools windows in a way of its own" if type(kind).pool is not TargetKind.pool else ""
    if tuple(kind.output_names(labels)) != decoding.columns:
        why = "its decoding has other columns than its head has outputs"
    if why:
        raise UserError(f"task {task!r}: the target kind {kind.name!r} cannot be exported; {why}")
    return decoding
