"""Layers of which each task has its own, in an encoder of the user's."""

import pytest
import torch

from cohear.base.errors import UserError
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.inference import at_inference
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Span, Windows
from cohear.testing.encoder import EncoderContract

MODULE = """
from torch import nn

from cohear.models.cnn import Maximum
from cohear.models.encoder import Encoder
from cohear.models.masked import BandNorm, MaskedConvolution, MaskedNorm
from cohear.models.per_task import PerTask


class Bands(nn.Module):
    def __init__(self, width, bands):
        super().__init__()
        self.layer = nn.Linear(width, bands, bias=False)

    def forward(self, windows):
        return windows.holding(self.layer(windows.features))


class Own(Encoder):
    stride = 2

    def __init__(self, input_widths, bands=6, channels=4):
        super().__init__()
        self.first = PerTask(input_widths, lambda task: Bands(input_widths[task], bands))
        self.input_norm = PerTask(input_widths, lambda task: BandNorm(bands))
        self.convolution = MaskedConvolution(1, channels, (3, 3), (2, 2))
        self.convolution.norm = PerTask(input_widths, lambda task: MaskedNorm(channels))
        self.pool = Maximum()
        self.gives = {"vector": channels, "frames": channels}

    def stages(self):
        return (self.first, self.input_norm, self.convolution, self.pool)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own_net.py").write_text(MODULE, encoding="utf-8")
    return str(tmp_path)


class TestOwn(EncoderContract):
    @pytest.fixture(autouse=True)
    def module(self, folder):
        self.folder = folder

    def make(self):
        return EncoderChoice("own", "own_net:Own", folder=self.folder)


def test_statistics_are_those_of_the_tasks_own_rows(folder):
    """In a mixed batch too, and weights that are shared learn from all of it."""
    torch.manual_seed(0)
    build, draws = EncoderChoice("own", "own_net:Own", folder=folder).build, Draws((0, 0, 0))
    network = SHARING["multihead"](
        NetworkParts(dict.fromkeys("ab", 5), dict.fromkeys("ab", layer(2)), build, draws)
    ).train()
    alone = SHARING["multihead"](NetworkParts({"b": 5}, {"b": layer(2)}, build, draws)).train()
    batch = {"a": Windows(torch.randn(8, 9, 5) + 5), "b": Windows(torch.randn(4, 9, 5) - 5)}
    given = network(batch, 0)
    torch.testing.assert_close(given["b"], alone({"b": batch["b"]}, 0)["b"])
    of_a, of_b = network.encoder_of("a").input_norm.layers
    torch.testing.assert_close(of_b.norm.running_mean, alone.encoder_of("b").input_norm.layers[0].norm.running_mean)
    assert not torch.allclose(of_a.norm.running_mean, of_b.norm.running_mean)
    (given["a"].sum() + given["b"].sum()).backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_networks_of_an_encoder_a_task_are_asked_for_one_task_at_a_time(folder):
    """What one task has of its own is none of the encoders of the others, which its rows never reach."""
    torch.manual_seed(0)
    build, widths = EncoderChoice("own", "own_net:Own", folder=folder).build, dict.fromkeys("ab", 5)
    for scheme in [name for name in SHARING if SHARING[name].begins_with is None]:  # others refuse such encoders
        network = SHARING[scheme](NetworkParts(widths, dict.fromkeys("ab", layer(2)), build, Draws((0, 0, 0)))).eval()
        for task in "ab":
            rows = {task: Windows(torch.randn(3, 9, 5))}
            plain = at_inference(network, task, network.idle(task))
            torch.testing.assert_close(plain(rows)[task], network(rows)[task])


def test_inputs_of_unequal_width_have_a_first_stage_each(folder):
    """Narrower rows end in zeros, which their first stage never sees; a batch of the narrow task alone is narrow."""
    torch.manual_seed(0)
    encoder = EncoderChoice("own", "own_net:Own", folder=folder).build({"wide": 7, "narrow": 3}).eval()
    wide, narrow = torch.randn(2, 4, 7), torch.randn(3, 4, 3)
    together = encoder(Windows.joined({"wide": Windows(wide), "narrow": Windows(narrow)}))
    alone = encoder(Windows(narrow, None, (Span("narrow", 3),)))
    torch.testing.assert_close(together.vector[2:], alone.vector)


def test_windows_of_unequal_length_and_width_are_joined():
    """Zeros fill up the smaller ones, and lengths say where they begin; each task gets its own rows back."""
    long, short, vector = torch.ones(2, 6, 3), torch.ones(3, 4, 5), torch.ones(1, 5)
    joined = Windows.joined({"a": Windows(long), "b": Windows(short, torch.tensor([4, 1, 2]))})
    assert joined.spans == (Span("a", 2), Span("b", 3))
    assert joined.features.shape == (5, 6, 5)
    assert joined.lengths.tolist() == [6, 6, 4, 1, 2]
    assert joined.features.sum() == long.sum() + short.sum()
    parts = dict(joined.by_task())
    assert torch.equal(parts["a"].features, long)
    assert torch.equal(parts["b"].features[:, :4], short)
    other = dict(joined.holding(torch.ones(5, 6, 5)).by_task())
    assert [part.features.shape[-1] for part in other.values()] == [5, 5]  # made of them, and as wide as it is
    assert Windows.joined({"a": Windows(long), "b": Windows(long)}).lengths is None
    assert Windows.joined({"a": Windows(vector), "b": Windows(torch.ones(1, 2))}).lengths is None


def test_a_task_with_longer_windows_beside_it_answers_as_alone():
    """The encoder sees where a short window ends, so that the zeros behind it change nothing."""
    torch.manual_seed(0)
    encoder, draws = EncoderChoice("small"), Draws((0, 0, 0))
    network = SHARING["multihead"](
        NetworkParts(dict.fromkeys("ab", 16), dict.fromkeys("ab", layer(2)), encoder.build, draws)
    ).eval()
    batch = {"a": Windows(torch.randn(2, 40, 16)), "b": Windows(torch.randn(3, 100, 16))}
    together = network(batch)
    for task, windows in batch.items():
        torch.testing.assert_close(network({task: windows})[task], together[task], rtol=1e-4, atol=1e-4)


def test_an_encoder_of_one_width_refuses_several():
    with pytest.raises(UserError, match=r"encoder 'small': takes inputs of one width.*\(a: 8, b: 9\).*first stage"):
        EncoderChoice("small").build({"a": 8, "b": 9})
