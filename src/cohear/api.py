"""The commands' twins in Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.analysis.answers import Tables, records
from cohear.analysis.answers import answers as answers_from
from cohear.analysis.cell_tests import MARGIN
from cohear.analysis.controls import contrasts, control_gains, explained
from cohear.analysis.facts import margins_of, ratios_of
from cohear.analysis.gains import gains
from cohear.analysis.pairs import paired_differences
from cohear.analysis.power import family_table, power_table
from cohear.analysis.results import read_results
from cohear.analysis.tables import write_table
from cohear.analysis.variance_parts import variance_parts
from cohear.base.errors import FolderError, UserError
from cohear.base.files import cache_folder
from cohear.base.registry import did_you_mean
from cohear.report.build import write_report
from cohear.report.folder import read_curves, read_facts, read_metrics
from cohear.study.folder import StudyFolder, with_paths_from
from cohear.study.plan import PlannedRun
from cohear.study.prepare import prepare
from cohear.study.progress import Progress
from cohear.study.run import Outcome, run_study
from cohear.study.spec import StudySettings, load_study
from cohear.study.status import Status, read_status
from cohear.study.tables import write_tables


class Study:
    """A study: its settings, and the folder that its results are in.

    Args:
        settings: with absolute dataset paths.
        source_folder: where relative paths of the study file begin.
        folder: the study folder.
    """

    def __init__(self, settings: StudySettings, source_folder: Path, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self._source_folder = source_folder

    @classmethod
    def load(cls, path: str | Path, out: str | Path | None = None) -> Study:
        """Read a study file, or a study folder that was made before.

        Args:
            path: ``study.yaml``, or a study folder.
            out: the study folder; by default ``out/<name of the study>`` beside the study file.

        Raises:
            StudyError: with every mistake in the file at once.
        """
        path = Path(path)
        source = path.resolve() if path.is_dir() else path.resolve().parent
        settings = with_paths_from(load_study(path / "study.yaml" if path.is_dir() else path), source)
        usual = path if path.is_dir() else source / "out" / settings.study
        return cls(settings, source, Path(out) if out is not None else usual)

    def run(
        self,
        out: str | Path | None = None,
        *,
        launcher: str = "local",
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> Outcome:
        """Train what is missing and write tables, gains and page; call it again to go on after a break.

        Args:
            out: the study folder, from now on.
            launcher: where runs are trained.
            jobs: how many at once; None for one a core.
            progress: told of everything.

        Raises:
            UserError: a mistake in the study, the data or the folder; nothing that was done is lost.
        """
        if out is not None:
            self.folder = Path(out)
        outcome = run_study(
            self.settings, self._source_folder, self.folder, launcher=launcher, jobs=jobs, progress=progress
        )
        if outcome.done:
            self.gains()
            self.report()
        return outcome

    def plan(
        self, *, jobs: int | None = None, progress: Progress | None = None
    ) -> tuple[list[PlannedRun], set[str], list[str]]:
        """What ``run`` would train; nothing is written but facts in the cache.

        Returns:
            The planned runs, the keys of those that are done, and warnings.
        """
        cache = cache_folder()
        prepared = prepare(self.settings, self._source_folder, cache=cache, jobs=jobs, progress=progress)
        folder = StudyFolder(self.folder)
        done = {run.key for run in prepared.plan if folder.record(run.key)}
        return prepared.plan, done, prepared.warnings

    def gains(self) -> pd.DataFrame:
        """The table of gains, computed anew from the records and written as ``gains.csv``."""
        return write_gains(self.folder)

    def power(self) -> dict[str, Any]:
        """What the study could find, and what would decide the rest (:func:`power`)."""
        return power(self.folder)

    def answers(self, related: Sequence[str] = ()) -> dict[str, Any]:
        """The study's answers (:func:`answers`)."""
        return answers(self.folder, related)

    def report(self) -> Path:
        """Write the page; returns its path."""
        return make_report(self.folder)

    def status(self) -> Status:
        """How far the study has come."""
        return read_status(StudyFolder(self.folder))


def write_gains(folder: str | Path) -> pd.DataFrame:
    """Gains of a study folder, or of any folder with a ``results.csv``; written there as ``gains.csv``.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    folder = Path(folder)
    refresh_tables(folder)
    data = read_facts(folder)
    results, margins, ratio = read_results(folder), margins_of(data) or MARGIN, ratios_of(data) or None
    table = gains(results, margins, ratio)
    controls = control_gains(results, margins, ratio)
    if len(controls):
        table = explained(table, controls, contrasts(results, ratio))
        write_table(folder / "controls.csv", controls)
    else:
        (folder / "controls.csv").unlink(missing_ok=True)
    write_table(folder / "gains.csv", table)
    return table


def power(folder: str | Path) -> dict[str, Any]:
    """Variance parts, families and cells of a folder with a ``results.csv``: what it could find, and what it lacks.

    Returns:
        ``parts`` (:func:`cohear.analysis.variance_parts.variance_parts`), ``families`` and ``cells``
        (:mod:`cohear.analysis.power`), as lists of rows; the keys are always there.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    folder = Path(folder)
    refresh_tables(folder)
    data = read_facts(folder)
    pairs = paired_differences(read_results(folder))
    cells = power_table(pairs, margins_of(data) or MARGIN, ratios_of(data) or None)
    return {"parts": records(variance_parts(pairs)), "families": family_table(cells), "cells": records(cells)}


def answers(folder: str | Path, related: Sequence[str] = ()) -> dict[str, Any]:
    """Answers of a folder with a ``results.csv`` (:func:`cohear.analysis.answers.answers`).

    Args:
        folder: a study folder, or any folder with a ``results.csv``.
        related: pairs of related tasks, ``a+b`` each.

    Raises:
        UserError: there is no such table, it cannot be compared, or a pair names no two tasks of it.
    """
    folder = Path(folder)
    refresh_tables(folder)
    results = read_results(folder)
    known = set(results["task"])
    pairs = [frozenset(pair.split("+")) for pair in related]
    for pair, given in zip(pairs, related, strict=True):
        strange = sorted(pair - known)
        if strange:
            raise UserError(f"--related {given}: there is no task {strange[0]!r}{did_you_mean(strange[0], known)}")
        if len(pair) != 2:
            raise UserError(f"--related {given}: name two tasks with '+' between")
    tables = Tables(results, read_facts(folder), read_metrics(folder), read_curves(folder, results))
    return answers_from(tables, pairs)


def make_report(folder: str | Path) -> Path:
    """Write ``report/index.html`` of a study folder, or of any folder with a ``results.csv``."""
    write_gains(folder)
    return write_report(Path(folder))


def refresh_tables(folder: Path) -> None:
    """Bring a study folder's tables up to what its records say now; other folders stay as they are.

    Raises:
        FolderError: the folder does not exist.
    """
    if not folder.is_dir():
        raise FolderError(f"there is no folder {folder}")
    study = StudyFolder(folder)
    if study.plan_file.exists():
        write_tables(study, study.read_settings())


__all__ = ["Study", "answers", "make_report", "power", "write_gains"]
