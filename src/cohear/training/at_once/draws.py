"""What the layers of many networks draw in training, each from the streams of its own run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from cohear.base.streams import NamePart
from cohear.models.sharing import Draws
from cohear.training.draws import DrawnOnProcessor

_Stream = Callable[[], AbstractContextManager[None]]


class DrawnForMany(DrawnOnProcessor):
    """In it dropout of many networks that are computed as one (`torch.vmap`) draws what it draws for each alone.

    Args:
        send: brings what was drawn to where the layers are.

    Attributes:
        number: of the network that is computed, ``[]``; whoever computes them sets it.
    """

    number: Tensor

    def __init__(self, send: Callable[[Tensor], Tensor]) -> None:
        super().__init__(send)
        self._named: Sequence[_Stream] = ()
        self._states: list[Tensor] = []

    @contextmanager
    def on(self, named: Sequence[_Stream]) -> Iterator[None]:
        """Draw from a stream of each network, as far as anything is drawn."""
        before = self._named, self._states
        self._named, self._states = named, []
        try:
            yield
        finally:
            self._named, self._states = before

    def _factors(self, func: Callable[..., Tensor], input: Tensor, p: float) -> Tensor:  # noqa: A002
        """``[B, D]`` of one network; it is picked out of those of all by the network's number."""
        drawn = torch.stack([self._drawn(place, func, input.shape, p) for place in range(len(self._named))])
        return self._send(drawn).index_select(0, self.number.view(1)).squeeze(0)

    def _drawn(self, place: int, func: Callable[..., Tensor], shape: torch.Size, p: float) -> Tensor:
        """Of one network, behind what it has drawn from the stream before."""
        with self._named[place]():
            if place < len(self._states):
                torch.default_generator.set_state(self._states[place])
            drawn = func(torch.ones(shape), p, True)
            self._states[place : place + 1] = [torch.default_generator.get_state()]
        return drawn


@dataclass(frozen=True)
class DrawsOfMany(Draws):
    """Streams of the runs of many networks, for the one that stands for all.

    Attributes:
        runs: streams of each with its tasks; the tasks of the first are those of the one that stands for all.
        drawn: what layers draw from them.
    """

    runs: Sequence[tuple[Draws, Sequence[str]]]
    drawn: DrawnForMany

    def of_encoder(self, *purpose: NamePart) -> AbstractContextManager[None]:
        """The stream of each run's encoder."""
        return self.drawn.on([partial(draws.of_encoder, *purpose) for draws, _ in self.runs])

    def of_head(self, task: str, *purpose: NamePart) -> AbstractContextManager[None]:
        """The stream of each run's head of its task in the same place."""
        place = self.runs[0][1].index(task)
        return self.drawn.on([partial(draws.of_head, tasks[place], *purpose) for draws, tasks in self.runs])
