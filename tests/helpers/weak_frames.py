"""A plugin: an encoder that gives frames, and a kind that reads them and answers once a clip (weak labels)."""

import numpy as np
import torch
from torch import nn

from cohear.models.encoder import ENCODERS, Encoder
from cohear.models.windows import Embedding
from cohear.tasks import TARGET_KINDS, Multilabel, WindowTargets


@ENCODERS.register("framewise")
class Framewise(Encoder):
    stride = 2

    def __init__(self, input_width):
        super().__init__()
        self.norm, self.layer, self.gives = nn.BatchNorm1d(input_width), nn.Linear(input_width, 16), {"frames": 16}

    def forward(self, windows):
        features = self.norm(windows.features.transpose(1, 2)).transpose(1, 2)
        return Embedding(frames=self.layer(features).relu()[:, :: self.stride])


class Throughout(Multilabel):
    """Labels that are heard in every frame of their clip."""

    name, version, reads = "throughout", 1, "frames"

    def targets(self, truth, places, features):
        frames = np.arange(0, features.shape[1], places.stride)
        inside = (frames < places.lengths[:, None])[:, :, None]
        shape = (len(truth.values), len(frames), truth.values.shape[1])
        known = np.broadcast_to(inside & truth.known[:, None], shape)
        return WindowTargets(
            torch.from_numpy(np.broadcast_to(truth.values[:, None], shape).copy()), torch.from_numpy(known.copy())
        )

    def pool(self, out, places, lengths):
        inside = (np.arange(out.shape[1]) * places.stride < places.lengths[:, None])[:, :, None]
        return super().pool((out * inside).sum(axis=1) / inside.sum(axis=1), places, lengths)


TARGET_KINDS.register("throughout")(Throughout())
