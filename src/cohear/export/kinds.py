"""Which target kinds a bundle knows: how logits become probabilities there."""

from __future__ import annotations

from cohear.base.errors import UserError
from cohear.tasks.kind import TargetKind
from cohear.tasks.multiclass import Multiclass
from cohear.tasks.multilabel import Multilabel


def output_kind(kind: TargetKind, task: str) -> str:
    """How a kind's logits become probabilities; raises UserError for one that no runtime knows."""
    plain = type(kind).pool is TargetKind.pool
    if plain and isinstance(kind, Multiclass):
        return "multiclass"
    if plain and isinstance(kind, Multilabel):
        return "multilabel"
    raise UserError(f"task {task!r}: the target kind {kind.name!r} cannot be exported; multiclass and multilabel can")
