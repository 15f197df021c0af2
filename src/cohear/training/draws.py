"""What layers draw in training, drawn on the processor wherever they are, so that runs differ by rounding alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

_OF_CHANNELS = {functional.dropout1d: 1, functional.dropout2d: 2, functional.dropout3d: 3}
"""Dropout of whole channels, with the number of axes behind them."""
_DROPOUT = {functional.dropout, *_OF_CHANNELS}


class DrawnOnProcessor(TorchFunctionMode):
    """In it dropout draws from the processor's generator, the numbers that it draws for layers there.

    It holds for every layer and every encoder of a user's own that drops units as torch does, at no word of theirs.

    Args:
        send: brings what was drawn to where the layers are.
    """

    def __init__(self, send: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self._send = send

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever is called
        if func in _DROPOUT:
            return self._dropped(func, *args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    def _dropped(
        self,
        func: Callable[..., Tensor],
        input: Tensor,  # noqa: A002 - torch's own name
        p: float = 0.5,
        training: bool = True,
        inplace: bool = False,
    ) -> Tensor:
        if not training:
            return input
        factors = self._factors(func, input, p).to(input.dtype)
        return input.mul_(factors) if inplace else input * factors

    def _factors(self, func: Callable[..., Tensor], input: Tensor, p: float) -> Tensor:  # noqa: A002
        """What dropout multiplies an input with, where that is."""
        axes = _OF_CHANNELS.get(func)
        if axes is not None:  # a number a channel, from which the rest follows
            ones = torch.ones([*input.shape[:-axes], *[1] * axes])
        else:
            ones = torch.ones_like(input, dtype=torch.float32, device="cpu")  # in memory as there: so it is drawn
        return self._send(func(ones, p, True))
