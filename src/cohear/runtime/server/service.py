"""What the routes share: bundles with their queues, decoders, limits and counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from cohear.base.registry import did_you_mean
from cohear.runtime.bundle import Bundle
from cohear.runtime.server.batching import Batcher
from cohear.runtime.server.decoding import Decoders
from cohear.runtime.server.limits import Limits, Refused
from cohear.runtime.server.memory import Memory
from cohear.runtime.server.metrics import Metrics


class Service:
    """Bundles at work.

    Args:
        bundles: by name; the first answers where a request names none.
        limits: of requests.
    """

    def __init__(self, bundles: Mapping[str, Bundle], limits: Limits) -> None:
        self.bundles = bundles
        self.limits = limits
        self.batchers = {name: Batcher(bundle) for name, bundle in bundles.items()}
        self.decoders = Decoders(limits)
        self.memory = Memory(limits.memory)
        self.metrics = Metrics()

    def bundle_name(self, asked: str) -> str:
        """The bundle that a request asks for; the first where it names none.

        Raises:
            Refused: there is none of that name.
        """
        name = asked or next(iter(self.bundles))
        if name not in self.bundles:
            raise Refused(422, f"there is no such bundle{did_you_mean(name, self.bundles)}")
        return name

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While the queues are worked off."""
        tasks = [asyncio.create_task(batcher.work()) for batcher in self.batchers.values()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await self.decoders.close()
