"""Audio files to stored log-mel features, against librosa.

Usage: ``python benchmarks/features.py DATA_FOLDER [--repeats 5]``; DATA_FOLDER has ``fsdd`` and ``esc10``.

Both sides read the same files, resample them to 16 kHz and compute the same log-mel (64 bands, 25 ms windows,
10 ms hop). One core: librosa in a plain loop, cohear with one job; repeats alternate, so that a busy machine
slows both. cohear's time is that of making a store: it also checks that each file is what was scanned, and
writes to disk.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np

from cohear.audio.segment import Segment
from cohear.base.pool import available_cores
from cohear.data.scan.facts import ClipFacts, drop_bad, scan
from cohear.features import FeatureStore, LogMel, ensure_store

REQUIRED = {"fsdd": 3.0, "esc10": 1.3}


def by_librosa(segments: list[Segment]) -> list[np.ndarray]:
    found = []
    for segment in segments:
        samples, rate = librosa.load(segment.path, sr=16000)
        mel = librosa.feature.melspectrogram(
            y=samples,
            sr=rate,
            n_fft=512,
            win_length=400,
            hop_length=160,
            n_mels=64,
            fmin=20,
            fmax=8000,
            norm=None,
        )
        found.append(np.log(1e-5 + mel))
    return found


def by_cohear(segments: list[Segment], facts: list[ClipFacts], jobs: int) -> FeatureStore:
    with tempfile.TemporaryDirectory() as cache:
        return ensure_store(LogMel(), segments, facts, cache=Path(cache), jobs=jobs)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(folder: Path, repeats: int) -> float:
    segments = [Segment(path) for path in sorted((folder / "clips").glob("*.flac"))]
    with tempfile.TemporaryDirectory() as cache:
        scan_seconds = seconds(lambda: scan(segments, cache=Path(cache), jobs=1))
        rescan_seconds = seconds(lambda: scan(segments, cache=Path(cache), jobs=1))
        _, facts, _ = drop_bad(scan(segments, cache=Path(cache)))
    audio = sum(clip.seconds for clip in facts)
    by_librosa(segments[:20])  # warm: librosa imports and caches on first use
    cores = available_cores()
    times: dict[str, list[float]] = {
        "librosa, 1 core": [],
        "cohear, 1 core": [],
        f"cohear, {cores} cores": [],
    }
    for _ in range(repeats):
        rivals = [
            lambda: by_librosa(segments),
            lambda: by_cohear(segments, facts, 1),
            lambda: by_cohear(segments, facts, cores),
        ]
        for name, work in zip(times, rivals, strict=True):
            times[name].append(seconds(work))
    print(f"{folder.name}: {len(segments)} clips, {audio:.0f} s of audio, {repeats} repeats")
    print(f"  scan {scan_seconds:.2f} s on one core, again {1000 * rescan_seconds:.0f} ms")
    for name, values in times.items():
        middle = statistics.median(values)
        low, high = min(values), max(values)
        print(f"  {name:<16} {middle:6.2f} s ({low:.2f} to {high:.2f})  {audio / middle:6.0f} x real time")
    first, second, *_ = times.values()
    ratios = sorted(librosa_ / cohear_ for librosa_, cohear_ in zip(first, second, strict=True))
    ratio = statistics.median(ratios)
    needed = REQUIRED[folder.name]
    print(f"  ratio {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), required {needed}")
    return ratio / needed


def main() -> int:
    parser = argparse.ArgumentParser(description="Audio files to stored log-mel features, against librosa.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    shares = [measure(arguments.data / name, arguments.repeats) for name in REQUIRED]
    return 0 if min(shares) >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
