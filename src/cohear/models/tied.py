"""Encoders that have their first stages in common, and the tensors of a network that has such encoders, each once."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from cohear.models.encoder import Encoder


def tie(encoder: Encoder, trunk: Encoder, stages: int) -> None:
    """Put the first stages of one encoder in the place of those of another of the same kind.

    Args:
        encoder: it is changed.
        trunk: whose stages both have from now on. A stage may be put together anew by each call of ``stages``: it is
            the parts which the encoders hold that are the same.
        stages: how many.
    """
    names = {id(part): name for name, part in trunk.named_modules() if part is not trunk}
    parts = [part for stage in trunk.stages()[:stages] for part in stage.modules()]
    for part in parts:
        if id(part) in names:
            encoder.set_submodule(names[id(part)], part)


def tensors_of(network: nn.Module) -> dict[str, Tensor]:
    """The state of a network, in which what stands in several places is told once, by its first name."""
    told = _first_names(network)
    return {name: tensor for name, tensor in network.state_dict().items() if told[name] == name}


def with_all_names(network: nn.Module, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What ``load_state_dict`` takes, of tensors that `tensors_of` tells; what is missing stays so."""
    further = {name: tensors[first] for name, first in _first_names(network).items() if first in tensors}
    return {**tensors, **further}


def _first_names(network: nn.Module) -> dict[str, str]:
    """Of each name in the state the first one of the same tensor."""
    first: dict[int, str] = {}
    return {name: first.setdefault(id(tensor), name) for name, tensor in network.state_dict(keep_vars=True).items()}
