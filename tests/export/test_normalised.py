"""Bundles of normalised features: one graph, the study's answers, and a speaker or device that it is told of."""

import json

import numpy as np
import onnxruntime
import pytest
import soundfile
import tiny
from tiny import Bench

from cohear import Bundle
from cohear.base.decoding import activated
from cohear.base.errors import DataError
from cohear.export.runs import Places, load_trained
from cohear.runs.job import read_spec
from cohear.runs.record import read_record
from cohear.study.folder.folder import StudyFolder
from cohear.training.evaluate import Evaluation

ARMS = {"base": {}, "dataset": {"normalise": "dataset"}, "group": {"normalise": "group"}}


@pytest.fixture(scope="module", params=["dnn", "small"])
def bench(request, tmp_path_factory):
    """A study of three arms, and a bundle of each with normalised features."""
    made = Bench(tmp_path_factory.mktemp(request.param))
    tiny.write_datasets(made.root / "data")
    encoders = {"dnn": [{"name": "dnn", "hidden": 16, "layers": 1}], "small": ["small"]}[request.param]
    features = {"dnn": ["summary"], "small": ["logmel"]}[request.param]
    made.run(encoders=encoders, features=features, arms=ARMS, combinations=["singles", "all"])
    for arm in ("dataset", "group"):
        ended = made.cohear("export", "out", "--arm", arm, "-o", arm)
        assert ended.returncode == 0, ended.stderr
    return made


def trained(bench, arm):
    """The network of a bundle."""
    study = StudyFolder(bench.root / "out")
    key = json.loads((bench.root / arm / "card.json").read_text())["training"]["run"]
    places = Places(study, bench.cache, bench.root)
    folder = places.folders.find(key, ["weights.safetensors"])
    return load_trained(places, read_spec(read_record(folder).specification))


def clip(bench, path):
    samples, rate = soundfile.read(bench.root / "data" / path, dtype="float32")
    return samples, rate


def test_answers_are_those_of_the_study(bench):
    """Where features are normalised by dataset, nothing has to be told; parity was checked on all clips."""
    for arm in ("dataset", "group"):
        card = json.loads((bench.root / arm / "card.json").read_text())
        assert card["parity"]["clips"] >= 40
        assert card["parity"]["largest_difference"] < 1e-4


def test_a_bundle_by_dataset_has_one_input(bench):
    session = onnxruntime.InferenceSession(bench.root / "dataset" / "model.onnx")
    assert [each.name for each in session.get_inputs()] == ["waveform"]
    card = json.loads((bench.root / "dataset" / "card.json").read_text())
    assert [task["normalise"] for task in card["tasks"].values()] == [{"by": "dataset"}] * 2
    with pytest.raises(DataError, match="no task of this bundle is normalised by group"):
        Bundle.load(bench.root / "dataset").adapted([clip(bench, "tones/audio/000.wav")])


def test_a_bundle_by_group_has_named_inputs_that_may_be_left_out(bench):
    session = onnxruntime.InferenceSession(bench.root / "group" / "model.onnx")
    told = session.get_overridable_initializers()
    assert [each.name for each in session.get_inputs()] == ["waveform"]
    assert {each.name for each in told} == {"statistics of tone", "statistics of bird"}
    card = json.loads((bench.root / "group" / "card.json").read_text())
    usual = card["tasks"]["tone"]["normalise"]["usual"]
    mean, square = np.array(usual["mean"]), np.array(usual["square"])
    samples, _ = clip(bench, "tones/audio/000.wav")
    (left,) = session.run(["tone"], {"waveform": samples[None]})
    variance = square - mean**2
    scale = np.stack([mean, np.where(variance > 1e-7 * square, np.sqrt(np.abs(variance)), 1)]).astype(np.float32)
    (given,) = session.run(["tone"], {"waveform": samples[None], "statistics of tone": scale})
    np.testing.assert_allclose(left, given, atol=1e-5)


def test_a_bundle_that_heard_a_group_answers_as_the_study_did(bench):
    """It was told of the group by the same clips, and of no label."""
    network = trained(bench, "group")
    data = network.tasks["tone"]
    own = np.flatnonzero(np.array(data.groups) == "g2")
    name = (network.spec.study_seed, network.spec.fold, network.spec.seed)
    stride = network.network.encoder_of("tone").stride
    told = Evaluation(data, "train", network.inputs["tone"], name, stride=stride).predict(network.network)
    card = json.loads((bench.root / "group" / "card.json").read_text())
    temperature = card["tasks"]["tone"]["calibration"]["temperature"]
    loaded = Bundle.load(bench.root / "group")
    paths = [f"tones/{data.clips[at].partition('#')[0]}" for at in own]
    adapted = loaded.adapted(clip(bench, path) for path in paths)
    differs = 0.0
    for at, path in zip(own, paths, strict=True):
        expected = activated("softmax", told.logits[at][None].astype(np.float64) / temperature)[0]
        samples, rate = clip(bench, path)
        found = adapted.classify(samples, rate).tasks["tone"]
        np.testing.assert_allclose(list(found.probabilities.values()), expected, atol=1e-4)
        before = loaded.classify(samples, rate).tasks["tone"]
        differs = max(differs, abs(np.subtract(list(before.probabilities.values()), expected)).max())
    assert differs > 1e-3  # so it is worth something to be told


def test_the_command_is_told_by_files(bench):
    plain = bench.cohear("classify", "group", "data/tones/audio/000.wav", "--json")
    adapted = bench.cohear("classify", "group", "data/tones/audio/000.wav", "--json", "--adapt", "data/tones/audio")
    assert adapted.returncode == 0, adapted.stderr
    assert json.loads(plain.stdout)["tasks"] != json.loads(adapted.stdout)["tasks"]
    refused = bench.cohear("classify", "dataset", "data/tones/audio/000.wav", "--adapt", "data/tones/audio")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "normalised by group" in refused.stderr
    missing = bench.cohear("classify", "group", "data/tones/audio/000.wav", "--adapt", "nowhere")
    assert missing.returncode == 2


def test_the_card_says_that_groups_were_heard_before(bench):
    card = json.loads((bench.root / "group" / "card.json").read_text())
    assert sum("unlabelled clips" in sentence for sentence in card["warnings"]) == 2
    assert "classify --adapt" in (bench.root / "group" / "README.md").read_text()


def test_without_any_sound_there_is_nothing_to_adapt_to(bench):
    with pytest.raises(DataError, match="nothing to adapt to"):
        Bundle.load(bench.root / "group").adapted([])


def test_it_is_quantised_as_well(bench):
    ended = bench.cohear("export", "out", "--arm", "group", "--quantize", "int8", "--force", "-o", "small")
    assert ended.returncode == 0, ended.stderr
    samples, rate = clip(bench, "tones/audio/000.wav")
    whole, eight_bits = (Bundle.load(bench.root / name) for name in ("group", "small"))
    others = [clip(bench, f"tones/audio/{number:03}.wav") for number in range(10)]

    def answers(bundle):
        return np.array(list(bundle.classify(samples, rate).tasks["tone"].probabilities.values()))

    told = answers(eight_bits.adapted(others))
    assert np.abs(told - answers(whole.adapted(others))).max() < 0.05
    assert np.abs(told - answers(eight_bits)).max() > 1e-3


def test_bench_measures_it(bench):
    ended = bench.cohear("bench", "group", "--seconds", "0.1", "--json")
    assert ended.returncode == 0, ended.stderr
