"""Networks as Hugging Face's library saves them: what they hear, which layer, what is told and refused."""

import json
import re
import shutil
import socket
from importlib import metadata

import numpy as np
import pytest
import tiny_transformers
import torch
from safetensors.torch import load_file, save_file

from cohear.base.assets import Asset
from cohear.base.errors import MissingExtra, UserError
from cohear.export.exportable import check_exportable
from cohear.export.front_graph import front_graph
from cohear.export.graph_values import features_name
from cohear.export.learnt_parts import learnt_parts
from cohear.features import Transformers, build_front_end, setting_types
from cohear.features.task_input import TaskInput
from cohear.testing.front_end import FrontEndContract

hf = tiny_transformers.library()
EXCERPTS = {"window": 4000, "hop_samples": 1600}
CLIP = (0.1 + 0.2 * np.random.default_rng(0).normal(size=16000)).astype(np.float32)


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """By name, each as ``save_pretrained`` leaves it."""
    place = tmp_path_factory.mktemp("saved")
    network = tiny_transformers.waveform_network
    return {
        **{kind: network(place / kind, kind) for kind in tiny_transformers.KINDS},
        "plain": network(place / "plain", normal=False, **tiny_transformers.LAYER_NORMS),
        "large": network(place / "large", **tiny_transformers.LAYER_NORMS),
        "unstated": network(place / "unstated", normal=None, **tiny_transformers.LAYER_NORMS),
        "ast": tiny_transformers.spectrogram_transformer(place / "ast"),
        "ast-unstated": tiny_transformers.spectrogram_transformer(place / "ast-unstated", extractor=False),
        "whisper": tiny_transformers.speech_writer(place / "whisper"),
    }


def made(folder, **settings):
    return build_front_end({"name": "transformers", "path": str(folder), **settings})


def by_the_library(folder, clip):
    """All that the library itself says of a clip, heard through its own feature extractor."""
    heard = hf.AutoFeatureExtractor.from_pretrained(folder)(clip, sampling_rate=16000, return_tensors="pt")
    model = hf.AutoModel.from_pretrained(folder)
    model = model.get_encoder() if model.config.is_encoder_decoder else model
    with torch.no_grad():
        given = model.eval()(**heard, output_hidden_states=True)
    return [each[0].numpy() for each in (*given.hidden_states, given.last_hidden_state)]


class TransformersContract(FrontEndContract):
    @pytest.fixture(autouse=True)
    def _folders(self, folders):
        self.folders = {name: Asset.at(folder) for name, folder in folders.items()}


class TestExcerpts(TransformersContract):
    def make(self):
        return Transformers(self.folders["Hubert"], **EXCERPTS, pool="mean+std")


class TestWholeClips(TransformersContract):
    def make(self):
        return Transformers(self.folders["large"], layer=1)


class TestSpectrograms(TransformersContract):
    def make(self):
        return Transformers(self.folders["ast"], **EXCERPTS, pool="mean")


class TestWithoutAnExtractor(TransformersContract):
    def make(self):
        return Transformers(self.folders["unstated"], **EXCERPTS, sampling_rate=8000, scale="int16")


@pytest.mark.parametrize("name", ["Wav2Vec2", "Hubert", "WavLM", "Data2VecAudio", "SEW", "plain", "large"])
def test_whole_clips_are_heard_as_the_library_hears_them(name, folders):
    """Scaled as the feature extractor says, at its rate, a frame every 20 ms; the last layer is what it gives."""
    front_end = made(folders[name])
    assert (front_end.rate, front_end.hop, front_end.frame_width) == (16000, 320, 16)
    (frames,) = front_end.frames([CLIP])
    expected = by_the_library(folders[name], CLIP)[-1]
    assert len(frames) == 50 and len(expected) >= 48
    np.testing.assert_allclose(frames[: len(expected)], expected, atol=1e-5)
    np.testing.assert_array_equal(frames[len(expected) :], frames[[len(expected) - 1] * (50 - len(expected))])


def test_what_the_feature_extractor_does_matters(folders):
    """A network that hears how loud samples are: three times as loud is the same where it says normal, and else not."""
    quiet, loud = (made(folders["large"]).frames([CLIP * factor])[0] for factor in (0.5, 1.5))
    np.testing.assert_allclose(quiet, loud, atol=1e-4)
    quiet, loud = (made(folders["plain"]).frames([CLIP * factor])[0] for factor in (0.5, 1.5))
    assert np.abs(quiet - loud).max() > 0.01


@pytest.mark.parametrize(("layer", "place"), [(0, 0), (1, 1), (-2, 1), (-3, 0), (2, -1), (-1, -1)])
def test_layers(layer, place, folders):
    """0 is what enters the first; the last one has all that the network does at its end."""
    (frames,) = made(folders["large"], layer=layer).frames([CLIP])
    expected = by_the_library(folders["large"], CLIP)
    np.testing.assert_allclose(frames[: len(expected[place])], expected[place], atol=1e-5)


