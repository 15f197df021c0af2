"""Layers over windows that are one vector each."""

from __future__ import annotations

from torch import Tensor, nn

from cohear.models.windows import Embedding, Windows


class VectorNorm(nn.BatchNorm1d):
    """Batch norm of each number."""

    def forward(self, windows: Windows) -> Windows:  # type: ignore[override]
        """``[B, D]``."""
        return windows.holding(super().forward(windows.features))


class Hidden(nn.Module):
    """A layer with a norm, ReLU and dropout.

    Args:
        before, after: units.
        dropout: share of units dropped in training.
        norm: of the units that come out; batch norm where none is given.
    """

    def __init__(self, before: int, after: int, dropout: float, norm: nn.Module | None = None) -> None:
        super().__init__()
        self.layer = nn.Linear(before, after, bias=False)
        self.norm = norm or VectorNorm(after)
        self.dropout = nn.Dropout(dropout)

    def forward(self, windows: Windows) -> Windows:
        """``[B, before]`` to ``[B, after]``."""
        normal: Windows = self.norm(windows.holding(self.layer(windows.features)))
        dropped: Tensor = self.dropout(normal.features.relu())
        return windows.holding(dropped)


class Weights(nn.Module):
    """A linear layer and nothing behind it.

    Args:
        before, after: units.
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.layer = nn.Linear(before, after)

    def forward(self, windows: Windows) -> Windows:
        """``[..., before]`` to ``[..., after]``."""
        return windows.holding(self.layer(windows.features))


class Rectified(Weights):
    """A layer with ReLU and dropout, without a norm.

    Args:
        before, after: units.
        dropout: share of units dropped in training.
    """

    def __init__(self, before: int, after: int, dropout: float) -> None:
        super().__init__(before, after)
        self.dropout = nn.Dropout(dropout)

    def forward(self, windows: Windows) -> Windows:
        """``[..., before]`` to ``[..., after]``, not negative."""
        made = super().forward(windows)
        dropped: Tensor = self.dropout(made.features.relu())
        return made.holding(dropped)


class AsVector(nn.Module):
    """What the last layer gives is the embedding."""

    def forward(self, windows: Windows) -> Embedding:
        """``[B, hidden]``."""
        return Embedding(windows.features)
