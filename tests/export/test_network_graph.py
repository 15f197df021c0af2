"""The whole graph against the evaluation that scores a study, on real and hostile sounds."""

from dataclasses import asdict

import learnt_graphs
import numpy as np
import onnxruntime
import pytest
import tiny_transformers
import torch

from cohear import Bundle
from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.audio.segment import Segment
from cohear.audio.silence import heard_frames
from cohear.base.decoding import LabelDecoding, activated, entry_of
from cohear.base.errors import UserError
from cohear.base.files import digest
from cohear.base.named import WithSettings, make
from cohear.export.assemble import assemble
from cohear.export.network import network_graph
from cohear.export.network_inputs import input_numbers
from cohear.export.outputs import Output
from cohear.export.write import windowing_of, write_bundle
from cohear.features import FeatureStore, build_front_end
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.norms import MaskedGroupNorm, VectorGroupNorm
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.runs.task_data import TaskData
from cohear.runtime.stream import Stream
from cohear.tasks import METRICS, TARGET_KINDS, Targets
from cohear.training.evaluate import Evaluation

pytestmark = pytest.mark.slow

WINDOW = 100
TASKS = {"first task/with marks": ("multiclass", 5, 0.7), "second": ("multilabel", 3, 2.5)}


def decoding(task):
    kind, width, _ = TASKS[task]
    return TARGET_KINDS[kind].decoding(task, [str(number) for number in range(width)])


def alike(front_end):
    """One input for both tasks."""
    return dict.fromkeys(TASKS, TaskInput(front_end, WINDOW))


def a_network(inputs, choice, sharing="multihead"):
    """With statistics and weights that no fresh network has."""
    heads = {task: layer(width) for task, (_, width, _) in TASKS.items()}
    widths = {task: given.width for task, given in inputs.items()}
    network = make(SHARING, sharing, NetworkParts(widths, heads, choice.build, Draws((1, 2, 3))))
    noise = torch.Generator().manual_seed(0)
    for module in network.modules():
        if getattr(module, "running_mean", None) is not None:
            module.running_mean.normal_(-3 if module.num_features in widths.values() else 0, 0.5, generator=noise)
            module.running_var.uniform_(0.5, 2, generator=noise)
        elif isinstance(module, MaskedGroupNorm | VectorGroupNorm):  # what is constant is not near nothing any more
            torch.nn.init.normal_(module.bias, 0, 0.5, generator=noise)
    return network.eval()


def a_model(inputs, network):
    hears = input_numbers(inputs)
    outputs = [Output(decoding(task), temperature, hears[task]) for task, (_, _, temperature) in TASKS.items()]
    model = assemble(list(dict.fromkeys(inputs.values())), network_graph(network, inputs), outputs)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def expected(inputs, network, clips):
    """Probabilities by `Evaluation`, of clips of any lengths."""
    found = {}
    for task, (kind, width, temperature) in TASKS.items():
        frames = inputs[task].front_end.frames(clips)
        offsets = np.concatenate([[0], np.cumsum([len(each) for each in frames])])
        front_end = inputs[task].front_end
        heard = np.concatenate([heard_frames(clip, front_end.hop, *front_end.context) for clip in clips])
        store = FeatureStore("here", np.concatenate(frames), offsets, heard, tuple(map(str, range(len(clips)))))
        rows = np.arange(len(clips))
        values = np.zeros(len(clips), np.int64) if kind == "multiclass" else np.zeros((len(clips), width), np.float32)
        data = TaskData(
            name=task,
            kind=TARGET_KINDS[kind],
            metric=METRICS[TARGET_KINDS[kind].default_metric],
            labels=[str(number) for number in range(width)],
            scored=np.ones(width, np.bool_),
            clips=list(store.contents),
            rows=rows,
            targets=Targets(values, np.ones(values.shape, np.bool_)),
            parts={"test": rows},
            store=store,
            test_part=digest("here"),
        )
        logits = Evaluation(data, "test", inputs[task], (0, 0, 0)).predict(network).logits
        found[task] = activated(decoding(task).activation, logits / temperature)
    return found


def hostile():
    noise = np.random.default_rng(0)
    lengths = [1, 2, 159, 161, 7999, 16000, 16001, 24000, 25600, 100_001]
    clips = [noise.uniform(-0.3, 0.3, length) for length in lengths]
    clips += [np.zeros(1), np.zeros(40000), np.clip(noise.normal(0, 3, 20000), -1, 1), np.full(16000, 1.0)]
    clips.append(np.concatenate([np.zeros(30000), noise.uniform(-0.3, 0.3, 5000), np.zeros(30000)]))
    return [clip.astype(np.float32) for clip in clips]


