"""Two tasks in one network as a recipe of SpeechBrain: a Brain with its forward pass and its objective."""

# ruff: noqa: E402 - what stands for torchaudio must be there before SpeechBrain imports it
import sys
from unittest.mock import MagicMock

# The torchaudio of the package index does not load beside a PyTorch without CUDA, and a Brain has no use for it.
sys.modules["torchaudio"] = MagicMock()

import torch
from pair import Pair
from small_network import WIDTH, Encoder, loss_of, optimiser_of
from speechbrain import Brain, Stage
from torch import nn
from torch.utils.data import DataLoader, IterableDataset


class Recipe(Brain):
    """A batch is ``{task: (windows, targets)}``."""

    def compute_forward(self, batch: dict, stage: Stage) -> dict[str, torch.Tensor]:
        windows = torch.cat([windows for windows, _ in batch.values()])
        rows = self.modules.encoder(windows).split([len(targets) for _, targets in batch.values()])
        return {task: self.modules[task](vectors) for task, vectors in zip(batch, rows, strict=True)}

    def compute_objectives(self, predictions: dict[str, torch.Tensor], batch: dict, stage: Stage) -> torch.Tensor:
        return torch.stack([loss_of(predictions[task], targets) for task, (_, targets) in batch.items()]).sum()

    def on_fit_batch_end(self, batch: dict, outputs: object, loss: torch.Tensor, should_step: bool) -> None:
        self.hparams.rate.step()


class Batches(IterableDataset):
    """The batches, of known number; a Brain takes what is not a loader of PyTorch for clips to be loaded."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair

    def __len__(self) -> int:
        return self._pair.steps

    def __iter__(self):
        return iter(self._pair.both())


def main() -> None:
    pair = Pair()
    modules = {"encoder": Encoder(), **{task: nn.Linear(WIDTH, pair.labels(task)) for task in pair.tasks}}
    optimiser, rate = optimiser_of(nn.ModuleDict(modules), pair.steps)
    options = {"device": "cpu", "noprogressbar": True, "max_grad_norm": float("inf")}  # its 0 clips all away
    brain = Recipe(modules, lambda parameters: optimiser, {"rate": rate}, options)
    brain.fit(range(1), DataLoader(Batches(pair), batch_size=None), progressbar=False)
    brain.modules.eval()
    pair.answer(lambda task, windows: brain.modules[task](brain.modules.encoder(windows)))


if __name__ == "__main__":
    main()
