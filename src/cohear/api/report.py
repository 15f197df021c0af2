"""The page and the figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cohear.api.gains import judged_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from cohear.report.as_data import PageData
    from cohear.report.figures import Figures


def figures(folder: str | Path) -> Figures:
    """The figures of a study folder, or of any folder with a ``results.csv``.

    Each is a method (``figures(folder).matrix(encoder="small")``) that gives a drawing: it shows itself in a
    notebook, ``.save("matrix.svg")`` writes it, ``.table`` has its numbers and ``.chart`` is the altair chart.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.report.figures import Figures, sources_of
    from cohear.report.folder import read_folder

    folder = Path(folder)
    return Figures(sources_of(read_folder(folder, judged_folder(folder))))


def make_report(folder: str | Path, say: Callable[[str], None] | None = None, *, clips: bool = False) -> Path:
    """Write the page ``report/index.html`` of a study folder, or of any folder with a ``results.csv``.

    Beside it: ``figures`` (SVG, PNG and CSV each), ``table.md`` and ``table.tex`` for papers, and ``references.bib``.

    Args:
        folder: the folder.
        say: told, in sentences, what a reader of the tables should know.
        clips: put short players and spectrograms of clips on the page, where the study's audio is at hand.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.report.page.build import write_report

    folder = Path(folder)
    return write_report(folder, clips, judged_folder(folder, say))


def report_summary(folder: str | Path, say: Callable[[str], None] | None = None) -> str:
    """What the first screen of the page says, in at most ten lines of Markdown.

    Args:
        folder: as for :func:`make_report`.
        say: told, in sentences, what a reader of the tables should know.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.report.folder import read_folder
    from cohear.report.summary import summary_lines

    folder = Path(folder)
    return summary_lines(read_folder(folder, judged_folder(folder, say)))


def report_data(folder: str | Path, say: Callable[[str], None] | None = None) -> PageData:
    """All that the page says, as one JSON object.

    Args:
        folder: as for :func:`make_report`.
        say: told, in sentences, what a reader of the tables should know.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.report.as_data import page_as_data
    from cohear.report.folder import read_folder

    folder = Path(folder)
    return page_as_data(read_folder(folder, judged_folder(folder, say)))


def watch_report(folder: str | Path, port: int, say: Callable[[str], None], *, clips: bool = False) -> None:
    """Serve the page on this machine alone until interrupted, and renew it as runs end.

    Args:
        folder: as for :func:`make_report`; a study may not have begun yet.
        port: 0 for any that is free.
        say: told the address.
        clips: as for :func:`make_report`.

    Raises:
        UserError: there is no such folder, or the port is taken.
    """
    from cohear.report.folder import read_folder
    from cohear.report.page.build import render
    from cohear.report.page.relations import drawings_of, relations
    from cohear.report.page.watch import watch

    folder = Path(folder)

    def page() -> bytes:
        study = read_folder(folder, judged_folder(folder))
        section = relations(drawings_of(study), study.findings)
        return render(study, section, clips=clips, watched=True).encode("utf-8", errors="replace")

    watch(folder, page, port, say)
