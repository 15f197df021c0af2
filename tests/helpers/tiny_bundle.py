"""A bundle without a study: a hand-made model that tells pitches apart, in a fraction of a second.

``make_tiny_bundle(folder)`` writes it; its tasks are ``pitch`` (multiclass: low, mid, high) and ``parts``
(multilabel: which of the three are there). ``tone("low", seconds)`` is a sound that it answers rightly.
``make_number_bundle(folder)`` writes one with ``pitch`` and with ``levels`` (three numbers).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx

from cohear.base.decoding import LabelDecoding, NumberDecoding, entry_of
from cohear.export.assemble import FEATURES, LENGTHS, Output, assemble, logits_name
from cohear.export.builder import GraphBuilder, floats, integers
from cohear.export.write import windowing_of, write_bundle
from cohear.features.filterbank import hertz_to_mel, mel_to_hertz
from cohear.features.front_end import FrontEnd
from cohear.features.logmel import LogMel

RATE = 16000
PITCHES = {"low": 300.0, "mid": 1200.0, "high": 4000.0}
LABELS = tuple(PITCHES)
OUTPUTS = [
    Output(LabelDecoding("pitch", "multiclass", LABELS)),
    Output(LabelDecoding("parts", "multilabel", LABELS, (0.5, 0.5, 0.5))),
]
LEVELS = NumberDecoding("levels", "number", LABELS, "nat", -12.0, 12.0, (0.5, 0.5, 1.0))
"""Level at each pitch, as a task of numbers."""


def tone(*pitches: str, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    """Float32 ``[samples]``: the sum of tones, or digital silence without any."""
    time = np.arange(round(seconds * rate)) / rate
    total = sum((0.2 * np.sin(2 * np.pi * PITCHES[pitch] * time) for pitch in pitches), np.zeros(len(time)))
    return total.astype(np.float32)


def tiny_network(front_end: FrontEnd, window: int) -> onnx.ModelProto:
    """Mean level at the three pitches, less a threshold, as what both tasks' heads give."""
    graph = GraphBuilder("tiny")
    edges = np.linspace(hertz_to_mel(front_end.low), hertz_to_mel(front_end.high), front_end.bands + 2)
    centres = mel_to_hertz(edges[1:-1])
    weights = np.zeros((front_end.bands, 3), np.float32)
    for column, hertz in enumerate(PITCHES.values()):
        weights[np.argmin(np.abs(centres - hertz)), column] = 1.0
    levels = graph.node("MatMul", FEATURES, graph.constant(weights))  # [M, W, 3]
    total = graph.node("ReduceSum", levels, graph.constant([1]), keepdims=0)
    length = graph.node("Unsqueeze", graph.node("Cast", LENGTHS, to=1), graph.constant([1]))
    level = graph.node("Div", total, length)
    for number in range(2):
        graph.node("Sub", level, graph.constant(np.float32(2.0)), name=logits_name(number))
    return graph.model(
        [floats(FEATURES, "rows", window, front_end.bands), integers(LENGTHS, "rows")],
        [floats(logits_name(number), "rows", 3) for number in range(2)],
    )


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


def _write(folder: Path, window: float, outputs: list[Output], tasks: dict[str, dict[str, object]]) -> Path:
    front_end = LogMel(bands=32)
    frames = round(window * RATE / front_end.hop)
    model = assemble(front_end, tiny_network(front_end, frames), frames, outputs)
    onnx.checker.check_model(model, full_check=True)
    windowing = asdict(windowing_of(front_end, frames))
    card = {"format": 1, "name": "tiny", "windowing": windowing, "tasks": tasks}
    write_bundle(folder, model, outputs, card, "# tiny\n", b"")
    return folder
