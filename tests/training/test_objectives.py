"""An objective may look at gradients: in embeddings, where they are cheap, and in the weights that tasks share."""

from typing import ClassVar

import pytest
import torch

from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.testing.objective import ObjectiveContract
from cohear.testing.plain import PlainPack, plain_run
from cohear.training.loop import train_one
from cohear.training.objectives import OBJECTIVES, Objective, Step
from cohear.training.settings import TrainingSettings


class Even(Objective):
    """All tasks pull at the embedding alike (as IMTL-G does, Liu et al. 2021); heads learn from their own losses."""

    def backward(self, step):
        vectors = [step.embeddings[task].of("vector") for task in step.losses]
        pulls = [
            torch.autograd.grad(loss, vector, retain_graph=True)[0]
            for loss, vector in zip(step.losses.values(), vectors, strict=True)
        ]
        sizes = torch.stack([pull.norm() for pull in pulls])
        scale = sizes.mean() / sizes
        encoders = {id(step.network.encoder_of(task)): step.network.encoder_of(task) for task in step.losses}
        shared = [each for encoder in encoders.values() for each in encoder.parameters()]
        of_heads = [each for head in step.network.heads for each in head.parameters()]
        torch.autograd.backward(list(step.losses.values()), inputs=of_heads, retain_graph=True)
        scaled = [factor * pull for factor, pull in zip(scale, pulls, strict=True)]
        torch.autograd.backward(vectors, scaled, inputs=shared)


class Projected(Objective):
    """PCGrad (Yu et al. 2020) of two tasks: what conflicts with the other's gradient is taken away."""

    def backward(self, step):
        torch.autograd.backward(list(step.losses.values()), retain_graph=True)
        if not (shared := step.shared()):
            return
        both = [torch.autograd.grad(loss, shared, retain_graph=True) for loss in step.losses.values()]
        rows = torch.stack([torch.cat([each.flatten() for each in of_task]) for of_task in both])
        inner = rows @ rows.T
        kept = torch.stack([rows[a] - inner[a, b].clamp(max=0) / inner[b, b] * rows[b] for a, b in ((0, 1), (1, 0))])
        for parameter, part in zip(shared, kept.sum(0).split([each.numel() for each in shared]), strict=True):
            parameter.grad = part.view_as(parameter)


@pytest.fixture(scope="module", autouse=True)
def entered(parts_of_others_are_forgotten):
    OBJECTIVES.register("even")(Even)


class TestEven(ObjectiveContract):
    name = "even"
    settings: ClassVar = {}


def a_step(sharing="multihead", opposed=False):
    heads = {task: layer(2) for task in ("a", "b")}
    encoder = EncoderChoice("dnn", settings={"hidden": 8, "layers": 1, "dropout": 0.0})
    network = SHARING[sharing](NetworkParts(dict.fromkeys(heads, 6), heads, encoder.build, Draws((0, 0, 0))))
    rows = torch.randn(7, 6, generator=torch.Generator().manual_seed(0))
    embeddings = network.embed({task: Windows(rows) for task in heads}, 0)
    losses = {task: network.logits(task, embeddings[task], 0).square().mean() for task in heads}
    if opposed:
        losses["b"] = embeddings["b"].of("vector").mean() - losses["a"]
    return Step(losses, embeddings, network)


def test_an_embeddings_gradient_is_that_of_its_own_task():
    """And what goes back from it through the encoder is what goes back from the loss."""
    step = a_step()
    shared = step.shared()
    for task, loss in step.losses.items():
        vector = step.embeddings[task].of("vector")
        (pull,) = torch.autograd.grad(loss, vector, retain_graph=True)
        expected = torch.autograd.grad(loss, shared, retain_graph=True)
        for one, other in zip(torch.autograd.grad(vector, shared, pull, retain_graph=True), expected, strict=True):
            torch.testing.assert_close(one, other)


def test_what_is_shared_is_what_several_tasks_are_behind():
    step = a_step()
    assert {id(each) for each in step.shared()} == {id(each) for each in step.network.encoders[0].parameters()}
    assert a_step("independent").shared() == []
    assert Step({"a": step.losses["a"]}, step.embeddings, step.network).shared() == []


def test_conflicting_gradients_are_projected():
    """On opposed losses what is left of each is at no obtuse angle to the other."""
    step = a_step(opposed=True)
    shared = step.shared()
    rows = [
        torch.cat([each.flatten() for each in torch.autograd.grad(loss, shared, retain_graph=True)])
        for loss in step.losses.values()
    ]
    assert rows[0] @ rows[1] < 0
    Projected(["a", "b"]).backward(step)
    left = torch.cat([each.grad.flatten() for each in shared])
    expected = sum(rows) - (rows[0] @ rows[1]) * (rows[1] / rows[1].square().sum() + rows[0] / rows[0].square().sum())
    torch.testing.assert_close(left, expected, rtol=1e-4, atol=1e-6)


def test_a_run_takes_it():
    """The step that the loop makes is whole: both tasks learn through it."""
    training = TrainingSettings(steps=30, batch=8, precision="float32", objective="even", learning_rate=0.01)
    result = train_one(plain_run(("a", "b"), training), PlainPack(("a", "b")))
    for task in ("a", "b"):
        losses = [point["loss"] for point in result.curve if (point["task"], point["part"]) == (task, "train")]
        assert losses[-1] < 0.8 * losses[0]
