"""Two tasks in one network with torchjd: gradients of the losses in the shared embedding, aggregated by UPGrad."""

import torch
from pair import Pair
from small_network import WIDTH, Encoder, loss_of, optimiser_of
from torch import nn
from torchjd.aggregation import UPGrad
from torchjd.autojac import jac_to_grad, mtl_backward


def main() -> None:
    pair = Pair()
    encoder, heads = Encoder(), nn.ModuleDict({task: nn.Linear(WIDTH, pair.labels(task)) for task in pair.tasks})
    network = nn.ModuleList([encoder, heads])
    optimiser, rate = optimiser_of(network, pair.steps)
    aggregator = UPGrad()
    for batches in pair.both():
        windows = torch.cat([windows for windows, _ in batches.values()])
        embedding = encoder(windows)
        rows = embedding.split([len(targets) for _, targets in batches.values()])
        losses = [
            loss_of(heads[task](vectors), targets)
            for vectors, (task, (_, targets)) in zip(rows, batches.items(), strict=True)
        ]
        optimiser.zero_grad()
        mtl_backward(losses, features=embedding)
        jac_to_grad(list(encoder.parameters()), aggregator)
        optimiser.step()
        rate.step()
    network.eval()
    pair.answer(lambda task, windows: heads[task](encoder(windows)))


if __name__ == "__main__":
    main()
