"""What an objective that looks at each task's gradient costs beside a plain sum, with 2, 4 and 8 tasks.

Usage: ``python benchmarks/objectives.py [DATA_FOLDER] [--rounds 4] [--tasks 2,4,8] [--only pcgrad,graddrop] [--out
docs/results]``; no data is read.

`small` with its defaults on frames that are made up, batches as `TrainingSettings` has them, steps as the training loop
takes them from the forward pass to the optimiser. Weights hold for ten steps unless told, so that a round is ten steps
of each objective, one after another; processor time of one thread, medians over rounds.
"""

import os
import sys

from cohear.study.launch.local import WORKER_ENVIRONMENT

if any(os.environ.get(name) != value for name, value in WORKER_ENVIRONMENT.items()):  # read before the first line
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **WORKER_ENVIRONMENT})

import argparse
import statistics
import time
from pathlib import Path

import torch

from cohear.analysis.tables.text import markdown_table
from cohear.base.errors import UserError
from cohear.base.files import write_text
from cohear.base.named import WithSettings, make
from cohear.base.processor import processor_name
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.training.objectives import OBJECTIVES, Step
from cohear.training.objectives.aggregated import SOLVED_ANEW, OfGradients, Weighing
from cohear.training.optimiser import make_optimiser
from cohear.training.settings import TrainingSettings

BANDS, FRAMES, LABELS, NAME = 64, 100, 10, (0, 0, 0)
GOALS = {2: 1.3, 8: 1.6}


class Training:
    """A network of some tasks that learns by an objective."""

    def __init__(self, objective: str | WithSettings, tasks: int) -> None:
        self.tasks, settings = [f"task {number}" for number in range(tasks)], TrainingSettings()
        heads = {task: layer(LABELS) for task in self.tasks}
        made = SHARING["multihead"](
            NetworkParts(dict.fromkeys(heads, BANDS), heads, EncoderChoice("small").build, Draws(NAME))
        )
        self.network = made.to(memory_format=torch.channels_last).train()
        self.objective = make(OBJECTIVES, objective, self.tasks)
        self.optimiser, _ = make_optimiser(settings, settings.steps, self.network, self.objective)
        noise = torch.Generator().manual_seed(0)
        self.batch = {task: Windows(torch.randn(settings.batch, FRAMES, BANDS, generator=noise)) for task in self.tasks}
        self.targets = torch.arange(settings.batch) % LABELS

    def step(self) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        embeddings = self.network.embed(self.batch, 0)
        losses = {
            task: torch.nn.functional.cross_entropy(self.network.logits(task, embeddings[task], 0), self.targets)
            for task in self.tasks
        }
        self.objective.backward(Step(losses, embeddings, self.network))
        self.optimiser.step()


def objectives() -> dict[str, str | WithSettings]:
    """All that look at gradients or learn weights of their own, and what is exact of one; those that are installed."""
    found: dict[str, str | WithSettings] = {"sum": "sum", "famo": "famo", "gradnorm": "gradnorm"}
    for name in OBJECTIVES:
        if issubclass(OBJECTIVES[name], OfGradients):
            try:
                make(OBJECTIVES, name, ["a", "b"])
            except UserError:
                continue
            found[name] = name
    weighing = next(name for name in found if issubclass(OBJECTIVES[name], Weighing))
    return {**found, f"{weighing}, every: 1": WithSettings(name=weighing, every=1)}


def measured(tasks: int, rounds: int, only: list[str]) -> dict[str, float]:
    """Milliseconds a step, by objective."""
    found = {name: part for name, part in objectives().items() if not only or name in ("sum", *only)}
    trainings = {name: Training(part, tasks) for name, part in found.items()}
    times: dict[str, list[float]] = {name: [] for name in trainings}
    for turn in range(rounds + 1):  # the first warms up
        for name, training in trainings.items():
            began = time.process_time()
            for _ in range(SOLVED_ANEW if turn else 1):
                training.step()
            if turn:
                times[name].append(1000 * (time.process_time() - began) / SOLVED_ANEW)
    return {name: statistics.median(each) for name, each in times.items()}


def page(took: dict[int, dict[str, float]], rounds: int) -> str:
    names = list(next(iter(took.values())))
    rows = [
        {"objective": name, **{f"{tasks} tasks": each[name] / each["sum"] for tasks, each in took.items()}}
        for name in names
    ]
    sums = ", ".join(f"{each['sum']:.0f} ms with {tasks} tasks" for tasks, each in took.items())
    goals = ", ".join(f"{goal} with {tasks}" for tasks, goal in GOALS.items())
    batch = TrainingSettings().batch
    return f"""# What objectives cost

Made by `python benchmarks/objectives.py --rounds {rounds}`: `small` with its defaults, {batch} windows of
{FRAMES} frames a task, float32, one thread of {processor_name()}. Processor time of a step as a multiple of a plain
sum's ({sums}); medians of rounds of {SOLVED_ANEW} steps that take turns. The goal is at most {goals}.

{markdown_table(rows, digits=2)}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="not read; every benchmark is called with it")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], help="objectives beside the sum")
    parser.add_argument("--tasks", type=lambda text: [int(each) for each in text.split(",")], default=[2, 4, 8])
    parser.add_argument("--out", type=Path, help="folder that objectives.md is written into")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    took = {tasks: measured(tasks, arguments.rounds, arguments.only) for tasks in arguments.tasks}
    text = page(took, arguments.rounds)
    print(text)
    if arguments.out:
        write_text(arguments.out / "objectives.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
