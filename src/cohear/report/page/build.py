"""The report page: one HTML file that opens from disk and loads nothing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from cohear.base.counting import counted
from cohear.base.files import make_folder, write_bytes
from cohear.findings.answers import answer_to
from cohear.findings.kind import QUESTIONS
from cohear.findings.not_learnt import MARK
from cohear.findings.study_findings import in_full
from cohear.findings.verdict_words import DRAWN, INTERVAL_ALONE, SIGNS
from cohear.findings.words import NOTHING, Words
from cohear.report.folder import FolderContent, read_folder
from cohear.report.numbers import duration, level, number
from cohear.report.page.downloads import downloads
from cohear.report.parts.behind_cells import behind, cell_sources
from cohear.report.parts.each_task import each_task
from cohear.report.parts.metrics import metric_words
from cohear.report.parts.overview import examples, facts, gaps, progress_of, run_times
from cohear.report.parts.shown_gains import ShownGain
from cohear.report.parts.views import views_of

if TYPE_CHECKING:
    from cohear.analysis.statistics import Statistics
    from cohear.report.page.relations import Relations

_PAGE = "cohear.report"
_SCRIPTS = ("switch.js", "matrix.js", "drawing.js", "tasks.js", "behind.js")


def write_report(folder: Path, clips: bool = False, statistics: Statistics | None = None) -> Path:
    """Make ``folder/report/index.html`` from whatever the study folder holds.

    Args:
        folder: a study folder, or any folder with a ``results.csv``.
        clips: put short players and spectrograms of clips on the page, where the study's audio is at hand.
        statistics: of its tables, where they are made already.

    Returns:
        The path of the page.

    Raises:
        UserError: ``results.csv`` is missing, or a file is broken.
    """
    from cohear.report.page.relations import drawings_of, relations, write_beside  # noqa: PLC0415 - charts are heavy

    study = read_folder(folder, statistics)
    drawings = drawings_of(study)
    page = render(study, relations(drawings, study.findings), clips=clips)
    path = make_folder(folder / "report") / "index.html"
    write_beside(folder / "report", study, drawings)
    # names from foreign file systems may hold half a character, which no encoding can write
    write_bytes(path, page.encode("utf-8", errors="replace"))
    return path


def render(
    study: FolderContent, section: Relations | None = None, *, clips: bool = False, watched: bool = False
) -> str:
    """The page as text.

    Args:
        study: what the folder holds.
        section: the figures that were drawn of it.
        clips: as for :func:`write_report`.
        watched: the page is served, and asks its server for newer ones.
    """
    views = views_of(study)
    sources = cell_sources(study, clips)
    shown = examples(sources, study)  # first, for players are rationed
    details = [behind(sources, views, view) for view in views.settings]
    each = [each_task(sources, view) for view in views.settings]
    return own_page(
        "index.html.j2",
        scripts=[*_SCRIPTS, "watch.js"] if watched else _SCRIPTS,
        study=study,
        progress=progress_of(study.status),
        signs=SIGNS,
        drawn=DRAWN,
        alone=INTERVAL_ALONE,
        mark=MARK,
        nothing=study.findings.missing(["nothing-compared"]),
        method=in_full(method) if (method := study.findings.of("verdict-method")) else NOTHING,
        views=views,
        choices=views.choices(),
        compared=any(view.cells for view in views.matrices),
        facts=facts(study),
        metrics=metric_words(dict.fromkeys([*study.results["metric"], *views.gains])),
        gaps=gaps(study),
        run_times=run_times(study),
        examples=shown,
        questions=[(asked, *answer_to(study.findings, question)) for question, asked in QUESTIONS.items()],
        settings=_flat(study.environment),
        relations=section,
        downloads=downloads(study, views, [figure.name for figure, _ in section.figures] if section else []),
        where=shlex.quote(study.path.name),
        cells=[[_told(cell) for cell in view.cells] for view in views.matrices],
        details=details,
        each=each,
        sounds=sources.sounds.made if sources.sounds else [],
        watched=watched,
    )


def own_page(template: str, scripts: tuple[str, ...] | list[str] = (), **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """A page of one of our templates, with our style and scripts in it; all values are escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.ChainableUndefined,  # files from elsewhere may lack any entry
    )
    environment.filters.update(plural=counted, level=level, duration=duration, number=number, data=_data, words=_words)
    script = "\n".join(_own_file(name) or "" for name in scripts)
    return environment.get_template(template).render(
        **values,
        style=Markup(_own_file("style.css")),  # noqa: S704 - our own file, no user text in it
        script=Markup(script),  # noqa: S704 - our own files, no user text in them
    )


def _template(name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """A template with its path, which a traceback names."""
    text = _own_file(name)
    return None if text is None else (text, str(files(_PAGE).joinpath("page").joinpath(name)), lambda: True)


def _own_file(name: str) -> str | None:
    path = files(_PAGE).joinpath("page").joinpath(name)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _data(value: object) -> Markup:
    """JSON for a data block: no character that HTML would read as markup is left."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped just above


def _words(words: Words, bold: bool = False) -> Markup:
    """Our own words with the names that users gave, which may be bold."""
    text = words.html
    if bold:
        text = text.replace("<bdi>", "<b><bdi>").replace("</bdi>", "</bdi></b>")
    return Markup(text)  # noqa: S704 - names are escaped in it


def _told(cell: ShownGain) -> dict[str, Any]:
    """What the page tells of a cell at a glance."""
    return {
        "task": cell.task,
        "partners": " + ".join(cell.partners),
        "combination": cell.combination,
        "gain": f"{cell.gain_text} {cell.unit}",
        "interval": cell.interval_text,
        "alone": f"{cell.single_text} {cell.metric}",
        "together": f"{cell.shared_text} {cell.metric}",
        "p": cell.p_text,
        "repeats": cell.repeats,
        "verdict": cell.verdict,
        "sign": cell.sign,
        "when": cell.when,
        "here": cell.here_told,
        "explanation": cell.explanation,
        "mind": cell.learning.drawn,
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
