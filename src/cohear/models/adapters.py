"""One encoder for all tasks, with narrow layers of each task's own between its stages, as many as they are worth."""

from __future__ import annotations

import math
from typing import Literal, get_args

import torch
from torch import Size, Tensor, nn

from cohear.models.sharing import SHARING, Multihead, NetworkParts
from cohear.models.windows import Windows

Priced = Literal["parameters", "multiply_adds"]

SPEED = 8.0
"""How much faster than a weight a gate moves: steps of Adam are of one size, and a few hundred must shut a gate."""


class Adapter(nn.Module):
    """Adds what a narrow layer makes of the channels, at first nothing; each of its own channels has a gate.

    A gate is a weight between 0 and 1. One that has come to 0 is shut: nothing goes through it, back or forth.

    Args:
        shape: of a row, ``[C, T, D]``, ``[T, C]`` or ``[C]``.
        width: its own channels.
    """

    def __init__(self, shape: Size, width: int) -> None:
        super().__init__()
        self._axis = -1 if len(shape) == 2 else 1
        channels = shape[-1] if len(shape) == 2 else shape[0]
        self.places = math.prod(shape) // channels
        self.down, self.up = nn.Linear(channels, width, bias=False), nn.Linear(width, channels, bias=False)
        self.gates = nn.Parameter(torch.full((width,), 1 / SPEED))
        nn.init.zeros_(self.up.weight)

    def forward(self, windows: Windows) -> Windows:
        """The same shape; zeros stay zero, and what is not negative stays so."""
        features = windows.features.movedim(self._axis, -1)
        own = self.down(features).relu() * self.openings().clamp(max=1)
        return windows.holding(torch.maximum(features + self.up(own), features.clamp(max=0)).movedim(-1, self._axis))

    @property
    def weights_a_channel(self) -> int:
        """Numbers that one of its own channels is learnt by, its gate aside."""
        return 2 * self.down.in_features

    def openings(self) -> Tensor:
        """``[width]`` how far each gate is open; what is above 1 costs more and opens no further."""
        return (SPEED * self.gates).clamp(min=0)

    def plain(self, task: str) -> nn.Module:
        """Without the channels whose gates are shut, and the gates of the others in the weights."""
        openings = self.openings().detach().clamp(max=1)
        kept, channels = openings > 0, self.down.in_features
        if not kept.any():
            return nn.Identity()
        narrow = Adapter(Size((channels,)), int(kept.sum()))
        narrow._axis = self._axis
        with torch.no_grad():
            narrow.down.weight = nn.Parameter(self.down.weight[kept])
            narrow.up.weight = nn.Parameter(self.up.weight[:, kept] * openings[kept])
        return narrow.eval().requires_grad_(False)


@SHARING.register("adapters")
class Adapters(Multihead):
    """A shared encoder, and narrow layers of each task's own whose channels cost (Tagliasacchi et al. 2020).

    There the own channels of a layer stand beside the shared ones and read both; here they are added to the shared ones
    behind each stage (Rebuffi et al. 2017), so that every encoder can have them. As there, gates are learnt with the
    weights, over tasks and layers at once, and one number trades cost for loss.

    Args:
        parts: see `Network`.
        width: channels that a task may have behind a stage.
        price: what all of them would cost if they were open, in the unit of the sum of losses; 0 leaves all open.
        cost: what a channel costs: its ``parameters``, or its ``multiply_adds``, of which there are more where frames
            are many.
    """

    def __init__(
        self,
        parts: NetworkParts,
        *,
        width: int = 8,
        price: float = 0.0,
        cost: Priced = "parameters",
    ) -> None:
        if width < 1 or price < 0:
            raise ValueError(f"width is 1 or more, and price 0 or more, not {width} and {price:g}")
        if cost not in get_args(Priced):
            raise ValueError(f"cost is one of {', '.join(get_args(Priced))}, not {cost!r}")
        super().__init__(parts)
        self._price, self._by_place = price, cost == "multiply_adds"
        self.adapters = nn.ModuleList()
        for task in self.tasks if len(self.tasks) > 1 else ():  # alone there is nothing to adapt
            # behind the first stage, an input norm, nothing has been shared yet
            with parts.draws.of_head(task, "adapters"):
                self.adapters.append(nn.ModuleList(Adapter(shape, width) for shape in self.shapes(task)[1:]))

    def between(self, stage: int, task: str) -> nn.Module | None:
        """The task's adapter."""
        if not stage or not len(self.adapters):
            return None
        own = self.adapters[self.tasks.index(task)]
        assert isinstance(own, nn.ModuleList)
        return own[stage - 1]

    def price(self) -> Tensor | None:
        """The price of the channels that are open, by how far they are."""
        if not self._price or not len(self.adapters):
            return None
        costs = {adapter: self._cost(adapter) for adapter in self._every()}
        whole = sum(cost * len(adapter.gates) for adapter, cost in costs.items())
        paid = [cost * adapter.openings().sum() for adapter, cost in costs.items()]
        return self._price * torch.stack(paid).sum() / whole

    def size(self) -> int:
        """Without the channels that are shut, and without gates, which enter the weights."""
        left_out = 0
        for adapter in self._every():
            shut = int((adapter.openings() == 0).sum())
            left_out += len(adapter.gates) + shut * adapter.weights_a_channel
        return super().size() - left_out

    def _cost(self, adapter: Adapter) -> int:
        """Of one of its channels."""
        return adapter.weights_a_channel * (adapter.places if self._by_place else 1)

    def _every(self) -> list[Adapter]:
        return [adapter for adapter in self.adapters.modules() if isinstance(adapter, Adapter)]
