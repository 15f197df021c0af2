"""A chart to a static drawing: SVG with a title and a description, and PNG."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import vl_convert

from cohear.report.figures.palette import DARK, recoloured

_SVG = "http://www.w3.org/2000/svg"
_FONTS = "Arial, Liberation Sans, Helvetica, sans-serif"
"""Fonts of the same widths: the drawing was measured in one of them."""
_DROPPED = {"class", "role", "pointer-events", "font-family"}
_PLACES = {"transform", "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Text without what no XML can hold (control characters, half characters)."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def svg_of(spec: dict[str, Any], title: str, description: str) -> str:
    """Draw a Vega-Lite specification.

    Args:
        spec: with its data in it.
        title: read out for the figure.
        description: read out after it.

    Returns:
        An SVG document, all text in it as text. Its colours are those of the light palette.
    """
    drawn = _converted(json.dumps(spec, sort_keys=True))
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - made in this process; names in it are escaped
    _lighten(root)
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "width": root.attrib["width"],
        "height": root.attrib["height"],
        "role": "img",
        "font-family": _FONTS,
    }
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        child = ElementTree.Element(f"{{{_SVG}}}{tag}")
        child.text = clean(text)
        root.insert(place, child)
    return ElementTree.tostring(root, encoding="unicode")


@lru_cache(maxsize=256)
def _converted(spec: str) -> str:
    """What the converter, a library with Vega inside, draws of a specification; it loads nothing from a network.

    It keeps its engine for the life of the process, and this what it drew: a page that is made again while a study
    runs changes in a few figures only.
    """
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])


def _lighten(element: ElementTree.Element) -> None:
    """Leave out what draws nothing, and digits that nobody sees."""
    for child in list(element):
        if child.get("display") == "none" or (child.tag.endswith("}path") and _invisible(child)):
            element.remove(child)
        else:
            _lighten(child)
    for name in list(element.attrib):
        if name in _DROPPED or name.startswith("aria-") or (name == "opacity" and element.attrib[name] == "1"):
            del element.attrib[name]
        elif name in _PLACES:
            element.attrib[name] = re.sub(r"-?\d+\.\d+(e-\d+)?", _short, element.attrib[name])


def _invisible(path: ElementTree.Element) -> bool:
    drawn = [path.get("fill"), path.get("stroke")]
    return not path.get("d") or all(paint in (None, "none", "transparent") for paint in drawn)


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def inline(svg: str) -> str:
    """The same to stand inside a page, where the style sheet gives the font and the dark colours."""
    head, rest = svg.split(">", 1)
    return re.sub(r' (xmlns|height|font-family)="[^"]*"', "", head) + ' class="figure">' + rest


def png_of(svg: str, *, dark: bool = False, scale: float = 2.0) -> bytes:
    """Pixels of a drawing, ``scale`` for each of its units."""
    return vl_convert.svg_to_png(recoloured(svg, DARK) if dark else svg, scale=scale)
