"""What each encoder is: its size beside the paper's, what its frames hear, and settings that it refuses."""

import numpy as np
import pytest
import torch
from torch import nn

from cohear.base.errors import UserError
from cohear.features.filterbank import hertz_to_mel, mel_to_hertz
from cohear.models.bcresnet import Broadcast, SubSpectralNorm
from cohear.models.choice import EncoderChoice
from cohear.models.crnn import BothWays
from cohear.models.filters import LOWEST
from cohear.models.norms import Norms
from cohear.models.transformer import Layer, waves
from cohear.models.wavenet import Gated
from cohear.models.windows import Windows


def build(name, given=40, **settings):
    torch.manual_seed(0)
    return EncoderChoice(name, settings=settings).build({"task": given}).eval()


def size(module):
    return sum(parameter.numel() for parameter in module.parameters())


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("width", "thousands"), [(1, 9.2), (2, 27.3), (3, 54.2), (6, 188), (8, 321)])
def test_bcresnet_is_as_large_as_the_papers(width, thousands):
    """Its table of results on 40 bands: with a layer of 12 labels on as many numbers as there are channels at last."""
    encoder = build("bcresnet", width=width)
    last = encoder.gives["frames"]
    published = size(encoder) - size(encoder.input_norm) + 12 * last + 12
    assert published / 1000 == pytest.approx(thousands, rel=0.01)


@pytest.mark.parametrize(("width", "least", "most"), [(1, 8_000, 12_000), (2, 0, 50_000), (15, 1_000_000, 1_200_000)])
def test_bcresnet_goes_from_ten_thousand_parameters_to_a_million(width, least, most):
    assert least <= size(build("bcresnet", 64, width=width)) <= most


def test_what_is_found_in_time_is_added_to_every_band():
    block = Broadcast(4, 4, 6, 1, 1, 0.0, Norms("shared", ["task"])).eval()
    nn.init.zeros_(block.in_bands.convolution.weight)
    nn.init.ones_(block.in_bands.norm.norm.bias)  # one in every band, whatever goes in
    given = noise(2, 4, 5, 6).relu()
    added = block(Windows(given)).features - given
    torch.testing.assert_close(added, added[..., :1].expand_as(added))
    assert added.std(dim=2).max() > 0  # at the ends a frame has one neighbour


def test_parts_of_the_bands_are_normalised_apart():
    """Loud low bands move nothing of the high ones; each part has a norm over its own numbers."""
    norm = SubSpectralNorm(3, 20, Norms("shared", ["task"])).train()
    assert norm.parts == 5
    given = noise(4, 3, 7, 20)
    loud = given.clone()
    loud[..., :4] = 100 + 50 * loud[..., :4]
    found, beside = (norm(Windows(each)).features for each in (given, loud))
    torch.testing.assert_close(found[..., 4:], beside[..., 4:])
    wanted = nn.functional.batch_norm(given[..., 8:12], None, None, training=True)
    torch.testing.assert_close(found[..., 8:12], wanted)
    assert [SubSpectralNorm(2, bands, Norms("shared", ["a"])).parts for bands in (1, 7, 8, 30)] == [1, 1, 4, 5]


def test_recurrence_goes_both_ways_as_torchs_does():
    """Rows of unequal length: each is gone through from its own end, as torch does with packed sequences."""
    ours, theirs = BothWays(6, 4, 0.0), nn.GRU(6, 4, batch_first=True, bidirectional=True)
    for name, weight in ours.onwards.named_parameters():
        getattr(theirs, name).data.copy_(weight.data)
    for name, weight in ours.back.named_parameters():
        getattr(theirs, f"{name}_reverse").data.copy_(weight.data)
    lengths = torch.tensor([9, 1, 5])
    frames = noise(3, 9, 6) * (torch.arange(9)[None, :] < lengths[:, None])[..., None]
    packed = nn.utils.rnn.pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)
    wanted, _ = nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)
    torch.testing.assert_close(ours(Windows(frames, lengths)).features, wanted)
    torch.testing.assert_close(ours(Windows(frames)).features, theirs(frames)[0])


def test_scenes_are_told_beside_events_and_not_behind_them():
    """The vector of a convolutional branch does not depend on the recurrent one; that of a recurrent one does."""
    for vector, same in (("convolutional", True), ("recurrent", False)):
        encoder, windows = build("crnn", vector=vector, channels=8), Windows(noise(2, 20, 40))
        before = encoder(windows)
        for parameter in encoder.branches.recurrent.parameters():
            nn.init.zeros_(parameter)
        after = encoder(windows)
        assert torch.equal(before.vector, after.vector) == same
        assert not after.frames.any()


def test_wavenet_hears_what_was_and_never_what_will_be():
    """A frame depends on itself and ``stacks * (2 ** layers - 1)`` before it."""
    encoder, frames = build("wavenet", stacks=2, layers=3), noise(1, 40, 40).requires_grad_()
    encoder(Windows(frames)).frames[0, 30].sum().backward()
    heard = frames.grad[0].abs().sum(dim=1).nonzero()[:, 0]
    assert heard.tolist() == list(range(30 - 14, 31))


def test_a_gate_is_that_of_the_paper():
    """Worked by its formula: tanh of one half times the logistic function of the other."""
    layer, given = Gated(3, 2), noise(1, 6, 5, 1)
    onwards, skips = given[0, :, :, 0].split(3)
    past = torch.cat([torch.zeros(3, 2), onwards[:, :-2]], dim=1)
    weights = layer.convolution.weight[..., 0]
    inner = weights[..., 0] @ past + weights[..., 1] @ onwards + layer.convolution.bias[:, None]
    made = layer.out.weight[..., 0, 0] @ (inner[:3].tanh() * inner[3:].sigmoid()) + layer.out.bias[:, None]
    wanted = torch.cat([onwards + made[:3], skips + made[3:]])
    torch.testing.assert_close(layer(Windows(given)).features[0, :, :, 0], wanted)


