"""Sharing schemes: how the tasks of a combination are put together in one network, and the two plain ways."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

from torch import Size, Tensor, nn

from cohear.base.registry import Registry
from cohear.base.streams import NamePart, torch_stream
from cohear.models.encoder import Encoder, through
from cohear.models.heads import Head
from cohear.models.shapes import shapes_between
from cohear.models.tied import tie
from cohear.models.windows import Embedding, Form, Windows


@dataclass(frozen=True)
class Draws:
    """Random streams of one run's networks: named by fold and seed, and for a head also by its task."""

    name: tuple[NamePart, ...]

    def of_encoder(self, *purpose: NamePart) -> AbstractContextManager[None]:
        """The stream of the shared encoder, which no task is part of."""
        return torch_stream(*self.name, "encoder", *purpose)

    def of_head(self, task: str, *purpose: NamePart) -> AbstractContextManager[None]:
        """The stream of a task's head, which is the same beside any partner."""
        return torch_stream(*self.name, "head", task, *purpose)


Beginning = Literal["singles", "others", "joint"]
"""Networks of the same fold that a task begins with: that of each task alone, of all the others, of all together."""


@dataclass(frozen=True)
class NetworkParts:
    """What every sharing scheme puts together.

    Attributes:
        inputs: width of each task's input.
        heads: of each task; None for a task without a head, whose rows are in the batch alone.
        make_encoder: makes the encoder of some tasks of the widths of their inputs, with weights from torch's current
            generator.
        draws: the run's random streams.
    """

    inputs: Mapping[str, int]
    heads: Mapping[str, Head | None]
    make_encoder: Callable[[Mapping[str, int]], Encoder]
    draws: Draws

    def first_encoder(self, tasks: Sequence[str]) -> Encoder:
        """The encoder of some tasks with its first weights, which do not depend on whose it is."""
        with self.draws.of_encoder("weights"):
            return self.make_encoder({task: self.inputs[task] for task in tasks})


