"""One graph from waveform to calibrated probabilities: front-ends, windows, network, pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx
from onnx import compose, helper

from cohear.export.exportable import check_exportable
from cohear.export.forms import form_of
from cohear.export.front_graph import front_graph
from cohear.export.outputs import Output
from cohear.export.pooling_graph import pooling_graph
from cohear.features.task_input import TaskInput


def assemble(inputs: Sequence[TaskInput], network: onnx.ModelProto, outputs: Sequence[Output]) -> onnx.ModelProto:
    """Put front-ends, network and pooling together.

    Args:
        inputs: different ones, by their numbers. Windows overlap by half, and those of silence are left out,
            as in evaluation.
        network: graph that takes each `NetworkInput`, features and, where its front-end gives sequences, valid frames
            ``[M_i]``, and has an output ``logits_name(k)`` ``[M_i, columns]`` for task k.
        outputs: of the tasks, in order.

    Returns:
        A model with input ``waveform`` ``[batch, samples]`` and an output ``[batch, columns]`` for each task, of a time
        line ``[batch, steps, columns]``. A task whose features are normalised by group has an input of its own that
        may be left out, ``statistics_name(task)`` ``[2, D]``: mean and deviation of the group.

    Raises:
        UserError: see `check_exportable`.
    """
    check_exportable({output.task: inputs[output.hears] for output in outputs})
    in_time = {output.hears for output in outputs if form_of(output.decoding).dimensions}
    front = front_graph(inputs, in_time, outputs)
    network = compose.add_prefix(network, "+network/", rename_inputs=False, rename_outputs=False)
    whole = compose.merge_models(
        front, network, io_map=[(value.name, value.name) for value in network.graph.input], outputs=None
    )
    pooling = pooling_graph(inputs, outputs, in_time)
    names = [value.name for value in pooling.graph.input]
    whole = compose.merge_models(
        whole, pooling, io_map=[(name, name) for name in names], outputs=[output.task for output in outputs]
    )
    domains = {each.domain: each.version for each in whole.opset_import}  # joining lists one for each part
    del whole.opset_import[:]
    whole.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in domains.items())
    whole.producer_name = "cohear"
    return whole


def describe(model: onnx.ModelProto, metadata: Mapping[str, str]) -> None:
    """Write metadata into the file."""
    helper.set_model_props(model, dict(metadata))
