"""Tasks that share the first stages of an encoder, and have the further ones each for itself."""

import numpy as np
import pytest
import torch

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.tied import tensors_of, with_all_names
from cohear.models.windows import Windows
from cohear.runs.run_folder import KEPT
from cohear.testing.plain import PlainPack, plain_run, plain_task
from cohear.training.loop import train_one
from cohear.training.networks import load_network
from cohear.training.objectives import Step
from cohear.training.record import as_result
from cohear.training.settings import TrainingSettings

TASKS = ("one", "two")


def of_depth(shared, encoder="dnn", width=40, **settings):
    choice, heads = EncoderChoice(encoder, settings=settings), {task: layer(2) for task in TASKS}
    scheme = WithSettings(name="multihead", shared=shared)
    return make(SHARING, scheme, NetworkParts(dict.fromkeys(TASKS, width), heads, choice.build, Draws((0, 0, 0))))


def held(stages):
    return {id(parameter) for stage in stages for parameter in stage.parameters()}


def trained(sharing):
    settings = TrainingSettings(steps=5, batch=4, precision="float32", sharing=sharing)
    return train_one(plain_run(TASKS, settings), PlainPack(TASKS))


@pytest.mark.parametrize("encoder", sorted(ENCODERS))
def test_every_encoder_parts_behind_each_of_its_stages(encoder):
    width = 640 if encoder == "filters" else 40
    whole = of_depth(None, encoder, width)
    stages = len(whole.encoder_of("one").stages())
    sizes = []
    for shared in range(stages):
        network = of_depth(shared, encoder, width)
        one, two = (network.encoder_of(task).stages() for task in TASKS)
        assert held(one[:shared]) == held(two[:shared])
        assert held(one[shared:]).isdisjoint(held(two[shared:]))
        assert held(one) | held(two) == {id(each) for each in network.encoders.parameters()}
        sizes.append(sum(each.numel() for each in network.parameters()))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= sum(each.numel() for each in whole.parameters())


def test_sharing_no_stage_is_a_run_of_independent_encoders():
    none, apart = trained(WithSettings(name="multihead", shared=0)), trained("independent")
    assert all(map(torch.equal, none.network.state_dict().values(), apart.network.state_dict().values()))


def test_what_is_shared_learns_from_both_and_the_rest_from_one():
    network = of_depth(2, hidden=8, layers=2)
    batch = {task: Windows(torch.randn(6, 40, generator=torch.Generator().manual_seed(0))) for task in TASKS}
    embeddings = network.embed(batch, 0)
    losses = {task: network.logits(task, embeddings[task]).square().mean() for task in TASKS}
    assert {id(each) for each in Step(losses, embeddings, network).shared()} == held(
        network.encoder_of("one").stages()[:2]
    )
    losses["one"].backward()
    without = [each for each in network.encoder_of("two").parameters() if each.grad is None]
    assert {id(each) for each in without} == held(network.encoder_of("two").stages()[2:])


def test_weights_are_kept_once_and_come_back():
    result = trained(WithSettings(name="multihead", shared=2))
    kept = tensors_of(result.network)
    assert len({tensor.data_ptr() for tensor in kept.values() if tensor.numel()}) == len(
        [tensor for tensor in kept.values() if tensor.numel()]
    )
    assert len(kept) < len(result.network.state_dict())
    weights = as_result(result, frozenset({KEPT["weights"]})).files[KEPT["weights"]]
    back = load_network(result.spec, {task: plain_task(task, 0) for task in TASKS}, weights, "")
    ours = result.network.state_dict()
    assert all(torch.equal(tensor, ours[name]) for name, tensor in back.state_dict().items())


def test_a_tensor_that_is_missing_stays_missing():
    network = of_depth(2)
    kept = tensors_of(network)
    name = next(iter(kept))
    del kept[name]
    assert name not in with_all_names(network, kept)


@pytest.mark.parametrize("shared", [-1, 5, 50])
def test_a_depth_that_an_encoder_has_not_is_told(shared):
    stages = len(of_depth(None).encoder_of("one").stages())
    with pytest.raises(UserError, match=f"shared is 0 to {stages - 1}, since the encoder has {stages} stages"):
        of_depth(shared)


def test_rows_of_unequal_length_are_as_alone():
    network = of_depth(3, "small", width=12).eval()
    noise = np.random.default_rng(0)
    one, two = (Windows(torch.tensor(noise.normal(size=(3, frames, 12)), dtype=torch.float32)) for frames in (20, 33))
    together = network({"one": one, "two": two})
    torch.testing.assert_close(together["one"], network({"one": one})["one"], rtol=1e-4, atol=1e-4)
    assert network.embed({"one": one, "two": two})["one"].of("frames").shape[1] == 5
