"""What a request may set, by name: an unknown name, or one that is given twice, is a mistake that is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.runtime.detector import EventSettings
from cohear.runtime.server.limits import Refused

EVENT_SETTINGS = ("onset", "release", "minimum")
RAW_SETTINGS = ("rate", "format", "channels")
STREAM_SETTINGS = ("bundle", *RAW_SETTINGS, *EVENT_SETTINGS)
CLIP_SETTINGS = (*STREAM_SETTINGS, "windows")


def check_names(given: Sequence[str], known: Collection[str]) -> None:
    """Whether each name is a setting, and given once.

    Raises:
        Refused: one is not.
    """
    for name in given:
        if name not in known:
            raise Refused(422, f"there is no setting {name!r}{did_you_mean(name, known)}")
        if given.count(name) > 1:
            raise Refused(422, f"the setting {name!r} is given {given.count(name)} times")


def event_settings(onset: float | None, release: float | None, minimum: float | None) -> EventSettings:
    """When a label begins and ends; what is None has its default.

    Raises:
        Refused: there are no such events.
    """
    given = {"onset": onset, "release": release, "minimum": minimum}
    try:
        return EventSettings(**{name: value for name, value in given.items() if value is not None})
    except UserError as error:
        raise Refused(422, str(error)) from error