CASES = [
    ("logmel", EncoderChoice("small"), "multihead"),
    ("logmel", EncoderChoice("small", settings={"norm": "task", "width": 0.5}), "multihead"),
    ("logmel", EncoderChoice("small", settings={"norm": "group", "width": 0.5}), "multihead"),
    ("summary", EncoderChoice("dnn"), "multihead"),
    ("summary", EncoderChoice("dnn", settings={"norm": "task", "hidden": 32}), "multihead"),
    ("summary", EncoderChoice("dnn", settings={"norm": "group", "hidden": 32}), "multihead"),
    ("logmel", EncoderChoice("small", settings={"width": 0.5}), WithSettings(name="multihead", shared=3)),
    ("summary", EncoderChoice("dnn", settings={"norm": "task"}), WithSettings(name="multihead", shared=2)),
    ("logmel", EncoderChoice("cnn", settings={"channels": 8}), "independent"),
    ("summary", EncoderChoice("linear"), "multihead"),
    ("summary", EncoderChoice("mlp", settings={"norm": "task"}), "multihead"),
    ("logmel", EncoderChoice("pooled", settings={"norm": "group"}), "multihead"),
    ("logmel", EncoderChoice("bcresnet", settings={"width": 1}), "multihead"),
    ("logmel", EncoderChoice("bcresnet", settings={"width": 0.5, "norm": "task", "every": 1}), "multihead"),
    ("logmel", EncoderChoice("crnn", settings={"channels": 16}), "multihead"),
    ("logmel", EncoderChoice("crnn", settings={"channels": 8, "vector": "convolutional", "norm": "task"}), "multihead"),
    ("logmel", EncoderChoice("wavenet", settings={"channels": 16}), "independent"),
    ("logmel", EncoderChoice("wavenet", settings={"channels": 8, "norm": "group"}), "multihead"),
    ("logmel", EncoderChoice("transformer", settings={"width": 32, "layers": 2}), "multihead"),
    ("mfcc", EncoderChoice("crnn", settings={"channels": 8, "hidden": 8}), "multihead"),
    ("pcen", EncoderChoice("small", settings={"width": 0.5}), "multihead"),
    ("waveform", EncoderChoice("filters", settings={"bands": 24}), "multihead"),
]


@pytest.mark.parametrize(("features", "encoder", "sharing"), CASES)
def test_probabilities_are_those_of_the_evaluation(features, encoder, sharing):
    front_end = build_front_end(features)
    network = a_network(alike(front_end), encoder, sharing)
    session, clips = a_model(alike(front_end), network), hostile()
    assert [value.name for value in session.get_inputs()] == ["waveform"]
    assert [value.name for value in session.get_outputs()] == list(TASKS)
    truth = expected(alike(front_end), network, clips)
    for row, clip in enumerate(clips):
        alone = session.run(None, {"waveform": clip[None]})
        batch = session.run(None, {"waveform": np.stack([clip, np.zeros_like(clip), -clip])})
        for task, given, together in zip(TASKS, alone, batch, strict=True):
            np.testing.assert_allclose(given[0], truth[task][row], atol=1e-4)
            np.testing.assert_allclose(together[0], truth[task][row], atol=1e-4)


OWN = [
    ("small", "multihead", {"name": "logmel"}, 0.4),
    ("small", "multihead", {"name": "logmel", "hop_ms": 20.0}, 1.0),
    ("small", "independent", {"name": "logmel", "bands": 24}, 0.7),
]


@pytest.mark.slow
@pytest.mark.parametrize(("encoder", "sharing", "features", "seconds"), OWN)
def test_tasks_with_inputs_of_their_own(encoder, sharing, features, seconds):
    """Another window, other frames, other bands: each task has its own probabilities of any clip, in any batch."""
    given = [TaskInput.of(build_front_end("logmel"), 1.0), TaskInput.of(build_front_end(features), seconds)]
    inputs = dict(zip(TASKS, given, strict=True))
    network = a_network(inputs, EncoderChoice(encoder), sharing)
    session, clips = a_model(inputs, network), hostile()
    truth = expected(inputs, network, clips)
    for row, clip in enumerate(clips):
        batch = session.run(None, {"waveform": np.stack([clip, np.zeros_like(clip)])})
        for task, together in zip(TASKS, batch, strict=True):
            np.testing.assert_allclose(together[0], truth[task][row], atol=1e-4)


