"""The encoders side by side: parameters, multiply-adds, time of an answer and of a training step.

Usage: ``python benchmarks/encoders.py [DATA_FOLDER] [--repeats 15]``; no data is read: what is measured does not depend
on the weights.

Each encoder has its default settings, one head of ten labels and windows of one second, with the front-end that it
takes (``small`` and ``cnn``: ``logmel``, ``dnn``: ``summary``). The answer is that of an exported model from waveform
to probabilities, of which the front-end's part is told; the training step is that of 32 windows. One thread, processor
time, medians of repeats in which the encoders take turns.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch

from cohear.analysis.tables.text import markdown_table
from cohear.base.decoding import LabelDecoding
from cohear.export import parts
from cohear.export.assemble import Output, assemble
from cohear.export.bench import load, play
from cohear.export.network import network_graph
from cohear.export.write import windowing_of
from cohear.features import FRONT_ENDS
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws
from cohear.models.windows import Windows
from cohear.tasks import TARGET_KINDS, WindowTargets
from cohear.training.optimiser import make_optimiser
from cohear.training.settings import TrainingSettings

ENCODERS = {"small": "logmel", "cnn": "logmel", "dnn": "summary"}
LABELS, WINDOW, BATCH, SECONDS = 10, 100, 32, 10
LIGHTER = 2.0  # times less processor time than cnn is wanted of small


@dataclass
class Candidate:
    """What is timed of an encoder, and what is counted."""

    answer: Callable[[], object]
    front_end: Callable[[], object]
    step: Callable[[], object]
    row: dict[str, object]


def candidate(name: str, folder: Path) -> Candidate:
    front_end = FRONT_ENDS[ENCODERS[name]]()
    inputs, heads = {"task": front_end.input_width}, {"task": layer(LABELS)}
    network = SHARING["multihead"](inputs, heads, EncoderChoice(name).build, Draws((0, 0, 0)))
    given = TaskInput(front_end, WINDOW)
    graph = network_graph(network.eval(), {"task": given})
    path = folder / f"{name}.onnx"
    output = Output(LabelDecoding("task", "multiclass", tuple(map(str, range(LABELS)))))
    onnx.save(assemble([given], graph, [output]), str(path))
    pieces = folder / name
    pieces.mkdir()
    front = parts.cut(path, ["task"], pieces).front
    windowings = [windowing_of(given)]
    whole_work, front_work = (parts.multiply_adds([model], windowings) for model in (path, front))
    waveform = (0.1 * np.random.default_rng(0).standard_normal((1, SECONDS * front_end.rate))).astype(np.float32)
    whole_session, front_session = load([[path]], 1), load([[front]], 1)
    row = {
        "encoder": name,
        "front-end": ENCODERS[name],
        "parameters": f"{sum(parameter.numel() for parameter in network.parameters()):,}",
        "million MACs a second": (whole_work - front_work) / 1e6,
        "of the front-end": front_work / 1e6,
    }
    return Candidate(
        lambda: play(whole_session, waveform),
        lambda: play(front_session, waveform),
        training_step(network.train(), front_end),
        row,
    )


def training_step(network, front_end) -> Callable[[], object]:
    noise = torch.Generator().manual_seed(0)
    shape = (BATCH, front_end.input_width) if front_end.layout == "vector" else (BATCH, WINDOW, front_end.input_width)
    features, labels = torch.randn(shape, generator=noise), torch.arange(BATCH) % LABELS
    network = network.to(memory_format=torch.channels_last)  # as training has it
    settings, kind = TrainingSettings(precision="float32"), TARGET_KINDS["multiclass"]
    optimiser, _ = make_optimiser(settings, network)
    targets = WindowTargets(labels, torch.ones(BATCH, dtype=torch.bool))

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        logits = network({"task": Windows(features)}, 0)["task"]
        kind.loss(logits, targets, settings.label_smoothing).backward()
        optimiser.step()

    return step


def timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="not read; every benchmark is called with it")
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        candidates = {name: candidate(name, Path(folder)) for name in ENCODERS}
        times: dict[tuple[str, str], list[float]] = {}
        for turn in range(-2, repeats):  # the first two warm up
            for name, each in candidates.items():
                for what in ("answer", "front_end", "step"):
                    taken = timed(getattr(each, what))
                    if turn >= 0:
                        times.setdefault((name, what), []).append(taken)
    median = {key: statistics.median(taken) for key, taken in times.items()}
    rows = [
        {
            **each.row,
            "answer, ms a second": median[name, "answer"] / SECONDS,
            "of which front-end": median[name, "front_end"] / SECONDS,
            f"training step of {BATCH}, ms": median[name, "step"],
        }
        for name, each in candidates.items()
    ]
    print(markdown_table(rows, digits=2))
    lighter = {what: median["cnn", what] / median["small", what] for what in ("answer", "step")}
    for what, verb in (("answer", "answers"), ("step", "trains")):
        held = "held" if lighter[what] >= LIGHTER else "MISSED"
        print(f"{held}: small {verb} in {lighter[what]:.1f} times less processor time than cnn, at least {LIGHTER}")
    return 0 if min(lighter.values()) >= LIGHTER else 1


if __name__ == "__main__":
    sys.exit(main())
