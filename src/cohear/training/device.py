"""Where a network is trained and in which numbers: what the loop asks, so that it names no device itself.

Everything that is drawn is drawn on the processor, but for what layers draw for themselves (dropout), which is drawn
where they are, from a generator that is seeded by name there too.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch
from numpy.typing import NDArray
from torch import Tensor

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean

PROCESSOR = "cpu"
AUTO = "auto"


class Movable(Protocol):
    """A module, or a part of a batch."""

    def to(self, device: str, /) -> Any:  # noqa: ANN401 - of its own class
        """The same on a device."""


M = TypeVar("M", bound=Movable)


@dataclass(frozen=True)
class Device:
    """A device that is there.

    Attributes:
        name: as torch calls it.
        precision: ``bfloat16`` or ``float32``, of matrix work; losses and scores are always in float32.
    """

    name: str = PROCESSOR
    precision: str = "float32"

    @classmethod
    def of(cls, name: str, precision: str = AUTO) -> Device:
        """The device of a name, or the fastest there is (``auto``), in a precision, or the fastest that it knows.

        Raises:
            UserError: there is none of that name on this machine.
        """
        there = {PROCESSOR: True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
        if name == AUTO:
            name = next((fast for fast in ("cuda", "mps") if there[fast]), PROCESSOR)
        if name not in there:
            raise UserError(f"unknown device {name!r}{did_you_mean(name, [AUTO, *there])}")
        if not there[name]:
            raise UserError(f"device {name!r} is not on this machine, or torch was built without it; use auto or cpu")
        return cls(name, _fastest_precision(name) if precision == AUTO else precision)

    @property
    def is_processor(self) -> bool:
        """Whether numbers that are made there are there at once, so that looking at them waits for nothing."""
        return self.name == PROCESSOR

    def put(self, thing: M) -> M:
        """A module or a part of a batch, on this device."""
        moved: M = thing.to(self.name)
        return moved

    def clock(self) -> float:
        """Seconds of work up to now, to take a difference of: time of the processor, that others may share meanwhile.

        An accelerator works for one process: there it is time by the clock, once all that was asked for is done.
        """
        if self.is_processor:
            return time.process_time()
        torch.accelerator.synchronize()
        return time.perf_counter()

    def autocast(self) -> AbstractContextManager[object]:
        """In which a network's forward runs in this precision."""
        return nullcontext() if self.precision == "float32" else torch.autocast(self.name, dtype=torch.bfloat16)


def to_numpy(tensor: Tensor) -> NDArray[Any]:
    """The numbers of a tensor that is on whatever device: waits for it, so ask for many at once."""
    array: NDArray[Any] = tensor.detach().cpu().numpy()
    return array


def _fastest_precision(name: str) -> str:
    if name == PROCESSOR:
        fast = _has_onednn() and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    else:
        fast = name == "cuda" and torch.cuda.is_bf16_supported()
    return "bfloat16" if fast else "float32"


def _has_onednn() -> bool:
    """Whether torch was built with oneDNN; without it there is no operator to ask."""
    available: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return available
