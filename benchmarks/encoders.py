"""The encoders side by side: parameters, multiply-adds, time of an answer and of a training step.

Usage: ``python benchmarks/encoders.py [DATA_FOLDER] [--repeats 15] [--encoders small,cnn]``; no data is read: what is
measured does not depend on the weights.

Each encoder has its default settings, one head of ten labels and windows of one second, with the front-end that it
takes. The answer is that of an exported model from waveform to probabilities, of which the front-end's part is told;
the training step is that of 32 windows. One thread, processor time, medians of repeats in which the encoders take
turns.

With ``--train 0,1,2`` singles of each are trained on these folds of a study, of the tasks of ``--tasks``, and nothing
else is measured. Of ``--out`` (``docs/results``) every run that is finished stands in ``encoders.csv``, and what is
said of all of them in ``encoders.md``, which is written anew at each call; ``--train ""`` writes it alone. So it runs
in parts, an encoder or a task at a time: a run that is there is not trained again unless its key is another, which
holds all that its numbers depend on.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import csv
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import torch
import yaml

from cohear import Study
from cohear.analysis.tables.text import markdown_table
from cohear.base.decoding import LabelDecoding
from cohear.base.files import cache_folder, make_folder, write_text
from cohear.base.tables import Column, Table
from cohear.export import parts
from cohear.export.assemble import assemble
from cohear.export.bench import load, play
from cohear.export.network import network_graph
from cohear.export.outputs import Output
from cohear.export.write import windowing_of
from cohear.features import FRONT_ENDS
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.runs.in_place import PackInPlace
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare, write_splits
from cohear.tasks import TARGET_KINDS, WindowTargets
from cohear.training.loop import train_one
from cohear.training.optimiser import make_optimiser
from cohear.training.record import record_of
from cohear.training.settings import TrainingSettings

HERE = Path(__file__).resolve().parents[1]
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
BESIDE = "small"
JOURNAL = Table(
    "encoders.csv",
    "A row per finished run.",
    (
        Column("encoder", "at its defaults"),
        Column("task", "its only task"),
        Column("fold", "the repeat's", "whole number"),
        Column("metric", "the task's own"),
        Column("value", "of the test part", "number"),
        Column("parameters", "numbers that were learnt", "whole number"),
        Column("seconds", "processor time", "number", "s"),
        Column("run", "key"),
    ),
)
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
    optimiser, _ = make_optimiser(settings, settings.steps, network)
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


def trained(data: Path, encoder: str, tasks: Sequence[str], folds: Sequence[int], known: set) -> Iterator[dict]:
    """Rows of the journal, as runs of singles finish; those that are known are not trained."""
    chosen = {name: TASKS[name] for name in tasks}
    study = {
        "study": "encoders",
        "datasets": {name: {"path": str((data / name).resolve())} for name in {t["dataset"] for t in chosen.values()}},
        "tasks": chosen,
        "features": [ENCODERS[encoder]],
        "encoders": [encoder],
        "baselines": [],
        "combinations": ["singles"],
        "repeats": {"folds": 5},
    }
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "study.yaml"
        file.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
        cache, folder = make_folder(cache_folder()), StudyFolder(Path(place) / "out")
        prepared = prepare(Study.load(file).settings, file.parent, cache=cache, jobs=1)
        make_stores(prepared, cache=cache, jobs=1, progress=NoProgress())
        make_folder(folder.splits)
        write_splits(prepared, folder)
        runs = [run for run in prepared.plan if run.fold in folds and run.key not in known]
        pack = PackInPlace.of([run.spec for run in runs], splits=folder.splits, cache=cache, code=file.parent, runs=[])
        for run in runs:
            began = time.process_time()
            record = record_of(train_one(run.spec, pack))
            ((task, scores),) = record.tasks.items()
            yield {
                **{"encoder": encoder, "task": task, "fold": run.fold, "metric": scores.metric},
                **{"value": round(scores.score(), 4), "parameters": record.parameters},
                **{"seconds": round(time.process_time() - began, 1), "run": run.key},
            }


def read_journal(file: Path) -> list[dict]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def page(runs: pd.DataFrame) -> str:
    """A row an encoder, and what each is beside `small` where both were trained."""
    tasks = [task for task in TASKS if task in set(runs["task"])]
    by_cell = runs.set_index(["encoder", "task", "fold"])["value"]
    rows, beside = [], []
    for name in (each for each in ENCODERS if each in set(runs["encoder"])):
        own = runs[runs["encoder"] == name]
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
        for task in means.index if name != BESIDE else ():
            both = [fold for fold in own[own["task"] == task]["fold"] if (BESIDE, task, fold) in by_cell.index]
            added = pd.Series([100 * (by_cell[name, task, fold] - by_cell[BESIDE, task, fold]) for fold in both])
            if len(added) > 1:
                told = f"{added.mean():+.1f} ± {added.sem():.1f}"
                beside.append({"encoder": name, "task": task, "folds": len(added), f"points above {BESIDE}": told})
    return f"""# Encoders, each task alone

Made by `python benchmarks/encoders.py --train ""` of [encoders.csv](encoders.csv), which `--train FOLDS` adds to:
singles of each encoder at its defaults, on the folds that are there, which may be other ones from cell to cell. Scores
are in each task's own metric, in hundredths, on test clips; seconds are those of the processor, one thread.

{markdown_table(rows)}

On the folds that both have, with the standard error over these:

{markdown_table(beside) if beside else "Nothing yet."}
"""


def train(data: Path, out: Path, encoders: Sequence[str], tasks: Sequence[str], folds: Sequence[int]) -> None:
    """Train what the journal lacks, and write the page."""
    journal = out / JOURNAL.file
    rows = read_journal(journal)
    for name in encoders if folds else ():
        known = {row["run"] for row in rows}
        for row in trained(data, name, tasks, folds, known):
            place = ("encoder", "task", "fold")
            rows = [old for old in rows if any(str(old[key]) != str(row[key]) for key in place)] + [row]
            write_text(journal, JOURNAL.text(rows))
            print(*row.values(), flush=True)
    if rows:
        text = page(pd.read_csv(journal))
        write_text(out / "encoders.md", text)
        print(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"), help="read by --train alone")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--encoders", default=",".join(ENCODERS))
    parser.add_argument("--train", metavar="FOLDS", help="train singles on these folds")
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "results")
    options = parser.parse_args()
    repeats, chosen = options.repeats, options.encoders.split(",")
    torch.set_num_threads(1)
    if options.train is not None:
        folds = [int(fold) for fold in options.train.split(",") if fold]
        train(options.data, options.out, chosen, options.tasks.split(","), folds)
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
