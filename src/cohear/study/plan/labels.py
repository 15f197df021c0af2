"""Names of front-ends in the tables."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

from cohear.base.named import part_label
from cohear.features.front_end import FrontEnd
from cohear.features.settings import shown
from cohear.study.file import StudySettings


class FrontEndLabels:
    """What the tables of a study call its front-ends: as the study file does, else by name and settings.

    Args:
        settings: the study.
    """

    def __init__(self, settings: StudySettings) -> None:
        self._called = {each.build(): each.called for each in settings.written_front_ends() if each.called}

    def __call__(self, front_end: FrontEnd) -> str:
        """The label of one of them."""
        return self._called.get(front_end) or front_end_label(front_end)


@cache
def front_end_label(front_end: FrontEnd) -> str:
    """The front-end's name in the tables, with the settings that are not the default ones."""
    given = {field.name: getattr(front_end, field.name) for field in fields(front_end)}
    usual = {field.name: field.default for field in fields(front_end)}  # MISSING, where it must be given
    return part_label(front_end.name, {name: shown(each) for name, each in given.items() if each != usual[name]})
