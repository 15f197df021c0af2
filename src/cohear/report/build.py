"""The report page: one HTML file that opens from disk and loads nothing."""

import base64
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from cohear.analysis.tables import table_text
from cohear.base.files import make_folder, write_bytes
from cohear.report.folder import FolderContent, read_folder
from cohear.report.numbers import duration, level, plural
from cohear.report.views import study_order, views_of

_PAGE = "cohear.report"


def write_report(folder: Path) -> Path:
    """Make ``folder/report/index.html`` from whatever the study folder holds.

    Args:
        folder: a study folder, or any folder with a ``results.csv``.

    Returns:
        The path of the page.

    Raises:
        UserError: ``results.csv`` is missing, or a file is broken.
    """
    page = render(read_folder(folder))
    path = make_folder(folder / "report") / "index.html"
    # names from foreign file systems may hold half a character, which no encoding can write
    write_bytes(path, page.encode("utf-8", errors="replace"))
    return path


def render(study: FolderContent) -> str:
    """The page as text."""
    views = views_of(study)
    return own_page(
        "index.html.j2",
        study=study,
        tasks=study_order(study),
        views=views,
        choices=_choices(views),
        ordinary=study.results[study.results["control"] == ""],
        facts=_facts(study),
        settings=_flat(study.environment),
        downloads=_downloads(study),
    )


def own_page(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """A page of one of our templates, with our style and script in it; all values are escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_own_file),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.ChainableUndefined,  # files from elsewhere may lack any entry
    )
    environment.filters.update(plural=plural, level=level, duration=duration, number=_number)
    return environment.get_template(template).render(
        **values,
        style=Markup(_own_file("style.css")),  # noqa: S704 - our own file, no user text in it
        script=Markup(_own_file("page.js")),  # noqa: S704 - our own file, no user text in it
    )


def _own_file(name: str) -> str:
    return files(_PAGE).joinpath("page").joinpath(name).read_text(encoding="utf-8")


def _choices(views: list[Any]) -> dict[str, list[str]]:
    """The settings that vary between views, with their values."""
    found = {
        name: list(dict.fromkeys(getattr(view, name) for view in views)) for name in ("features", "encoder", "arm")
    }
    return {name: values for name, values in found.items() if len(values) > 1}


def _facts(study: FolderContent) -> dict[str, Any]:
    """A few figures for the first screen."""
    ordinary = study.results[study.results["control"] == ""]
    repeats = ordinary.groupby("combination")[["fold", "seed"]].apply(lambda rows: len(rows.drop_duplicates()))
    runs = study.results.drop_duplicates("run")
    return {
        "pairs": sum(name.count("+") == 1 for name in ordinary["combination"].unique()),
        "groups": sum(name.count("+") > 1 for name in ordinary["combination"].unique()),
        "repeats": int(repeats.max()) if len(repeats) else 0,
        "datasets": len(study.data.get("datasets", {})),
        "seconds": float(runs["seconds"].sum()),
    }


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, entry in value.items():
        name = f"{prefix}{key}"
        if isinstance(entry, dict):
            rows += _flat(entry, f"{name} · ")
        else:
            rows.append((name, ", ".join(map(str, entry)) if isinstance(entry, list) else str(entry)))
    return rows


def _downloads(study: FolderContent) -> list[tuple[str, str, int]]:
    """File name, data URI and number of rows."""
    tables = [("gains.csv", study.gains), ("results.csv", study.results)]
    if len(study.metrics):
        tables.append(("metrics.csv", study.metrics))
    return [
        (name, "data:text/csv;base64," + base64.b64encode(table_text(table).encode()).decode(), len(table))
        for name, table in tables
    ]


def _number(value: object) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if isinstance(value, int) else str(value)
