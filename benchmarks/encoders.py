"""The encoders side by side: parameters, multiply-adds, time of an answer and of a training step.

Usage: ``python benchmarks/encoders.py [DATA_FOLDER] [--repeats 15] [--encoders small,cnn]``; no data is read: what is
measured does not depend on the weights.

Each encoder has its default settings, one head of ten labels and windows of one second, with the front-end that it
takes. The answer is that of an exported model from waveform to probabilities, of which the front-end's part is told;
the training step is that of 32 windows. One thread, processor time, medians of repeats in which the encoders take
turns.

With ``--train 5`` singles of each are trained on the folds that a study cuts, of the tasks of ``--tasks``, and nothing
else is measured: a row an encoder has its parameters, the seconds of a run, mean over all of them, and the score of
each task in its own metric, mean over the folds. ``--out`` keeps the study, which then goes on where it was stopped.
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
import pandas as pd
import torch
import yaml

from cohear import Study
from cohear.analysis.tables.results import read_results
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
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.tasks import TARGET_KINDS, WindowTargets
from cohear.training.optimiser import make_optimiser
from cohear.training.settings import TrainingSettings

ENCODERS = {
    "small": "logmel",
    "cnn": "logmel",
    "dnn": "summary",
    "bcresnet": "logmel",
    "crnn": "logmel",
    "wavenet": "logmel",
    "transformer": "logmel",
    "filters": "waveform",
}
TASKS = {
    "digit": {"dataset": "fsdd", "target": "digit", "hold_out": "speaker"},
    "keyword": {"dataset": "speech_commands", "target": "keyword", "hold_out": "group", "drop": ["_silence_"]},
    "emotion": {"dataset": "emodb", "target": "emotion", "hold_out": "speaker"},
    "event": {"dataset": "esc10", "target": "event", "folds": "fold"},
    "urban": {"dataset": "urbansound8k", "target": "event", "folds": "fold"},
    "instrument": {"dataset": "philharmonia", "target": "instrument", "hold_out": "group"},
}
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
    network = SHARING["multihead"](NetworkParts(inputs, heads, EncoderChoice(name).build, Draws((0, 0, 0))))
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


def singles(data: Path, place: Path, encoders: list[str], tasks: list[str], folds: int) -> pd.DataFrame:
    """Results of each encoder on each task alone."""
    chosen = {name: TASKS[name] for name in tasks}
    study = {
        "study": "encoders",
        "datasets": {name: {"path": str((data / name).resolve())} for name in {t["dataset"] for t in chosen.values()}},
        "tasks": chosen,
        "features": list(dict.fromkeys(ENCODERS[name] for name in encoders)),
        "encoders": encoders,
        "baselines": [],
        "combinations": ["singles"],
        "repeats": {"folds": folds},
        "keep": ["curves"],
    }
    place.mkdir(parents=True, exist_ok=True)
    (place / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    Study.load(place / "study.yaml").run(place / "run", jobs=1)
    return read_results(place / "run")


def scores_of(results: pd.DataFrame, encoders: list[str], tasks: list[str]) -> list[dict[str, object]]:
    """A row an encoder."""
    rows = []
    for name in encoders:
        own = results[results["encoder"] == name]
        means = own.groupby("task")["value"].mean()
        rows.append(
            {
                "encoder": name,
                "front-end": ENCODERS[name],
                "parameters": f"{own['parameters'].mean():,.0f}",
                "seconds a run": f"{own['seconds'].mean():.0f}",
                **{task: f"{100 * means[task]:.1f}" if task in means else "" for task in tasks},
            }
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"), help="read by --train alone")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--encoders", default=",".join(ENCODERS))
    parser.add_argument("--train", type=int, metavar="FOLDS")
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    repeats, chosen = options.repeats, options.encoders.split(",")
    torch.set_num_threads(1)
    if options.train:
        tasks = options.tasks.split(",")
        with tempfile.TemporaryDirectory() as folder:
            results = singles(options.data, options.out or Path(folder), chosen, tasks, options.train)
        print(markdown_table(scores_of(results, chosen, tasks)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        candidates = {name: candidate(name, Path(folder)) for name in chosen}
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
    if not {"small", "cnn"} <= set(chosen):
        return 0
    lighter = {what: median["cnn", what] / median["small", what] for what in ("answer", "step")}
    for what, verb in (("answer", "answers"), ("step", "trains")):
        held = "held" if lighter[what] >= LIGHTER else "MISSED"
        print(f"{held}: small {verb} in {lighter[what]:.1f} times less processor time than cnn, at least {LIGHTER}")
    return 0 if min(lighter.values()) >= LIGHTER else 1


if __name__ == "__main__":
    sys.exit(main())
