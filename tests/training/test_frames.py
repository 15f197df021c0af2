"""A target kind that reads frames, from the command line to scores: told where windows lie and how wide frames are."""

import numpy as np
import tiny

PARTS = '''
import numpy as np
import torch
from torch import nn

from cohear.models.encoder import ENCODERS, Encoder
from cohear.models.windows import Embedding
from cohear.tasks import TARGET_KINDS, Multilabel, WindowTargets


@ENCODERS.register("framewise")
class Framewise(Encoder):
    stride = 2

    def __init__(self, input_width):
        super().__init__()
        self.norm, self.layer, self.gives = nn.BatchNorm1d(input_width), nn.Linear(input_width, 16), {"frames": 16}

    def forward(self, windows):
        features = self.norm(windows.features.transpose(1, 2)).transpose(1, 2)
        return Embedding(frames=self.layer(features).relu()[:, :: self.stride])


class Activity(Multilabel):
    """Labels that are heard in every frame of their clip."""

    name, version, reads = "activity", 1, "frames"

    def targets(self, truth, places, features):
        frames = np.arange(0, features.shape[1], places.stride)
        inside = (frames < places.lengths[:, None])[:, :, None]
        shape = (len(truth.values), len(frames), truth.values.shape[1])
        known = np.broadcast_to(inside & truth.known[:, None], shape)
        return WindowTargets(
            torch.from_numpy(np.broadcast_to(truth.values[:, None], shape).copy()), torch.from_numpy(known.copy())
        )

    def pool(self, out, places, clips):
        inside = (np.arange(out.shape[1]) * places.stride < places.lengths[:, None])[:, :, None]
        return super().pool((out * inside).sum(axis=1) / inside.sum(axis=1), places, clips)


TARGET_KINDS.register("activity")(Activity())
'''


def study(bench, encoder):
    (bench.root / "parts.py").write_text(PARTS, encoding="utf-8")
    return bench.study(
        plugins=["parts.py"],
        tasks={
            "tone": {"dataset": "tones", "target": "tone", "kind": "activity"},
            "bird": {"dataset": "birds", "target": "bird"} | ({"kind": "activity"} if encoder == "framewise" else {}),
        },
        features=["logmel" if encoder == "framewise" else "summary"],
        encoders=[encoder],
        repeats={"folds": 1},
        training={"steps": 60, "batch": 8, "learning_rate": 0.02},
    )


def test_frames_are_learnt_pooled_and_scored(bench):
    """Alone and beside a partner; a clip is shorter than three windows, so that the last one overlaps the others."""
    ended = bench.cohear("run", study(bench, "framewise"), "--out", "out")
    assert ended.returncode == 0, ended.stderr
    scores = {(row["combination"], row["task"]): float(row["value"]) for row in tiny.results(bench.root / "out")}
    assert len(scores) == 4
    assert np.mean(list(scores.values())) > 0.9, scores


def test_an_encoder_without_frames_is_named(bench):
    ended = bench.cohear("run", study(bench, "dnn"), "--out", "out")
    assert ended.returncode != 0
    told = " ".join((ended.stdout + ended.stderr).split())
    assert "'tone': its target kind reads frames of an embedding, and the encoder gives vector alone" in told