def test_a_frame_of_an_excerpt_is_the_mean_of_its_own(folders):
    """Each excerpt is heard alone, and brought to its own scale."""
    front_end = made(folders["large"], **EXCERPTS)
    (frames,) = front_end.frames([CLIP])
    start = front_end.excerpts.starts(len(CLIP))[4]
    expected = by_the_library(folders["large"], CLIP[start : start + 4000])[-1].mean(axis=0)
    np.testing.assert_allclose(frames[4], expected, atol=1e-5)


def test_a_spectrogram_is_made_by_its_own_feature_extractor(folders):
    front_end = made(folders["ast"], **EXCERPTS, layer=1)
    (frames,) = front_end.frames([CLIP])
    start = front_end.excerpts.starts(len(CLIP))[4]
    expected = by_the_library(folders["ast"], CLIP[start : start + 4000])[1].mean(axis=0)
    np.testing.assert_allclose(frames[4], expected, atol=1e-5)


def test_of_a_network_that_writes_the_encoder_hears(folders):
    """It hears a second, whatever it is given; what is said of the padding is left out."""
    front_end = made(folders["whisper"], **EXCERPTS)
    (frames,) = front_end.frames([CLIP])
    start = front_end.excerpts.starts(len(CLIP))[4]
    expected = by_the_library(folders["whisper"], CLIP[start : start + 4000])[-1]
    assert len(expected) == 50
    np.testing.assert_allclose(frames[4], expected[:13].mean(axis=0), atol=1e-5)


def test_without_a_feature_extractor_rate_and_scale_are_given(folders):
    normal = made(folders["unstated"], sampling_rate=8000, scale="normal")
    assert (normal.rate, normal.hop) == (8000, 320)
    np.testing.assert_allclose(normal.frames([CLIP])[0], made(folders["large"]).frames([CLIP])[0], atol=1e-5)
    unit = made(folders["unstated"], sampling_rate=16000, scale="unit")
    np.testing.assert_array_equal(unit.frames([CLIP])[0], made(folders["plain"]).frames([CLIP])[0])


def test_samples_of_another_scale_are_told(folders, tmp_path):
    """Made for integers: beside what it adds to them, samples from -1 to 1 are nothing."""
    shutil.copytree(folders["unstated"], tmp_path / "integers")
    weights = load_file(tmp_path / "integers" / "model.safetensors")
    first = "feature_extractor.conv_layers.0.conv"
    weights[f"{first}.weight"] /= 20000
    weights[f"{first}.bias"] = torch.linspace(-1, 1, 8)
    save_file(weights, tmp_path / "integers" / "model.safetensors", {"format": "pt"})
    with pytest.raises(UserError, match="it was made for them: give scale: int16"):
        made(tmp_path / "integers", sampling_rate=16000, scale="unit")
    assert made(tmp_path / "integers", sampling_rate=16000, scale="int16").scale == "int16"


def test_nothing_is_fetched(folders, monkeypatch):
    """Not even where a name of the hub could be meant, or weights are missing."""

    def refused(*arguments, **settings):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(setting_types, "_made", setting_types._made.__wrapped__)  # nothing from before is at hand
    assert made(folders["Wav2Vec2"]).frame_width == 16
    with pytest.raises(UserError, match="there is no file"):
        made("facebook/wav2vec2-base")


def test_weights_that_are_missing_are_told(folders, tmp_path):
    """The library would take random numbers for them."""
    shutil.copytree(folders["large"], tmp_path / "large")
    weights = load_file(tmp_path / "large" / "model.safetensors")
    del weights["encoder.layers.1.layer_norm.weight"]
    save_file(weights, tmp_path / "large" / "model.safetensors", {"format": "pt"})
    with pytest.raises(UserError, match=r"large lacks weights of Wav2Vec2Model \(1, encoder\.layers\.1\.layer_norm"):
        made(tmp_path / "large")


def test_weights_of_half_precision_are_computed_with_in_full(folders, tmp_path):
    shutil.copytree(folders["large"], tmp_path / "half")
    weights = load_file(tmp_path / "half" / "model.safetensors")
    save_file({name: each.half() for name, each in weights.items()}, tmp_path / "half" / "model.safetensors")
    config = tmp_path / "half" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "dtype": "float16"}))
    exact, half = (made(place).frames([CLIP])[0] for place in (folders["large"], tmp_path / "half"))
    assert 0 < np.abs(exact - half).max() < 0.03


