"""Where a network is trained and in which numbers: what the loop asks, so that it names no device itself.

Everything that is drawn is drawn on the processor and sent from there, so that runs on two devices differ by rounding
alone. An encoder of a user's own that draws in other ways than torch's dropout draws where it is, from a generator that
is seeded by name there too.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cohear.base.errors import UserError
from cohear.base.processor import processor_name
from cohear.base.registry import did_you_mean
from cohear.runs.place import PROCESSOR
from cohear.training.draws import DrawnOnProcessor

AUTO = "auto"


class Sendable(Protocol):
    """A part of a batch."""

    def sent(self, send: Callable[[Tensor], Tensor], /) -> Any:  # noqa: ANN401 - of its own class
        """The same with every tensor sent."""


S = TypeVar("S", bound=Sendable)
M = TypeVar("M", bound=nn.Module)


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

    @property
    def called(self) -> str:
        """What it is, for people and records: ``NVIDIA H200 (cuda)``."""
        model = torch.cuda.get_device_name() if self.name == "cuda" else processor_name()
        return f"{model} ({self.name})"

    @property
    def memory(self) -> float:
        """Bytes that it has for all who work on it; without end where it is the processor's, which maps its files."""
        if self.name == "cuda":
            return float(torch.cuda.get_device_properties(0).total_memory)
        return float(torch.mps.recommended_max_memory()) if self.name == "mps" else math.inf

    def settle(self) -> None:
        """Have torch, in this process, do the same work with the same numbers, in the precision that is asked for.

        Where it knows no such way, it says so, and goes on.
        """
        if self.name == "cuda":
            torch.backends.cudnn.allow_tf32 = False  # which is not float32
            torch.backends.cudnn.deterministic = True
            torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
            torch.use_deterministic_algorithms(True, warn_only=True)

    def put(self, module: M) -> M:
        """A module, on this device."""
        return module.to(self.name)

    def take(self, part: S) -> S:
        """A part of a batch, on this device."""
        if self.is_processor:
            return part
        sent: S = part.sent(self.send)
        return sent

    def send(self, tensor: Tensor) -> Tensor:
        """Numbers of the processor, on this device; nothing waits for them where it can be helped."""
        if self.name == "cuda":
            tensor = tensor.pin_memory()  # what lies in other memory is waited for
        return tensor.to(self.name, non_blocking=self.name != "mps")  # which lets go of them too early

    def clock(self) -> float:
        """Seconds of work up to now, to take a difference of: time of the processor, that others may share meanwhile.

        An accelerator works for one process: there it is time by the clock, once all that was asked for is done.
        """
        if self.is_processor:
            return time.process_time()
        torch.accelerator.synchronize()
        return time.perf_counter()

    @contextmanager
    def forward(self, drawn: DrawnOnProcessor | None = None) -> Iterator[None]:
        """In which a network's forward runs in training: in this precision, and with what the processor draws.

        Args:
            drawn: draws where not for one network alone; None for that.
        """
        with ExitStack() as entered:
            if self.precision != "float32":
                entered.enter_context(torch.autocast(self.name, dtype=torch.bfloat16))
            if drawn is None and not self.is_processor:
                drawn = DrawnOnProcessor(self.send)
            if drawn is not None:
                entered.enter_context(drawn)
            yield


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
