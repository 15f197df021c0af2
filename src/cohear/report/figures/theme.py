"""How every figure looks: no frame, thin grid, no colour that is not in the palette."""

from typing import Any

from cohear.report.figures.palette import LIGHT, SERIES

_AXIS = {
    "domain": False,
    "ticks": False,
    "grid": False,
    "gridColor": LIGHT["line"],
    "labelColor": LIGHT["ink"],
    "labelFontSize": 12,
    "labelLimit": 180,
    "labelPadding": 6,
    "labelFlush": False,
    "tickCount": 8,
    "titleColor": LIGHT["soft"],
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "titlePadding": 8,
    "tickColor": LIGHT["line"],
    "domainColor": LIGHT["line"],
}

CONFIG: dict[str, Any] = {
    "aria": False,  # one title and one description for the whole figure, and a table behind it
    "background": LIGHT["paper"],
    "font": "sans-serif",
    "padding": 8,
    "axis": _AXIS,
    "axisQuantitative": {"grid": True, "labelColor": LIGHT["soft"]},
    "header": {
        "labelColor": LIGHT["ink"],
        "labelFontSize": 12,
        "labelFontWeight": "bold",
        "labelLimit": 260,
        "titleColor": LIGHT["soft"],
    },
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "labelColor": LIGHT["ink"],
        "labelFontSize": 12,
        "labelLimit": 260,
        "symbolBaseFillColor": LIGHT["paper"],
        "symbolBaseStrokeColor": LIGHT["ink"],
        "titleColor": LIGHT["soft"],
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleOrient": "left",
        "offset": 10,
        "symbolOpacity": 1,
        "symbolStrokeWidth": 1.5,
    },
    "title": {"color": LIGHT["ink"], "fontSize": 12, "anchor": "start", "offset": 8},
    "view": {"stroke": None},
    "range": {"category": SERIES},
    "text": {"color": LIGHT["ink"], "fontSize": 12},
    "rule": {"color": LIGHT["ink"]},
    "point": {"color": LIGHT["ink"]},
    "line": {"color": LIGHT["ink"]},
    "tick": {"color": LIGHT["ink"]},
    "rect": {"color": LIGHT["band"]},
    "area": {"color": LIGHT["band"]},
}
"""``config`` of Vega-Lite."""
