"""One model with six heads against six single models, each from waveform to answer.

Usage: ``python benchmarks/bundle.py [DATA_FOLDER]``; no data is read: what is measured does not depend on the weights.

The network is the default encoder with random weights and the labels of ``studies/speech-and-sound.yaml``. Speed is
judged by the processor time of one thread, which what else the machine does hardly changes.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from cohear.base.decoding import LabelDecoding, entry_of
from cohear.base.tables import SINGLES
from cohear.export.assemble import assemble
from cohear.export.bench import bench
from cohear.export.network import network_graph
from cohear.export.outputs import Output
from cohear.export.write import windowing_of, write_bundle
from cohear.features import LogMel
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts

LABELS = {"digit": 10, "keyword": 11, "emotion": 7, "event": 10, "urban": 10, "instrument": 15}
WINDOW = 100  # frames, one second
FASTER, SMALLER = 5.0, 5.0
REAL_TIME_FACTOR, LOAD_SECONDS = 0.005, 0.3


def make_bundle(folder: Path) -> None:
    front_end = LogMel()
    inputs = dict.fromkeys(LABELS, front_end.input_width)
    heads = {task: layer(labels) for task, labels in LABELS.items()}
    network = SHARING["multihead"](NetworkParts(inputs, heads, EncoderChoice("small").build, Draws((0, 0, 0))))
    names = {task: tuple(map(str, range(labels))) for task, labels in LABELS.items()}
    outputs = [Output(LabelDecoding(task, "multiclass", labels)) for task, labels in names.items()]
    given = TaskInput(front_end, WINDOW)
    model = assemble([given], network_graph(network.eval(), dict.fromkeys(LABELS, given)), outputs)
    tasks = {output.task: entry_of(output.decoding) for output in outputs}
    card = {"format": 1, "windowing": asdict(windowing_of(given)), "tasks": tasks}
    write_bundle(folder, model, outputs, card, "", b"")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        make_bundle(Path(folder) / "bundle")
        told = bench(Path(folder) / "bundle")
    print(json.dumps({key: told[key] for key in ("rows", "ratios")}, indent=1))
    ratios, shared = told["ratios"]["1"][SINGLES], told["rows"][0]
    faster, smaller = ratios["cpu_milliseconds"], ratios["bytes"]
    share, load = shared["cpu_milliseconds"] / 1000, shared["load_seconds"]
    goals = {
        f"{faster:.1f} times less processor time, at least {FASTER}": faster >= FASTER,
        f"{smaller:.1f} times smaller, at least {SMALLER}": smaller >= SMALLER,
        f"{share:.5f} of real time on one core, under {REAL_TIME_FACTOR}": share < REAL_TIME_FACTOR,
        f"loads in {load:.3f} s, under {LOAD_SECONDS}": load < LOAD_SECONDS,
    }
    for goal, holds in goals.items():
        print(f"{'held' if holds else 'MISSED'}: {goal}")
    return 0 if all(goals.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
