"""Every registered encoder and sharing scheme keeps its contract (pitfalls 7, 18, 23)."""

import sys

import pytest
import torch

from cohear.models import ENCODERS, SHARING
from cohear.models.encoder import EncoderChoice, build_encoder
from cohear.models.sharing import Draws, Windows
from cohear.testing.encoder import EncoderContract
from cohear.testing.sharing import SharingContract

MODULE = """
import torch
from torch import nn
class Mean(nn.Module):
    def __init__(self, input_width, hidden=4):
        super().__init__()
        self.layer = nn.Linear(input_width, hidden)
    def forward(self, features, lengths):
        valid = torch.ones(features.shape[:2])
        if lengths is not None:
            valid = (torch.arange(features.shape[1])[None] < lengths[:, None]).float()
        return (self.layer(features) * valid[..., None]).sum(1) / valid.sum(1, keepdim=True)
"""


class TestSmall(EncoderContract):
    def make(self):
        return EncoderChoice("small")


class TestSmallWider(EncoderContract):
    def make(self):
        return EncoderChoice("small", settings={"width": 1.5, "dropout": 0.5})


class TestCnn(EncoderContract):
    def make(self):
        return EncoderChoice("cnn", settings={"channels": 8})


class TestDnn(EncoderContract):
    def make(self):
        return EncoderChoice("dnn", settings={"hidden": 16})


class TestUserModule(EncoderContract):
    @pytest.fixture(autouse=True)
    def module(self, tmp_path, monkeypatch):
        (tmp_path / "mean_net.py").write_text(MODULE, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        yield
        sys.modules.pop("mean_net", None)

    def make(self):
        return EncoderChoice("mean", "mean_net:Mean", settings={"hidden": 3})


class TestMultihead(SharingContract):
    name = "multihead"


class TestIndependent(SharingContract):
    name = "independent"


def test_all_that_is_registered_is_tested():
    assert set(ENCODERS) == {"small", "cnn", "dnn"}
    assert set(SHARING) == {"multihead", "independent"}


def test_small_is_small():
    assert sum(parameter.numel() for parameter in build_encoder(EncoderChoice("small"), 64).parameters()) <= 150_000


def test_statistics_are_those_of_the_mixed_batch():
    """Pitfall 7: batch norm sees all tasks' windows at once, not one dataset a batch."""

    def encoder():
        return build_encoder(EncoderChoice("dnn", settings={"hidden": 4, "layers": 1}), 3)

    network = SHARING["multihead"]({"a": 2, "b": 2}, encoder, Draws((0, 0, 0))).train()
    rows = {"a": torch.randn(8, 3) + 5, "b": torch.randn(4, 3) - 5}
    network({task: Windows(features) for task, features in rows.items()}, 0)
    mixture = torch.cat([rows["a"], rows["b"]])
    norm = network.encoder_of(0).input_norm
    torch.testing.assert_close(norm.running_mean, 0.1 * mixture.mean(0))
    torch.testing.assert_close(norm.running_var, 0.9 + 0.1 * mixture.var(0))
