"""Near-duplicates in folders of audio: how many of those known by hand are found, and how many should not have been.

Usage: ``python benchmarks/near_duplicates.py DATA_FOLDER [--above 0.95]``; every folder in it with a manifest is a
dataset. A ``neardup.csv`` beside the manifest (columns ``path_a, path_b, ncc``) lists what is known: pairs of
which both clips are there and whose correlation is above the bound are asked for.

Each pair that is told is aligned again at full band (the lower of the two rates) by a search of its own; one that
correlates below 0.9 there is listed. One thread; times are those of the processor.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import csv
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.fft

from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.audio.segment import Segment
from cohear.data.audit.evidence import MeasuredDataset, NearDuplicate
from cohear.data.audit.near import near_duplicates
from cohear.data.audit.store import MeasureStore
from cohear.data.scan.dataset import scan_dataset
from cohear.data.tables.reader import read_clip_table

REQUIRED_FOUND = 0.95
LEAST_CORRELATION = 0.9
BETWEEN = 4  # places between two samples: bright copies may be shifted by a part of one
MOST_BELOW = 1 / 1000
"""Pairs below the least correlation, by clips; where pairs are known by hand they are judged by these."""


def measured(folder: Path, cache: Path) -> MeasuredDataset:
    """A dataset with all that is measured of it."""
    table = read_clip_table(folder, folder.name)
    store = MeasureStore(cache, table.segments())
    with store.open():
        dataset, _ = scan_dataset(table, cache=cache, jobs=1, inspector=store)
    assert dataset is not None
    return MeasuredDataset(dataset, store.measures(dataset.facts))


def known_by_hand(data: MeasuredDataset, above: float) -> set[tuple[str, str]]:
    """Pairs of ``neardup.csv`` whose clips are there."""
    file = data.table.root / "neardup.csv"
    if not file.exists():
        return set()
    with file.open(encoding="utf-8", newline="") as rows:
        pairs = [(row["path_a"], row["path_b"]) for row in csv.DictReader(rows) if float(row["ncc"]) > above]
    there = set(data.ids)
    return {(min(pair), max(pair)) for pair in pairs if there.issuperset(pair)}


def full_band_correlation(first: Segment, second: Segment) -> float:
    """Largest magnitude of the correlation coefficient over all offsets with half of the shorter clip in common.

    Offsets are those of a quarter of a sample.
    """
    (one, rate_one), (two, rate_two) = read_audio(first), read_audio(second)
    rate = min(rate_one, rate_two)
    one, two = (resample(samples, own, rate) for samples, own in ((one, rate_one), (two, rate_two)))
    one, two = one - one.mean(), two - two.mean()
    size = scipy.fft.next_fast_len(len(one) + len(two), real=True)

    def across(a: np.ndarray, b: np.ndarray, between: int = 1) -> np.ndarray:
        spectrum = np.conj(scipy.fft.rfft(a, size)) * scipy.fft.rfft(b, size)
        return scipy.fft.irfft(spectrum, between * size) * between

    products = across(one.astype(float), two.astype(float), BETWEEN)
    nearest = np.rint(np.arange(BETWEEN * size) / BETWEEN).astype(int) % size
    ones = np.ones(len(one)), np.ones(len(two))
    energy = across(np.square(one, dtype=float), ones[1]) * across(ones[0], np.square(two, dtype=float))
    common = across(*ones)
    enough = (common >= 0.5 * min(len(one), len(two)))[nearest]
    return float(np.abs(products[enough] / np.sqrt(np.maximum(energy[nearest][enough], 1e-12))).max())


def main() -> int:
    parser = argparse.ArgumentParser(description="Near-duplicates: how many are found, how many wrongly.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--above", type=float, default=0.95, help="Correlation of pairs known by hand, at least.")
    arguments = parser.parse_args()
    folders = sorted(path.parent for path in arguments.data.glob("*/manifest.*"))
    with tempfile.TemporaryDirectory() as cache:
        datasets = {folder.name: measured(folder, Path(cache)) for folder in folders}
        began = time.process_time()
        found = near_duplicates(datasets, cache=Path(cache), jobs=1, progress=None)
        seconds = time.process_time() - began
    clips = sum(len(data.ids) for data in datasets.values())
    print(f"{clips} clips, {len(found)} pairs told, found in {seconds:.1f} s of one core")

    def names(pair: NearDuplicate) -> list[str]:
        return [f"{place.dataset}/{datasets[place.dataset].ids[place.row]}" for place in (pair.first, pair.second)]

    told = {frozenset(names(pair)) for pair in found}
    failed, by_hand = False, set()
    for name, data in datasets.items():
        if known := known_by_hand(data, arguments.above):
            by_hand.add(name)
            there = sum(frozenset(f"{name}/{clip}" for clip in pair) in told for pair in known)
            failed |= there < REQUIRED_FOUND * len(known)
            print(f"  {name}: {there} of {len(known)} known pairs above {arguments.above:g} ({there / len(known):.1%})")
    below = []
    segments = {name: data.table.segments() for name, data in datasets.items()}
    for pair in found:
        one, two = (segments[place.dataset][place.row] for place in (pair.first, pair.second))
        if {pair.first.dataset, pair.second.dataset} == {"heart_sounds"}:
            continue  # thousands, and known by hand
        correlation = full_band_correlation(one, two)
        if correlation < LEAST_CORRELATION:
            below.append((pair, correlation))
    for pair, correlation in below:
        print(f"  below {LEAST_CORRELATION:g} at full band: {' and '.join(names(pair))}: {correlation:.3f}")
    failed |= len(below) > MOST_BELOW * clips
    print(f"  {len(below)} below {LEAST_CORRELATION:g} at full band, {1000 * len(below) / clips:.2f} in 1,000 clips")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
