"""Measurements of one joint network: contracts, and gradients that are worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from cohear.probes.joint_run import Watcher, as_updated, cosines_of, losses_behind
from cohear.probes.linearised import Margins, at_one_scale, margins_of, solved
from cohear.testing.plain import PlainPack, plain_run
from cohear.testing.probe import ProbeContract
from cohear.training.loop import train_one
from cohear.training.settings import TrainingSettings

SETTINGS = TrainingSettings(steps=10, batch=8, precision="float32")


class TestJointRun(ProbeContract):
    name = "joint-run"

    def test_it_is_of_every_two_both_ways(self):
        numbers = self.measured(self.given())
        assert len(numbers) == 3 * 6
        cosine = {(n.task, n.partner): n.value for n in numbers if n.name == "gradient_cosine"}
        assert cosine["one", "two"] == cosine["two", "one"]
        assert all(-1 <= value <= 1 for value in cosine.values())


class TestLinearised(ProbeContract):
    name = "linearised"

    def test_a_task_beside_others_of_the_same_classes_gains(self):
        """More clips of what the contract's tasks have in common; none of it is far from nothing, but surely above."""
        assert np.mean([number.value for number in self.measured(self.given())]) > 0


def test_a_training_that_is_watched_is_the_training():
    """To the last bit; and steps are looked at in their order."""
    spec, pack, steps = plain_run(["one", "two"], SETTINGS), PlainPack(["one", "two"]), []

    def look(moment):
        steps.append(moment.step)
        watcher = Watcher()
        watcher.at = {moment.step}
        watcher(moment)

    watched, alone = train_one(spec, pack, watch=look), train_one(spec, pack)
    assert steps == list(range(10))
    assert watched.curve == alone.curve
    for name, tensor in alone.network.state_dict().items():
        assert torch.equal(watched.network.state_dict()[name], tensor)


def quadratic(slopes, lr=0.5, state=None):
    """A moment of a network of two shared weights at 1, whose tasks lose ``slope · weights``."""
    weights = torch.nn.Parameter(torch.ones(2))
    moment = SimpleNamespace(
        step=1,
        shared=lambda: [weights],
        losses=lambda: {task: torch.tensor(slope) @ weights for task, slope in slopes.items()},
        optimiser=SimpleNamespace(
            param_groups=[{"params": [weights], "lr": lr, "betas": (0.9, 0.75), "eps": 0.0}],
            state={weights: state} if state else {},
        ),
    )
    return moment, weights


def test_look_ahead_and_cosines_by_hand():
    """Losses 3 and 1 with slopes (1, 2) and (1, 0); a step of half a slope of the first takes 2.5 and .5 off them."""
    moment, weights = quadratic({"a": [1.0, 2.0], "b": [1.0, 0.0]})
    watcher = Watcher()
    watcher.at = {1}
    watcher(moment)
    seen = {key: value for key, [value] in watcher.seen.items()}
    assert seen["gradient_cosine", "a", "b"] == pytest.approx(1 / np.sqrt(5))
    assert seen["update_cosine", "b", "a"] == pytest.approx(1 / np.sqrt(5))
    assert seen["look_ahead", "b", "a"] == pytest.approx(0.5)  # what the step of a does to b
    assert seen["look_ahead", "a", "b"] == pytest.approx(0.5 / 3)
    assert weights.tolist() == [1, 1]


def test_an_update_is_scaled_as_the_optimiser_scales_it():
    """Second moments 1 and 4 after one step at a decay of 3/4 stand for 4 and 16: steps are a half and a quarter."""
    state = {"step": torch.tensor(1.0), "exp_avg_sq": torch.tensor([1.0, 4.0])}
    moment, weights = quadratic({"a": [1.0, 2.0]}, lr=0.1, state=state)
    assert as_updated(weights, torch.tensor([2.0, 2.0]), moment).tolist() == pytest.approx([0.1, 0.05])
    assert losses_behind(moment, [weights], [torch.tensor([1.0, 0.0])]) == {"a": 2.0}
    assert weights.tolist() == [1, 1]


def test_steps_are_those_of_the_optimiser():
    """Of a single task, without momentum before and without decay, one step of AdamW is what the update says."""
    weights = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    optimiser = torch.optim.AdamW([weights], lr=0.1, betas=(0.0, 0.9), weight_decay=0.0)
    for slope in ([3.0, 1.0], [0.5, 1.0]):
        weights.grad = torch.tensor(slope)
        before = weights.detach().clone()
        optimiser.step()
    moment = SimpleNamespace(optimiser=optimiser)
    assert torch.allclose(before - weights.detach(), as_updated(weights, weights.grad, moment), atol=1e-6)


def test_cosines_of_vectors_without_length_are_not_told():
    cosines = cosines_of([torch.tensor([1.0, 0]), torch.tensor([0.0, 0])])
    assert cosines[0, 0] == 1 and np.isnan(cosines[0, 1])


def test_newton_finds_what_another_search_finds():
    rng = np.random.default_rng(0)
    parts = [Margins(rng.normal(size=size), rng.normal(size=(size, 3))) for size in (12, 30)]

    def loss(weights):
        each = [np.logaddexp(0, -(part.margins + part.gradients @ weights)).mean() for part in parts]
        return sum(each) + 0.01 * weights @ weights

    assert solved(parts) == pytest.approx(minimize(loss, np.zeros(3), tol=1e-12).x, abs=1e-4)


def test_margins_and_their_gradients_are_those_of_differences():
    """Margins are log odds of the label; they change with the weights as their gradients say."""
    contract = TestLinearised()
    given = contract.given()
    network, task = given.networks["joint"], given.task
    clips, classes = task.parts["train"][:5], task.targets.values[task.parts["train"][:5]]
    before = margins_of(network, task, clips, classes, draw=3)
    [weight, *_] = network.shared()
    with torch.no_grad():
        weight += 1e-3
    after = margins_of(network, task, clips, classes, draw=3)
    exact = []
    for windows, label in zip(network.windows_of(task, clips), classes.tolist(), strict=True):
        chance = network.network({task.name: windows})[task.name].mean(dim=0).softmax(dim=0)[label]
        exact.append(float(torch.autograd.grad((chance / (1 - chance)).log(), weight)[0].sum()))
    assert (after.margins - before.margins) / 1e-3 == pytest.approx(exact, abs=2e-2)
    lengths = np.linalg.norm(before.gradients, axis=1)
    assert (lengths > 0).all()
    scaled = at_one_scale({"one": before, "none": None})
    assert scaled["none"] is None
    assert np.square(scaled["one"].gradients).sum(axis=1).mean() == pytest.approx(1)
