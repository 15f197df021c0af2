"""Every table of the page as CSV, in links that hold the file itself."""

import base64
import gzip
from dataclasses import asdict
from urllib.parse import quote

import pandas as pd

from cohear.analysis.columns import SETTING
from cohear.analysis.scores import scores
from cohear.analysis.tables import read_table, table_text
from cohear.report.folder import FolderContent
from cohear.report.metrics import PRIMARY
from cohear.report.views import Views

LARGE = 200_000
"""Bytes beyond which a table is packed, since the page has to be mailed."""

Download = tuple[str, str, int, str]
"""File name, data URI, number of rows, and what it is."""


def downloads(study: FolderContent, views: Views) -> list[Download]:
    """All tables that the page shows or is made of."""
    tables = [
        ("gains.csv", study.gains, "gain, interval and verdict of every cell"),
        ("results.csv", study.results, "the test score of every run"),
        ("scores.csv", scores(study.results), "mean and spread of the test scores"),
    ]
    if len(study.metrics):
        tables.append(("metrics.csv", study.metrics, "every metric of every run, part and selection"))
    tables += [
        (f"gains-{name}.csv", table, f"gains in {name}, for orientation")
        for name, table in views.gains.items()
        if name != PRIMARY
    ]
    groupings = _groupings(views)
    if len(groupings):
        tables.append(("groupings.csv", groupings, "groupings that no other beats in parameters and gain"))
    for name, what in (("controls.csv", "gains of control runs"), ("arms.csv", "settings of the arms")):
        if (study.path / name).exists():
            tables.append((name, read_table(study.path / name, ["arm"]), what))
    return [_link(name, table, what) for name, table, what in tables]


def _link(name: str, table: pd.DataFrame, what: str) -> Download:
    text = table_text(table).encode("utf-8", errors="replace")
    if len(text) <= LARGE:
        return name, "data:text/csv;charset=utf-8," + quote(text, safe="-_.~!*'(),:@/+="), len(table), what
    packed = base64.b64encode(gzip.compress(text, mtime=0)).decode()
    return f"{name}.gz", "data:application/gzip;base64," + packed, len(table), what


def _groupings(views: Views) -> pd.DataFrame:
    rows = [
        {
            **{name: getattr(view, name) for name in SETTING},
            "groups": " | ".join([*("+".join(group) for group in one.shared), *one.alone]),
            **{key: value for key, value in asdict(one).items() if key in ("parameters", "expected", "gain")},
        }
        for view in views.settings
        if view.groupings
        for one in view.groupings.all
    ]
    return pd.DataFrame(rows)
