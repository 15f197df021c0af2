"""What a task puts on the encoder: its target kind makes it, a sharing scheme places it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import nn

from cohear.base.errors import UserError
from cohear.models.windows import Form
from cohear.tasks.kind import TargetKind


@dataclass(frozen=True)
class Head:
    """How a task's layers are made.

    Attributes:
        make: from the width of an embedding, with first weights from torch's current generator.
        reads: which form of it they read.
    """

    make: Callable[[int], nn.Module]
    reads: Form = "vector"

    def behind(self, gives: Mapping[Form, int], task: str) -> nn.Module:
        """The layers behind an encoder that gives these forms, each of its width.

        Raises:
            UserError: it does not give what they read.
        """
        if self.reads not in gives:
            raise UserError(
                f"task {task!r}: its target kind reads {self.reads} of an embedding, and the encoder gives "
                f"{' and '.join(gives)} alone; take another encoder, or another kind"
            )
        return self.make(gives[self.reads])


def head_of(kind: TargetKind, labels: Sequence[str]) -> Head:
    """The head of a kind, for a task of these labels."""
    return Head(lambda width: kind.head(width, labels), kind.reads)


def layer(outputs: int) -> Head:
    """A layer of so many outputs, on a vector."""
    return Head(lambda width: nn.Linear(width, outputs))
