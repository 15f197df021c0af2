"""The audit of `cohear check` over folders of audio, first and second pass.

Usage: ``python benchmarks/check.py DATA_FOLDER [--repeats 3]``; every folder in DATA_FOLDER with a manifest is a
dataset. The audit has no tasks of its own: a task is made of the first label column of each dataset.

One thread; times are those of the processor (``time.process_time``), so that other work on the machine counts little.
The first pass begins with an empty cache, the second is the same again, in a process of its own with all imports.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cohear.base.yaml_text import YamlText
from cohear.data.audit.columns import columns_of_names
from cohear.data.tables.reader import read_clip_table
from cohear.study.audit import check_data
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from

REQUIRED_REAL_TIME = 400.0
REQUIRED_AGAIN = 5.0


def audit(data: Path, cache: Path) -> dict[str, float]:
    """Check all folders; seconds of the processor for the check and with imports, and seconds of audio."""
    folders = sorted(path.parent for path in data.glob("*/manifest.*"))
    targets = {folder.name: columns_of_names(read_clip_table(folder, folder.name))[0] for folder in folders}
    content = {
        "study": "benchmark",
        "datasets": {folder.name: {"path": folder.name} for folder in folders},
        "tasks": {name: {"dataset": name, "target": target} for name, target in targets.items()},
    }
    settings = with_paths_from(check_study(YamlText(content)), data.resolve())
    began = time.process_time()
    found = check_data(settings, cache=cache, jobs=1)
    return {
        "check": time.process_time() - began,
        "all": time.process_time(),
        "audio": sum(facts["seconds"] for facts in found.datasets.values()),
        "clips": sum(facts["clips"] for facts in found.datasets.values()),
        "findings": len(found.findings),
    }


def in_a_process(data: Path, cache: Path) -> dict[str, float]:
    """The same in a new process, as the command is."""
    command = [sys.executable, __file__, str(data), "--cache", str(cache)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description="The audit over folders of audio, first and second pass.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.cache:
        print(json.dumps(audit(arguments.data, arguments.cache)))
        return 0
    first, again = [], []
    for _ in range(arguments.repeats):
        with tempfile.TemporaryDirectory() as cache:
            first.append(in_a_process(arguments.data, Path(cache)))
            again.append(in_a_process(arguments.data, Path(cache)))
    speed = statistics.median(one["audio"] / one["check"] for one in first)
    seconds = statistics.median(one["all"] for one in again)
    one = first[0]
    print(
        f"{one['clips']:.0f} clips, {one['audio']:.0f} s of audio, {one['findings']:.0f} findings, {len(first)} repeats"
    )
    print(f"  first pass  {speed:.0f} x real time on one core, required {REQUIRED_REAL_TIME:.0f}")
    print(f"  second pass {seconds:.1f} s of one core with all imports, required less than {REQUIRED_AGAIN:.0f}")
    return 0 if speed >= REQUIRED_REAL_TIME and seconds < REQUIRED_AGAIN else 1


if __name__ == "__main__":
    sys.exit(main())
