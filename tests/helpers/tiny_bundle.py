"""A bundle without a study: a hand-made model that tells pitches apart, in a fraction of a second.

``make_tiny_bundle(folder)`` writes it; its tasks are ``pitch`` (multiclass: low, mid, high) and ``parts``
(multilabel: which of the three are there). ``tone("low", seconds)`` is a sound that it answers rightly.
``make_number_bundle(folder)`` writes one with ``pitch`` and with ``levels`` (three numbers), and
``make_time_bundle(folder)`` one with ``when`` (a time line).
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import onnx

from cohear.base.decoding import LabelDecoding, NumberDecoding, entry_of
from cohear.base.graph_builder import GraphBuilder, floats, integers
from cohear.base.timeline import TimelineDecoding
from cohear.export.assemble import assemble
from cohear.export.graph_values import features_name, lengths_name, logits_name
from cohear.export.outputs import Output
from cohear.export.write import windowing_of, write_bundle
from cohear.features.filterbank import hertz_to_mel, mel_to_hertz
from cohear.features.logmel import LogMel
from cohear.features.task_input import TaskInput

RATE = 16000
PITCHES = {"low": 300.0, "mid": 1200.0, "high": 4000.0}
LABELS = tuple(PITCHES)
OUTPUTS = [
    Output(LabelDecoding("pitch", "multiclass", LABELS)),
    Output(LabelDecoding("parts", "multilabel", LABELS, (0.5, 0.5, 0.5))),
]
WHEN = TimelineDecoding("when", "timeline", LABELS, 0.1, 1, (0.5, 0.5, 0.5))
"""When each pitch sounds, as a task in time."""
LEVELS = NumberDecoding("levels", "number", LABELS, "nat", -12.0, 12.0, (0.5, 0.5, 1.0))
"""Level at each pitch, as a task of numbers."""


def tone(*pitches: str, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    """Float32 ``[samples]``: the sum of tones, or digital silence without any."""
    time = np.arange(round(seconds * rate)) / rate
    total = sum((0.2 * np.sin(2 * np.pi * PITCHES[pitch] * time) for pitch in pitches), np.zeros(len(time)))
    return total.astype(np.float32)


def tiny_network(*inputs: TaskInput, tasks: int = 2) -> onnx.ModelProto:
    """Mean level at the three pitches, less a threshold, as what the tasks' heads give, of one input or of one each."""
    graph, given, made = GraphBuilder("tiny"), [], []
    for number, each in enumerate(inputs):
        front_end, rows = each.front_end, f"rows_{number}"
        levels = graph.node("MatMul", features_name(number), graph.constant(_at_pitches(front_end)))  # [M, W, 3]
        total = graph.node("ReduceSum", levels, graph.constant([1]), keepdims=0)
        length = graph.node("Unsqueeze", graph.node("Cast", lengths_name(number), to=1), graph.constant([1]))
        level = graph.node("Div", total, length)
        for task in range(tasks) if len(inputs) == 1 else [number]:
            graph.node("Sub", level, graph.constant(np.float32(2.0)), name=logits_name(task))
            made.append(floats(logits_name(task), rows, 3))
        given.append(floats(features_name(number), rows, each.window, front_end.bands))
        given.append(integers(lengths_name(number), rows))
    return graph.model(given, made)


def _at_pitches(front_end: LogMel) -> np.ndarray:
    """Weights ``[bands, 3]`` that take the band of each pitch."""
    edges = np.linspace(hertz_to_mel(front_end.low), hertz_to_mel(front_end.high), front_end.bands + 2)
    centres = mel_to_hertz(edges[1:-1])
    weights = np.zeros((front_end.bands, 3), np.float32)
    for column, hertz in enumerate(PITCHES.values()):
        weights[np.argmin(np.abs(centres - hertz)), column] = 1.0
    return weights


def make_tiny_bundle(folder: Path, window: float = 0.5) -> Path:
    """Write the bundle; returns its folder."""
    labels = list(LABELS)
    tasks = {  # as the first cards had them
        "pitch": {"kind": "multiclass", "labels": labels},
        "parts": {"kind": "multilabel", "labels": labels, "thresholds": [0.5, 0.5, 0.5]},
    }
    return _write(folder, window, OUTPUTS, tasks)


def make_number_bundle(folder: Path, window: float = 0.5) -> Path:
    """Write the bundle that has numbers too; returns its folder."""
    outputs = [OUTPUTS[0], Output(LEVELS)]
    return _write(folder, window, outputs, {output.task: entry_of(output.decoding) for output in outputs})


def make_time_bundle(folder: Path, window: float = 0.5) -> Path:
    """Write the bundle whose one task says when each pitch sounds; returns its folder."""
    given = TaskInput.of(LogMel(bands=32), window)
    graph = GraphBuilder("tiny")
    levels = graph.node("MatMul", features_name(), graph.constant(_at_pitches(given.front_end)))  # [M, W, 3]
    graph.node("Sub", levels, graph.constant(np.float32(2.0)), name=logits_name(0))
    inputs = [floats(features_name(), "rows", given.window, 32), integers(lengths_name(), "rows")]
    network = graph.model(inputs, [floats(logits_name(0), "rows", given.window, 3)])
    output = Output(WHEN)
    return _written(folder, given, assemble([given], network, [output]), [output], {"when": entry_of(WHEN)})


def make_own_windows_bundle(folder: Path) -> Path:
    """Write the bundle whose second task hears in other frames and shorter windows; returns its folder."""
    inputs = [TaskInput.of(LogMel(bands=32), 0.5), TaskInput.of(LogMel(bands=32, hop_ms=20.0, window_ms=40.0), 0.3)]
    outputs = [OUTPUTS[0], replace(OUTPUTS[1], hears=1)]
    model = assemble(inputs, tiny_network(*inputs), outputs)
    onnx.checker.check_model(model, full_check=True)
    tasks = {output.task: entry_of(output.decoding) for output in outputs}
    first, second = (asdict(windowing_of(given)) for given in inputs)
    tasks["parts"] |= {"hears": 1, "windowing": second}
    write_bundle(folder, model, outputs, {"format": 1, "name": "own", "windowing": first, "tasks": tasks}, "", b"")
    return folder


def make_one_task_bundle(folder: Path, given: TaskInput, output: Output) -> Path:
    """Write the bundle of one of the tasks alone; returns its folder."""
    tasks = {output.task: entry_of(output.decoding)}
    card = {"format": 1, "name": "one", "windowing": asdict(windowing_of(given)), "tasks": tasks}
    write_bundle(folder, assemble([given], tiny_network(given, tasks=1), [output]), [output], card, "", b"")
    return folder


def _write(folder: Path, window: float, outputs: list[Output], tasks: dict[str, dict[str, object]]) -> Path:
    given = TaskInput.of(LogMel(bands=32), window)
    return _written(folder, given, assemble([given], tiny_network(given), outputs), outputs, tasks)


def _written(
    folder: Path, given: TaskInput, model: onnx.ModelProto, outputs: list[Output], tasks: dict[str, dict[str, object]]
) -> Path:
    onnx.checker.check_model(model, full_check=True)
    card = {"format": 1, "name": "tiny", "windowing": asdict(windowing_of(given)), "tasks": tasks}
    write_bundle(folder, model, outputs, card, "# tiny\n", b"")
    return folder
