"""A part of a registry as a file names it: by its name alone, or by its name with settings.

The settings of a part are the keyword-only arguments of its constructor; what stands before them is given by whoever
makes the part.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from contextlib import suppress
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cohear.base.errors import UserError
from cohear.base.registry import Registry, did_you_mean

T = TypeVar("T")


class WithSettings(BaseModel):
    """A name with settings, ``{name: adapters, price: 0.1}``."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = Field(min_length=1)


def as_named(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    """A mapping of a name and settings, its scalars as what they say; one without settings is its name alone."""
    if isinstance(value, str | WithSettings):
        return value
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        raise ValueError("must be a name, or a name with settings as in {name: …, setting: …}")
    settings = as_scalars({key: each for key, each in value.items() if key != "name"})
    return WithSettings(name=value["name"], **settings) if settings else value["name"]


Named = Annotated[str | WithSettings, BeforeValidator(as_named)]
"""Field of a part: a bare name stays text, so that the keys of what is older than settings stay what they were."""


def name_of(part: str | WithSettings) -> str:
    """The part's name in its registry."""
    return part if isinstance(part, str) else part.name


def settings_of(part: str | WithSettings) -> dict[str, Any]:
    """The settings that it is named with."""
    return {} if isinstance(part, str) else dict(part.model_extra or {})


def check_named(registry: Registry[type[T]], part: str | WithSettings) -> type[T]:
    """The part's class, where the registry has its name and the class has its settings.

    Raises:
        UserError: an unknown name, or settings that it does not have.
    """
    name = name_of(part)
    cls = registry[name]
    known = [each.name for each in inspect.signature(cls).parameters.values() if each.kind is each.KEYWORD_ONLY]
    unknown = [each for each in settings_of(part) if each not in known]
    if unknown:
        mistakes = [f"has no setting {each!r}{did_you_mean(each, known)}" for each in unknown]
        raise UserError(f"{registry.what} {name!r} {' and '.join(mistakes)}")
    return cls


def make(registry: Registry[type[T]], part: str | WithSettings, *given: object) -> T:
    """The part, made of what it is given and of its settings.

    Raises:
        UserError: an unknown name or setting, or a value that the part refuses (by TypeError or ValueError).
    """
    cls = check_named(registry, part)
    try:
        demand_numbers(cls, settings_of(part))
        return cls(*given, **settings_of(part))
    except (TypeError, ValueError) as error:
        raise UserError(f"{registry.what} {name_of(part)!r}: {error}") from error


def demand_numbers(part: type[object], settings: Mapping[str, Any]) -> None:
    """See that settings which a part's constructor wants as numbers are such: finite, and whole where it says so.

    One that may be something else too (``float | None``, ``int | Literal["auto"]``) is held to it where it is a number,
    or where nothing but numbers and nothing is left; what else it must be, the part says.

    Raises:
        ValueError: naming the first that is none.
    """
    hints: dict[str, Any] = {}
    with suppress(NameError):  # what is there for a type checker alone
        hints = get_type_hints(part.__init__)
    for name, value in settings.items():
        allowed = _members(hints.get(name))
        if not allowed & {int, float} or (value is None and type(None) in allowed):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            if bool in allowed or not allowed <= {int, float, type(None)}:
                continue
            raise ValueError(f"{name} must be a number, not {'null' if value is None else value}")
        if not math.isfinite(value):
            raise ValueError(f"{name} must be a finite number, not {value}")
        if float not in allowed and isinstance(value, float):
            raise ValueError(f"{name} must be a whole number, not {value}")


def _members(hint: object) -> set[object]:
    """The types that a hint allows, one by one."""
    return set(get_args(hint)) if get_origin(hint) in (Union, UnionType) else {hint}


def as_scalars(value: Any) -> Any:  # noqa: ANN401 - a setting of any part
    """Numbers, true and false where a value, or one inside it, holds their text: a study file keeps scalars as text.

    Raises:
        ValueError: a number without an end, or none; as null in a run's key it would be no setting at all.
    """
    if isinstance(value, Mapping):
        return {name: _named_scalars(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_scalars(each) for each in value]
    if not isinstance(value, str):
        return value
    for convert in (int, float):
        try:
            number = convert(value.replace(".inf", "inf").replace(".nan", "nan"))  # YAML's words
        except ValueError:
            continue
        if not math.isfinite(number):
            raise ValueError(f"must be a finite number, not {value}")
        return number
    return {"true": True, "false": False}.get(value.lower(), value)


def _named_scalars(name: str, value: Any) -> Any:  # noqa: ANN401 - a setting of any part
    """A value of a mapping, whose name errors begin with."""
    try:
        return as_scalars(value)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from error


def part_label(name: str, settings: Mapping[str, object]) -> str:
    """A part's name in the tables, with settings.

    >>> part_label("dnn", {"hidden": 64, "layers": 1})
    'dnn(hidden=64,layers=1)'
    """
    given = ",".join(f"{key}={value}" for key, value in settings.items())
    return f"{name}({given})" if given else name
