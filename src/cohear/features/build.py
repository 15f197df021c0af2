"""How a front-end is made of what a study file says, and again of what a specification holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.features.front_end import FRONT_ENDS, FrontEnd
from cohear.features.setting_types import NO_SETTINGS, OpenAsset, made_once, settings_as
from cohear.features.settings import asset_at, asset_in_key

VERSIONS = tuple(name for name in NO_SETTINGS if name != "name")
"""What of a key is neither its name nor a setting."""


def build_front_end(spec: str | Mapping[str, Any]) -> FrontEnd:
    """Make the front-end that a study file asks for.

    Args:
        spec: a name (``"logmel"``), or a name with settings (``{"name": "logmel", "bands": 64}``).

    Raises:
        UserError: an unknown front-end or setting (with a suggestion), or a value that does not fit.
    """
    return _made({"name": spec} if isinstance(spec, str) else spec, asset_at)


def front_end_of(key: Mapping[str, Any]) -> FrontEnd:
    """The front-end of a key, as the code here has it; the pack that knows its files is open.

    Raises:
        DataError: a file with the content that it was planned with is not known here.
    """
    return _made({name: value for name, value in key.items() if name not in VERSIONS}, asset_in_key)


def runs_code_of_others(key: Mapping[str, object]) -> bool:
    """Whether the front-end of a key, or one that it is made of, runs code that is not cohear's; none is made."""
    cls = FRONT_ENDS[str(key["name"])]
    if cls.runs_code_of_others or not cls.__module__.startswith("cohear."):
        return True
    return any(runs_code_of_others(each) for each in _keys_inside([*key.values()]))


def _keys_inside(values: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Keys of front-ends among the settings of another."""
    for each in values:
        if isinstance(each, Mapping):
            if each.get("name") in FRONT_ENDS:
                yield each
            else:
                yield from _keys_inside([*each.values()])
        elif isinstance(each, list | tuple):
            yield from _keys_inside(each)


def versions_planned(key: Mapping[str, Any]) -> dict[str, str | int | None]:
    """The versions in a key, for `cohear.base.versions.demand_same`."""
    what = f"front-end {key['name']!r}"
    libraries = {f"{name} of {what}": each for name, each in key.get("libraries", {}).items()}
    source = {f"source of {what}": key["source"]} if "source" in key else {}
    return {what: key.get("version"), **libraries, **source}


def versions_here(key: Mapping[str, Any]) -> dict[str, str | int]:
    """What ``versions_planned`` gives where the code here is the code that the key was made with."""
    found = versions_planned({"name": key["name"], **FRONT_ENDS[key["name"]].versions()})
    return {what: each for what, each in found.items() if each is not None}


def _made(spec: Mapping[str, Any], open_asset: OpenAsset) -> FrontEnd:
    """The front-end of a name with settings, whose files are opened in a way."""
    if "name" not in spec:
        raise UserError(f"a front-end needs a name, as in {{name: logmel, bands: 64}}{did_you_mean('', FRONT_ENDS)}")
    cls = FRONT_ENDS[str(spec["name"])]
    cls.versions()  # tells which package is missing
    place = f"front-end {cls.name!r}"
    given = {name: value for name, value in spec.items() if name != "name"}
    try:
        return made_once(cls, settings_as(cls, given, place, open_asset))
    except ValueError as error:
        raise UserError(f"{place}: {error}") from error
