"""Networks that begin where others have ended: fine-tuned, frozen under new heads, or merged without learning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from cohear.models.encoder import Encoder
from cohear.models.sharing import SHARING, Beginning, Independent, Multihead, Network, NetworkParts


class Begun(Independent):
    """An encoder a task, of which each begins as that of a network which others have trained, and learns alone."""

    def __init__(self, parts: NetworkParts) -> None:
        super().__init__(parts)
        if len(self.tasks) > 1:
            demand_alike(self, parts.first_encoder(self.tasks))

    def begin(self, givers: Mapping[str, Network]) -> None:
        """With what each giver's encoder has learnt, and where it knows the task with its head."""
        for task, giver in givers.items():
            self.encoder_of(task).load_state_dict(giver.encoders[0].state_dict())
            if task in giver.tasks:
                self._take_head(task, giver)


@SHARING.register("from-partners")
class FromPartners(Begun):
    """Fine-tuned from the partner's single, or of several partners from their network (transfer, Pan & Yang 2010)."""

    begins_with: ClassVar[Beginning | None] = "others"


@SHARING.register("from-joint")
class FromJoint(Begun):
    """Fine-tuned from the network of all its tasks, each task in a copy of its own."""

    begins_with: ClassVar[Beginning | None] = "joint"


@SHARING.register("added")
class Added(FromPartners):
    """A head on the network of the others, whose encoder stays what it is: what a task costs that comes later."""

    def __init__(self, parts: NetworkParts) -> None:
        super().__init__(parts)
        self._frozen = len(self.tasks) > 1
        self.encoders.requires_grad_(not self._frozen)
        self.train()

    def train(self, mode: bool = True) -> Added:
        """What encoders have counted stays too; what they drop is drawn as ever."""
        super().train(mode)
        if getattr(self, "_frozen", False):
            for part in self.encoders.modules():
                if next(part.buffers(recurse=False), None) is not None:
                    part.eval()
        return self


@SHARING.register("merged")
class Merged(Multihead):
    """One encoder, whose weights are the mean of the singles' (task arithmetic, Ilharco et al. 2023), and their heads.

    The singles of a fold and seed begin alike, so that what each has learnt is a difference to the same. Nothing is
    learnt together: windows pass once more for the statistics of norms (Jordan et al. 2023), of which labels are not
    seen.

    Args:
        parts: see `Network`.
        scale: how far along the mean of the differences.
    """

    begins_with: ClassVar[Beginning | None] = "singles"

    def __init__(
        self,
        parts: NetworkParts,
        *,
        scale: float = 1.0,
    ) -> None:
        super().__init__(parts)
        self._scale, self.learns = scale, len(self.tasks) == 1
        if not self.learns:
            demand_alike(self, parts.first_encoder(self.tasks[:1]))
            self.requires_grad_(False)

    def begin(self, givers: Mapping[str, Network]) -> None:
        """With the mean of what the givers have learnt."""
        encoder, states = self.encoders[0], [giver.encoders[0].state_dict() for giver in givers.values()]
        first = encoder.state_dict()
        encoder.load_state_dict({name: self._mean(old, [each[name] for each in states]) for name, old in first.items()})
        for task, giver in givers.items():
            self._take_head(task, giver)

    def _mean(self, first: Tensor, learnt: list[Tensor]) -> Tensor:
        if not first.is_floating_point():  # how many batches were counted
            return learnt[0]
        return first + self._scale * (torch.stack(learnt).mean(dim=0) - first)


def demand_alike(network: Network, other: Encoder) -> None:
    """See that each task's encoder can take the weights of an encoder of other tasks.

    Raises:
        ValueError: it has parts of each task's own.
    """
    if any(_shapes(network.encoder_of(task)) != _shapes(other) for task in network.tasks):
        raise ValueError(
            "weights of one network are another's to begin with, so that encoders must be alike whatever their tasks, "
            "without parts of each task's own (norm: task)"
        )


def _shapes(encoder: nn.Module) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in encoder.state_dict().items()}
