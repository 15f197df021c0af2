"""Batch norm of many networks at once, in whatever precision they are trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import batch_norm
from torch.overrides import TorchFunctionMode


class NormsInFloat32(TorchFunctionMode):
    """In it batch norm takes bfloat16 as float32, and gives bfloat16 again.

    So it computes for one network, whose statistics are float32; for many (`torch.vmap`) it refuses to mix the two.
    """

    def __torch_function__(
        self,
        func: Callable[..., Tensor],
        types: Sequence[type],
        args: Sequence[Tensor] = (),
        kwargs: Mapping[str, Tensor] | None = None,
    ) -> Tensor:
        if func is not batch_norm or args[0].dtype == torch.float32:
            return func(*args, **(kwargs or {}))
        return func(args[0].float(), *args[1:], **(kwargs or {})).to(args[0].dtype)
