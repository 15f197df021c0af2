"""Everything that is said about a study folder, by every command, in one process."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console, RenderableType
from studies import SimulatedStudy

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import FolderTables
from cohear.api import answers, power, write_gains
from cohear.api.gains import judged_folder, partners_measured
from cohear.base.files import without_nan
from cohear.cli.status import status_lines
from cohear.data.audit.finding import AuditFinding
from cohear.export.export import _gains
from cohear.export.grid_cell import GridCell
from cohear.export.readme_cells import gain_text
from cohear.findings import FINDINGS
from cohear.report.figures import Figures, sources_of
from cohear.report.folder import FolderContent, read_folder
from cohear.report.page.build import render
from cohear.report.paper import paper_table
from cohear.report.parts.views import Views, views_of
from cohear.report.terminal.answers import answers_text
from cohear.report.terminal.power import power_tables
from cohear.report.terminal.tables import gains_shown
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.status import Status, read_status
from cohear.study.score_gaps import gap_findings
from cohear.tasks import METRICS


def statistics_made_once(folder_of: dict[Path, Statistics], folder: Path) -> Statistics:
    """Those of a folder, made when they are first asked for: commands of one folder take the same ones."""
    if folder not in folder_of:
        folder_of[folder] = Statistics.of(FolderTables(folder))
    return folder_of[folder]


@dataclass(frozen=True)
class Said:
    """What the commands say of a folder, as JSON where they have it, and as text."""

    study: SimulatedStudy
    path: Path

    @cached_property
    def notes(self) -> list[str]:
        """Sentences of ``gains``."""
        return self._gains[1]

    @cached_property
    def gains(self) -> pd.DataFrame:
        """``gains.csv``."""
        return self._gains[0]

    @cached_property
    def _gains(self) -> tuple[pd.DataFrame, list[str]]:
        notes: list[str] = []
        return write_gains(self.path, notes.append), notes

    @cached_property
    def answers(self) -> dict[str, Any]:
        """``answers --json``."""
        self.gains  # noqa: B018 - the tables come first
        return json.loads(json.dumps(answers(self.path), allow_nan=False))

    @cached_property
    def power(self) -> dict[str, Any]:
        """``power --json``."""
        return json.loads(json.dumps(power(self.path), allow_nan=False))

    @cached_property
    def status(self) -> Status | None:
        """``status``; None of a folder of tables."""
        return read_status(StudyFolder(self.path)) if self.study.folder else None

    @cached_property
    def gap(self) -> list[AuditFinding]:
        """What ``check DIR`` says of a finished study."""
        if not self.study.folder:
            return []
        return gap_findings(self.path, [], partners_measured(self.path))

    @cached_property
    def content(self) -> FolderContent:
        """What the page is made of."""
        self.gains  # noqa: B018 - the page is made of the table that it has just written
        return read_folder(self.path)

    def findings(self, code: str) -> list[dict[str, Any]]:
        """What is found of a kind."""
        return [one.to_json() for one in self.content.findings.all(code)]

    @cached_property
    def cures(self) -> list[dict[str, Any]]:
        """All that somebody is told would settle something."""
        return [cure for code in FINDINGS for one in self.findings(code) for cure in one["cures"]]

    @cached_property
    def views(self) -> Views:
        """What the page shows."""
        return views_of(self.content)

    @cached_property
    def page(self) -> str:
        """The page's HTML, without its figures."""
        return render(self.content)

    @cached_property
    def page_text(self) -> str:
        """What a reader of the page sees, all views of it."""
        body = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", self.page[self.page.index("<body") :])
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @cached_property
    def figures(self) -> dict[str, list[tuple[tuple[str, str, str] | None, str, pd.DataFrame]]]:
        """Setting, sentence and numbers of the page's figures, by name."""
        found: dict[str, list[tuple[tuple[str, str, str] | None, str, pd.DataFrame]]] = {}
        for drawing in Figures(sources_of(self.content)):
            found.setdefault(drawing.figure.name, []).append((drawing.setting, drawing.sentence, drawing.table))
        return found

    @cached_property
    def markdown(self) -> str:
        """The table for papers."""
        return paper_table(self.content)

    def cards(self) -> Iterator[tuple[tuple[str, str, str, str], Mapping[str, Any], Mapping[str, str]]]:
        """What a bundle's card says of each combination of several tasks, by (features, encoder, arm, combination).

        The gain of each task as the card has it, and as its readme writes it: of a network that cohear trained, whose
        metrics it knows.
        """
        statistics = Statistics.of_folder(self.path)
        for setting in self.study.settings:
            for group in setting.groups:
                if len(group) < 2:
                    continue
                name = self.study.combination(group)
                told = without_nan(_gains(statistics, GridCell(*setting.names, tuple(name.split("+")))))
                words = {task: gain_text(own["metric"], own) for task, own in told.items() if own["metric"] in METRICS}
                yield (*setting.names, name), told, words

    @cached_property
    def texts(self) -> dict[str, str]:
        """What the terminal shows, by command."""
        told = {
            "gains": _shown(gains_shown(judged_folder(self.path))),
            "answers": _shown(answers_text(self.answers)),
            "power": _shown(power_tables(self.power)),
        }
        return told if self.status is None else {**told, "status": "\n".join(status_lines(self.status))}


def _shown(what: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=200, no_color=True)
    console.print(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def settings_of(table: pd.DataFrame) -> Sequence[tuple[str, str, str]]:
    """Features, encoder and arm in a table."""
    return list(table[["features", "encoder", "arm"]].drop_duplicates().itertuples(index=False, name=None))
