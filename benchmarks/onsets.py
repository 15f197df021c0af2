"""A plain detector of onsets with a classifier behind it, beside which the networks of ``studies/drums.yaml`` stand.

Usage: ``python benchmarks/onsets.py [DATASET_FOLDER] [--study docs/results/drums]``; prints a table in Markdown.

An onset is a local maximum of spectral flux (the rise of log energies in mel bands from one frame to the next, summed
over the bands; Bello et al. 2005) that is far enough above the median around it. Each one is told by a logistic
regression a label, from the log energies just before it and in the 80 ms behind it. How far is far enough is chosen on
the training tracks by what a classifier of their other half makes of it. A label lasts as long as the training events
of it do in the mean. Scores are those of the product, on the official test tracks.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import maximum_filter1d, median_filter
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cohear.analysis.tables.text import markdown_table
from cohear.audio.decode import decode
from cohear.audio.resample import resample
from cohear.base.arrays import Floats
from cohear.base.counting import counted
from cohear.data.tables.reader import read_clip_table
from cohear.features.build import build_front_end
from cohear.tasks import METRICS, Events
from cohear.tasks.targets import ClipOutputs, Targets

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mdb_drums"
LABELS = ["CY", "HH", "KD", "OT", "SD"]
SHOWN = ("segment_f1", "segment_error_rate", "event_f1", "event_f1_onset", "segment_f1_1s")
NEAR = 0.05
"""Seconds that a detected onset may be off the event that it is taught."""
FAR_ENOUGH = (0.1, 0.2, 0.4, 0.6, 0.9, 1.3)
"""Flux of a band above the median, in the mean over the bands."""
BEFORE, BEHIND, AROUND = 3, 8, 50
"""Frames of 10 ms."""

FRONT_END = build_front_end({"name": "logmel", "bands": 40})
FRAME = FRONT_END.hop / FRONT_END.rate


@dataclass(frozen=True)
class Clip:
    """Log energies of a clip ``[frames, bands]``, and its events."""

    bands: Floats
    events: list[tuple[str, float, float]]


def onsets(clip: Clip, threshold: float) -> np.ndarray:
    """Frames in which something begins."""
    flux = np.maximum(np.diff(clip.bands, axis=0, prepend=clip.bands[:1]), 0).mean(axis=1)
    peaks = flux >= maximum_filter1d(flux, 2 * BEFORE + 1)
    return np.flatnonzero(peaks & (flux > median_filter(flux, AROUND) + threshold))


def vectors(clip: Clip, frames: np.ndarray) -> np.ndarray:
    """What is heard before and behind some frames, ``[onsets, numbers]``."""
    places = frames[:, None] + np.arange(-BEFORE, BEHIND)
    return clip.bands[places.clip(0, len(clip.bands) - 1)].reshape(len(frames), -1)


class Classifier:
    """A logistic regression a label, on the onsets of some clips."""

    def __init__(self, clips: Sequence[Clip], threshold: float) -> None:
        self._threshold = threshold
        found = [onsets(clip, threshold) for clip in clips]
        heard = np.concatenate([vectors(clip, own) for clip, own in zip(clips, found, strict=True)])
        self._models, self._lengths = {}, {}
        for label in LABELS:
            own = [[event for event in clip.events if event[0] == label] for clip in clips]
            true = np.concatenate(
                [
                    [any(abs(frame * FRAME - onset) <= NEAR for _, onset, _ in events) for frame in frames]
                    for events, frames in zip(own, found, strict=True)
                ]
            )
            if len(set(true.tolist())) == 2:
                model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
                self._models[label] = model.fit(heard, true)
            lengths = [offset - onset for events in own for _, onset, offset in events]
            self._lengths[label] = float(np.mean(lengths)) if lengths else 0.0

    def steps(self, clip: Clip, kind: Events) -> np.ndarray:
        """Whether each label sounds in each step, as logits of -1 and 1."""
        count = max(int(len(clip.bands) * FRAME / kind.step + 1e-6), 1)
        said = np.full((count, len(LABELS)), -1.0, dtype=np.float32)
        frames = onsets(clip, self._threshold)
        if len(frames):
            heard = vectors(clip, frames)
            for label, model in self._models.items():
                for frame in frames[model.predict(heard)]:
                    first, last = frame * FRAME, frame * FRAME + self._lengths[label]
                    steps = slice(int(first / kind.step), int(np.ceil(last / kind.step - 1e-6)))
                    said[steps, LABELS.index(label)] = 1
        return said


def scores(clips: Sequence[Clip], classifier: Classifier) -> dict[str, float]:
    """Of some clips, by metric."""
    kind = Events()
    said = [classifier.steps(clip, kind) for clip in clips]
    cells = [";".join(f"{label}@{onset}-{offset}" for label, onset, offset in clip.events) for clip in clips]
    told = ClipOutputs(np.concatenate(said), np.array([len(own) for own in said]))
    targets: Targets = kind.rows(kind.encode(cells, LABELS), told)
    every = np.ones(len(LABELS), dtype=np.bool_)
    return {name: METRICS[name].score(told.values, targets, every) for name in SHOWN}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--study", type=Path, help="a folder of studies/drums.yaml, whose scores stand beside")
    asked = parser.parse_args()
    table = read_clip_table(asked.data, "drums")
    parts, groups = table.column("fold", "drums"), table.column("group", "drums")
    clips = []
    for segment, cell in zip(table.segments(), table.column("events", "drums"), strict=True):
        audio = decode(segment)
        [bands] = FRONT_END.frames([resample(audio.samples, audio.rate, FRONT_END.rate)])
        clips.append(Clip(bands, [event for event in Events().events_in(cell) if event[0] in LABELS]))
    train = [number for number, part in enumerate(parts) if part == "train"]
    test = [clips[number] for number, part in enumerate(parts) if part == "test"]
    tracks = sorted({groups[number] for number in train})
    halves = [[clips[n] for n in train if (tracks.index(groups[n]) % 2 == 0) == even] for even in (True, False)]
    found = {
        threshold: np.mean(
            [scores(other, Classifier(one, threshold))["segment_f1"] for one, other in (halves, halves[::-1])]
        )
        for threshold in FAR_ENOUGH
    }
    best = max(found, key=found.__getitem__)
    rows = [{"answers": f"onsets and a classifier (threshold {best:g})"}]
    plain = Classifier([clips[number] for number in train], best)
    rows[0] |= {name: f"{value:.3f}" for name, value in scores(test, plain).items()}
    if asked.study:
        results = pd.read_csv(asked.study / "results.csv")
        metrics = pd.read_csv(asked.study / "metrics.csv")
        last = metrics[(metrics["part"] == "test") & (metrics["selection"] == "last")]
        for encoder, runs in results.groupby("encoder"):
            own = last[last["run"].isin(runs["run"])].pivot_table(index="run", columns="metric", values="value")
            size = f"{runs['parameters'].iloc[0]:,} parameters, mean of {counted(len(runs), 'run')}"
            rows.append({"answers": f"{encoder} ({size})"} | {name: f"{own[name].mean():.3f}" for name in SHOWN})
    print(markdown_table(rows))


if __name__ == "__main__":
    main()