class Network(nn.Module):
    """The tasks of a combination in one module.

    Keyword-only arguments of a subclass's constructor are its settings.

    Args:
        parts: what it is made of.

    Attributes:
        draws: streams that layers draw from in training.
    """

    version: ClassVar[int] = 1
    """Goes up when the numbers that come out change."""
    begins_with: ClassVar[Beginning | None] = None
    """The networks that it begins with where it has several tasks; mostly none."""
    learns: bool = True
    """Whether weights change in training; else windows pass for what layers count alone."""

    def __init__(self, parts: NetworkParts) -> None:
        super().__init__()
        self.tasks = list(parts.heads)
        self._inputs, self.draws = dict(parts.inputs), parts.draws
        self.encoders = nn.ModuleList()
        self._behind: dict[str, int] = {}
        for number, tasks in enumerate(self.groups(self.tasks)):
            self._behind |= dict.fromkeys(tasks, number)
            self.encoders.append(parts.first_encoder(tasks))
        # A list, not a dict by name: torch forbids dots in names of modules, and task names are the user's.
        self.heads = nn.ModuleList()
        self._reads: list[Form] = []
        for task, head in parts.heads.items():
            gives = self.encoder_of(task).gives
            with parts.draws.of_head(task, "weights"):
                # without a head what comes out is the embedding, and nothing is learnt from it
                self.heads.append(head.behind(gives, task) if head else nn.Identity())
            self._reads.append(head.reads if head else next(iter(gives)))

    @abstractmethod
    def groups(self, tasks: Sequence[str]) -> Sequence[Sequence[str]]:
        """The tasks behind each encoder; every task is behind one."""

    def begin(self, givers: Mapping[str, Network]) -> None:
        """Take over what others have learnt, on the processor.

        Args:
            givers: the trained network that each task begins with, as ``begins_with`` says.
        """
        raise NotImplementedError(f"{type(self).__name__} begins anew")

    def _take_head(self, task: str, giver: Network) -> None:
        """The task's head as another network has it."""
        own, its = self.tasks.index(task), giver.tasks.index(task)
        self.heads[own].load_state_dict(giver.heads[its].state_dict())

    def between(self, stage: int, task: str) -> nn.Module | None:
        """What a task has of its own behind a stage of its encoder, from `Windows` to `Windows`; mostly nothing.

        A subclass makes such modules in its constructor, of the shapes that ``shapes`` tells, and holds them as any
        module holds others.

        Args:
            stage: its place among ``encoder.stages()``; never the last.
            task: whose rows it gets, and no others.
        """
        return None

    def shapes(self, task: str) -> list[Size]:
        """Shapes of a task's rows behind each stage at which something may stand; see `shapes_between`."""
        return shapes_between(self.encoder_of(task), task, self._inputs[task])

    def price(self) -> Tensor | None:
        """What the network is to keep small beside the losses of its tasks, a scalar; mostly nothing."""
        return None

    def size(self) -> int:
        """How many numbers were learnt, without those that nothing goes through any more."""
        return sum(parameter.numel() for parameter in self.parameters())

    def forward(self, batch: Mapping[str, Windows], step: int | None = None) -> dict[str, Tensor]:
        """What each task's head gives of its rows, ``[B_task, outputs]``; a head on frames ``[B_task, T, outputs]``.

        Rows of tasks that are behind one encoder are embedded together.

        Args:
            batch: rows of some or all tasks.
            step: the training step, which names the streams of layers that draw (dropout); None in evaluation.
        """
        embeddings = self.embed(batch, step)
        return {task: self.logits(task, embeddings[task], step) for task in batch}

    def embed(self, batch: Mapping[str, Windows], step: int | None = None) -> dict[str, Embedding]:
        """What each task's head reads of its rows: how a batch goes through the encoders is all that a scheme changes.

        Arguments are those of ``forward``.
        """
        together: dict[int, dict[str, Windows]] = {}
        for task, windows in batch.items():
            together.setdefault(self._behind[task], {})[task] = windows
        embeddings: dict[str, Embedding] = {}
        for parts in together.values():
            embeddings |= self._embed(parts, step)
        return embeddings

    def encoder_of(self, task: str) -> Encoder:
        """The encoder that a task is behind."""
        encoder = self.encoders[self._behind[task]]
        assert isinstance(encoder, Encoder)
        return encoder

    def idle(self, task: str) -> list[nn.Module]:
        """Encoders and heads that the rows of a task never reach."""
        own = (self.encoder_of(task), self.heads[self.tasks.index(task)])
        return [part for part in (*self.encoders, *self.heads) if all(part is not each for each in own)]

    def _embed(self, parts: Mapping[str, Windows], step: int | None) -> dict[str, Embedding]:
        """Rows of tasks behind one encoder, embedded together."""
        windows, encoder = Windows.joined(parts), self.encoder_of(next(iter(parts)))
        with self._drawing(step):
            embedding = encoder.embed(windows, partial(self._behind_stage, step))
        return self._as_long(embedding.by_task(windows.spans), parts)

    def _drawing(self, step: int | None, *purpose: NamePart) -> AbstractContextManager[None]:
        """The stream of what encoders draw in a step; in evaluation nothing is drawn."""
        return nullcontext() if step is None else self.draws.of_encoder("step", step, *purpose)

    def _as_long(self, embeddings: Mapping[str, Embedding], rows: Mapping[str, Windows]) -> dict[str, Embedding]:
        """Embeddings of rows that were beside longer ones, without the frames that are there for those."""
        return {
            task: each
            if each.frames is None
            else each.within(-(-rows[task].features.shape[1] // self.encoder_of(task).stride))
            for task, each in embeddings.items()
        }

    def _behind_stage(self, step: int | None, stage: int, windows: Windows) -> Windows:
        """The rows behind a stage, after what their tasks have of their own there."""
        own = {span.task: self.between(stage, span.task) for span in windows.spans}
        if all(module is None for module in own.values()):
            return windows
        parts = {}
        for task, rows in windows.by_task():
            with nullcontext() if step is None else self.draws.of_head(task, "step", step, "behind stage", stage):
                parts[task] = rows if (module := own[task]) is None else module(rows)
        return Windows.joined(parts)

    def logits(self, task: str, embedding: Embedding, step: int | None = None) -> Tensor:
        """What a task's head makes of its rows."""
        number = self.tasks.index(task)
        with nullcontext() if step is None else self.draws.of_head(task, "step", step):
            logits: Tensor = self.heads[number](embedding.of(self._reads[number]))
        return logits


SHARING: Registry[type[Network]] = Registry("sharing scheme")


@SHARING.register("multihead")
class Multihead(Network):
    """Hard parameter sharing (Caruana 1997): one encoder for all, a head a task; one batch mixes all tasks.

    Args:
        parts: see `Network`.
        shared: how many stages of the encoder are for all; behind them each task has its own, which begin as those of
            its single do. All stages, unless told; 0 is the scheme ``independent``.
    """

    def __init__(
        self,
        parts: NetworkParts,
        *,
        shared: int | None = None,
    ) -> None:
        self._shared = None if len(parts.heads) == 1 else shared
        super().__init__(parts)
        stages = len(self.encoder_of(self.tasks[0]).stages())
        if shared is not None and not 0 <= shared < stages:
            raise ValueError(f"shared is 0 to {stages - 1}, since the encoder has {stages} stages, not {shared}")
        if self._shared:
            trunk = parts.first_encoder(self.tasks)
            for task in self.tasks:
                tie(self.encoder_of(task), trunk, self._shared)

    def groups(self, tasks: Sequence[str]) -> Sequence[Sequence[str]]:
        """All behind one, or each behind its own whose first stages are those of all."""
        return [tasks] if self._shared is None else [[task] for task in tasks]

    def embed(self, batch: Mapping[str, Windows], step: int | None = None) -> dict[str, Embedding]:
        """Through the shared stages together, then each task through its own."""
        if not self._shared:
            return super().embed(batch, step)
        joined, between = Windows.joined(batch), partial(self._behind_stage, step)
        with self._drawing(step):
            trunk = self.encoder_of(next(iter(batch))).stages()[: self._shared]
            windows = through(trunk, 0, joined, between)
        embeddings = {}
        for task, own in windows.by_task():
            with self._drawing(step, "behind", self._shared):
                embeddings[task] = self.encoder_of(task).embed(own, between, first=self._shared)
        return self._as_long(embeddings, batch)


@SHARING.register("independent")
class Independent(Network):
    """An encoder a task in one run: the check on everything else, since nothing may change against single runs."""

    def groups(self, tasks: Sequence[str]) -> Sequence[Sequence[str]]:
        """Each behind its own."""
        return [[task] for task in tasks]
