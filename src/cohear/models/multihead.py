"""One encoder for all tasks, or its first stages, or none of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from cohear.models.encoder import Encoder
from cohear.models.heads import Head
from cohear.models.sharing import SHARING, Draws, Network
from cohear.models.tied import tie
from cohear.models.windows import Embedding, Windows


@SHARING.register("multihead")
class Multihead(Network):
    """Hard parameter sharing (Caruana 1997): one encoder for all, a head a task; one batch mixes all tasks.

    Args:
        inputs: see `Network`, as the three after it.
        shared: how many stages of the encoder are for all; behind them each task has its own, which begin as those of
            its single do. All stages, unless told; 0 is the scheme ``independent``.
    """

    def __init__(
        self,
        inputs: Mapping[str, int],
        heads: Mapping[str, Head | None],
        make_encoder: Callable[[Mapping[str, int]], Encoder],
        draws: Draws,
        *,
        shared: int | None = None,
    ) -> None:
        self._shared = None if len(heads) == 1 else shared
        super().__init__(inputs, heads, make_encoder, draws)
        stages = len(self.encoder_of(self.tasks[0]).stages())
        if shared is not None and not 0 <= shared < stages:
            raise ValueError(f"shared is 0 to {stages - 1}, since the encoder has {stages} stages, not {shared}")
        if self._shared:
            with draws.of_encoder("weights"):
                trunk = make_encoder(inputs)
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
            windows = self.encoder_of(next(iter(batch))).through(range(self._shared), joined, between)
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
