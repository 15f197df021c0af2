"""What a norm per task costs an exported model: one trunk a task, where a shared norm leaves one for all.

Usage: ``python benchmarks/norms.py [DATA_FOLDER] [--repeats 15]``; no data is read: what is measured does not depend on
the weights.

Each encoder has its default settings, heads of ten labels and windows of one second, with the front-end that it takes.
Models go from waveform to probabilities. In the second of each three every norm is each task's own, with statistics of
its own, so that nothing but the front-end is computed for all tasks at once; the third are single models, each with
a front-end of its own. One thread, medians of repeats in which the models take turns.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import copy
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from torch import nn

from cohear.analysis.tables.text import markdown_table
from cohear.base.decoding import LabelDecoding
from cohear.base.tables import SHARED, SINGLES
from cohear.export import parts
from cohear.export.assemble import assemble
from cohear.export.bench import compare
from cohear.export.network import network_graph
from cohear.export.outputs import Output
from cohear.export.write import windowing_of
from cohear.features import FRONT_ENDS
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.per_task import PerTask
from cohear.models.sharing import SHARING, Draws, NetworkParts

ENCODERS = {"small": "logmel", "dnn": "summary"}
LABELS, WINDOW = 10, 100
PER_TASK = "norms per task"


def network(name: str, tasks: Sequence[str], *, per_task: bool) -> nn.Module:
    width = FRONT_ENDS[ENCODERS[name]]().input_width
    inputs, heads = dict.fromkeys(tasks, width), dict.fromkeys(tasks, layer(LABELS))
    made = SHARING["multihead"](NetworkParts(inputs, heads, EncoderChoice(name).build, Draws((0, 0, 0))))
    if per_task:
        with_own_norms(made, tasks)
    noise = torch.Generator().manual_seed(0)
    for module in made.modules():
        if isinstance(module, nn.BatchNorm1d):  # as trained: no two alike
            module.running_mean.normal_(generator=noise)
            module.running_var.uniform_(0.5, 2, generator=noise)
    return made.eval()


def with_own_norms(module: nn.Module, tasks: Sequence[str]) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm1d):
            setattr(module, name, PerTask(tasks, lambda task, norm=child: copy.deepcopy(norm)))
        else:
            with_own_norms(child, tasks)


def measured(name: str, tasks: Sequence[str], repeats: int, folder: Path) -> list[dict[str, object]]:
    given = TaskInput(FRONT_ENDS[ENCODERS[name]](), WINDOW)
    outputs = [Output(LabelDecoding(task, "multiclass", tuple(map(str, range(LABELS))))) for task in tasks]
    files = {}
    for setup in (SHARED, PER_TASK):
        graph = network_graph(network(name, tasks, per_task=setup == PER_TASK), dict.fromkeys(tasks, given))
        files[setup] = folder / f"{setup}.onnx"
        onnx.save(assemble([given], graph, outputs), str(files[setup]))
    singles = parts.cut(files[SHARED], list(tasks), folder).singles.values()
    setups = {setup: [[file]] for setup, file in files.items()} | {SINGLES: [[file] for file in singles]}
    rows, _ = compare(setups, [windowing_of(given)], seconds=10.0, threads=1, repeats=repeats)
    return [
        {
            "encoder": name,
            "tasks": len(tasks),
            "model": row.setup,
            "ms a second of audio": row.milliseconds,
            "processor ms": row.cpu_milliseconds,
            "kB": row.bytes / 1e3,
            "parameters": row.parameters,
            "million multiply-adds a second": row.multiply_adds / 1e6,
            "peak memory, MB": row.peak_memory / 1e6,
        }
        for row in rows
    ]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?")
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    rows = []
    for name in ENCODERS:
        for number in (2, 4, 8):
            with tempfile.TemporaryDirectory() as folder:
                rows += measured(name, [f"task{place}" for place in range(number)], repeats, Path(folder))
    print(markdown_table(rows, digits=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