@pytest.fixture(scope="module")
def real_clips(shared_data):
    """200 clips of five datasets at 16 kHz, 8 kHz ones upsampled among them."""
    clips = []
    for dataset in ("fsdd", "esc10", "emodb", "speech_commands", "urbansound8k"):
        files = sorted((shared_data / dataset / "clips").rglob("*.flac"))
        for path in files[:: max(len(files) // 40, 1)][:40]:
            samples, rate = read_audio(Segment(path))
            clips.append(resample(samples, rate, 16000))
    assert len(clips) == 200
    return clips


@pytest.mark.slow
@pytest.mark.data
def test_two_hundred_real_clips(real_clips):
    front_end = build_front_end("logmel")
    network = a_network(alike(front_end), EncoderChoice("small"))
    session = a_model(alike(front_end), network)
    truth = expected(alike(front_end), network, real_clips)
    for row, clip in enumerate(real_clips):
        for task, given in zip(TASKS, session.run(None, {"waveform": clip[None]}), strict=True):
            np.testing.assert_allclose(given[0], truth[task][row], atol=1e-4)


@pytest.mark.slow
@pytest.mark.data
def test_real_clips_alone_in_a_batch_and_as_a_stream(real_clips, tmp_path):
    """One answer, whichever way a clip comes."""
    front_end = build_front_end("logmel")
    outputs = [Output(decoding(task), temperature) for task, (_, _, temperature) in TASKS.items()]
    given = TaskInput(front_end, WINDOW)
    network = network_graph(a_network(alike(front_end), EncoderChoice("small")), alike(front_end))
    tasks = {task: entry_of(decoding(task)) for task in TASKS}
    card = {"format": 1, "windowing": asdict(windowing_of(given)), "tasks": tasks}
    write_bundle(tmp_path / "bundle", assemble([given], network, outputs), outputs, card, "", b"")
    bundle, pieces = Bundle.load(tmp_path / "bundle"), np.random.default_rng(0)
    for clip, other in zip(real_clips[::4], real_clips[1::4], strict=True):
        batch = bundle.probabilities(np.stack([clip, np.resize(other, len(clip)), np.zeros_like(clip)]))
        stream = Stream(bundle, 16000)
        cuts = np.sort(pieces.integers(0, len(clip), 5))
        streamed = [window for piece in np.split(clip, cuts) for window in stream.push(piece)] + stream.end()
        whole = bundle.windows(clip)
        assert len(streamed) == len(whole)
        for task, answer in bundle.classify(clip, 16000).items():
            alone = pytest.approx(answer.probabilities, abs=1e-4)
            assert dict(zip(tasks[task]["labels"], batch[task][0].tolist(), strict=True)) == alone
            assert stream.clip[task].probabilities == alone
            for one, same in zip(streamed, whole, strict=True):
                there = pytest.approx(same.answers[task].probabilities, abs=1e-4)
                assert one.answers[task].probabilities == there


def learnt(name, folder):
    """A front-end of pretrained graphs, small ones or real ones, or of a network with random weights."""
    if name == "speech embedding":
        return build_front_end({"name": "onnx", "path": learnt_graphs.speech_embedding()})
    if name == "wav2vec2":
        path = str(tiny_transformers.waveform_network(folder / "wav2vec2", **tiny_transformers.LAYER_NORMS))
        return build_front_end({"name": "transformers", "path": path, "window": 4000, "hop_samples": 1600})
    spectrum, embedding = (
        str(make(folder / f"{make.__name__}.onnx")) for make in (learnt_graphs.spectrum, learnt_graphs.embedding)
    )
    links = [{"file": spectrum}, {"file": embedding, "hop": 8}]
    return build_front_end({"name": "onnx", "path": links, "pool": "mean+std" if name == "vectors" else "none"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "encoder", "window"),
    [("frames", "pooled", 13), ("vectors", "mlp", 10), ("speech embedding", "pooled", 13), ("wav2vec2", "pooled", 10)],
)
def test_learnt_graphs_alone_in_a_batch_and_as_a_stream(name, encoder, window, tmp_path):
    """The bundle alone answers files and streams as the study does, within 1e-4."""
    front_end = learnt(name, tmp_path)
    given = TaskInput(front_end, window)
    inputs = dict.fromkeys(TASKS, given)
    network = a_network(inputs, EncoderChoice(encoder))
    outputs = [Output(decoding(task), temperature) for task, (_, _, temperature) in TASKS.items()]
    tasks = {task: entry_of(decoding(task)) for task in TASKS}
    card = {"format": 1, "windowing": asdict(windowing_of(given)), "tasks": tasks}
    model = assemble([given], network_graph(network, inputs), outputs)
    write_bundle(tmp_path / "bundle", model, outputs, card, "", b"")
    bundle, noise = Bundle.load(tmp_path / "bundle"), np.random.default_rng(0)
    clips = [noise.uniform(-0.3, 0.3, size) for size in (1, 5000, 12513, 16000, 40001, 90001)]
    clips.append(np.concatenate([np.zeros(40000), noise.uniform(-0.3, 0.3, 9000), np.zeros(40000)]))
    clips = [clip.astype(np.float32) for clip in clips]
    truth = expected(inputs, network, clips)
    for row, clip in enumerate(clips):
        batch = bundle.probabilities(np.stack([clip, np.zeros_like(clip)]))
        stream = Stream(bundle, 16000)
        for piece in np.split(clip, np.sort(noise.integers(0, len(clip), 5))):
            stream.push(piece)
        stream.end()
        for task, answer in bundle.classify(clip, 16000).items():
            wanted = pytest.approx(truth[task][row], abs=1e-4)
            assert batch[task][0] == wanted
            assert list(answer.probabilities.values()) == wanted
            assert list(stream.clip[task].probabilities.values()) == wanted


MODULES = """
import torch
from torch import nn

class Fine(nn.Module):
    def __init__(self, input_width, width=6):
        super().__init__()
        self.layer = nn.Conv1d(input_width, width, 3, padding=1)

    def forward(self, features):
        return self.layer(features.transpose(1, 2)).relu().mean(2)

class WithLengths(Fine):
    def forward(self, features, lengths):
        frames = self.layer(features.transpose(1, 2)).relu()
        if lengths is None:
            return frames.mean(2)
        inside = torch.arange(frames.shape[2])[None, :] < lengths[:, None]
        return (frames * inside[:, None]).sum(2) / lengths[:, None]

class FixedBatch(Fine):
    def forward(self, features):
        made = super().forward(features)
        return made + torch.zeros(int(len(features)), 1)

class Branches(Fine):
    def forward(self, features):
        made = super().forward(features)
        return made if made.sum() > 0 else -made
"""


@pytest.fixture
def modules(tmp_path):
    (tmp_path / "my_encoders.py").write_text(MODULES)
    return str(tmp_path)


@pytest.mark.parametrize("name", ["Fine", "WithLengths"])
def test_a_users_module_is_exported(modules, name):
    front_end = build_front_end({"name": "logmel", "bands": 12})
    network = a_network(alike(front_end), EncoderChoice("mine", f"my_encoders:{name}", folder=modules))
    session, clips = a_model(alike(front_end), network), hostile()[:8]
    truth = expected(alike(front_end), network, clips)
    for row, clip in enumerate(clips):
        for task, given in zip(TASKS, session.run(None, {"waveform": clip[None]}), strict=True):
            np.testing.assert_allclose(given[0], truth[task][row], atol=1e-4)


@pytest.mark.parametrize("name", ["Branches", "FixedBatch"])
def test_a_module_that_cannot_be_exported_is_refused(modules, name):
    front_end = build_front_end({"name": "logmel", "bands": 12})
    network = a_network(alike(front_end), EncoderChoice("mine", f"my_encoders:{name}", folder=modules))
    with pytest.raises(UserError, match="cannot be exported"):
        network_graph(network, alike(front_end))


def test_a_task_of_the_inputs_name_is_refused():
    front_end = build_front_end("logmel")
    with pytest.raises(UserError, match="rename it"):
        assemble([TaskInput(front_end, WINDOW)], None, [Output(LabelDecoding("waveform", "multiclass", ("a", "b")))])


def test_the_network_is_left_as_it_was():
    front_end = build_front_end("summary")
    network = a_network(alike(front_end), EncoderChoice("dnn", settings={"hidden": 8})).train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    model = network_graph(network, alike(front_end))
    assert network.training
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert b"/src/" not in model.SerializeToString()
