"""A target kind that reads frames, from the command line to scores: told where windows lie and how wide frames are."""

from pathlib import Path

import numpy as np
import pytest
import tiny
import yaml

from cohear.base.plugins import load_plugin
from cohear.tasks import TARGET_KINDS
from cohear.testing.target_kind import TargetKindContract

PLUGIN = Path(tiny.__file__).with_name("weak_frames.py")
PARTS = PLUGIN.read_text(encoding="utf-8").replace('"throughout"', '"activity"').replace('"framewise"', '"frames"')
"""Under other names, since this process has them already."""


class TestThroughout(TargetKindContract):
    @pytest.fixture(autouse=True)
    def entered(self):
        load_plugin(PLUGIN)

    def make(self):
        return TARGET_KINDS["throughout"]


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


@pytest.mark.slow
def test_frames_are_learnt_pooled_and_scored(bench):
    """Alone and beside a partner; a clip is shorter than three windows, so that the last one overlaps the others."""
    ended = bench.cohear("run", study(bench, "frames"), "--out", "out")
    assert ended.returncode == 0, ended.stderr
    scores = {(row["combination"], row["task"]): float(row["value"]) for row in tiny.results(bench.root / "out")}
    assert len(scores) == 4
    assert np.mean(list(scores.values())) > 0.9, scores


def test_tasks_of_shorter_windows_have_their_own_frames_beside_others(bench):
    """The longer windows fill the batch with frames that the shorter ones do not have."""
    path = study(bench, "frames")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["tasks"]["bird"]["window"] = 0.1
    content["training"]["steps"] = 3
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    ended = bench.cohear("run", path, "--out", "out")
    assert ended.returncode == 0, ended.stderr
    assert len(tiny.results(bench.root / "out")) == 4


def test_an_encoder_without_frames_is_named(bench):
    ended = bench.cohear("run", study(bench, "dnn"), "--out", "out")
    assert ended.returncode != 0
    told = " ".join((ended.stdout + ended.stderr).split())
    assert "'tone': its target kind reads frames of an embedding, and the encoder gives vector alone" in told
