"""The figures' colours, light and dark: told apart by colour-blind people, readable on paper.

A chart is drawn in the light colours alone. Each of them stands for one role, so that a style sheet can give the
role another colour where the page is dark, and a drawing can be recoloured as a whole.
"""

import re
from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "ink": "#1d2126",
    "soft": "#5a626b",
    "line": "#e2dfd9",
    "blue": "#0b57a4",
    "rust": "#b0410a",
    "green": "#3f5f4c",
    "grey": "#6b737c",
    "faint": "#bdb9b1",
    "up1": "#dbe9f6",
    "up2": "#aacfec",
    "up3": "#5596cc",
    "up4": "#0b57a5",
    "down1": "#fbe5d3",
    "down2": "#f6c198",
    "down3": "#df7a2f",
    "down4": "#a63c06",
    "even": "#e4ebe6",
    "on_pale": "#1d2127",
    "on_strong": "#fffffe",
    "on_middle": "#10151a",
    "band": "#efede8",
    "series1": "#1f6fb4",
    "series2": "#c2570c",
    "series3": "#2f7d5b",
    "series4": "#8a4fa3",
    "series5": "#8a6d00",
    "series6": "#b03a5b",
}
"""A role's colour on white paper; no two roles have the same."""

DARK: Mapping[str, str] = {
    "paper": "#1c2026",
    "ink": "#e9e7e3",
    "soft": "#a5acb5",
    "line": "#31373f",
    "blue": "#82bcf0",
    "rust": "#f5a26b",
    "green": "#a6c7b3",
    "grey": "#959ca5",
    "faint": "#545b64",
    "up1": "#1d3550",
    "up2": "#23507c",
    "up3": "#5596cc",
    "up4": "#9cd0ff",
    "down1": "#472c19",
    "down2": "#74401a",
    "down3": "#df7a2f",
    "down4": "#ffb98a",
    "even": "#263029",
    "on_pale": "#e9e7e2",
    "on_strong": "#0d1116",
    "on_middle": "#0d1117",
    "band": "#262b32",
    "series1": "#7fb9ee",
    "series2": "#f0a36b",
    "series3": "#7fcaa5",
    "series4": "#cda0e0",
    "series5": "#d9bd5a",
    "series6": "#f093ac",
}
"""The same roles in a dark page."""

SERIES = [LIGHT[f"series{number}"] for number in range(1, 7)]
"""Colours of things that have no order; shapes tell them apart too."""

_ROLE = {colour: role for role, colour in LIGHT.items()}


def recoloured(svg: str, colours: Mapping[str, str]) -> str:
    """A drawing with every role in another colour; text and all else stays as it is."""
    return re.sub(
        r'(fill|stroke)="(#[0-9a-f]{6})"',
        lambda found: f'{found[1]}="{colours[_ROLE[found[2]]] if found[2] in _ROLE else found[2]}"',
        svg,
    )


def dark_style(selector: str) -> str:
    """Rules that give what ``selector`` holds the dark colours where the reader's screen is dark."""
    rules = [
        f'{selector} [{what}="{LIGHT[role]}"]{{{what}:{DARK[role]}}}' for role in LIGHT for what in ("fill", "stroke")
    ]
    return "@media (prefers-color-scheme: dark){" + "".join(rules) + "}"
