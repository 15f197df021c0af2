"""Tiny studies on audio made here: two or three datasets of a few dozen clips of 0.3 s, and the real command line."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import soundfile
import yaml
from command import called

COHEAR = Path(sys.executable).with_name("cohear")
RATE = 16000
SECONDS = 0.3


def sound(pitch: float, seed: int, seconds: float = SECONDS, rate: int = RATE) -> np.ndarray:
    """A tone in noise, another for each seed."""
    noise = np.random.default_rng(seed)
    time_axis = np.arange(round(seconds * rate)) / rate
    wave = 0.3 * np.sin(2 * np.pi * pitch * time_axis + noise.uniform(0, 6)) + 0.05 * noise.standard_normal(
        len(time_axis)
    )
    return wave.astype(np.float32)


def write_table(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """``manifest.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def write_dataset(
    folder: Path, target: str, labels: Sequence[str], *, groups: int = 5, each: int = 1, seed: int = 0
) -> list[dict[str, str]]:
    """``each`` clips a label and group; returns the table's rows."""
    rows = []
    (folder / "audio").mkdir(parents=True, exist_ok=True)
    for number, (label, group, _) in enumerate(
        (label, group, again) for label in range(len(labels)) for group in range(groups) for again in range(each)
    ):
        path = f"audio/{number:03}.wav"
        soundfile.write(folder / path, sound(300.0 + 400 * label, 1000 * seed + number), RATE, subtype="PCM_16")
        rows.append({"path": path, "group": f"g{group}", target: labels[label]})
    write_table(folder, rows)
    return rows


def write_datasets(folder: Path) -> None:
    """Datasets ``tones`` (30 clips, 3 labels), ``birds`` (20, 2) and ``doors`` (20, 2)."""
    write_dataset(folder / "tones", "tone", ["low", "mid", "high"], each=2, seed=1)
    write_dataset(folder / "birds", "bird", ["owl", "wren"], each=2, seed=2)
    write_dataset(folder / "doors", "door", ["open", "shut"], each=2, seed=3)


def write_pitches(folder: Path, clips: int = 40) -> list[dict[str, str]]:
    """Tones from 300 to 1300 Hz, their pitch and by how many octaves they are above 300 Hz; of a few unknown."""
    noise, rows = np.random.default_rng(5), []
    (folder / "audio").mkdir(parents=True, exist_ok=True)
    for number in range(clips):
        pitch = round(float(noise.uniform(300, 1300)), 1)
        soundfile.write(folder / f"audio/{number:03}.wav", sound(pitch, 5000 + number), RATE, subtype="PCM_16")
        known = {"pitch": "" if number % 20 == 7 else str(pitch)}
        known["octave"] = "" if number % 4 == 1 else f"{np.log2(pitch / 300):.3f}"
        rows.append({"path": f"audio/{number:03}.wav", "group": f"g{number % 10}", **known})
    write_table(folder, rows)
    return rows


def settings(**changes: Any) -> dict[str, Any]:
    """A study of two tasks, cheap to train; ``None`` takes a key away."""
    content: dict[str, Any] = {
        "study": "tiny",
        "datasets": {"tones": {"path": "data/tones"}, "birds": {"path": "data/birds"}},
        "tasks": {"tone": {"dataset": "tones", "target": "tone"}, "bird": {"dataset": "birds", "target": "bird"}},
        "features": ["summary"],
        "encoders": [{"name": "dnn", "hidden": 16, "layers": 1}],
        "repeats": {"folds": 2, "seeds": 1},
        "window": 0.2,
        "baselines": [],
        "training": {"steps": 10, "batch": 4},
    }
    content.update(changes)
    return {key: value for key, value in content.items() if value is not None}


