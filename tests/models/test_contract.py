"""Every registered encoder and sharing scheme keeps its contract (pitfalls 7, 18, 23)."""

import sys
from typing import ClassVar

import pytest
import torch

from cohear.base.errors import UserError
from cohear.models import ENCODERS, SHARING
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.masked import MaskedNorm, Valid
from cohear.models.sharing import Draws, NetworkParts
from cohear.models.windows import Windows
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


class TestSmallWithNormsOfTasks(EncoderContract):
    def make(self):
        return EncoderChoice("small", settings={"norm": "task"})


class TestSmallWithoutBatchStatistics(EncoderContract):
    def make(self):
        return EncoderChoice("small", settings={"norm": "group"})


class TestCnnWithoutBatchStatistics(EncoderContract):
    def make(self):
        return EncoderChoice("cnn", settings={"channels": 8, "norm": "group"})


class TestDnnWithNormsOfTasks(EncoderContract):
    def make(self):
        return EncoderChoice("dnn", settings={"hidden": 16, "norm": "task"})


class TestDnnWithoutBatchStatistics(EncoderContract):
    def make(self):
        return EncoderChoice("dnn", settings={"hidden": 16, "norm": "group"})


class TestLinear(EncoderContract):
    def make(self):
        return EncoderChoice("linear", settings={"hidden": 7})


class TestMlp(EncoderContract):
    def make(self):
        return EncoderChoice("mlp", settings={"hidden": 16, "layers": 2, "norm": "task"})


class TestPooled(EncoderContract):
    def make(self):
        return EncoderChoice("pooled", settings={"hidden": 9, "heads": 3})


class TestPooledMean(EncoderContract):
    def make(self):
        return EncoderChoice("pooled", settings={"hidden": 9, "pooling": "mean", "norm": "group"})


class TestBcResNet(EncoderContract):
    def make(self):
        return EncoderChoice("bcresnet", settings={"width": 1, "every": 1})


class TestBcResNetWithNormsOfTasks(EncoderContract):
    def make(self):
        return EncoderChoice("bcresnet", settings={"width": 0.5, "norm": "task"})


class TestBcResNetWithoutBatchStatistics(EncoderContract):
    def make(self):
        return EncoderChoice("bcresnet", settings={"width": 0.5, "norm": "group"})


class TestCrnn(EncoderContract):
    def make(self):
        return EncoderChoice("crnn", settings={"channels": 8, "hidden": 5})


class TestCrnnWithABranchForScenes(EncoderContract):
    def make(self):
        return EncoderChoice("crnn", settings={"channels": 8, "hidden": 5, "vector": "convolutional", "norm": "task"})


class TestCrnnWithoutBatchStatistics(EncoderContract):
    def make(self):
        return EncoderChoice("crnn", settings={"channels": 8, "hidden": 5, "norm": "group"})


class TestWaveNet(EncoderContract):
    def make(self):
        return EncoderChoice("wavenet", settings={"channels": 8, "layers": 3})


class TestWaveNetWithNormsOfTasks(EncoderContract):
    def make(self):
        return EncoderChoice("wavenet", settings={"channels": 8, "layers": 3, "norm": "task"})


class TestWaveNetWithoutBatchStatistics(EncoderContract):
    def make(self):
        return EncoderChoice("wavenet", settings={"channels": 8, "stacks": 1, "layers": 5, "norm": "group"})


class TestTransformer(EncoderContract):
    def make(self):
        return EncoderChoice("transformer", settings={"width": 16, "layers": 2, "heads": 2, "bands": 5})


class TestTransformerWithNormsOfTasks(EncoderContract):
    def make(self):
        return EncoderChoice("transformer", settings={"width": 16, "layers": 1, "frames": 3, "norm": "task"})


class TestTransformerWithoutBatchStatistics(EncoderContract):
    def make(self):
        return EncoderChoice("transformer", settings={"width": 16, "layers": 1, "norm": "group"})


