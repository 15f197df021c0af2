"""Two tasks in one network, by hand: both batches in one, the sum of the losses, one step."""

import torch
from pair import Pair
from small_network import WIDTH, Encoder, loss_of, optimiser_of
from torch import nn


def main() -> None:
    pair = Pair()
    encoder, heads = Encoder(), nn.ModuleDict({task: nn.Linear(WIDTH, pair.labels(task)) for task in pair.tasks})
    network = nn.ModuleList([encoder, heads])
    optimiser, rate = optimiser_of(network, pair.steps)
    for batches in pair.both():
        windows = torch.cat([windows for windows, _ in batches.values()])
        embeddings = encoder(windows).split([len(targets) for _, targets in batches.values()])
        losses = [
            loss_of(heads[task](vectors), targets)
            for vectors, (task, (_, targets)) in zip(embeddings, batches.items(), strict=True)
        ]
        optimiser.zero_grad()
        torch.stack(losses).sum().backward()
        optimiser.step()
        rate.step()
    network.eval()
    pair.answer(lambda task, windows: heads[task](encoder(windows)))


if __name__ == "__main__":
    main()
