"""What one writes by hand in 80 lines of PyTorch: log-mel, four convolutions, random crops of a second, AdamW."""

from itertools import pairwise

import numpy as np
import soundfile
import torch
from fold import Fold
from torch import nn

BANDS, WINDOW, STEPS, BATCH, RATE = 64, 100, 800, 32, 2e-3


def triangles() -> torch.Tensor:
    """``[257, bands]`` on the mel scale from 20 to 8,000 Hz."""
    edges = 700 * (10 ** (np.linspace(*(2595 * np.log10(1 + np.array([20, 8000]) / 700)), BANDS + 2) / 2595) - 1)
    bins = np.linspace(0, 8000, 257)[:, None]
    rise, fall = (bins - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - bins) / np.diff(edges)[1:]
    return torch.from_numpy(np.maximum(0, np.minimum(rise, fall))).float()


def log_mel(file: str, mel: torch.Tensor) -> torch.Tensor:
    """``[frames, bands]``, at least a window of them."""
    samples = torch.from_numpy(soundfile.read(file, dtype="float32")[0])
    samples = nn.functional.pad(samples, (0, max(0, WINDOW * 160 - len(samples))))
    spectrum = torch.stft(samples, 512, 160, 400, torch.hann_window(400), return_complex=True)
    return (spectrum.abs().square().T @ mel + 1e-6).log()


def block(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)
    )


class Network(nn.Module):
    def __init__(self, labels: int) -> None:
        super().__init__()
        widths = (1, 16, 32, 64, 128)
        self.norm = nn.BatchNorm1d(BANDS)
        self.blocks = nn.Sequential(*(block(*pair) for pair in pairwise(widths)))
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(2 * widths[-1], labels))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """``[batch, frames, bands]`` to ``[batch, labels]``."""
        maps = self.blocks(self.norm(windows.transpose(1, 2))[:, None])
        return self.head(torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1))


def masked(windows: torch.Tensor) -> torch.Tensor:
    """Up to ten bands and fifteen frames are set to the mean (SpecAugment)."""
    for axis, most in ((2, 10), (1, 15)):
        width = int(torch.randint(0, most + 1, ()))
        first = int(torch.randint(0, windows.shape[axis] - width + 1, ()))
        windows.narrow(axis, first, width).fill_(float(windows.mean()))
    return windows


def main() -> None:
    torch.manual_seed(0)
    fold, mel = Fold(), triangles()
    clips, targets = [log_mel(file, mel) for file in fold.files], torch.tensor(fold.targets)
    test = fold.parts["test"]
    by_label = [[index for index in fold.learnt if fold.targets[index] == label] for label in range(len(fold.labels))]
    by_label = [each for each in by_label if each]
    network = Network(len(fold.labels))
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, STEPS)
    draw = np.random.default_rng(0)
    for _ in range(STEPS):
        chosen = [int(draw.choice(by_label[draw.integers(len(by_label))])) for _ in range(BATCH)]
        starts = [int(draw.integers(len(clips[index]) - WINDOW + 1)) for index in chosen]
        windows = torch.stack([clips[i][start : start + WINDOW] for i, start in zip(chosen, starts, strict=True)])
        loss = nn.functional.cross_entropy(network(masked(windows)), targets[chosen], label_smoothing=0.1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
    network.eval()
    with torch.no_grad():
        windows = [clips[index].unfold(0, WINDOW, WINDOW // 2).transpose(1, 2) for index in test]
        fold.answer([int(network(each).mean(0).argmax()) for each in windows])


if __name__ == "__main__":
    main()