class TestFilters(EncoderContract):
    def make(self):
        return EncoderChoice("filters", settings={"bands": 12, "taps": 60, "rate": 2400})


class TestFiltersBeforeRecurrenceWithNormsOfTasks(EncoderContract):
    def make(self):
        settings = {"of": "crnn", "bands": 9, "taps": 25, "steps": 1, "rate": 2400, "norm": "task"}
        return EncoderChoice("filters", settings=settings)


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


class TestMultiheadOfTwoStages(SharingContract):
    name = "multihead"
    settings: ClassVar = {"shared": 2}


class TestAdapters(SharingContract):
    name = "adapters"
    settings: ClassVar = {"width": 3, "price": 0.1}


class TestSoft(SharingContract):
    name = "soft"
    settings: ClassVar = {"pull": 0.5}


class TestIndependent(SharingContract):
    name = "independent"


class TestFromPartners(SharingContract):
    name = "from-partners"


class TestFromJoint(SharingContract):
    name = "from-joint"


class TestAdded(SharingContract):
    name = "added"


class TestBottleneck(SharingContract):
    name = "bottleneck"
    settings: ClassVar = {"width": 4}


class TestMerged(SharingContract):
    name = "merged"
    settings: ClassVar = {"scale": 0.8}


def test_all_that_is_registered_is_tested():
    plain = {"small", "cnn", "dnn", "linear", "mlp", "pooled"}
    assert set(ENCODERS) == plain | {"bcresnet", "crnn", "wavenet", "transformer", "filters"}
    together, begun = (
        {"multihead", "independent", "adapters", "soft"},
        {"from-partners", "from-joint", "added", "merged", "bottleneck"},
    )
    assert set(SHARING) == together | begun
    assert {name for name in SHARING if SHARING[name].begins_with} == begun


@pytest.mark.parametrize("sharing", sorted(SHARING))
def test_heads_of_one_width_have_weights_of_their_own(sharing):
    """A head's stream is named by its task; that of an encoder is not, so that encoders alone begin alike."""
    encoder = EncoderChoice("dnn", settings={"hidden": 4})
    heads = {task: layer(3) for task in ("one", "two")}
    network = SHARING[sharing](NetworkParts(dict.fromkeys(heads, 6), heads, encoder.build, Draws((0, 0, 0))))
    one, two = (head.state_dict() for head in network.heads)
    assert not torch.equal(one["weight"], two["weight"])


def test_what_is_learnt_without_hidden_layers_is_linear():
    """Twice the way from one vector to another is twice the change."""
    encoder = EncoderChoice("linear", settings={"hidden": 5}).build({"task": 3}).eval()
    nothing, one, two = (encoder(Windows(times * torch.ones(1, 3))).of("vector") for times in (0, 1, 2))
    torch.testing.assert_close(two - nothing, 2 * (one - nothing))


def test_pooling_is_over_the_valid_frames():
    """The mean of what the front-end gives, each number normalised; attention that cannot tell frames apart is it."""
    windows = Windows(torch.tensor([[[1.0, 3], [3, -1]], [[5, 7], [0, 0]]]), torch.tensor([2, 1]))
    settings = {"layers": 0, "pooling": "mean"}
    mean = EncoderChoice("pooled", settings=settings).build({"task": 2}).eval()(windows).of("vector")
    torch.testing.assert_close(mean, torch.tensor([[2.0, 1], [5, 7]]), rtol=1e-4, atol=1e-4)
    attention = EncoderChoice("pooled", settings={**settings, "pooling": "attention"}).build({"task": 2}).eval()
    torch.nn.init.zeros_(attention.pool.score.weight)
    torch.testing.assert_close(attention(windows).of("vector"), mean.repeat(1, 2))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"pooling": "max"}, "pooling must be attention or mean, not 'max'"),
        ({"heads": 0}, "heads must be at least 1, not 0"),
        ({"layers": 1.5}, "layers must be a whole number"),
    ],
)
def test_pooling_that_there_is_not_is_told(settings, told):
    with pytest.raises(UserError, match=told):
        EncoderChoice("pooled", settings=settings).build({"task": 4})


