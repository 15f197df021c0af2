"""Named extension points: a user adds a class in one file and finds it by its name."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar

from cohear.base.errors import UserError

T = TypeVar("T")
_SHOWN = 20


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A suggestion to append to an error: `` (did you mean 'x'?)``, or a list of what is known."""
    names = sorted(known)
    by_lower_case = {candidate.casefold(): candidate for candidate in reversed(names)}
    close = difflib.get_close_matches(name.casefold(), by_lower_case, n=1, cutoff=0.6)
    if close:
        return f" (did you mean {by_lower_case[close[0]]!r}?)"
    more = f", … and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f" (known: {', '.join(names[:_SHOWN])}{more})" if names else ""


class Registry(Generic[T]):
    """Classes of one extension point by name.

    Args:
        what: the extension point in words, for error messages (``"encoder"``).
        modules: names that a module enters when it is imported, which happens where one is asked for: what it needs
            (torch) is not loaded where only others are used.
    """

    def __init__(self, what: str, modules: Mapping[str, str] | None = None) -> None:
        self.what = what
        self._entries: dict[str, T] = {}
        self._modules = dict(modules or {})

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator that enters a class under ``name``; entering a name twice is an error."""

        def enter(entry: T) -> T:
            if name in self._entries:
                raise ValueError(f"{self.what} {name!r} is registered twice")
            self._entries[name] = entry
            return entry

        return enter

    def __getitem__(self, name: str) -> T:
        if name not in self._entries and name in self._modules:
            import_module(self._modules[name])
        if name not in self._entries:
            raise UserError(f"unknown {self.what} {name!r}{did_you_mean(name, self)}")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries or name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._modules, *self._entries]))
