"""What a task puts on the encoder: its target kind makes it, a sharing scheme places it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from torch import nn

from cohear.tasks.kind import TargetKind

Head: TypeAlias = Callable[[int], nn.Module]
"""From the width of an embedding to a task's layers, with first weights from torch's current generator."""


def head_of(kind: TargetKind, labels: Sequence[str]) -> Head:
    """The head of a kind, for a task of these labels."""
    return lambda width: kind.head(width, labels)


def layer(outputs: int) -> Head:
    """A layer of so many outputs."""
    return lambda width: nn.Linear(width, outputs)
