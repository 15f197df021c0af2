"""Sharing schemes: how the tasks of a combination are put together in one network."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from cohear.base.registry import Registry
from cohear.base.streams import Name, torch_stream
from cohear.models.encoder import Encoder
from cohear.models.heads import Head


@dataclass(frozen=True)
class Windows:
    """One task's rows of a batch.

    Attributes:
        features: ``[B, T, D]`` or ``[B, D]``.
        lengths: ``[B]`` valid frames, or None where all rows are full.
    """

    features: Tensor
    lengths: Tensor | None = None


@dataclass(frozen=True)
class Draws:
    """Random streams of one run's networks: named by fold and seed, and for a head also by its task."""

    name: tuple[Name, ...]

    def of_encoder(self, *purpose: Name) -> AbstractContextManager[None]:
        """The stream of the shared encoder, which no task is part of."""
        return torch_stream(*self.name, "encoder", *purpose)

    def of_head(self, task: str, *purpose: Name) -> AbstractContextManager[None]:
        """The stream of a task's head, which is the same beside any partner."""
        return torch_stream(*self.name, "head", task, *purpose)


class Network(nn.Module):
    """The tasks of a combination in one module.

    Args:
        heads: of each task, by task; None for a task without a head, whose rows are in the batch alone.
        make_encoder: makes an encoder with weights from torch's current generator.
        draws: the run's random streams.
    """

    version: ClassVar[int] = 1
    """Goes up when the numbers that come out change."""

    def __init__(self, heads: Mapping[str, Head | None], make_encoder: Callable[[], Encoder], draws: Draws) -> None:
        super().__init__()
        self.tasks = list(heads)
        self._draws = draws
        self.encoders = nn.ModuleList()
        for _ in range(self.encoders_needed(len(heads))):
            with draws.of_encoder("weights"):
                self.encoders.append(make_encoder())
        # A list, not a dict by name: torch forbids dots in names of modules, and task names are the user's.
        self.heads = nn.ModuleList()
        for number, (task, make_head) in enumerate(heads.items()):
            with draws.of_head(task, "weights"):
                # without a head what comes out is the embedding, and nothing is learnt from it
                width = self.encoder_of(number).embedding_width
                self.heads.append(make_head(width) if make_head else nn.Identity())

    @staticmethod
    @abstractmethod
    def encoders_needed(tasks: int) -> int:
        """How many encoders so many tasks have."""

    @abstractmethod
    def encoder_of(self, number: int) -> Encoder:
        """The encoder that a task, by its place in ``tasks``, is behind."""

    @abstractmethod
    def forward(self, batch: Mapping[str, Windows], step: int | None = None) -> dict[str, Tensor]:
        """Logits ``[B_task, outputs]`` of each task's rows.

        Args:
            batch: rows of some or all tasks.
            step: the training step, which names the streams of layers that draw (dropout); None in evaluation.
        """

    def _draw_encoder(self, step: int | None) -> AbstractContextManager[None]:
        return nullcontext() if step is None else self._draws.of_encoder("step", step)

    def _logits(self, task: str, embedding: Tensor, step: int | None) -> Tensor:
        number = self.tasks.index(task)
        with nullcontext() if step is None else self._draws.of_head(task, "step", step):
            logits: Tensor = self.heads[number](embedding)
        return logits


SHARING: Registry[type[Network]] = Registry("sharing scheme")


@SHARING.register("multihead")
class Multihead(Network):
    """Hard parameter sharing (Caruana 1997): one encoder for all, a head a task; one batch mixes all tasks."""

    @staticmethod
    def encoders_needed(tasks: int) -> int:
        """One."""
        return 1

    def encoder_of(self, number: int) -> Encoder:
        """The shared encoder."""
        encoder = self.encoders[0]
        assert isinstance(encoder, Encoder)
        return encoder

    def forward(self, batch: Mapping[str, Windows], step: int | None = None) -> dict[str, Tensor]:
        """Embed all rows together, then give each task its own rows."""
        rows = list(batch.values())
        features = torch.cat([windows.features for windows in rows])
        lengths = None
        if any(windows.lengths is not None for windows in rows):
            lengths = torch.cat([_lengths(windows) for windows in rows])
        with self._draw_encoder(step):
            embedding = self.encoder_of(0)(features, lengths)
        parts = embedding.split([windows.features.shape[0] for windows in rows])
        return {task: self._logits(task, part, step) for task, part in zip(batch, parts, strict=True)}


@SHARING.register("independent")
class Independent(Network):
    """An encoder a task in one run: the check on everything else, since nothing may change against single runs."""

    @staticmethod
    def encoders_needed(tasks: int) -> int:
        """One a task."""
        return tasks

    def encoder_of(self, number: int) -> Encoder:
        """The task's own encoder."""
        encoder = self.encoders[number]
        assert isinstance(encoder, Encoder)
        return encoder

    def forward(self, batch: Mapping[str, Windows], step: int | None = None) -> dict[str, Tensor]:
        """Embed and answer task by task."""
        logits = {}
        for task, windows in batch.items():
            with self._draw_encoder(step):
                embedding = self.encoder_of(self.tasks.index(task))(windows.features, windows.lengths)
            logits[task] = self._logits(task, embedding, step)
        return logits


def _lengths(windows: Windows) -> Tensor:
    if windows.lengths is not None:
        return windows.lengths
    return torch.full((windows.features.shape[0],), windows.features.shape[1])
