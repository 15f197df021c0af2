"""Parts that a test enters in the registries (examples, plugins) and that no other is to find there."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from cohear.base import plugins
from cohear.base.registry import Registry

_register = Registry.register
_from_outside: list[tuple[Registry, str]] = []
"""Parts that are there and were entered by no module of the package, in their order."""


def _noted(registry: Registry, name: str) -> Callable[[Any], Any]:
    entered_by = sys._getframe(1).f_globals.get("__name__", "")
    enter = _register(registry, name)

    def noting(part: Any) -> Any:
        entered = enter(part)
        if not entered_by.startswith("cohear."):
            _from_outside.append((registry, name))
        return entered

    return noting


Registry.register = _noted


@contextmanager
def parts_forgotten() -> Iterator[None]:
    """What is entered from outside of the package meanwhile is forgotten in the end."""
    before, loaded = len(_from_outside), set(plugins._loaded)
    try:
        yield
    finally:
        for registry, name in _from_outside[before:]:
            registry._entries.pop(name, None)
        del _from_outside[before:]
        for path in set(plugins._loaded) - loaded:
            del plugins._loaded[path]


@contextmanager
def entered(registry: Registry, parts: Mapping[str, Any]) -> Iterator[None]:
    """Parts that are there, or instead of others of their names, for a while.

    The registry's own are loaded first: one that is loaded meanwhile would be taken out again, and its module, which
    is imported once, would never enter it anew.
    """
    for name in registry:
        registry[name]
    with mock.patch.dict(registry._entries, parts):
        yield