def test_pickles_are_refused(folders, tmp_path):
    shutil.copytree(folders["large"], tmp_path / "pickled")
    torch.save(load_file(tmp_path / "pickled" / "model.safetensors"), tmp_path / "pickled" / "pytorch_model.bin")
    (tmp_path / "pickled" / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"pickled has no model\.safetensors: name a folder that save_pretrained wrote"):
        made(tmp_path / "pickled")


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("large", {"layer": 3}, "large has 2 layers: layer must be from 0 to 2, or from -1 back to -3"),
        ("large", {"layer": -4}, "large has 2 layers: layer must be from 0 to 2, or from -1 back to -3"),
        ("ast", {"layer": 3, **EXCERPTS}, "ast has 2 layers: layer must be from 0 to 2"),
        ("large", {"window": 400}, "window and hop_samples must be given together"),
        ("large", {"window": 20, "hop_samples": 20}, "large fails on waveforms [1, 20]: RuntimeError: "),
        ("large", {"sampling_rate": 8000}, "large says that it is made for 16000 Hz, not for 8000"),
        ("unstated", {"sampling_rate": 0, "scale": "unit"}, "sampling_rate must be positive"),
        ("large", {"scale": "unit"}, "large says that it is made for scale: normal, not for unit: leave scale out"),
        ("plain", {"scale": "int16"}, "plain says that it is made for scale: unit, not for int16: leave scale out"),
        ("unstated", {}, "unstated has no preprocessor_config.json, which says what the network was made for: save"),
        ("unstated", {"scale": "unit"}, "or give sampling_rate and scale"),
        ("SEW", {"layer": 1}, "SEW gives no even steps of time: give window and hop_samples"),
        ("ast", {}, "ast gives no even steps of time: give window and hop_samples"),
        (
            "ast",
            {"window": 17200, "hop_samples": 160},
            "ASTFeatureExtractor of ast hears less than 17200 samples: give",
        ),
        (
            "ast",
            {"window": 300, "hop_samples": 160},
            "ASTFeatureExtractor of ast hears nothing of 300 samples: give a larger",
        ),
        ("ast", {"scale": "unit", **EXCERPTS}, "ASTFeatureExtractor of ast scales samples by itself: leave scale out"),
        ("ast-unstated", EXCERPTS, "ASTModel hears what its feature extractor makes: save that there too"),
        ("whisper", {"window": 17200, "hop_samples": 160}, "WhisperFeatureExtractor of whisper hears less than 17200"),
    ],
)
def test_mistakes_are_said(name, settings, sentence, folders):
    with pytest.raises(UserError, match=re.escape(sentence)) as told:
        made(folders[name], **settings)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        (
            "large",
            {},
            "front-end 'transformers': large is given whole clips, which a stream has none of; give it window",
        ),
        (
            "ast",
            EXCERPTS,
            "front-end 'transformers': ast hears what ASTFeatureExtractor makes, which cannot be written",
        ),
    ],
)
def test_what_cannot_be_exported_is_refused(name, settings, sentence, folders):
    with pytest.raises(UserError, match=re.escape(sentence)):
        check_exportable({"task": TaskInput(made(folders[name], **settings), 4)})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["WavLM", "Data2VecAudio", "large"])
def test_what_hears_waveforms_is_exported(name, folders):
    """Numbers of the graph are those of the features room; layers behind the one that is asked for are not in it."""
    import onnxruntime

    front_end = made(folders[name], **EXCERPTS, layer=1, pool="mean+std")
    model = front_graph([TaskInput(front_end, 4)])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (windows,) = session.run([features_name()], {"waveform": CLIP[None, :6400]})
    (frames,) = front_end.frames([CLIP[:6400]])
    np.testing.assert_allclose(windows[0], front_end.window_input(frames[None], np.array([4]))[0], atol=1e-4)
    (part,) = learnt_parts([TaskInput(front_end, 4)], {name: "Apache-2.0"})
    assert [(file.name, file.licence) for file in part.files] == [(name, "Apache-2.0")]
    assert part.files[0].bytes > (folders[name] / "model.safetensors").stat().st_size and part.milliseconds > 0
    assert model.ByteSize() < 0.9 * front_graph([TaskInput(made(folders[name], **EXCERPTS), 4)]).ByteSize()


def test_the_extra_is_named_where_it_is_missing(folders, monkeypatch):
    monkeypatch.setattr(Transformers, "libraries", ("no-such-package",))
    with pytest.raises(MissingExtra, match=r"pip install 'cohear\[transformers\]'"):
        made(folders["large"])


def test_what_changes_its_numbers_is_part_of_the_key(monkeypatch):
    """Feature extractors make spectrograms with torchaudio where it is installed."""
    there = {"torch": "1.0+cpu", "transformers": "2.0", "torchaudio": "3.0+cpu"}

    def version(name):
        if name not in there:
            raise metadata.PackageNotFoundError(name)
        return there[name]

    monkeypatch.setattr("cohear.features.front_end.installed", version)
    found = {"torch": "1.0", "transformers": "2.0", "torchaudio": "3.0"}
    assert Transformers.versions() == {"version": 1, "libraries": found}
    del there["torchaudio"]
    assert Transformers.versions()["libraries"]["torchaudio"] == "none"
