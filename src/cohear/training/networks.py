"""The network that a specification describes: made anew, or as its training left it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from safetensors.torch import load as read_tensors

from cohear.base.errors import RunFailed, UserError
from cohear.base.named import make, name_of
from cohear.models.choice import EncoderChoice
from cohear.models.heads import head_of
from cohear.models.sharing import SHARING, Draws, Network, NetworkParts
from cohear.models.tied import with_all_names
from cohear.runs.pack import Pack
from cohear.runs.run_folder import KEPT
from cohear.runs.task_data import TaskData
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec, beginning_of


def make_network(spec: RunSpec, tasks: Mapping[str, TaskData], encoder_folder: str | None = None) -> Network:
    """The run's network with its first weights, channels last in memory."""
    choice = encoder_choice(spec, encoder_folder)
    headless = {reference.name for reference in spec.tasks if reference.labels == "none"}
    heads = {task: None if task in headless else head_of(data.kind, data.labels) for task, data in tasks.items()}
    draws = Draws((spec.study_seed, spec.fold, spec.seed))
    inputs = {task: given.width for task, given in inputs_of(spec).items()}
    network = make(SHARING, spec.training.sharing, NetworkParts(inputs, heads, choice.build, draws))
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def first_network(spec: RunSpec, tasks: Mapping[str, TaskData], pack: Pack) -> Network:
    """The run's network as its training begins: with its first weights, or with what other runs have left.

    Raises:
        UserError: a file of another run is damaged, or none of its network.
        RunFailed: its way of sharing begins with other runs, and the specification names none.
    """
    network = make_network(spec, tasks, str(pack.code))
    if network.begins_with is None or len(network.tasks) == 1:
        return network
    givers = {}
    for task in network.tasks:
        if (need := spec.needs.get(beginning_of(task))) is None:
            way = name_of(spec.training.sharing)
            raise RunFailed(f"with sharing {way} {task} begins with another run, and none is named")
        other = spec.beginning(task, network.begins_with)
        own = {each.name: tasks[each.name] for each in other.tasks}
        givers[task] = load_network(other, own, pack.file(need), str(pack.code))
    network.begin(givers)
    return network


def encoder_choice(spec: RunSpec, encoder_folder: str | None = None) -> EncoderChoice:
    """The run's encoder; a user's module is looked for in ``encoder_folder`` first."""
    return EncoderChoice(
        name=spec.encoder["name"],
        module=spec.encoder.get("module"),
        layout=spec.encoder.get("layout", "sequence"),
        settings=spec.encoder["settings"],
        folder=encoder_folder,
    )


def load_network(spec: RunSpec, tasks: Mapping[str, TaskData], weights: bytes, encoder_folder: str) -> Network:
    """The network of a run with its weights, in evaluation mode.

    Args:
        spec: of its training.
        tasks: of the run, all of them.
        weights: content of the file that it left.
        encoder_folder: where a user's module is looked for first.

    Raises:
        UserError: the weights are damaged, or not this run's.
    """
    network = make_network(spec, tasks, encoder_folder)
    try:
        network.load_state_dict(with_all_names(network, read_tensors(weights)))
    except Exception as error:  # safetensors' own kind, torch's RuntimeError
        raise UserError(
            f"{KEPT['weights']} of run {spec.key} does not hold the run's weights ({error}); remove runs/{spec.key} of "
            "the study folder and run the same command again"
        ) from error
    return network.eval()
