"""Stretches of requests that arrive together are answered in one batch."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from cohear.runtime.bundle import Bundle, WindowLogits
from cohear.runtime.windows import Stretch

MOST_STRETCHES = 64

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
            while len(waiting) < MOST_STRETCHES and not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            groups: dict[tuple[int, int, int], list[Waiting]] = defaultdict(list)
            for stretch, future in waiting:
                if not future.done():  # done: its request is over
                    groups[stretch.shape].append((stretch, future))
            for group in groups.values():
                await self._answer(group)

    async def _answer(self, group: list[Waiting]) -> None:
        try:
            answers = await asyncio.to_thread(self._bundle.batch_logits, [stretch for stretch, _ in group])
        except Exception as error:  # onnxruntime's own; the next batch goes on
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():
                future.set_result(answer)
