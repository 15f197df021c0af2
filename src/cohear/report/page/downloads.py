"""Every table of the page as CSV, and what a paper needs, in links that hold the file itself."""

import base64
import gzip
from collections.abc import Collection
from urllib.parse import quote

import pandas as pd

from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.scores import scores
from cohear.analysis.tables.text import read_table, table_text
from cohear.base.counting import counted
from cohear.base.tables import ARMS_CSV, CONTROLS_CSV, CONTROLS_NLL_CSV
from cohear.report.folder import FolderContent
from cohear.report.paper import latex_tables, paper_table
from cohear.report.parts.metrics import PRIMARY
from cohear.report.parts.views import Views
from cohear.report.references import keys, references

LARGE = 200_000
"""Bytes beyond which a table is packed, since the page has to be mailed."""

Download = tuple[str, str, str]
"""File name, data URI, and what it is."""


def downloads(study: FolderContent, views: Views, figures: Collection[str]) -> list[Download]:
    """All tables that the page shows or is made of, a Markdown table, and BibTeX of what the study used.

    Args:
        study: what its folder holds.
        views: of the page.
        figures: names of the figures that it has data for.
    """
    tables = [
        ("gains.csv", study.statistics.gains, "gain, interval and verdict of every cell"),
        ("singles.csv", study.statistics.singles_table, "the score of every task alone, and whether it is learnt"),
        ("results.csv", study.statistics.tables.results, "the test score of every run"),
        ("mean-scores.csv", scores(study.results), "mean and spread of the test scores"),
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
    for table, what in (
        (CONTROLS_CSV, "gains of control runs"),
        (CONTROLS_NLL_CSV, "the same in calibrated log loss"),
        (ARMS_CSV, "settings of the arms"),
    ):
        if (study.path / table.file).exists():
            tables.append((table.file, read_table(study.path / table.file, table), what))
    cited = references(study, figures)
    return [
        *(
            _link(name, "text/csv", table_text(table), f"{counted(len(table), 'row')}: {what}")
            for name, table, what in tables
        ),
        _link("table.md", "text/markdown", paper_table(study), "scores and gains as a Markdown table, for a paper"),
        _link("table.tex", "text/x-tex", latex_tables(study), "the same in LaTeX"),
        _link(
            "references.bib",
            "text/x-bibtex",
            cited,
            f"BibTeX of the methods and datasets used, {len(keys(cited))} entries; check the remarks in it",
        ),
    ]


def _link(name: str, kind: str, content: str, what: str) -> Download:
    text = content.encode("utf-8", errors="replace")
    if len(text) <= LARGE:
        return name, f"data:{kind};charset=utf-8," + quote(text, safe="-_.~!*'(),:@/+="), what
    packed = base64.b64encode(gzip.compress(text, mtime=0)).decode()
    return f"{name}.gz", "data:application/gzip;base64," + packed, what


def _groupings(views: Views) -> pd.DataFrame:
    rows = [
        {
            **{name: getattr(view, name) for name in SETTING},
            "groups": " | ".join([*("+".join(group) for group in one.shared), *one.alone]),
            "parameters": round(one.serving.parameters),
            **{name: getattr(one, name) for name in ("expected", "low", "high")},
            "gain": one.serving.chosen,
        }
        for view in views.settings
        if view.groupings
        for one in view.groupings.all
    ]
    return pd.DataFrame(rows)