def write_study(folder: Path, **changes: Any) -> Path:
    """``study.yaml``; its path."""
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(settings(**changes), sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


TWO_ENCODERS: dict[str, Any] = {
    "features": ["summary", "logmel"],
    "encoders": [{"name": "dnn", "hidden": 16, "layers": 1}, "small"],
    "repeats": {"folds": 1, "seeds": 1},
}
"""Settings for a network of either layout, six runs."""


class Bench:
    """A folder with data, studies and a cache of its own.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.cache = root, root / "cache"

    def study(self, **changes: Any) -> Path:
        """Write ``study.yaml`` with these changes."""
        return write_study(self.root, **changes)

    def environment(self) -> dict[str, str]:
        """Of a process."""
        return {**os.environ, "COHEAR_CACHE": str(self.cache), "PYTHONFAULTHANDLER": "", "COLUMNS": "200"}

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [COHEAR, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
            cwd=self.root,
            start_new_session=True,
            # a shell starts what it puts into the background with Ctrl-C ignored, and children inherit that
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - there are no threads
        )

    @contextmanager
    def here(self) -> Iterator[None]:
        """This process uses the cache meanwhile."""
        with mock.patch.dict(os.environ, {"COHEAR_CACHE": str(self.cache)}):
            yield

    def cohear(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, in this process."""
        return called(*arguments, folder=self.root, environment={"COHEAR_CACHE": str(self.cache)})

    def cohear_apart(self, *arguments: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, in a process of its own."""
        return subprocess.run(
            [COHEAR, *map(str, arguments)],
            capture_output=True,
            text=True,
            env=self.environment(),
            cwd=self.root,
            timeout=timeout,
            check=False,
        )

    def run(self, out: str | Path = "out", **changes: Any) -> Path:
        """Run a study to its end in this process, without a page; the study folder."""
        from in_process import run_in_process  # loads torch, which not every test needs

        run_in_process(self.study(**changes), self.root / out, self.cache)
        return self.root / out

    def run_apart(self, out: str | Path = "out", **changes: Any) -> Path:
        """Run a study to its end with the command and a worker; the study folder."""
        ended = self.cohear_apart("run", self.study(**changes), "--out", out, "--jobs", "1")
        assert ended.returncode == 0, ended.stderr
        return self.root / out


def until(condition: Any, seconds: float = 60.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def waiting() -> float:
    """How much longer than its processor time work takes at the moment: 1 on a machine that is not shared."""
    began, used = time.monotonic(), time.process_time()
    while (busy := time.process_time() - used) < 0.05:
        pass
    return max(1.0, (time.monotonic() - began) / busy)


def results(folder: Path) -> list[dict[str, str]]:
    """Rows of ``results.csv`` without what time it took."""
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        return [{key: cell for key, cell in row.items() if "seconds" not in key} for row in csv.DictReader(file)]


def records(folder: Path) -> dict[str, Path]:
    """Record files by run."""
    return {path.parent.name: path for path in folder.glob("runs/*/record.json")}


def times(folder: Path) -> dict[str, int]:
    """When each record was written, by run."""
    return {run: path.stat().st_mtime_ns for run, path in records(folder).items()}


SLOW = """
import time
from pathlib import Path

from torch import nn


class Slow(nn.Module):
    def __init__(self, input_width, pause=0.0):
        super().__init__()
        self.layer, self.pause, self.seen = nn.Linear(input_width, 8), pause, 0

    def forward(self, features):
        if self.training:
            self.seen += 1
            time.sleep(self.pause)
            if len(features) > 4 and self.seen > 2 and Path(__file__).with_name("fail").exists():
                raise ValueError("the flux capacitor is empty")
        return self.layer(features)
"""


def slow_encoder(folder: Path, pause: float) -> list[dict[str, Any]]:
    """Setting ``encoders`` for a module that takes its time; beside a file ``fail`` it breaks in pairs."""
    (folder / "slow_net.py").write_text(SLOW, encoding="utf-8")
    return [{"name": "slow", "module": "slow_net:Slow", "features": "vector", "pause": pause}]


def processes(group: int) -> dict[int, int]:
    """Living processes of a group: parent by process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, its_group = path.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(its_group) == group and state not in "ZX":
            found[int(path.parent.name)] = int(parent)
    return found
