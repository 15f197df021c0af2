"""What a network is once it is trained and asked for one task at a time."""

from __future__ import annotations

import copy
from collections.abc import Collection

from torch import nn


def at_inference(module: nn.Module, task: str, idle: Collection[nn.Module] = ()) -> nn.Module:
    """A module as it is for the windows of one task.

    A layer that holds something for each task, or that looks at its batch while it learns, has a method
    ``plain(task)``, which gives the module that does the same for this task's windows in evaluation. Everything else
    stays what it is.

    Args:
        module: in evaluation mode; it is left as it is.
        task: whose windows.
        idle: parts that they never reach, as encoders of other tasks; these stay what they are.

    Returns:
        A module that shares its parameters, and those parts that have no such layer in them.
    """
    if any(module is part for part in idle):
        return module
    if callable(getattr(type(module), "plain", None)):
        plain: nn.Module = module.plain(task)  # type: ignore[operator]
        return plain
    children = {name: child and at_inference(child, task, idle) for name, child in module._modules.items()}
    if all(children[name] is child for name, child in module._modules.items()):
        return module
    same = copy.copy(module)
    same._modules = children
    return same
