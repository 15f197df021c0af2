"""What a training step of two tasks costs, part by part, beside the same network in bare PyTorch and in two libraries.

Usage: ``python benchmarks/step.py [DATA_FOLDER] [--repeats 9] [--out docs/results]``; no data is read: the frames are
made up, and what is measured does not depend on them.

`small` with its defaults on `logmel`, two tasks of ten labels, batches and windows as `TrainingSettings` and a study
have them, in the precision that is the fastest here. A step is taken as the training loop takes it, and the time of
its parts is noted as it goes by; beside it the same encoder and heads learn from batches that are ready: in a plain
PyTorch loop, in LibMTL (equal weights, a pass through the encoder for each task) and with torchjd (``mtl_backward`` and
the mean), where these are installed. Layers are timed alone, on what reaches them in a step. One thread, processor
time, medians of repeats in which all take turns. Memory is kept by the process, as workers keep it: the benchmark
starts itself again with their environment.
"""

import os
import sys

from cohear.study.launch.local import WORKER_ENVIRONMENT

if any(os.environ.get(name) != value for name, value in WORKER_ENVIRONMENT.items()):  # read before the first line
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **WORKER_ENVIRONMENT})

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text
from cohear.base.processor import processor_name
from cohear.base.streams import stream, torch_stream
from cohear.features import FRONT_ENDS
from cohear.features.store import FeatureStore
from cohear.features.task_input import TaskInput
from cohear.features.windows import scored_windows
from cohear.models.choice import EncoderChoice
from cohear.models.heads import head_of
from cohear.models.sharing import SHARING, Draws, Network, NetworkParts
from cohear.models.windows import Windows
from cohear.runs.place import PROCESSOR
from cohear.runs.task_data import TaskData
from cohear.tasks import METRICS, TARGET_KINDS, Targets
from cohear.training.batches import Rows, TaskBatches
from cohear.training.curve import POINTS, Curve
from cohear.training.device import Device
from cohear.training.evaluate import Evaluation
from cohear.training.finite import StepsWatched
from cohear.training.objectives import Step, Sum
from cohear.training.optimiser import make_optimiser
from cohear.training.settings import TrainingSettings

NAME = (0, 0, 0)
TASKS, LABELS, CLIPS, FRAMES = ("a", "b"), 10, 240, (60, 250)  # a third of the clips are shorter than a window
WINDOW = 1.0  # seconds
LAYERS = ("first", "second", "third", "residual", "merge")


