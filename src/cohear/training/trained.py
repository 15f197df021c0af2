"""A network as its training left it."""

from __future__ import annotations

from collections.abc import Mapping

from safetensors.torch import load as read_tensors

from cohear.base.errors import UserError
from cohear.models.sharing import Network
from cohear.models.tied import with_all_names
from cohear.runs.run_folder import KEPT
from cohear.runs.task_data import TaskData
from cohear.training.loop import make_network
from cohear.training.spec import RunSpec


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
