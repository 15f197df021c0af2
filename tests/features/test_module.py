"""Networks in PyTorch that were learnt elsewhere: two forms, weights, excerpts and whole clips, what is refused."""

import re

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.export.exportable import check_exportable
from cohear.features import Module, build_front_end
from cohear.features.build import runs_code_of_others
from cohear.features.code_file import CodeFile
from cohear.features.settings import with_paths
from cohear.features.task_input import TaskInput
from cohear.testing.front_end import FrontEndContract

XARES = """
import torch
from torch import nn

class Levels(nn.Module):
    sampling_rate, output_dim, hop_size_in_ms = 8000, 3, 20

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv1d(1, 3, 400, stride=160, padding=200)

    def forward(self, audio):
        return self.layer(audio[:, None]).square().log1p().transpose(1, 2)

class Shapeless(Levels):
    def forward(self, audio):
        return audio

class NoForm(nn.Module):
    pass

class Branches(Levels):
    def forward(self, audio):
        made = super().forward(audio)
        return made if made.sum() > 3 else made + 1
"""
HEAR = """
import torch

class Model(torch.nn.Module):
    sample_rate, scene_embedding_size, timestamp_embedding_size = 8000, 2, 2

def load_model(path=None):
    return Model()

def get_timestamp_embeddings(audio, model):
    frames = audio.unfold(1, 400, 200)
    made = torch.stack([frames.abs().mean(2), frames.square().mean(2)], 2)
    return made, (25 * torch.arange(made.shape[1])).float().expand(len(audio), -1)

def get_scene_embeddings(audio, model):
    return get_timestamp_embeddings(audio, model)[0].mean(1)
"""


@pytest.fixture(scope="session")
def code(tmp_path_factory):
    folder = tmp_path_factory.mktemp("code")
    for name, text in (("xares", XARES), ("hear", HEAR)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    layer = torch.nn.Conv1d(1, 3, 400)
    save_file({"layer.weight": layer.weight.detach(), "layer.bias": layer.bias.detach()}, folder / "x.safetensors")
    return folder


class ModuleContract(FrontEndContract):
    @pytest.fixture(autouse=True)
    def _files(self, code):
        self.xares, self.hear = Asset.at(code / "xares.py"), Asset.at(code / "hear.py")
        self.weights = Asset.at(code / "x.safetensors")


class TestExcerpts(ModuleContract):
    def make(self):
        return Module(CodeFile(self.xares, "Levels"), self.weights, window=2000, hop_samples=800, pool="mean+std")


class TestWholeClips(ModuleContract):
    def make(self):
        return Module(CodeFile(self.xares, "Levels"))


class TestHear(ModuleContract):
    def make(self):
        return Module(CodeFile(self.hear))


class TestHearScenes(ModuleContract):
    def make(self):
        return Module(CodeFile(self.hear), window=1600, hop_samples=1600)


def test_text_of_a_study_file(code):
    settings = {"module": f"{code / 'xares.py'}:Levels", "weights": str(code / "x.safetensors")}
    front_end = build_front_end({"name": "module", **settings})
    assert front_end == Module(CodeFile(Asset.at(code / "xares.py"), "Levels"), Asset.at(code / "x.safetensors"))
    assert (front_end.rate, front_end.hop, front_end.frame_width) == (8000, 160, 3)
    moved = with_paths(settings, Module, lambda path: f"../{path}")
    assert moved == {name: f"../{text}" for name, text in settings.items()}


def test_weights_are_those_of_the_file(code):
    clip = np.random.default_rng(0).uniform(-0.5, 0.5, 4000).astype(np.float32)
    text = f"{code / 'xares.py'}:Levels"
    own, given = (
        build_front_end({"name": "module", "module": text, **more}).frames([clip])[0]
        for more in ({}, {"weights": str(code / "x.safetensors")})
    )
    assert np.abs(own - given).max() > 1e-4


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"module": "xares.py:Level"}, "xares.py has no 'Level'"),
        ({"module": "xares.py"}, "xares.py has no load_model, which a file in the form of HEAR has"),
        ({"module": "xares.py:NoForm"}, "a network in the form of X-ARES is a torch.nn.Module with sampling_rate"),
        ({"module": "xares.py:Shapeless"}, "xares.py must give frames [batch, time, numbers], not [1,"),
        ({"module": "none.py:Levels"}, "module.file: there is no file"),
        ({"module": "xares.py:Levels", "window": 100}, "window and hop_samples must be given together"),
    ],
)
def test_mistakes_are_said(settings, sentence, code):
    with pytest.raises(UserError, match=re.escape(sentence)):
        build_front_end({"name": "module", **settings, "module": f"{code}/{settings['module']}"})


def test_weights_that_do_not_fit_are_told(code):
    save_file({"layer.weight": torch.zeros(2, 1, 400)}, code / "other.safetensors")
    with pytest.raises(UserError, match=r"other\.safetensors does not fit xares\.py"):
        Module(CodeFile(Asset.at(code / "xares.py"), "Levels"), Asset.at(code / "other.safetensors"))


@pytest.mark.parametrize(
    ("member", "excerpts", "sentence"),
    [
        ("Levels", {}, r"xares\.py is given whole clips, which a stream has none of; give it window and hop_samples"),
        ("", {"window": 1600, "hop_samples": 1600}, r"hear\.py is in the form of HEAR, functions that cannot be"),
        pytest.param(
            "Branches",
            {"window": 1600, "hop_samples": 1600},
            r"xares\.py cannot be exported to ONNX",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_cannot_be_exported_is_refused(member, excerpts, sentence, code):
    front_end = Module(CodeFile(Asset.at(code / ("xares.py" if member else "hear.py")), member), **excerpts)
    with pytest.raises(UserError, match=sentence):
        check_exportable({"task": TaskInput(front_end, 4)})


def test_code_of_others_is_left_to_the_runs(code):
    """Whether a front-end runs such, or one that it is made of, is told by its key, without making it."""
    own = Module(CodeFile(Asset.at(code / "xares.py"), "Levels"), Asset.at(code / "x.safetensors"), pool="mean")
    summary = build_front_end({"name": "summary", "rate": 8000, "high": 4000.0})
    joined = build_front_end(
        {"name": "joined", "of": [summary.key(), {"name": "summary", "rate": 8000, "high": 4000.0}]}
    )
    assert runs_code_of_others(own.key())
    assert not runs_code_of_others(summary.key())
    assert not runs_code_of_others(joined.key())
    assert runs_code_of_others({**joined.key(), "of": [summary.key(), own.key()]})