def made_up(task: str) -> TaskData:
    """A task of noise: half of its clips are trained on, a quarter each for validation and test."""
    draw, width = stream("benchmark", task), FRONT_ENDS["logmel"]().frame_width
    offsets = np.concatenate([[0], np.cumsum(draw.integers(*FRAMES, CLIPS))])
    frames = draw.standard_normal((offsets[-1], width)).astype(np.float32)
    names = [f"{task}{clip}" for clip in range(CLIPS)]
    places = np.arange(CLIPS)
    return TaskData(
        name=task,
        kind=TARGET_KINDS["multiclass"],
        metric=METRICS["uar"],
        labels=[f"label {label}" for label in range(LABELS)],
        scored=np.ones(LABELS, np.bool_),
        clips=names,
        rows=places,
        targets=Targets(places % LABELS, np.ones(CLIPS, np.bool_)),
        parts={"train": places[: CLIPS // 2], "validation": places[CLIPS // 2 : -CLIPS // 4]},
        store=FeatureStore(task, frames, offsets, np.ones(len(frames), np.bool_), tuple(names)),
        test_part="",
    )


class Training:
    """A run of two tasks up to the step that is timed, and that step: see ``cohear/training/loop.py``."""

    def __init__(self, device: Device) -> None:
        self.device, self.settings = device, TrainingSettings()
        self.tasks = {task: made_up(task) for task in TASKS}
        self.input = TaskInput.of(FRONT_ENDS["logmel"](), WINDOW)
        self.network = network(self.input.width)
        self.objective = Sum(list(TASKS))
        self.optimiser, self.rate = make_optimiser(self.settings, self.settings.steps, self.network)
        self.batches = {
            task: TaskBatches(data, self.input, self.settings, NAME, self.network.encoder_of(task).stride)
            for task, data in self.tasks.items()
        }
        self.watched, self.curve, self.number = StepsWatched(device), Curve(self.tasks), 0
        self.validation = [Evaluation(data, "validation", self.input, NAME) for data in self.tasks.values()]

    def batch(self) -> dict[str, Rows]:
        return {task: batches.make(self.number) for task, batches in self.batches.items()}

    def step(self) -> Iterator[str]:
        """One step, which says after each part what it was."""
        self.optimiser.zero_grad(set_to_none=True)
        here = self.batch()
        yield "windows of a batch: gathered, augmented"
        with self.device.forward():
            embeddings = self.network.embed({task: rows.windows for task, rows in here.items()}, self.number)
            logits = {task: self.network.logits(task, embeddings[task], self.number) for task in here}
        yield "forward"
        losses = {}
        for task, rows in here.items():
            losses[task] = self.tasks[task].kind.loss(logits[task].float(), rows.targets, self.settings.label_smoothing)
            self.watched.saw(task, self.number, losses[task], logits[task])
        yield "losses, and whether they are finite"
        with torch_stream(*NAME, "objective", "step", self.number):
            self.objective.backward(Step(losses, embeddings, self.network))
        yield "backward"
        self.optimiser.step()
        self.rate.step()
        yield "optimiser and learning rate"
        for task, rows in here.items():
            self.curve.saw(task, losses[task], logits[task], rows.targets)
        yield "curve"
        self.number += 1

    def whole_step(self) -> None:
        for _ in self.step():
            pass

    def windows_of(self, task: str, part: str) -> int:
        data = self.tasks[task]
        return len(scored_windows(data.store, data.rows[data.parts[part]], self.input.window)[0])

    def look(self) -> None:
        """What is done at each point of the curve."""
        for task, evaluation in zip(TASKS, self.validation, strict=True):
            self.curve.training_point(task, self.number)
            evaluation.scores(evaluation.predict(self.network, self.number))


def network(width: int) -> Network:
    heads = {task: head_of(TARGET_KINDS["multiclass"], list(map(str, range(LABELS)))) for task in TASKS}
    made = SHARING["multihead"](
        NetworkParts(dict.fromkeys(TASKS, width), heads, EncoderChoice("small").build, Draws(NAME))
    )
    return made.to(memory_format=torch.channels_last).train()


class Bare:
    """The same encoder and heads on batches that are ready, as a loop without a library has them."""

    def __init__(self, training: Training) -> None:
        self.device, settings = training.device, training.settings
        made = network(training.input.width)
        self.encoder, self.heads = made.encoders[0], dict(zip(TASKS, made.heads, strict=True))
        self.batch = training.batch()
        self.smoothing = settings.label_smoothing
        self.optimiser = torch.optim.AdamW(made.parameters(), lr=settings.learning_rate, fused=True)

    def embedding(self, windows: Windows) -> torch.Tensor:
        with self.device.forward():
            return self.encoder(windows).of("vector")

    def loss(self, task: str, logits: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(logits.float(), self.batch[task].targets.values, label_smoothing=self.smoothing)

    def together(self) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Embedding of all rows, and the loss of each task on its own."""
        vectors = self.embedding(Windows.joined({task: rows.windows for task, rows in self.batch.items()}))
        own = torch.split(vectors, [len(self.batch[task].targets.known) for task in TASKS])
        return vectors, {task: self.loss(task, self.heads[task](rows)) for task, rows in zip(TASKS, own, strict=True)}

    def step(self) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        sum(self.together()[1].values()).backward()
        self.optimiser.step()


class WithTorchjd(Bare):
    """Gradients of each task in the encoder, and their mean."""

    def __init__(self, training: Training) -> None:
        from torchjd import aggregation, autojac  # noqa: PLC0415 - where it is installed

        super().__init__(training)
        self.autojac, self.mean = autojac, aggregation.Mean()

    def step(self) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        vectors, losses = self.together()
        self.autojac.mtl_backward(list(losses.values()), features=vectors)
        self.autojac.jac_to_grad(self.encoder.parameters(), self.mean)
        self.optimiser.step()


class WithLibmtl(Bare):
    """Hard parameter sharing with equal weights, each task with input of its own."""

    def __init__(self, training: Training) -> None:
        from LibMTL.architecture import HPS  # noqa: PLC0415 - where it is installed
        from LibMTL.weighting import EW  # noqa: PLC0415

        super().__init__(training)
        bare, heads = self, nn.ModuleDict(self.heads)

        class Encoder(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.encoder = bare.encoder

            def forward(self, windows: Windows) -> torch.Tensor:
                return bare.embedding(windows)

        self.model = type("Model", (HPS, EW), {})(list(TASKS), Encoder, heads, False, True, torch.device(PROCESSOR))

    def step(self) -> None:
        losses = torch.zeros(len(TASKS))
        for place, task in enumerate(TASKS):
            losses[place] = self.loss(task, self.model(self.batch[task].windows, task)[task])
        self.optimiser.zero_grad(set_to_none=True)
        self.model.backward(losses)
        self.optimiser.step()


def layers(training: Training) -> dict[tuple[str, str], Callable[[], object]]:
    """Forward and backward of each convolution and each norm (with its ReLU) alone, on what a step gives them."""
    encoder, seen = training.network.encoder_of(TASKS[0]), {}
    parts = {(layer, "convolution"): getattr(encoder, layer).convolution for layer in LAYERS}
    parts |= {(layer, "norm"): getattr(encoder, layer).norm for layer in LAYERS}
    parts["input", "norm"] = encoder.input_norm.norm
    hooks = [
        module.register_forward_pre_hook(lambda _, given, place=place: seen.update({place: given[0]}))
        for place, module in parts.items()
    ]
    training.whole_step()
    for hook in hooks:
        hook.remove()
    return {place: passes(module, seen[place], training.device) for place, module in parts.items()}


def passes(module: nn.Module, given: torch.Tensor | Windows, device: Device) -> Callable[[], object]:
    windows = given if isinstance(given, Windows) else None
    features = (given if windows is None else windows.features).detach()
    learns = (given if windows is None else windows.features).requires_grad
    features.requires_grad_(learns)
    wanted = [*module.parameters(), *([features] if learns else [])]

    def forward() -> torch.Tensor:
        with device.forward():
            return module(features) if windows is None else module(windows.holding(features)).features

    gradient = torch.randn_like(forward())
    return lambda: torch.autograd.grad(forward(), wanted, gradient)


def streams() -> None:
    """Those of a step: encoder, two heads, objective."""
    for name in (("encoder",), *(("head", task) for task in TASKS), ("objective",)):
        with torch_stream(*NAME, *name, "step", 0):
            pass


def milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def measured(training: Training, repeats: int) -> dict[object, float]:
    """Medians of all that takes turns: rivals by name, parts of a step by theirs, layers by place."""
    rivals: dict[object, Callable[[], object]] = {"bare PyTorch": Bare(training).step}
    for name, rival in {"LibMTL": WithLibmtl, "torchjd": WithTorchjd}.items():
        with suppress(ImportError):
            rivals[name] = rival(training).step
    rivals |= layers(training)
    rivals["streams"], rivals["look"] = streams, training.look
    times: dict[object, list[float]] = {}
    for turn in range(-2, repeats):  # the first two warm up
        now: dict[object, float] = {}
        before = began = time.process_time()
        for part in training.step():
            now["part", part] = 1000 * (time.process_time() - before)
            before = time.process_time()
        now["cohear"] = 1000 * (time.process_time() - began)
        now |= {name: milliseconds(work) for name, work in rivals.items()}
        if turn >= 0:
            for name, taken in now.items():
                times.setdefault(name, []).append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def page(training: Training, took: dict[object, float], repeats: int) -> str:
    whole, steps = took["cohear"], training.settings.steps
    beside = [
        {"a step of": name, "ms": took[name], "of cohear's": took[name] / whole} for name in RIVALS if name in took
    ]
    parts = [{"part": key[1], "ms": ms, "share": ms / whole} for key, ms in took.items() if key[0] == "part"]
    parts.append({"part": "of these: named streams", "ms": took["streams"], "share": took["streams"] / whole})
    kinds = {"convolution": LAYERS, "norm": ("input", *LAYERS)}
    alone = [
        {"layer": layer, "what": kind, "ms": took[layer, kind], "share": took[layer, kind] / whole}
        for kind, places in kinds.items()
        for layer in places
    ]
    windows = sum(training.windows_of(task, "validation") for task in TASKS)
    looking = POINTS * took["look"] / (steps * whole)
    missing = [name for name in RIVALS if name not in took]
    without = f" Not installed: {', '.join(missing)}." if missing else ""
    setup = f"{training.settings.batch} windows of {training.input.window} frames a task, {training.device.precision}"
    return f"""# What a training step costs

Made by `python benchmarks/step.py --repeats {repeats}`: two tasks, `small` and `logmel` with their defaults,
{setup}, one thread of {processor_name()}. Processor
time, medians of steps that take turns.{without}

{markdown_table(beside, digits=2)}

## Its parts

{markdown_table(parts, digits=2)}

## Layers alone, forward and backward

Norms with the ReLU behind them. What they read may still be in the cache, where in a step it is not.

{markdown_table(alone, digits=2)}

## Looking at it

A point of the curve, with the scores of {windows} windows of validation, takes {took["look"]:.0f} ms: all {POINTS}
together add {looking:.1%} to {steps} steps.
"""


RIVALS = ("cohear", "bare PyTorch", "LibMTL", "torchjd")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="not read; every benchmark is called with it")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--out", type=Path, help="folder that step.md is written into")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    training = Training(Device.of(PROCESSOR))
    text = page(training, measured(training, arguments.repeats), arguments.repeats)
    print(text)
    if arguments.out:
        write_text(arguments.out / "step.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