def test_an_mlp_has_a_hidden_layer():
    with pytest.raises(UserError, match="layers must be at least 1, not 0; 'linear' has no hidden layer"):
        EncoderChoice("mlp", settings={"layers": 0}).build({"task": 4})


def test_small_is_small():
    assert sum(parameter.numel() for parameter in EncoderChoice("small").build({"task": 64}).parameters()) <= 150_000


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_evaluation_needs_no_gathering_of_frames(precision):
    """A product with a mask gives bit for bit what normalising the valid frames alone gives, at any lengths."""
    noise = torch.Generator().manual_seed(0)
    for channels, width in ((1, 7), (16, 5), (48, 3)):
        norm = MaskedNorm(channels)
        torch.nn.init.normal_(norm.weight, generator=noise)
        torch.nn.init.normal_(norm.bias, generator=noise)
        norm.running_mean.normal_(generator=noise)
        norm.running_var.uniform_(0.5, 2, generator=noise)
        norm.eval()
        lengths = torch.tensor([1, 9, 4])
        valid = Valid.of(lengths, 9)
        sequence = torch.randn(3, channels, 9, width, generator=noise).to(precision)
        sequence = sequence.contiguous(memory_format=torch.channels_last)
        given = norm(Windows(sequence, lengths)).features
        frames = sequence.permute(0, 2, 3, 1).reshape(27, -1)
        expected = torch.zeros_like(frames)
        expected[valid.rows] = norm._normalise(frames[valid.rows], channels).to(precision)
        assert torch.equal(given, expected.view(3, 9, width, channels).permute(0, 3, 1, 2))


def test_a_users_module_may_lie_beside_another_of_its_name(tmp_path):
    """Two studies, each with a ``net.py`` and a ``random.py``, in one process."""
    widths = {}
    for number in (3, 4):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "random.py").write_text("raise RuntimeError('this shadows the standard library')\n")
        (folder / "net.py").write_text(f"import random\n{MODULE.replace('hidden=4', f'hidden={number}')}")
        choice = EncoderChoice("mean", "net:Mean", folder=str(folder))
        widths[number] = choice.build({"task": 8}).gives["vector"], choice.key()["source"]
    assert [width for width, _ in widths.values()] == [3, 4]
    assert len({source for _, source in widths.values()}) == 2
    with pytest.raises(UserError, match="is a module of Python's own; give the file another name"):
        EncoderChoice("mean", "random:Mean", folder=str(folder)).build({"task": 8})
    (folder / "broken.py").write_text("1 / 0\n")
    with pytest.raises(UserError, match="cannot be imported: ZeroDivisionError: division by zero"):
        EncoderChoice("mean", "broken:Mean", folder=str(folder)).build({"task": 8})


def test_statistics_are_those_of_the_mixed_batch():
    """Pitfall 7: batch norm sees all tasks' windows at once, not one dataset a batch."""
    encoder = EncoderChoice("dnn", settings={"hidden": 4, "layers": 1})
    inputs, heads = dict.fromkeys("ab", 3), dict.fromkeys("ab", layer(2))
    network = SHARING["multihead"](NetworkParts(inputs, heads, encoder.build, Draws((0, 0, 0)))).train()
    rows = {"a": torch.randn(8, 3) + 5, "b": torch.randn(4, 3) - 5}
    network({task: Windows(features) for task, features in rows.items()}, 0)
    mixture = torch.cat([rows["a"], rows["b"]])
    norm = network.encoder_of("a").input_norm
    torch.testing.assert_close(norm.running_mean, 0.1 * mixture.mean(0))
    torch.testing.assert_close(norm.running_var, 0.9 + 0.1 * mixture.var(0))
