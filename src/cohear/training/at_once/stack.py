"""Networks of one shape, computed as one: their parameters lie in one tensor each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from cohear.models.sharing import Network
from cohear.models.windows import Windows
from cohear.training.at_once.draws import DrawnForMany, DrawsOfMany
from cohear.training.at_once.norms import NormsInFloat32
from cohear.training.device import Device


class Stack:
    """Networks whose parameters and buffers are slices of tensors ``[networks, ...]``.

    What changes in these tensors changes in the networks, and the other way round: a step of an optimiser on them is a
    step of every network, and each can be looked at by itself, as ever. `let_go` gives them memory of their own again.

    Args:
        networks: of one shape (`shape_of`), on the device.
        device: theirs.

    Attributes:
        weights, others: the parameters that learn: those of layers, which decay, and all others.
    """

    def __init__(self, networks: Sequence[Network], device: Device) -> None:
        self._networks, self._device = list(networks), device
        self._drawn = DrawnForMany(device.send)
        self._numbers = device.send(torch.arange(len(networks)))
        self._one = deepcopy(networks[0]).train()
        self._one.draws = DrawsOfMany((), [(each.draws, each.tasks) for each in networks], self._drawn)
        parameters, self._buffers = stack_module_state(self._networks)
        learns = dict(networks[0].named_parameters())
        self._parameters: dict[str, Tensor] = {
            name: nn.Parameter(each.detach(), requires_grad=learns[name].requires_grad)
            for name, each in parameters.items()
        }
        self._tie(lambda stacked, number: stacked.data[number])
        learnt = [each for each in self._parameters.values() if isinstance(each, nn.Parameter) and each.requires_grad]
        self.weights, self.others = [p for p in learnt if p.ndim > 2], [p for p in learnt if p.ndim <= 2]

    def logits(self, batches: Sequence[Mapping[int, Windows]], step: int) -> list[dict[int, Tensor]]:
        """What each network's heads give of its rows, by the place of the task among its own.

        Args:
            batches: of each network, all of one shape; vectors ``[B, D]``.
            step: of training.
        """
        first = self._one.tasks
        stacked = {place: torch.stack([batch[place].features for batch in batches]) for place in batches[0]}

        def of_one(
            parameters: dict[str, Tensor],
            buffers: dict[str, Tensor],
            features: Mapping[int, Tensor],
            number: Tensor,
        ) -> dict[int, Tensor]:
            self._drawn.number = number
            windows = {first[place]: Windows(own) for place, own in features.items()}
            given: dict[str, Tensor] = functional_call(self._one, (parameters, buffers), (windows, step))
            return {place: given[first[place]] for place in features}

        with self._device.forward(self._drawn), NormsInFloat32():
            # "same" leaves what is drawn on the processor alone; what would be drawn of a batch it refuses
            found = vmap(of_one, randomness="same")(self._parameters, self._buffers, stacked, self._numbers)
        apart = {place: each.unbind() for place, each in found.items()}
        return [{place: apart[place][number] for place in apart} for number in range(len(batches))]

    def let_go(self) -> None:
        """Leave the networks as they are now, whatever becomes of the stack."""
        self._tie(lambda stacked, number: stacked.data[number].clone())

    def _tie(self, part: Callable[[Tensor, int], Tensor]) -> None:
        """Have each network's tensors be parts of those of all."""
        for number, network in enumerate(self._networks):
            for name, own in network.named_parameters():
                own.data = part(self._parameters[name], number)
            for name, buffer in network.named_buffers():
                buffer.data = part(self._buffers[name], number)


def shape_of(network: Network) -> tuple[object, ...]:
    """What networks have in common that can be computed as one: their layers, and the shapes of all that these hold."""
    tensors = [*network.named_parameters(), *network.named_buffers()]
    learns = [own.requires_grad for own in network.parameters()]
    return str(network), tuple((name, tuple(own.shape), own.dtype) for name, own in tensors), tuple(learns)
