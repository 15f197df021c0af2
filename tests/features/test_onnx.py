"""Graphs that were learnt elsewhere: chains, their framing, what is found out of a file, and what is refused."""

import re

import learnt_graphs
import numpy as np
import onnx
import onnxruntime
import pytest

from cohear.base.assets import Asset
from cohear.base.errors import MissingExtra, UserError
from cohear.features import LogMel, Onnx, build_front_end
from cohear.features.excerpts import Excerpts
from cohear.features.onnx_front_end import Link
from cohear.testing.front_end import FrontEndContract


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graphs")
    makers = (learnt_graphs.spectrum, learnt_graphs.embedding, learnt_graphs.eight_bits, learnt_graphs.everywhere)
    return {make.__name__: Asset.at(make(folder / f"{make.__name__}.onnx")) for make in makers}


class OnnxContract(FrontEndContract):
    @pytest.fixture(autouse=True)
    def _files(self, files):
        self.files = files


class TestOneGraph(OnnxContract):
    def make(self):
        return Onnx(self.files["spectrum"])


class TestChain(OnnxContract):
    def make(self):
        links = (Link(self.files["spectrum"]), Link(self.files["embedding"], window=20, hop=8, multiply=0.5, add=1.0))
        return Onnx(links, pool="mean+std")


class TestInnerValue(OnnxContract):
    def make(self):
        return Onnx((Link(self.files["spectrum"]), Link(self.files["embedding"], hop=4, output="hidden")))


class TestBehindAFrontEnd(OnnxContract):
    def make(self):
        energies = LogMel(bands=learnt_graphs.BANDS)
        return Onnx((Link(front_end=energies), Link(self.files["eight_bits"], hop=6, quantise=True)), pool="mean")


class TestExcerptsOfSamples(OnnxContract):
    def make(self):
        return Onnx((Link(self.files["everywhere"], window=4000, hop=1600),), scale="int16")


def run(file, **given):
    return onnxruntime.InferenceSession(file.read(str), providers=["CPUExecutionProvider"]).run(None, given)[0]


