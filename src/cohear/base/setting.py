"""What is varied besides the combination: gains are never compared across it."""

from __future__ import annotations

from typing import TypedDict

Setting = tuple[str, str, str]
"""Features, encoder and arm."""


class InSetting(TypedDict):
    """What rows begin with that are of one setting."""

    features: str
    encoder: str
    arm: str


def setting_of(row: InSetting) -> Setting:
    """The setting that a row is of."""
    return row["features"], row["encoder"], row["arm"]
