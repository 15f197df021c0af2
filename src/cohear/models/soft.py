"""Soft parameter sharing: an encoder a task, and a price on how far they are from each other."""

from __future__ import annotations

import torch
from torch import Tensor

from cohear.models.sharing import SHARING, Independent, NetworkParts


@SHARING.register("soft")
class Soft(Independent):
    """Encoders of which each is drawn to the mean of all (Duong et al. 2015, for two; L2).

    It saves nothing at work: it asks what tasks give each other when none has to give way.

    Args:
        parts: see `Network`.
        pull: price of a squared distance of 1 between a weight and its mean over tasks; without any, nothing is shared.
    """

    def __init__(
        self,
        parts: NetworkParts,
        *,
        pull: float = 0.01,
    ) -> None:
        super().__init__(parts)
        if pull < 0:
            raise ValueError(f"pull is a price from 0 on, not {pull:g}")
        shapes = {task: [each.shape for each in self.encoder_of(task).parameters()] for task in self.tasks}
        if any(each != shapes[self.tasks[0]] for each in shapes.values()):
            raise ValueError("the encoders of its tasks differ in shape, so that no weight of one is another's")
        self._pull = pull

    def price(self) -> Tensor | None:
        """Sum over weights and tasks of squared distances to the mean over tasks."""
        if len(self.tasks) == 1 or not self._pull:
            return None
        alike = zip(*(self.encoder_of(task).parameters() for task in self.tasks), strict=True)
        stacked = [torch.stack(weights) for weights in alike]
        return self._pull * torch.stack([(each - each.mean(dim=0)).square().sum() for each in stacked]).sum()