def test_a_frame_is_what_the_graphs_say_of_its_excerpt(files):
    """The first 20 of 8 log energies each, half of them plus one, as [N, 20, 8, 1]."""
    links = (Link(files["spectrum"]), Link(files["embedding"], window=20, hop=8, multiply=0.5, add=1.0))
    front_end = Onnx(links)
    clip = np.random.default_rng(0).uniform(-0.5, 0.5, 16000).astype(np.float32)
    (frames,) = front_end.frames([clip])
    window = 19 * 160 + 400
    assert (front_end.chain.window, front_end.hop, frames.shape) == (window, 1280, (13, 5))
    for number, start in enumerate(np.clip(np.arange(13) * 1280 - (window - 1280) // 2, 0, 16000 - window)):
        energies = run(files["spectrum"], samples=clip[None, start : start + window])[:, 0]  # [1, 20, 8]
        expected = run(files["embedding"], frames=energies[..., None] * np.float32(0.5) + 1)
        np.testing.assert_allclose(frames[number], expected.ravel(), atol=1e-5)


def test_what_is_found_out_of_a_graph_of_free_length(files):
    (step,) = Onnx(files["spectrum"]).chain.steps
    assert (step.window, step.hop, step.whole, step.last, step.alone) == (400, 160, True, False, True)
    _, step = Onnx((Link(files["spectrum"]), Link(files["embedding"], hop=8))).chain.steps
    assert (step.window, step.hop, step.whole, step.alone, step.frame_width) == (20, 8, False, False, 5)


def test_eight_bits_by_the_graphs_own_scale(files):
    front_end = Onnx((Link(front_end=LogMel(bands=12)), Link(files["eight_bits"], hop=16, quantise=True)))
    clip = np.random.default_rng(0).uniform(-0.5, 0.5, 2560).astype(np.float32)
    (energies,) = LogMel(bands=12).frames([clip])
    numbers = np.clip(np.round(energies / np.float32(0.1)) + 160, 0, 255).astype(np.uint8)
    expected = run(files["eight_bits"], audio=numbers[None, None]).mean(axis=1)
    np.testing.assert_allclose(front_end.frames([clip])[0], expected, atol=1e-5)


def test_speech_embedding_is_what_its_own_package_makes_of_it():
    """On real weights: 76 frames of 10 ms every 8, each divided by 10 and 2 more."""
    links = learnt_graphs.speech_embedding()
    front_end = build_front_end({"name": "onnx", "path": links})
    assert (front_end.chain.window, front_end.hop, front_end.frame_width) == (75 * 160 + 512, 1280, 96)
    clip = np.random.default_rng(0).uniform(-0.5, 0.5, 20000).astype(np.float32)
    mel, vectors = (onnxruntime.InferenceSession(link["file"]) for link in links)
    (frames,) = front_end.frames([clip])
    (start,) = front_end.excerpts.starts(len(clip))[7:8]
    energies = mel.run(None, {"input": clip[None, start : start + 12512]})[0][:, 0] / 10 + 2
    expected = vectors.run(None, {"input_1": energies[..., None]})[0].ravel()
    np.testing.assert_allclose(frames[7], expected, rtol=1e-4, atol=1e-3)


def test_excerpts_are_moved_inwards_at_the_ends():
    assert Excerpts(10, 4).starts(21).tolist() == [0, 1, 5, 9, 11, 11]
    assert Excerpts(10, 4).starts(7).tolist() == [0, 0]
    assert Excerpts(2, 5).starts(11).tolist() == [2, 7, 9]
    assert Excerpts(4, 2).cut(np.arange(3), 3).tolist() == [[0, 1, 2, 0], [0, 1, 2, 0]]


def test_samples_of_another_scale_are_told(tmp_path):
    """Made for integers: at the scale of 1 the floor of its logarithm is all that it hears."""
    graph = str(learnt_graphs.spectrum(tmp_path / "integers.onnx", scale=3000.0))
    with pytest.raises(UserError, match="it was made for them: give scale: int16"):
        build_front_end({"name": "onnx", "path": graph})
    assert build_front_end({"name": "onnx", "path": graph, "scale": "int16"}).scale == "int16"


def test_a_rate_that_the_file_states_is_obeyed(tmp_path):
    graph = str(learnt_graphs.spectrum(tmp_path / "rate.onnx", sample_rate="8000"))
    with pytest.raises(UserError, match=r"rate\.onnx says that it is made for 8000 Hz, not for 16000"):
        build_front_end({"name": "onnx", "path": graph})
    assert build_front_end({"name": "onnx", "path": graph, "rate": "8000"}).rate == 8000


def test_a_file_with_its_weights_elsewhere_is_refused(tmp_path):
    model = onnx.load(str(learnt_graphs.spectrum(tmp_path / "one.onnx")))
    onnx.save(model, str(tmp_path / "two.onnx"), save_as_external_data=True, location="weights", size_threshold=16)
    with pytest.raises(UserError, match=r"two\.onnx keeps its weights in another file; save it as one file"):
        build_front_end({"name": "onnx", "path": str(tmp_path / "two.onnx")})


def test_the_extra_is_named_where_it_is_missing(files, monkeypatch):
    monkeypatch.setattr(Onnx, "libraries", ("no-such-package",))
    with pytest.raises(MissingExtra, match=r"pip install 'cohear\[export\]'"):
        build_front_end({"name": "onnx", "path": files["spectrum"].read(str)})


@pytest.mark.parametrize(
    ("links", "settings", "sentence"),
    [
        ([], {}, "path must name a file"),
        ([{"file": "spectrum", "front_end": "logmel"}], {}, "each link must have a file or a front_end, not both"),
        ([{"file": "spectrum"}, {"front_end": "logmel"}], {}, "a front_end must be the first link"),
        ([{"file": "spectrum", "hop": 100}], {}, "spectrum.onnx takes any length: give window beside hop, or neither"),
        ([{"file": "spectrum", "window": 0, "hop": 1}], {}, "window and hop must be at least 1"),
        ([{"file": "everywhere"}], {}, "everywhere.onnx: what it says of a frame depends on more than the 400 that"),
        ([{"file": "embedding", "hop": 8}], {}, "embedding.onnx takes [any, 20, 8, 1], and samples enter it: they do"),
        ([{"file": "spectrum"}, {"file": "embedding"}], {}, "embedding.onnx hears 20 at a time: give hop"),
        ([{"file": "spectrum"}, {"file": "embedding", "window": 9, "hop": 1}], {}, "takes 20 at a time, not 9: leave"),
        ([{"file": "spectrum", "output": "clipt"}], {}, "spectrum.onnx has no value 'clipt' (did you mean 'clipped'?)"),
        ([{"file": "spectrum", "quantise": True}], {}, "spectrum.onnx takes float32: leave quantise out"),
        ([{"front_end": {"name": "logmel", "bands": 12}}, {"file": "eight_bits", "hop": 6}], {}, "give quantise: true"),
        ([{"front_end": {"name": "logmel", "bands": 9}}, {"file": "embedding", "hop": 6}], {}, "frames of 9 numbers"),
        ([{"front_end": "summary"}, {"file": "embedding", "hop": 8}], {}, "its first link 'summary' gives a vector at"),
        ([{"front_end": "logmel"}, {"file": "embedding", "hop": 8}], {"rate": 8000}, "a sequence at 8000 Hz is needed"),
        ([{"front_end": {"name": "logmel", "band": 9}}, {"file": "embedding"}], {}, "has no setting 'band' (did you"),
    ],
)
def test_mistakes_are_said(links, settings, sentence, files):
    links = [{**each, **({"file": files[each["file"]].read(str)} if "file" in each else {})} for each in links]
    with pytest.raises(UserError, match=re.escape(sentence)):
        build_front_end({"name": "onnx", "path": links, **settings})
