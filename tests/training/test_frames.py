"""A target kind that reads frames, from the command line to scores: told where windows lie and how wide frames are."""

from pathlib import Path

import numpy as np
import tiny
import weak_frames

from cohear.testing.target_kind import TargetKindContract

PARTS = (
    Path(weak_frames.__file__)
    .read_text(encoding="utf-8")
    .replace('"throughout"', '"activity"')
    .replace('"framewise"', '"frames"')
)
"""Under other names, since this process has them already."""


class TestThroughout(TargetKindContract):
    def make(self):
        return weak_frames.Throughout()


def study(bench, encoder):
    (bench.root / "parts.py").write_text(PARTS, encoding="utf-8")
    return bench.study(
        plugins=["parts.py"],
        tasks={
            "tone": {"dataset": "tones", "target": "tone", "kind": "activity"},
            "bird": {"dataset": "birds", "target": "bird"} | ({"kind": "activity"} if encoder == "frames" else {}),
        },
        features=["logmel" if encoder == "frames" else "summary"],
        encoders=[encoder],
        repeats={"folds": 1},
        training={"steps": 60, "batch": 8, "learning_rate": 0.02},
    )


def test_frames_are_learnt_pooled_and_scored(bench):
    """Alone and beside a partner; a clip is shorter than three windows, so that the last one overlaps the others."""
    ended = bench.cohear("run", study(bench, "frames"), "--out", "out")
    assert ended.returncode == 0, ended.stderr
    scores = {(row["combination"], row["task"]): float(row["value"]) for row in tiny.results(bench.root / "out")}
    assert len(scores) == 4
    assert np.mean(list(scores.values())) > 0.9, scores


def test_an_encoder_without_frames_is_named(bench):
    ended = bench.cohear("run", study(bench, "dnn"), "--out", "out")
    assert ended.returncode != 0
    told = " ".join((ended.stdout + ended.stderr).split())
    assert "'tone': its target kind reads frames of an embedding, and the encoder gives vector alone" in told
