"""The contract of every optimiser, as tests to inherit.

::

    class TestMine(OptimiserContract):
        name = "mine"
        settings = {"momentum": 0.5}
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from cohear.base.registry import Registry
from cohear.testing.named import NamedPartContract
from cohear.training.optimiser import OPTIMISERS, OptimiserKind, make_optimiser
from cohear.training.settings import TrainingSettings

_STEPS = 200


class OptimiserContract(NamedPartContract):
    """What must hold for an optimiser; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[OptimiserKind]]:
        """Optimisers."""
        return OPTIMISERS

    def trained(self, *factors: float, weight_decay: float = 0.0) -> list[list[Tensor]]:
        """Weights and bias of layers after each step towards the same, each by so many times its distance squared."""
        torch.manual_seed(5)
        layers = [nn.Linear(3, 2) for _ in factors]
        for layer in layers:
            layer.load_state_dict(layers[0].state_dict())
        training = TrainingSettings(
            steps=_STEPS, learning_rate=0.05, weight_decay=weight_decay, optimiser=self.part(), precision="float32"
        )
        optimiser, rate = make_optimiser(training, _STEPS, *layers)
        seen = []
        for _ in range(_STEPS):
            optimiser.zero_grad(set_to_none=True)
            for factor, layer in zip(factors, layers, strict=True):
                if factor:
                    torch.autograd.backward([factor * (each - 2).square().sum() for each in layer.parameters()])
            optimiser.step()
            rate.step()
            seen.append([torch.cat([each.detach().flatten() for each in layer.parameters()]) for layer in layers])
        return seen

    def test_it_goes_down(self) -> None:
        """Nearly to the bottom of a bowl."""
        [last] = self.trained(1.0)[-1]
        torch.testing.assert_close(last, torch.full_like(last, 2.0), rtol=0, atol=0.05)

    def test_what_becomes_of_a_weight_turns_on_its_own_gradients(self) -> None:
        """Networks that share nothing stay what they would be alone, to the bit."""
        alone, beside = self.trained(1.0), self.trained(1.0, 100.0)
        for one, other in zip(alone, beside, strict=True):
            assert torch.equal(one[0], other[0])

    def test_what_has_no_gradient_stays(self) -> None:
        """The layers of a task that is not in a batch."""
        seen = self.trained(1.0, 0.0, weight_decay=0.1)
        assert torch.equal(seen[0][1], seen[-1][1])

    def test_weights_decay_and_what_is_added_does_not(self) -> None:
        """Weight decay is for weights of layers alone."""
        free, held = self.trained(1.0)[-1][0], self.trained(1.0, weight_decay=0.5)[-1][0]
        weights, bias = slice(0, 6), slice(6, 8)
        assert (held[weights].abs() < free[weights].abs()).all()
        torch.testing.assert_close(held[bias], free[bias])

    def test_the_learning_rate_is_followed(self) -> None:
        """To nothing at the end: its last steps are the smallest."""
        seen = [layer[0] for layer in self.trained(0.001)]
        moves = [float((after - before).norm()) for before, after in pairwise(seen)]
        assert max(moves[-5:]) < 0.2 * max(moves)
