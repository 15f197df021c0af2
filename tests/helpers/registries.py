"""Parts that a test enters in the registries (examples, plugins) and that no other is to find there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cohear.base import plugins
from cohear.base.registry import Registry


@contextmanager
def parts_forgotten() -> Iterator[None]:
    """What is entered from outside of the package meanwhile is forgotten in the end."""
    before = {id(part) for registry in _registries() for part in registry._entries.values()}
    loaded = set(plugins._loaded)
    try:
        yield
    finally:
        for registry in _registries():
            for name, part in list(registry._entries.items()):
                if id(part) not in before and not _of_the_package(part):
                    del registry._entries[name]
        for path in set(plugins._loaded) - loaded:
            del plugins._loaded[path]


def _registries() -> list[Registry]:
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("cohear.")]
    found = {id(each): each for module in modules for each in vars(module).values() if type(each) is Registry}
    return list(found.values())


def _of_the_package(part: object) -> bool:
    module = getattr(part, "__module__", None) or type(part).__module__
    return module.startswith("cohear.")
