"""The contract of every objective, as tests to inherit.

::

    class TestMine(ObjectiveContract):
        name = "mine"
"""

from abc import ABC
from typing import ClassVar

import torch
from torch import Tensor

from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, Network
from cohear.models.windows import Windows
from cohear.training.objective import OBJECTIVES


class ObjectiveContract(ABC):
    """What must hold for an objective; pytest runs it for each subclass whose name begins with ``Test``."""

    name: ClassVar[str]
    """In the registry."""

    def network(self, *tasks: str) -> Network:
        """A small shared network."""
        encoder = EncoderChoice("dnn", settings={"hidden": 8, "layers": 1, "dropout": 0.0})
        inputs, heads = dict.fromkeys(tasks, 6), dict.fromkeys(tasks, layer(2))
        return SHARING["multihead"](inputs, heads, encoder.build, Draws((0, 0, 0)))

    def losses(self, network: Network) -> dict[str, Tensor]:
        """A loss of each of its tasks."""
        noise = torch.Generator().manual_seed(0)
        batch = {task: Windows(torch.randn(7, 6, generator=noise)) for task in network.tasks}
        targets = torch.arange(7) % 2
        return {task: torch.nn.functional.cross_entropy(each, targets) for task, each in network(batch, 0).items()}

    def test_every_parameter_gets_a_finite_gradient(self) -> None:
        """Encoder and heads of all tasks learn; weights are left to the optimiser."""
        network = self.network("a", "b", "c")
        before = [parameter.detach().clone() for parameter in network.parameters()]
        OBJECTIVES[self.name]().backward(self.losses(network), network)
        for parameter, old in zip(network.parameters(), before, strict=True):
            assert parameter.grad is not None
            assert parameter.grad.isfinite().all()
            assert torch.equal(parameter, old)

    def test_alone_it_is_plain_training(self) -> None:
        """With one task there is nothing to weigh: the gradient is that of the loss."""
        network, plain = self.network("a"), self.network("a")
        OBJECTIVES[self.name]().backward(self.losses(network), network)
        self.losses(plain)["a"].backward()  # type: ignore[no-untyped-call]
        for given, expected in zip(network.parameters(), plain.parameters(), strict=True):
            torch.testing.assert_close(given.grad, expected.grad)

    def test_a_head_learns_from_its_own_task_alone(self) -> None:
        """Another loss of a partner never changes the direction of a task's head."""
        found = []
        for factor in (1.0, 3.0):
            network = self.network("a", "b")
            losses = self.losses(network)
            OBJECTIVES[self.name]().backward({"a": losses["a"], "b": factor * losses["b"]}, network)
            gradient = network.heads[0].weight.grad
            assert isinstance(gradient, Tensor)
            found.append(gradient.flatten())
        torch.testing.assert_close(torch.cosine_similarity(found[0], found[1], dim=0), torch.tensor(1.0))
