"""Stretches of requests and streams that arrive together are answered in one batch."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence

from cohear.runtime.bundle import Bundle
from cohear.runtime.pooling import WindowLogits
from cohear.runtime.windows import WINDOWS_A_STRETCH, Stretch

Waiting = tuple[Stretch, "asyncio.Future[WindowLogits]"]


class Batcher:
    """A bundle's queue: whatever came while one batch was at work makes the next.

    Args:
        bundle: which answers.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue()

    async def logits(self, stretch: Stretch) -> WindowLogits:
        """Numbers of a stretch's windows, as it has them alone."""
        future: asyncio.Future[WindowLogits] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((stretch, future))
        return await future

    async def work(self) -> None:
        """Answer until cancelled."""
        while True:
            waiting = [await self._queue.get()]
            while not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            groups: dict[tuple[int, int, int, int], list[Waiting]] = defaultdict(list)
            for stretch, future in waiting:
                groups[stretch.shape].append((stretch, future))
            for group in groups.values():
                for batch in _batches(group):
                    await self._answer([each for each in batch if not each[1].done()])  # done: its request is over

    async def _answer(self, batch: list[Waiting]) -> None:
        if not batch:
            return
        try:
            answers = await asyncio.to_thread(self._bundle.batch_logits, [stretch for stretch, _ in batch])
        except Exception as error:  # onnxruntime's own; the next batch goes on
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)


def _batches(group: Sequence[Waiting]) -> Iterator[Sequence[Waiting]]:
    """Parts of a group with no more windows each than the longest stretch has, which bounds the memory of a batch."""
    most = max(1, WINDOWS_A_STRETCH // len(group[0][0].starts))
    for begin in range(0, len(group), most):
        yield group[begin : begin + most]
