"""Narrow layers of each task's own, whose channels are learnt, paid for, and left out where they are shut."""

import pytest
import torch

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make
from cohear.models.adapters import Adapter
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS
from cohear.models.heads import layer
from cohear.models.inference import at_inference
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.testing.plain import PlainPack, plain_run
from cohear.training.loop import train_one
from cohear.training.settings import TrainingSettings

TASKS = ("one", "two")


def network_of(encoder="dnn", inputs=40, **settings):
    choice, heads = EncoderChoice(encoder), {task: layer(2) for task in TASKS}
    scheme = WithSettings(name="adapters", **settings)
    return make(SHARING, scheme, NetworkParts(dict.fromkeys(TASKS, inputs), heads, choice.build, Draws((0, 0, 0))))


def trained(sharing, steps=150):
    settings = TrainingSettings(steps=steps, batch=4, precision="float32", sharing=sharing)
    return train_one(plain_run(TASKS, settings), PlainPack(TASKS))


def adapters_of(network):
    return [each for each in network.modules() if isinstance(each, Adapter)]


@pytest.mark.parametrize("encoder", sorted(ENCODERS))
def test_at_first_they_change_nothing(encoder):
    width = 640 if encoder == "filters" else 40
    network = network_of(encoder, width).eval()
    plain = SHARING["multihead"](
        NetworkParts(
            dict.fromkeys(TASKS, width),
            {task: layer(2) for task in TASKS},
            EncoderChoice(encoder).build,
            Draws((0, 0, 0)),
        ),
    ).eval()
    rows = torch.randn((3, width) if ENCODERS[encoder].layout == "vector" else (3, 24, width))
    for task in TASKS:
        torch.testing.assert_close(network({task: Windows(rows)})[task], plain({task: Windows(rows)})[task])
    assert network.size() > plain.size()


def test_a_price_shuts_gates_and_what_is_shut_is_no_part_of_the_network():
    free, dear = (trained(WithSettings(name="adapters", width=4, price=price)) for price in (0.0, 200.0))
    assert all((each.openings() > 0).all() for each in adapters_of(free.network))
    assert all((each.openings() == 0).all() for each in adapters_of(dear.network))
    plain = trained("multihead", steps=2)
    assert dear.parameters == plain.parameters < free.parameters
    rows = torch.randn(5, *next(iter(plain.network.encoders)).input_norm.weight.shape)
    for result in (free, dear):
        network = result.network.eval()
        asked = at_inference(network, "one")
        expected = network({"one": Windows(rows)})["one"]
        torch.testing.assert_close(asked({"one": Windows(rows)})["one"], expected, rtol=1e-5, atol=1e-5)
        assert bool(adapters_of(asked)) == (result is free)


def test_what_it_costs_is_what_is_open():
    network = network_of("small", width=4, price=3.0)
    assert float(network.price().detach()) == pytest.approx(3.0)
    with torch.no_grad():
        for adapter in adapters_of(network):
            adapter.gates[:2] = -1
    assert float(network.price().detach()) == pytest.approx(1.5)
    assert network_of("small", width=4).price() is None


def test_multiply_adds_are_dear_where_frames_are_many():
    network = network_of("small", price=1.0, cost="multiply_adds")
    first, *_, last = adapters_of(network)[:5]
    network.price().backward()
    ratio = float(first.gates.grad[0] / last.gates.grad[0])
    assert ratio == pytest.approx(first.places * first.down.in_features / (last.places * last.down.in_features))
    assert first.places > last.places


@pytest.mark.parametrize("settings", [{"width": 0}, {"price": -1.0}, {"cost": "bytes"}])
def test_settings_that_cannot_be_are_told(settings):
    with pytest.raises(UserError, match=r"sharing scheme 'adapters': (width is|cost is)"):
        network_of(**settings)


def test_soft_encoders_are_the_nearer_the_dearer_their_distance_is():
    def distance(network):
        pairs = zip(*(network.encoder_of(task).parameters() for task in TASKS), strict=True)
        return sum(float((one - other).detach().square().sum()) for one, other in pairs)

    loose, middle, tight = (trained(WithSettings(name="soft", pull=pull), steps=40) for pull in (0.0, 0.1, 10.0))
    apart = trained("independent", steps=40)
    assert distance(loose.network) > distance(middle.network) > distance(tight.network)
    states = loose.network.state_dict(), apart.network.state_dict()
    assert all(map(torch.equal, *(state.values() for state in states)))


def test_soft_encoders_of_two_shapes_are_refused():
    choice, heads = EncoderChoice("dnn"), {task: layer(2) for task in TASKS}
    with pytest.raises(UserError, match="encoders of its tasks differ in shape"):
        make(SHARING, "soft", NetworkParts({"one": 4, "two": 5}, heads, choice.build, Draws((0, 0, 0))))
    with pytest.raises(UserError, match="pull is a price from 0 on, not -1"):
        make(
            SHARING,
            WithSettings(name="soft", pull=-1),
            NetworkParts(dict.fromkeys(TASKS, 4), heads, choice.build, Draws((0, 0, 0))),
        )
