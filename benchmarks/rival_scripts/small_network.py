"""cohear's encoder ``small`` and a head a task, written by hand in plain PyTorch; and how all of two tasks train it."""

import math

import torch
from torch import nn

BANDS, RATE, DECAY, WARMUP, SMOOTHING, WIDTH = 64, 3e-3, 0.05, 0.1, 0.1, 256


def convolution(
    before: int,
    after: int,
    kernel: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (1, 1),
    groups: int = 1,
) -> nn.Sequential:
    layer = nn.Conv2d(before, after, kernel, stride, padding, groups=groups, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(after), nn.ReLU())


class Encoder(nn.Module):
    """Windows ``[batch, frames, bands]`` to ``[batch, 256]``."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(BANDS)
        self.front = nn.Sequential(
            convolution(1, 16, (5, 5), (2, 2), (2, 2)),
            convolution(16, 48, (3, 3), (2, 2)),
            convolution(48, 64, (3, 3), (1, 2)),
        )
        self.residual = convolution(64, 64, (3, 3))
        self.merge = convolution(64, 128, (1, 8), padding=(0, 0), groups=2)
        self.dropout = nn.Dropout(0.2)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        maps = self.front(self.norm(windows.transpose(1, 2)).transpose(1, 2)[:, None])
        maps = self.merge(maps + self.residual(maps)).flatten(2)
        return self.dropout(torch.cat([maps.mean(2), maps.amax(2)], 1))


def optimiser_of(modules: nn.Module, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    """AdamW with a warm-up and a cosine; norms and biases do not decay."""
    weights = [each for each in modules.parameters() if each.ndim > 1]
    others = [each for each in modules.parameters() if each.ndim <= 1]
    groups = [{"params": weights, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.99), fused=True)
    rising = max(1, round(WARMUP * steps))

    def factor(step: int) -> float:
        falling = 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))
        return (step + 1) / rising if step < rising else falling

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, factor)


def loss_of(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return nn.functional.cross_entropy(logits, targets, label_smoothing=SMOOTHING)
