"""What the single of one task has learnt as a further input of another's network, through a narrow layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from cohear.models.begun import demand_alike
from cohear.models.masked import Valid
from cohear.models.sharing import SHARING, Beginning, Independent, Network, NetworkParts
from cohear.models.windows import Embedding, Windows


class Tap(nn.Module):
    """A narrow layer from what an encoder gives to the input of another network; at first it gives nothing.

    Args:
        given: width of the embedding.
        width: of the narrow layer.
        wanted: numbers that are added to.
    """

    def __init__(self, given: int, width: int, wanted: int) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(given, width), nn.Linear(width, wanted, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, vectors: Tensor) -> Tensor:
        """``[B, given]`` to ``[B, wanted]``."""
        wanted: Tensor = self.up(self.down(vectors))
        return wanted


@SHARING.register("bottleneck")
class Bottleneck(Independent):
    """An encoder a task, which also hears what its partners' singles make of each window (Sakti et al. 2016).

    There frames of one network are put beside the input of another. Here the embedding of the window is added to each
    frame behind the first stage, an input norm, as a layer on both side by side would, so that every encoder can have
    it. The singles learn no further.

    Args:
        parts: see `Network`.
        width: numbers that come from each partner.
    """

    begins_with: ClassVar[Beginning | None] = "singles"

    def __init__(
        self,
        parts: NetworkParts,
        *,
        width: int = 32,
    ) -> None:
        if width < 1:
            raise ValueError(f"width is 1 or more, not {width}")
        super().__init__(parts)
        self.singles, self.taps = nn.ModuleList(), nn.ModuleList()
        for task in self.tasks if len(self.tasks) > 1 else ():
            self.singles.append(parts.first_encoder([task]).requires_grad_(False))
            if len(self.encoder_of(task).stages()) < 2 or "vector" not in self.encoder_of(task).gives:
                raise ValueError("it takes encoders of several stages that give a vector a window")
            taps, wanted = nn.ModuleList(), self.shapes(task)[0][-1]
            for partner in self._partners(task):
                with parts.draws.of_head(task, "bottleneck", partner):
                    taps.append(Tap(self.encoder_of(partner).gives["vector"], width, wanted))
            self.taps.append(taps)
        if len(self.tasks) > 1:
            demand_alike(self, parts.first_encoder(self.tasks))
        self.train()

    def begin(self, givers: Mapping[str, Network]) -> None:
        """Put the singles' encoders in their places."""
        for task, giver in givers.items():
            self.singles[self.tasks.index(task)].load_state_dict(giver.encoders[0].state_dict())

    def train(self, mode: bool = True) -> Bottleneck:
        """The singles have learnt."""
        super().train(mode)
        if hasattr(self, "singles"):
            self.singles.eval()
        return self

    def idle(self, task: str) -> list[nn.Module]:
        """Its own single with them, and what goes to others."""
        if not len(self.singles):
            return super().idle(task)
        number = self.tasks.index(task)
        others = [taps for taps in self.taps if taps is not self.taps[number]]
        return [*super().idle(task), self.singles[number], *others]

    def _partners(self, task: str) -> list[str]:
        return [each for each in self.tasks if each != task]

    def _embed(self, parts: Mapping[str, Windows], step: int | None) -> dict[str, Embedding]:
        """Rows of one task, with what its partners' singles make of them."""
        [(task, rows)] = parts.items()
        if not len(self.singles):
            return super()._embed(parts, step)
        windows, further = Windows.joined(parts), self._heard_by_partners(task, rows)

        def between(stage: int, each: Windows) -> Windows:
            given = self._behind_stage(step, stage, each)
            return given if stage else _added(given, further)

        with self._drawing(step):
            embedding = self.encoder_of(task).embed(windows, between)
        return self._as_long(embedding.by_task(windows.spans), parts)

    def _heard_by_partners(self, task: str, rows: Windows) -> Tensor:
        """``[B, D]`` what comes through the taps of all of them."""
        taps = self.taps[self.tasks.index(task)]
        assert isinstance(taps, nn.ModuleList)
        heard = []
        for partner, tap in zip(self._partners(task), taps, strict=True):
            single = self.singles[self.tasks.index(partner)]
            with torch.no_grad():
                vectors = single(Windows.joined({partner: rows})).of("vector")
            heard.append(tap(vectors))
        return torch.stack(heard).sum(dim=0)


def _added(windows: Windows, further: Tensor) -> Windows:
    """``[B, D]`` on every frame of ``[B, D]``, ``[B, T, D]`` or ``[B, C, T, D]``; zeros beyond lengths stay zero."""
    features = windows.features
    rows, width = further.shape
    beside = further.to(features.dtype).view(rows, *(1,) * (features.ndim - 2), width)
    if features.ndim == 2 or (valid := Valid.of(windows.lengths, features.shape[-2])) is None:
        return windows.holding(features + beside)
    mask = valid.mask.view(rows, *(1,) * (features.ndim - 3), features.shape[-2], 1)
    return windows.holding(features + beside * mask.to(features.dtype))
