"""AdamW with a learning rate that warms up and then decays to nothing at the last step."""

from __future__ import annotations

import math

from torch import nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from cohear.training.settings import TrainingSettings


def make_optimiser(settings: TrainingSettings, steps: int, *modules: nn.Module) -> tuple[AdamW, LambdaLR]:
    """AdamW (Loshchilov & Hutter 2019), weight decay on weights of layers alone, cosine decay after a warm-up.

    Nothing is clipped by a norm over all parameters: that would couple networks which share nothing.

    Args:
        settings: rate, decay and warm-up.
        steps: that it will take.
        modules: whose parameters are trained.
    """
    parameters = [each for module in modules for each in module.parameters() if each.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimiser = AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.99), fused=True)
    return optimiser, LambdaLR(optimiser, lambda step: learning_rate_factor(step, steps, settings.warmup))


def learning_rate_factor(step: int, steps: int, warmup: float) -> float:
    """Share of the peak learning rate at a step, counted from 0: linear up over the warm-up, then a cosine down to 0.

    Args:
        step: of the optimiser.
        steps: that it takes in all.
        warmup: share of them.
    """
    rising = max(1, round(warmup * steps))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))
