"""What the single of one task has learnt is a further input of another's network."""

import pytest
import torch

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.inference import at_inference
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows

TASKS = ("one", "two", "three")
WIDTH = 20


def network_of(encoder="dnn", scheme="bottleneck", tasks=TASKS, **settings):
    choice = EncoderChoice(encoder, settings={} if encoder != "dnn" else {"hidden": 8, "layers": 1})
    heads = {task: layer(2) for task in tasks}
    named = WithSettings(name=scheme, **settings) if settings else scheme
    return make(SHARING, named, NetworkParts(dict.fromkeys(tasks, WIDTH), heads, choice.build, Draws((0, 0, 0))))


def batch_of(encoder):
    noise = torch.Generator().manual_seed(0)
    if encoder == "dnn":
        return {task: Windows(torch.randn(5, WIDTH, generator=noise)) for task in TASKS}
    lengths = torch.tensor([30, 12, 7, 30, 25])
    real = torch.arange(30)[None, :, None] < lengths[:, None, None]
    return {task: Windows(torch.randn(5, 30, WIDTH, generator=noise) * real, lengths) for task in TASKS}


def listening(encoder):
    """A network whose taps give something."""
    network, noise = network_of(encoder), torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tap in [part for taps in network.taps for part in taps]:
            tap.up.weight.normal_(generator=noise)
    return network


@pytest.mark.parametrize("encoder", ["dnn", "small", "crnn", "wavenet"])
def test_at_first_it_is_an_encoder_a_task(encoder):
    network, plain = network_of(encoder).eval(), network_of(encoder, "independent").eval()
    expected = plain(batch_of(encoder))
    for task, logits in network(batch_of(encoder)).items():
        torch.testing.assert_close(logits, expected[task])


@pytest.mark.parametrize("encoder", ["dnn", "small"])
def test_a_task_hears_its_partners_and_not_itself(encoder):
    before, other = (listening(encoder).eval() for _ in range(2))
    with torch.no_grad():
        for parameter in other.singles[0].parameters():
            parameter.mul_(-1.5)
    before, after = before(batch_of(encoder)), other(batch_of(encoder))
    torch.testing.assert_close(after["one"], before["one"])
    assert not torch.allclose(after["two"], before["two"])
    assert not torch.allclose(after["three"], before["three"])


@pytest.mark.parametrize("encoder", ["dnn", "small"])
def test_singles_learn_no_further_and_taps_do(encoder):
    """What their norms have counted stays too."""
    network = listening(encoder).train()
    states = [{name: each.clone() for name, each in single.state_dict().items()} for single in network.singles]
    torch.autograd.backward([logits.square().sum() for logits in network(batch_of(encoder), 0).values()])
    for single, state in zip(network.singles, states, strict=True):
        assert all(parameter.grad is None for parameter in single.parameters())
        assert all(torch.equal(each, state[name]) for name, each in single.state_dict().items())
    assert all(tap.down.weight.grad.any() for taps in network.taps for tap in taps)


def test_it_begins_with_what_singles_have_learnt():
    network = network_of()
    singles = {task: network_of(scheme="multihead", tasks=(task,)) for task in TASKS}
    noise = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in [each for single in singles.values() for each in single.parameters()]:
            parameter.normal_(generator=noise)
    network.begin(singles)
    for task, held in zip(TASKS, network.singles, strict=True):
        expected = singles[task].encoders[0].state_dict()
        assert all(torch.equal(each, expected[name]) for name, each in held.state_dict().items())


def test_what_a_task_needs_at_work_is_its_network_and_its_partners_singles():
    network, batch = listening("dnn").eval(), batch_of("dnn")
    for number, task in enumerate(TASKS):
        idle = network.idle(task)
        assert [any(part is single for part in idle) for single in network.singles] == [n == number for n in range(3)]
        plain = at_inference(network, task, idle)
        torch.testing.assert_close(plain({task: batch[task]})[task], network(batch)[task])


def test_a_width_that_cannot_be_is_told():
    with pytest.raises(UserError, match="width is 1 or more, not 0"):
        network_of(width=0)
