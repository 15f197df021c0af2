"""The commands' twins in Python; what needs torch is imported where it is used, for tables do without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cohear.base.errors import FolderError, MissingExtra, UserError
from cohear.base.files import cache_folder, remove_file
from cohear.base.registry import did_you_mean
from cohear.data.catalogue import catalogue, export_dataset, public_layout
from cohear.study.folder import StudyFolder, with_paths_from

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from cohear.export.export import Exported
    from cohear.report.figures import Figures
    from cohear.study.check import Audit
    from cohear.study.plan import PlannedRun
    from cohear.study.progress import Progress
    from cohear.study.repeats import CellState, Row
    from cohear.study.run import Outcome
    from cohear.study.spec import StudySettings
    from cohear.study.status import Status


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
        from cohear.study.spec import load_study

        path = Path(path)
        source = path.resolve() if path.is_dir() else path.resolve().parent
        settings = with_paths_from(load_study(path / "study.yaml" if path.is_dir() else path), source)
        usual = path if path.is_dir() else source / "out" / settings.study
        return cls(settings, source, Path(out) if out is not None else usual)

    @classmethod
    def propose(
        cls,
        paths: Sequence[str | Path],
        file: str | Path = "study.yaml",
        *,
        force: bool = False,
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> Study:
        """Write a study file from whatever datasets the paths hold, and load it.

        Args:
            paths: folders or table files.
            file: the study file.
            force: a file that is there is written over.
            jobs: files read at once; None for one a core.
            progress: told of the scan.

        Raises:
            UserError: no task can be made of them, or the file is there already.
        """
        from cohear.study.proposal import write_proposal

        written = [Path(path) for path in paths]
        write_proposal(written, Path(file), cache=cache_folder(), force=force, jobs=jobs, progress=progress)
        return cls.load(file)

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
            RunFailed: runs failed one after another with the same error, and nothing that is left could fare better.
        """
        from cohear.study.run import run_study

        if out is not None:
            self.folder = Path(out)
        outcome = run_study(
            self.settings,
            self._source_folder,
            self.folder,
            launcher=launcher,
            jobs=jobs,
            progress=progress,
            judge=judge_cells,
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
        from cohear.study.prepare import prepare

        cache = cache_folder()
        prepared = prepare(self.settings, self._source_folder, cache=cache, jobs=jobs, progress=progress)
        folder = StudyFolder(self.folder)
        done = {run.key for run in prepared.plan if folder.is_done(run.key, self.settings.keep)}
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

    @property
    def figures(self) -> Figures:
        """The figures of the study, by name: ``study.figures.matrix()`` (:func:`figures`)."""
        return figures(self.folder)

    def report(self, *, clips: bool = False) -> Path:
        """Write the page, with players and spectrograms of clips where they are asked for, and all figures.

        Returns:
            The path of the page.
        """
        return make_report(self.folder, clips=clips)

    def export(self, bundle: str | Path, **wishes: Any) -> Exported:  # noqa: ANN401 - those of export_study
        """Write one model for the study's tasks, or some of them, as a bundle.

        Args:
            bundle: the folder to write.
            wishes: ``tasks``, ``quantize``, ``run`` and what else `cohear.export.export.export_study` takes.

        Raises:
            MissingExtra: onnx or onnxruntime is not installed.
            UserError: a wish that the study cannot fulfil.
            RunFailed: a training failed.
        """
        try:
            from cohear.export.export import export_study
        except ImportError as error:
            raise MissingExtra(error.name or "onnx", "export") from error
        return export_study(self.folder, self.settings, Path(bundle), **wishes)

    def bench(self, **wishes: Any) -> dict[str, Any]:  # noqa: ANN401 - those of measure_costs
        """Measure what every combination costs at work beside single models, and write ``costs.csv``.

        Args:
            wishes: ``seconds``, ``repeats`` and what else `cohear.export.costs.measure_costs` takes.

        Raises:
            MissingExtra: onnx or onnxruntime is not installed.
            UserError: the study has no plan yet, or nothing of it can be exported.
        """
        try:
            from cohear.export.costs import measure_costs
        except ImportError as error:
            raise MissingExtra(error.name or "onnx", "export") from error
        return measure_costs(self.folder, self.settings, **wishes)

    def check(self, *, jobs: int | None = None, progress: Progress | None = None) -> Audit:
        """Audit the data: damaged files, duplicates, leaks, labels, folds and cues; nothing is trained.

        Where the study folder has results, the gap between training and test is looked at too.

        Args:
            jobs: threads; None for one a core.
            progress: told of everything.

        Raises:
            UserError: a dataset cannot be read at all.
        """
        from cohear.study.check import check_data

        finished = self.folder if StudyFolder(self.folder).plan_file.exists() else None
        return check_data(self.settings, cache=cache_folder(), finished=finished, jobs=jobs, progress=progress)

    def status(self) -> Status:
        """How far the study has come."""
        from cohear.study.status import read_status

        return read_status(StudyFolder(self.folder))


def datasets() -> list[dict[str, Any]]:
    """The public datasets that are read: tasks, size, licence, where to get them and how to place them."""
    return catalogue()


def fetch_dataset(name: str, out: str | Path) -> Path:
    """Download a public dataset that has a plain address; call it again to go on after a break.

    Raises:
        UserError: it has none, the network or the checksum fails.
    """
    from cohear.data.fetch import fetch

    fetch(public_layout(name), Path(out))
    return Path(out)


def write_gains(folder: str | Path, say: Callable[[str], None] | None = None) -> pd.DataFrame:
    """Gains of a study folder, or of any folder with a ``results.csv``; written there as ``gains.csv``.

    Args:
        folder: the folder.
        say: told, in sentences, what a reader of the table should know.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.analysis.cell_tests import MARGIN
    from cohear.analysis.controls import contrasts, control_gains, explained
    from cohear.analysis.facts import looks_of, margins_of, ratios_of
    from cohear.analysis.pairs import paired_differences
    from cohear.analysis.results import read_results
    from cohear.analysis.sequential import gains_by_design
    from cohear.analysis.tables import write_table
    from cohear.report.folder import read_facts

    folder = Path(folder)
    refresh_tables(folder, say)
    data = read_facts(folder)
    results, margins, ratio = read_results(folder), margins_of(data) or MARGIN, ratios_of(data) or None
    table = gains_by_design(paired_differences(results), margins, ratio, looks_of(data))
    controls = control_gains(results, margins, ratio)
    if len(controls):
        table = explained(table, controls, contrasts(results, ratio))
        write_table(folder / "controls.csv", controls)
    else:
        remove_file(folder / "controls.csv")
    write_table(folder / "gains.csv", table)
    return table


def judge_cells(rows: Sequence[Row], looks: Sequence[int], facts: Row) -> list[CellState]:
    """Where cells stand at a look: what a study with ``repeats: {until: decided}`` asks between its rounds.

    Args:
        rows: of ``results.csv``.
        looks: numbers of repeats at which cells are looked at.
        facts: content of ``data.json``.
    """
    import pandas as pd

    from cohear.analysis.cell_tests import MARGIN
    from cohear.analysis.facts import margins_of, ratios_of
    from cohear.analysis.sequential import decide
    from cohear.base.columns import RESULTS, RESULTS_OPTIONAL
    from cohear.study.repeats import CellState

    results = pd.DataFrame(list(rows), columns=[*RESULTS, *RESULTS_OPTIONAL])
    table = decide(results, looks[-1], margins_of(facts) or MARGIN, ratios_of(facts) or None, looks)
    return [
        CellState(
            **{name: row[name] for name in ("task", "combination", "features", "encoder", "arm", "verdict")},
            repeats=int(row["repeats"]),
            state="decided" if row["verdict"] != "undecided" else "open" if row["open"] else "given up",
        )
        for row in table.to_dict("records")
    ]


def power(folder: str | Path) -> dict[str, Any]:
    """Variance parts, families and cells of a folder with a ``results.csv``: what it could find, and what it lacks.

    Returns:
        ``parts`` (:func:`cohear.analysis.variance_parts.variance_parts`), ``families`` and ``cells``
        (:mod:`cohear.analysis.power`), as lists of rows; the keys are always there.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.analysis.answers import records
    from cohear.analysis.cell_tests import MARGIN
    from cohear.analysis.facts import looks_of, margins_of, ratios_of
    from cohear.analysis.pairs import paired_differences
    from cohear.analysis.power import family_table, power_table
    from cohear.analysis.results import read_results
    from cohear.analysis.variance_parts import variance_parts
    from cohear.report.folder import read_facts

    folder = Path(folder)
    refresh_tables(folder)
    data = read_facts(folder)
    pairs = paired_differences(read_results(folder))
    cells = power_table(pairs, margins_of(data) or MARGIN, ratios_of(data) or None, looks_of(data))
    return {"parts": records(variance_parts(pairs)), "families": family_table(cells), "cells": records(cells)}


def answers(folder: str | Path, related: Sequence[str] = ()) -> dict[str, Any]:
    """Answers of a folder with a ``results.csv`` (:func:`cohear.analysis.answers.answers`).

    Args:
        folder: a study folder, or any folder with a ``results.csv``.
        related: pairs of related tasks, ``a+b`` each.

    Raises:
        UserError: there is no such table, it cannot be compared, or a pair names no two tasks of it.
    """
    from cohear.analysis.answers import Tables
    from cohear.analysis.answers import answers as answers_from
    from cohear.analysis.results import read_results
    from cohear.report.folder import read_costs, read_curves, read_facts, read_metrics

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
    curves, costs = read_curves(folder, results), read_costs(folder)
    tables = Tables(results, read_facts(folder), read_metrics(folder), curves, costs)
    return answers_from(tables, pairs)


def figures(folder: str | Path) -> Figures:
    """The figures of a study folder, or of any folder with a ``results.csv``.

    Each is a method (``figures(folder).matrix(encoder="small")``) that gives a drawing: it shows itself in a
    notebook, ``.save("matrix.svg")`` writes it, ``.table`` has its numbers and ``.chart`` is the altair chart.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.report.figures import Figures, sources_of
    from cohear.report.folder import read_folder

    write_gains(folder)
    return Figures(sources_of(read_folder(Path(folder))))


def make_report(folder: str | Path, say: Callable[[str], None] | None = None, *, clips: bool = False) -> Path:
    """Write the page ``report/index.html`` of a study folder, or of any folder with a ``results.csv``.

    Beside it: ``figures`` (SVG, PNG and CSV each), ``table.md`` for papers, and ``references.bib``.

    Args:
        folder: the folder.
        say: told, in sentences, what a reader of the tables should know.
        clips: put short players and spectrograms of clips on the page, where the study's audio is at hand.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.report.build import write_report

    write_gains(folder, say)
    return write_report(Path(folder), clips)


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
    from cohear.report.build import render
    from cohear.report.folder import read_folder
    from cohear.report.relations import drawings_of, relations
    from cohear.report.watch import watch

    folder = Path(folder)

    def page() -> bytes:
        write_gains(folder)
        study = read_folder(folder)
        section = relations(drawings_of(study))
        return render(study, section, clips=clips, watched=True).encode("utf-8", errors="replace")

    watch(folder, page, port, say)


def refresh_tables(folder: Path, say: Callable[[str], None] | None = None) -> None:
    """Bring a study folder's tables up to what its records say now; other folders stay as they are.

    Tables that hold runs whose records are gone (a folder that was copied without ``runs/``) stay as they are too.

    Args:
        folder: the folder.
        say: told of tables that stay.

    Raises:
        FolderError: the folder does not exist.
    """
    from cohear.study.tables import lost_runs, write_tables

    if not folder.is_dir():
        raise FolderError(f"there is no folder {folder}")
    study = StudyFolder(folder)
    if not study.plan_file.exists():
        return
    lost = lost_runs(study)
    if not lost:
        write_tables(study)
    elif say:
        runs = "1 run" if len(lost) == 1 else f"{len(lost)} runs"
        say(f"{folder / 'results.csv'} is used as it is: it holds {runs} without a whole record in the folder runs")


__all__ = [
    "Study",
    "answers",
    "datasets",
    "export_dataset",
    "fetch_dataset",
    "figures",
    "judge_cells",
    "make_report",
    "power",
    "watch_report",
    "write_gains",
]
