"""A front-end's settings as other things: from study files and keys, as JSON, for people, and with other paths."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from cohear.base.assets import HASH, Asset
from cohear.features.setting_types import class_of, has_members, has_settings, literals_of, options_of


def asset_at(value: object) -> Asset | None:
    """The file of a path, as study files have it; None where the value is no path."""
    return Asset.at(Path(value)) if isinstance(value, str) and value else None


def asset_in_key(value: object) -> Asset | None:
    """The file of a hash, as specifications have it; None where the value is none."""
    return Asset.from_json(value) if isinstance(value, Mapping) and set(value) == {HASH} else None


def as_json(value: Any) -> Any:  # noqa: ANN401 - any setting
    """A setting, or a dataclass of settings, as a JSON value."""
    if isinstance(value, Asset):
        return value.to_json()
    if has_members(type(value)):
        return value.key()
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    return [as_json(each) for each in value] if isinstance(value, tuple) else value


def shown(value: Any) -> Any:  # noqa: ANN401 - any setting
    """A setting for people: files by their names, settings of settings where they are not the usual ones."""
    if isinstance(value, Asset):
        return value.name
    if is_dataclass(value):
        given = {each.name: getattr(value, each.name) for each in fields(value)}
        unusual = {each.name: given[each.name] for each in fields(value) if given[each.name] != each.default}
        named = {"name": getattr(value, "name", "")} if has_members(type(value)) else {}
        return "{" + ", ".join(f"{name}: {shown(each)}" for name, each in {**named, **unusual}.items()) + "}"
    return "[" + ", ".join(str(shown(each)) for each in value) + "]" if isinstance(value, tuple) else value


def with_paths(value: Any, kind: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any value, of any type
    """What a study file holds for a type, the paths of files in it changed."""
    for each in options_of(kind):
        if value in literals_of(each):
            break
        if each is Asset and isinstance(value, str):
            return change(value)
        if typing.get_origin(each) is tuple and isinstance(value, list):
            return [with_paths(item, typing.get_args(each)[0], change) for item in value]
        if hasattr(each, "parts") and isinstance(value, str):
            parts = each.parts(value)
            return each.text({**parts, "file": change(parts["file"])})
        if has_settings(each) and isinstance(value, Mapping):
            types_of = typing.get_type_hints(class_of(each, value))
            return {name: with_paths(item, types_of.get(name), change) for name, item in value.items()}
    return value
