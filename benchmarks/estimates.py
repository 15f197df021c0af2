"""What `cohear run --dry-run` foretells of three studies of different shapes, beside what they took.

Usage: ``python benchmarks/estimates.py [--data ../shared/data] [--only NAME] [--out docs/results]``. About eight
minutes of one core. Each study begins with an empty cache of features, is foretold, and is run with one run at a time,
all in processes of their own. Times are processor time of these processes with all that they start (``getrusage``), so
that other work on the machine does not count; reading the audio once, which the dry run does in place of the run, is
in neither. Memory is the largest resident size of a run, disk what lies in folders of runs and features.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text

TASKS = {
    "digit": ("fsdd", {"target": "digit", "hold_out": "speaker"}),
    "keyword": ("speech_commands", {"target": "keyword", "hold_out": "group", "drop": ["_silence_"]}),
    "emotion": ("emodb", {"target": "emotion", "hold_out": "speaker"}),
    "event": ("esc10", {"target": "event", "folds": "fold"}),
    "instrument": ("philharmonia", {"target": "instrument", "hold_out": "group"}),
}

STUDIES = {
    "pairs": {
        "tasks": ["digit", "emotion", "event"],
        "features": ["logmel"],
        "encoders": ["small"],
        "combinations": ["singles", "pairs"],
        "repeats": {"folds": 1, "seeds": 1},
        "training": {"steps": 60},
    },
    "budgets": {
        "tasks": ["digit", "keyword", "emotion", "event"],
        "features": [{"name": "summary", "statistics": "functionals"}],
        "encoders": ["mlp"],
        "baselines": ["svm"],
        "combinations": ["singles", "pairs"],
        "controls": [{"name": "shuffled", "pairs": [["digit", "keyword"]]}],
        "repeats": {"folds": 2, "seeds": 1},
        "training": {"steps": 300},
        "arms": {"base": {}, "tenth": {"labels": {"share": 0.1, "of": "each"}}},
        "keep": [],
    },
    "encoders": {
        "tasks": ["emotion", "event", "instrument"],
        "features": ["summary", "logmel"],
        "encoders": ["dnn", {"name": "cnn", "channels": 16}, "bcresnet"],
        "baselines": ["forest", "nearest", {"name": "gmm", "features": {"name": "logmel"}}],
        "combinations": ["singles", "all"],
        "repeats": {"folds": 1, "seeds": 1},
        "training": {"steps": 40, "batch": 16},
    },
}

FORETELL = """
import json, sys
from dataclasses import asdict
from cohear import Study
found, _ = Study.load(sys.argv[1], sys.argv[2]).estimate(jobs=1)
print(json.dumps({**asdict(found), "seconds": found.seconds, "bytes": found.bytes}))
"""


def written(name: str, data: Path, folder: Path) -> Path:
    """The file of one of the studies."""
    study = STUDIES[name]
    datasets = {TASKS[task][0]: {"path": str(data.resolve() / TASKS[task][0])} for task in study["tasks"]}
    tasks = {task: {"dataset": TASKS[task][0], **TASKS[task][1]} for task in study["tasks"]}
    path = folder / "study.yaml"
    content = {**study, "study": name, "datasets": datasets, "tasks": tasks}
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def called(*command: str, folder: Path) -> tuple[str, float]:
    """Standard output of a process, and processor seconds of it and of all that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "COHEAR_CACHE": str(folder / "cache")}
    ended = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def foretold_and_measured(name: str, data: Path) -> list[dict[str, object]]:
    """Rows of one study."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        study, out = written(name, data, folder), folder / "out"
        foretold = json.loads(called(sys.executable, "-c", FORETELL, str(study), str(out), folder=folder)[0])
        _, seconds = called(
            *(sys.executable, "-m", "cohear", "run", str(study), "--out", str(out), "--jobs", "1"), folder=folder
        )
        records = [json.loads(path.read_text()) for path in out.glob("runs/*/record.json")]
        memory = max(record["peak_memory_bytes"] for record in records)
        disk = bytes_below(out / "runs") + bytes_below(folder / "cache" / "features")
        print(name, json.dumps(foretold), seconds, flush=True)
    figures = [
        ("processor time, s", foretold["seconds"], seconds, ".0f", 1.0),
        ("memory of a worker, MB", foretold["memory"], memory, ".0f", 1e6),
        ("disk, MB", foretold["bytes"], disk, ".1f", 1e6),
    ]
    return [
        {
            "study": f"{name}, {len(records)} runs",
            "what": what,
            "foretold": f"{before / unit:{digits}}",
            "measured": f"{after / unit:{digits}}",
            "ratio": f"{before / after:.2f}",
            "trials, s": f"{foretold['tried']:.0f}" if unit == 1.0 else "",
        }
        for what, before, after, digits, unit in figures
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", choices=list(STUDIES), action="append")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rows = [row for name in options.only or STUDIES for row in foretold_and_measured(name, options.data)]
    table = markdown_table(rows)
    print(table)
    if options.out:
        write_text(options.out / "estimates-table.md", table + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
