"""Weights of losses equal what their papers say, step by step."""

from pathlib import Path

import pytest
import tiny
import torch
from torch import nn

from cohear.base.errors import StudyError
from cohear.base.named import WithSettings, make
from cohear.base.yaml_text import YamlText
from cohear.study.file import check_study
from cohear.training.objectives import OBJECTIVES, Step
from cohear.training.settings import TrainingSettings

TASKS = ["a", "b"]


def gradients(objective, *losses):
    """Of losses that are these numbers, in what they are made of; the losses' own gradients are 1."""
    leaves = [torch.tensor(float(loss), requires_grad=True) for loss in losses]
    objective.backward(Step(dict(zip(TASKS, leaves, strict=False)), {}, nn.Module()))
    return torch.stack([leaf.grad for leaf in leaves])


def objective(name, **settings):
    return make(OBJECTIVES, WithSettings(name=name, **settings) if settings else name, TASKS)


def test_weights_that_are_given():
    torch.testing.assert_close(gradients(objective("weighted", weights={"b": 3}), 1, 2), torch.tensor([1.0, 3.0]))


def test_variances_that_are_learnt():
    """Kendall et al. 2018: the loss over the variance, and half its logarithm; at rest it is twice the loss."""
    weighing = objective("uncertainty")
    optimiser = torch.optim.SGD(weighing.parameters(), lr=0.5)
    for _ in range(200):
        optimiser.zero_grad()
        gradients(weighing, 0.5, 4.0)
        optimiser.step()
    torch.testing.assert_close(weighing.log_variances.detach().exp(), torch.tensor([1.0, 8.0]), rtol=1e-3, atol=0)
    torch.testing.assert_close(gradients(weighing, 0.5, 4.0), torch.tensor([1.0, 1 / 8]), rtol=1e-3, atol=0)


def test_losses_that_count_alike():
    """Liu et al. 2021: at rest each weight is one over its loss."""
    weighing = objective("imtl-l")
    optimiser = torch.optim.SGD(weighing.parameters(), lr=0.3)
    for _ in range(200):
        optimiser.zero_grad()
        gradients(weighing, 0.5, 4.0)
        optimiser.step()
    torch.testing.assert_close(gradients(weighing, 0.5, 4.0), torch.tensor([2.0, 0.25]), rtol=1e-3, atol=0)


def test_a_geometric_mean_does_not_see_scales():
    torch.testing.assert_close(gradients(objective("geometric"), 2, 8), torch.tensor([4 / 2, 4 / 8]))
    there, here = gradients(objective("geometric"), 2, 8), gradients(objective("geometric"), 2, 80)
    assert there[0] / there[1] == pytest.approx(float(here[0] / here[1]) / 10)


def test_weights_that_are_drawn_add_up_to_the_number_of_tasks():
    torch.manual_seed(0)
    drawn = torch.stack([gradients(objective("random-weights"), 1, 1) for _ in range(400)])
    torch.testing.assert_close(drawn.sum(dim=1), torch.full((400,), 2.0))
    torch.testing.assert_close(drawn.mean(dim=0), torch.ones(2), rtol=0.1, atol=0)
    assert float(drawn.std()) > 0.2


def test_what_falls_slowly_counts_more():
    """Liu et al. 2019, equation 7, at a temperature of 2 and stretches of two steps."""
    weighing = objective("dwa", stretch=2)
    for losses in [(4, 4), (2, 4), (2, 4), (1, 4)]:
        torch.testing.assert_close(gradients(weighing, *losses), torch.ones(2))
    falls = torch.tensor([1.5 / 3, 4 / 4])
    torch.testing.assert_close(gradients(weighing, 1, 1), 2 * (falls / 2).softmax(dim=0))


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"name": "weighted", "weights": {"bird": 2, "brid": 1}}, "weights: there is no task 'brid'"),
        ({"name": "weighted", "weights": {"bird": -1}}, "weights.bird must be a number from 0 on, not -1"),
        ({"name": "weighted", "weights": {"bird": "much"}}, "weights.bird must be a number from 0 on, not 'much'"),
        ({"name": "dwa", "stretch": 0}, "temperature is more than 0 and stretch 1 or more"),
    ],
)
def test_weights_that_cannot_be_are_told(part, told):
    with pytest.raises(StudyError, match=r"training\.objective: objective") as raised:
        check_study(YamlText(tiny.settings(training={"objective": part})), folder=Path())
    assert told in str(raised.value)


def test_a_single_has_nothing_to_weigh():
    weighed = TrainingSettings.model_validate({"objective": {"name": "weighted", "weights": {"a": 2.0}}, "steps": 7})
    assert weighed.of_single() == TrainingSettings(steps=7)