def test_attention_is_that_of_torch():
    layer, patches = Layer(8, 2, 6, 0.0), noise(3, 8, 4, 2)
    theirs = nn.TransformerEncoderLayer(8, 2, 6, 0.0, "gelu", batch_first=True, norm_first=True)
    pairs = {
        "self_attn.in_proj": layer.asked,
        "self_attn.out_proj": layer.told,
        "linear1.": layer.wide,
        "linear2.": layer.narrow,
        "norm1.": layer.before_attention,
        "norm2.": layer.before_layers,
    }
    weights = {}
    for name in theirs.state_dict():
        own = next(part for prefix, part in pairs.items() if name.startswith(prefix))
        weights[name] = own.bias if name.endswith("bias") else own.weight
    theirs.load_state_dict(weights)
    lengths = torch.tensor([4, 1, 3])
    beyond = (torch.arange(4)[None, :] >= lengths[:, None]).repeat_interleave(2, dim=1)
    wanted = theirs(patches.flatten(2).transpose(1, 2), src_key_padding_mask=beyond)
    found = layer(Windows(patches, lengths)).features.flatten(2).transpose(1, 2)
    torch.testing.assert_close(found[~beyond], wanted[~beyond])
    assert not found[beyond].any()


def test_places_are_told():
    """No two patches of a long window have the same, and order counts: the same frames turned are another vector."""
    told = waves(400, 16)
    assert torch.cdist(told.T, told.T).fill_diagonal_(1).min() > 0.01
    encoder, frames = build("transformer", dropout=0.0), noise(1, 64, 40)
    apart = encoder(Windows(frames)).vector - encoder(Windows(frames.unflatten(1, (8, 8)).flip(1).flatten(1, 2))).vector
    assert apart.abs().max() > 1e-3


def test_filters_begin_on_the_mel_scale():
    """Tones in the middles of bands are loudest in them, in every frame; before anything is learnt."""
    energies = build("filters", 160).energies
    mels = np.linspace(hertz_to_mel(LOWEST), hertz_to_mel(8000), 66)[1:-1]
    for band in (10, 30, 63):
        tone = torch.sin(2 * torch.pi * float(mel_to_hertz(mels[band])) * torch.arange(16000) / 16000)
        told = energies(Windows(tone.reshape(1, 100, 160))).features
        assert (told[0, 2:-2].argmax(dim=1) - band).abs().max() <= 1


def test_energies_are_those_of_the_formula():
    """Worked at one frame: four steps, a filter of each pair over the samples around each, squares averaged."""
    energies = build("filters", 8, taps=10, steps=4, rate=800).energies
    samples = noise(1, 5, 8)
    wave = np.pad(samples.flatten().numpy(), 10)
    filters = energies.filters.detach()[:, 0].numpy()
    begin = 10 + 2 * 8 - 4  # a step of two samples lies in the middle of ten
    steps = [filters @ wave[begin + 2 * step : begin + 2 * step + 10] for step in range(4)]
    pairs = np.mean([step[:64] ** 2 + step[64:] ** 2 for step in steps], axis=0)
    told = energies(Windows(samples)).features[0, 2]
    torch.testing.assert_close(told, torch.from_numpy(np.log(pairs + 1e-5)), rtol=1e-4, atol=1e-4)


def test_filters_learn_and_the_encoder_behind_is_in_their_key():
    encoder = build("filters", 160)
    encoder.train()(Windows(noise(4, 50, 160))).vector.square().mean().backward()
    assert encoder.energies.filters.grad.abs().sum() > 0
    keys = [EncoderChoice("filters", settings=settings).key() for settings in ({}, {"of": "crnn"})]
    assert [key["made_of"] for key in keys] == [{"small": 1}, {"crnn": 1}]
    assert "made_of" not in EncoderChoice("small").key()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"steps": 3}, "a frame has 160 samples, which 3 steps do not divide"),
        ({"of": "dnn"}, "of must be an encoder that takes sequences, and 'dnn' takes none"),
        ({"of": "filters"}, "of must be an encoder that takes sequences"),
        ({"of": "smal"}, r"unknown encoder 'smal' \(did you mean 'small'"),
        ({"taps": 8}, r"taps must be at least the samples of a step \(40\), not 8"),
    ],
)
def test_filters_that_there_are_not_are_told(settings, told):
    with pytest.raises(UserError, match=told):
        build("filters", 160, **settings)


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("bcresnet", {"every": 0}, "every must be at least 1, not 0"),
        ("crnn", {"vector": "mean"}, "vector must be recurrent or convolutional, not 'mean'"),
        ("wavenet", {"layers": 0}, "stacks and layers must be at least 1, not 2 and 0"),
        ("transformer", {"heads": 3}, r"width must be a multiple of twice the heads \(6\), not 64"),
        ("transformer", {"layers": 0}, "must be at least 1"),
        ("wavenet", {"norm": "batch"}, "norm is one of shared, task, group, not 'batch'"),
    ],
)
def test_settings_that_there_are_not_are_told(name, settings, told):
    with pytest.raises(UserError, match=f"encoder {name!r}: .*{told}"):
        build(name, **settings)
