"""The contract of every objective, as tests to inherit.

::

    class TestMine(ObjectiveContract):
        name = "mine"
        settings = {"start": 0.5}
"""

import torch
from torch import Tensor

from cohear.base.registry import Registry
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, Network, NetworkParts
from cohear.models.windows import Windows
from cohear.testing.named import NamedPartContract
from cohear.training.objectives import OBJECTIVES, Objective, Step


class ObjectiveContract(NamedPartContract):
    """What must hold for an objective; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Objective]]:
        """Objectives."""
        return OBJECTIVES

    def make(self, *tasks: str) -> Objective:
        """The objective of some tasks."""
        torch.manual_seed(4)
        objective: Objective = self.made(list(tasks))
        return objective

    def network(self, *tasks: str) -> Network:
        """A small shared network."""
        encoder = EncoderChoice("dnn", settings={"hidden": 8, "layers": 1, "dropout": 0.0})
        inputs, heads = dict.fromkeys(tasks, 6), dict.fromkeys(tasks, layer(2))
        return SHARING["multihead"](NetworkParts(inputs, heads, encoder.build, Draws((0, 0, 0))))

    def step(self, network: Network, *tasks: str, **factors: float) -> Step:
        """A batch of all of its tasks that went through it, with the losses of some, each times a factor."""
        noise = torch.Generator().manual_seed(0)
        batch = {task: Windows(torch.randn(7, 6, generator=noise)) for task in network.tasks}
        embeddings, targets = network.embed(batch, 0), torch.arange(7) % 2
        losses = {
            task: factors.get(task, 1.0)
            * torch.nn.functional.cross_entropy(network.logits(task, embeddings[task], 0), targets)
            for task in tasks or network.tasks
        }
        return Step(losses, {task: embeddings[task] for task in losses}, network)

    def test_every_parameter_gets_a_finite_gradient(self) -> None:
        """Encoder, heads of all tasks and what the objective itself learns; weights are left to the optimiser."""
        network, objective = self.network("a", "b", "c"), self.make("a", "b", "c")
        parameters = [*network.parameters(), *(each for each in objective.parameters() if each.requires_grad)]
        before = [parameter.detach().clone() for parameter in parameters]
        objective.backward(self.step(network))
        for parameter, old in zip(parameters, before, strict=True):
            assert parameter.grad is not None
            assert parameter.grad.isfinite().all()
            assert torch.equal(parameter, old)

    def test_some_of_the_tasks_may_be_in_a_batch(self) -> None:
        """A schedule may leave tasks out of a step; their heads then get no gradient that is not zero."""
        network, objective = self.network("a", "b"), self.make("a", "b")
        objective.backward(self.step(network, "b"))
        first, second = (head.get_parameter("weight").grad for head in network.heads)
        assert first is None or not first.any()
        assert second is not None and second.any()

    def test_the_same_state_gives_the_same_gradients(self) -> None:
        """Two runs of one seed are one, step by step, also where it keeps what it has seen or draws."""
        found = []
        for _ in range(2):
            network, objective = self.network("a", "b"), self.make("a", "b")
            optimiser = torch.optim.SGD([*network.parameters(), *objective.parameters()], lr=0.1)
            for step in range(3):
                torch.manual_seed(step)
                optimiser.zero_grad()
                objective.backward(self.step(network))
                optimiser.step()
            found.append([parameter.detach() for parameter in network.parameters()])
        assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))

    def test_alone_it_is_plain_training(self) -> None:
        """With one task there is nothing to weigh: the gradient is that of the loss, after any number of steps."""
        network, plain, objective = self.network("a"), self.network("a"), self.make("a")
        trained = [*network.parameters(), *objective.parameters()]
        optimisers = [torch.optim.SGD(each, lr=0.1) for each in (trained, [*plain.parameters()])]
        for _ in range(3):
            for optimiser in optimisers:
                optimiser.zero_grad()
            objective.backward(self.step(network))
            torch.autograd.backward([self.step(plain).losses["a"]])
            for given, expected in zip(network.parameters(), plain.parameters(), strict=True):
                torch.testing.assert_close(given.grad, expected.grad)
            for optimiser in optimisers:
                optimiser.step()

    def test_a_head_learns_from_its_own_task_alone(self) -> None:
        """Another loss of a partner never changes the direction of a task's head."""
        found = []
        for factor in (1.0, 3.0):
            network = self.network("a", "b")
            self.make("a", "b").backward(self.step(network, b=factor))
            gradient = network.heads[0].weight.grad
            assert isinstance(gradient, Tensor)
            found.append(gradient.flatten())
        torch.testing.assert_close(torch.cosine_similarity(found[0], found[1], dim=0), torch.tensor(1.0))
