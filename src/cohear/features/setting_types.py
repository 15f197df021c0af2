"""Types of a front-end's settings, and how what a study file or a specification holds becomes a value of them.

A setting is a number, text, true or false, a file (`cohear.base.assets.Asset`), a list (``tuple[int, ...]``), one of
several words (``Literal``), settings of their own (a frozen dataclass), another front-end, or may be one of several of
these (``|``).
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar

from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.base.named import as_scalars
from cohear.base.registry import did_you_mean

NO_SETTINGS = ("name", "version", "libraries", "source")
"""What of a front-end's key is no setting."""

Made = TypeVar("Made")

OpenAsset = Callable[[object], Asset | None]
"""Gives the file that a value stands for; None where it is no such value."""

_WORDS: dict[object, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    Asset: "the path of a file",
    types.NoneType: "nothing",
}


class _Misfit(UserError):
    """A value that is none of its setting's type, at a place."""

    def __init__(self, place: str, wanted: str, value: object) -> None:
        super().__init__(f"{place} must be {wanted}, not {value!r}")
        self.place = place


def settings_as(cls: type[Any], given: Mapping[str, Any], place: str, open_asset: OpenAsset) -> dict[str, Any]:
    """What a dataclass is made of, from JSON or from a study file's text.

    Args:
        cls: whose fields are the settings.
        given: values by name.
        place: what errors begin with; those of a value, with its name behind it.
        open_asset: gives the file that a value stands for.

    Raises:
        UserError: a setting that there is not (with a suggestion), one that is missing, or a value that does not fit.
    """
    types_of = typing.get_type_hints(cls)
    known = {field.name: field for field in fields(cls)}
    inside = f"{place}: " if ": " not in place else f"{place}."
    settings = {}
    for name, value in given.items():
        if name not in known:
            raise UserError(f"{place} has no setting {name!r}{did_you_mean(name, known)}")
        settings[name] = _fitting(value, types_of[name], inside + name, open_asset)
    for name, field in known.items():
        if name not in settings and field.default is MISSING and field.default_factory is MISSING:
            raise UserError(f"{place} needs a setting {name!r}: {_wanted(types_of[name])}")
    return settings


def made_once(cls: type[Made], settings: Mapping[str, Any]) -> Made:
    """The same object for the same settings: a plan asks for it a thousand times, and its files are read once."""
    made: Made = _made(cls, tuple(settings.items()))  # type: ignore[arg-type]
    return made


@lru_cache(maxsize=64)
def _made(cls: Any, settings: tuple[tuple[str, Any], ...]) -> Any:  # noqa: ANN401 - an object of the class
    return cls(**dict(settings))


def options_of(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any type
    """The types that a setting may have; what is written in full comes before what may stand for many things."""
    several = typing.get_origin(kind) in (typing.Union, types.UnionType)
    options = typing.get_args(kind) if several else (kind,)
    return tuple(sorted(options, key=lambda each: each is not types.NoneType and not literals_of(each)))


def literals_of(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any type
    """Of a ``Literal``; of other types none."""
    return typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()


def has_members(kind: Any) -> bool:  # noqa: ANN401 - any type
    """Whether a type is one of several dataclasses by name, as a front-end is."""
    return hasattr(kind, "named")


def has_settings(kind: Any) -> bool:  # noqa: ANN401 - any type
    """Whether a type is a dataclass of settings."""
    return is_dataclass(kind) and kind is not Asset


def class_of(kind: Any, value: object) -> Any:  # noqa: ANN401 - any type
    """The dataclass whose settings a mapping or a name holds: the type itself, or the member of its family by name.

    A type with members has a method ``named``, which gives one by its name.
    """
    find = getattr(kind, "named", None)
    if find is None or not (isinstance(value, str) or (isinstance(value, Mapping) and "name" in value)):
        return kind
    return find(value if isinstance(value, str) else str(value["name"]))


def own_settings(value: object) -> dict[str, Any]:
    """The settings of a member of a family, from its name or from a mapping; of its key without versions."""
    if isinstance(value, str):
        return {}
    assert isinstance(value, Mapping)
    return {name: each for name, each in value.items() if name not in NO_SETTINGS}


def _fitting(value: Any, kind: Any, place: str, open_asset: OpenAsset) -> Any:  # noqa: ANN401 - any value, of any type
    """The value as its setting's type; of several types as the first that it fits."""
    misfits: list[_Misfit] = []
    for each in options_of(kind):
        try:
            return _as_one(value, each, place, open_asset)
        except _Misfit as misfit:
            misfits.append(misfit)
    deepest = max(misfits, key=lambda misfit: len(misfit.place))
    raise deepest if deepest.place != place else _Misfit(place, _wanted(kind), value)


def _as_one(value: Any, kind: Any, place: str, open_asset: OpenAsset) -> Any:  # noqa: ANN401 - any value, of any type
    """The value as one type."""
    if typing.get_origin(kind) is tuple and isinstance(value, list | tuple):
        of = typing.get_args(kind)[0]
        return tuple(_fitting(each, of, f"{place}.{number}", open_asset) for number, each in enumerate(value))
    if isinstance(value, str) and value and hasattr(kind, "parts"):
        value = kind.parts(value)
    if has_members(kind) and isinstance(value, str | Mapping):
        cls = class_of(kind, value)
        if cls is not kind:
            return made_once(cls, settings_as(cls, own_settings(value), f"{place}: {cls.name}", open_asset))
    elif has_settings(kind) and isinstance(value, Mapping):
        return kind(**settings_as(kind, value, place, open_asset))
    if kind in (Asset, int, float, bool):
        found = _opened(value, place, open_asset) if kind is Asset else _scalar(as_scalars(value), kind)
        if found is not None:
            return found
    elif value in literals_of(kind) or (
        value is None if kind is types.NoneType else kind is str and isinstance(value, str)
    ):
        return value
    raise _Misfit(place, _wanted(kind), value)


def _opened(value: object, place: str, open_asset: OpenAsset) -> Asset | None:
    try:
        return open_asset(value)
    except UserError as error:
        raise type(error)(f"{place}: {error}") from error


def _scalar(value: Any, kind: Any) -> bool | int | float | None:  # noqa: ANN401 - any value, one of three types
    """The value as a number, or as true or false; None where it is none. Whole floats fit int, ints fit float."""
    if isinstance(value, bool) or kind is bool:
        return value if isinstance(value, bool) and kind is bool else None
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if kind is float else int(value) if value == int(value) else None


def _wanted(kind: Any) -> str:  # noqa: ANN401 - any type
    """A type in words."""
    return " or ".join(_word(each) for each in options_of(kind)[::-1])


def _word(kind: Any) -> str:  # noqa: ANN401 - any type
    if words := literals_of(kind):
        return " or ".join(map(str, words))
    if hasattr(kind, "parts"):
        return "file.py:Class"
    if has_members(kind):
        return "a front-end by name, or with settings"
    return _WORDS.get(kind, "a list" if typing.get_origin(kind) is tuple else "a mapping of settings")
