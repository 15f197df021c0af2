"""A study as an object: what the verbs do with a study file or a study folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cohear.api import advice, conclusions, gains, report
from cohear.base.errors import MissingExtra, RunFailed
from cohear.base.files import cache_folder, resolved
from cohear.study.folder.folder import StudyFolder, with_paths_from

if TYPE_CHECKING:
    import pandas as pd

    from cohear.export.export import Exported
    from cohear.findings.answers import Answers
    from cohear.findings.foreseen import Foreseen
    from cohear.findings.power import Power
    from cohear.report.figures import Figures
    from cohear.runs.spec import Spec
    from cohear.study.audit import Audit
    from cohear.study.elsewhere.pack_study import Packed
    from cohear.study.estimate.estimate import PlanEstimate
    from cohear.study.file import StudySettings
    from cohear.study.folder.status import Status
    from cohear.study.launch.needs import Wanted
    from cohear.study.launch.progress import Progress
    from cohear.study.measure_study import StudyMeasured
    from cohear.study.plan.plan import PlannedRun
    from cohear.study.prepare import Prepared
    from cohear.study.run import StudyOutcome


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
        from cohear.study.file import load_study

        path = Path(path)
        is_folder = path.is_dir()
        source = resolved(path) if is_folder else resolved(path).parent
        file = path / "study.yaml" if is_folder else path
        settings = with_paths_from(load_study(file, with_modules=not is_folder), source)
        usual = path if is_folder else source / "out" / settings.study
        return cls(settings, source, Path(out) if out is not None else usual)

    @classmethod
    def of_data(
        cls, paths: Sequence[str | Path], *, jobs: int | None = None, progress: Progress | None = None
    ) -> Study:
        """The study that `propose` would write on some datasets, to check them before there is a study file.

        Args:
            paths: folders or table files.
            jobs: files read at once; None for one a core.
            progress: told of the scan.

        Raises:
            UserError: no task can be made of them.
        """
        from cohear.study.draft.propose import proposed_settings

        written = [Path(path) for path in paths]
        settings = proposed_settings(written, cache=cache_folder(), jobs=jobs, progress=progress)
        return cls(settings, Path().absolute(), Path("out").absolute() / settings.study)

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
        from cohear.study.draft.propose import write_proposal

        written = [Path(path) for path in paths]
        write_proposal(written, Path(file), cache=cache_folder(), force=force, jobs=jobs, progress=progress)
        return cls.load(file)

    def run(
        self,
        out: str | Path | None = None,
        *,
        source: str | None = None,
        launcher: str | Mapping[str, object] = "local",
        jobs: int | None = None,
        at_once: int | None = None,
        progress: Progress | None = None,
        advise: str | None = None,
    ) -> StudyOutcome:
        """Train what is missing and write tables, gains and page; call it again to go on after a break.

        Args:
            out: the study folder, from now on.
            source: URL or folder of the study's pack, which is read in place of its datasets; runs that are finished
                there are taken.
            launcher: where runs are trained: its name, or a mapping of ``name`` and settings.
            jobs: how many at once; None for one a core.
            at_once: how many networks that are alike each of them trains as one, on this machine; None for one on the
                processor, and as many as its memory has room for on an accelerator.
            progress: told of everything.
            advise: core time that runs may take (``2h``): singles, then what teaches most about the grouping, in
                rounds (:func:`cohear.api.advise`); None for all runs.

        Raises:
            UserError: a mistake in the study, the data or the folder; nothing that was done is lost.
            RunFailed: runs failed one after another with the same error, and nothing that is left could fare better.
        """
        from cohear.study.advised_rounds import AdvisedRuns, core_seconds
        from cohear.study.run import run_study

        advised = None if advise is None else AdvisedRuns(core_seconds(advise), advice.combinations_to_run)
        if out is not None:
            self.folder = Path(out)
        run = partial(run_study, self.settings, self._source_folder, self.folder)
        if source is not None:
            from cohear.study.elsewhere.run_from import run_from_pack

            run = partial(run_from_pack, self.settings, source, self.folder)
        try:
            outcome = run(
                launcher=launcher,
                jobs=jobs,
                at_once=at_once,
                progress=progress,
                judge=gains.judge_cells,
                advised=advised,
            )
        except RunFailed:  # what is done beside it can be read all the same
            self._conclude()
            raise
        self._conclude()
        return outcome

    def measure(
        self, only: Sequence[str] = (), *, jobs: int | None = None, progress: Progress | None = None
    ) -> StudyMeasured:
        """Measure what is not measured yet of tasks and ordered pairs, and write ``measurements.csv``.

        Args:
            only: names of the probes that are asked; all, where none is named.
            jobs: threads that read and listen; None for one a core.
            progress: told of everything.

        Raises:
            UserError: a mistake in the study, the data or the folder, or a probe that there is not.
        """
        from cohear.study.measure_study import measure_study

        return measure_study(self.settings, self._source_folder, self.folder, only=only, jobs=jobs, progress=progress)

    def pack(
        self, url: str, *, dry_run: bool = False, jobs: int | None = None, progress: Progress | None = None
    ) -> Packed:
        """Carry what the study's runs read to a URL: features, splits, specifications and code, but no audio.

        Args:
            url: of a folder, wherever fsspec reaches.
            dry_run: its size is told, and nothing is sent.
            jobs: processes that make features; None for one a core.
            progress: told of everything.

        Raises:
            UserError: a mistake in the study or the data, or the folder cannot be written; what was sent is kept.
        """
        from cohear.study.elsewhere.pack_study import pack_study

        return pack_study(self.settings, self._source_folder, url, dry_run=dry_run, jobs=jobs, progress=progress)

    def _conclude(self) -> None:
        """Write gains and page; where every run failed, too: what an earlier page tells is none of their results."""
        self.gains()
        self.report()

    def plan(
        self,
        *,
        launcher: str | Mapping[str, object] = "local",
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> tuple[Sequence[PlannedRun[Spec]], set[str], list[str]]:
        """What ``run`` would train; nothing is written but facts in the cache.

        Returns:
            The planned runs, the keys of those that are done, and warnings.

        Raises:
            UserError: what ``run`` would not begin with.
        """
        prepared, _, done = self._prepared(launcher, jobs, progress)
        return prepared.plan, done, prepared.warnings

    def _prepared(
        self, launcher: str | Mapping[str, object], jobs: int | None, progress: Progress | None
    ) -> tuple[Prepared, dict[str, Wanted], set[str]]:
        """The study with its plan, its runs by key, and which of them are done."""
        from cohear.base.named import as_named, check_named
        from cohear.study.launch.launcher import LAUNCHERS
        from cohear.study.prepare import prepare
        from cohear.study.run import wanted_of

        here = check_named(LAUNCHERS, as_named(launcher)).here
        folder = StudyFolder(self.folder)
        prepared = prepare(
            self.settings,
            self._source_folder,
            cache=cache_folder(),
            jobs=jobs,
            progress=progress,
            precision=folder.precision(),
            trains=here,
        )
        wanted = wanted_of(prepared.plan, self.settings.keep, folder)
        return prepared, wanted, {key for key, run in wanted.items() if folder.is_done(key, run.files)}

    def estimate(
        self,
        *,
        launcher: str | Mapping[str, object] = "local",
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> tuple[PlanEstimate, list[str]]:
        """What ``run`` would still cost, from trials of seconds on this machine; nothing of them is kept.

        Returns:
            The estimate, with all runs, and warnings.

        Raises:
            UserError: what ``run`` would not begin with.
        """
        from cohear.study.estimate.estimate import estimate
        from cohear.study.launch.progress import NoProgress

        progress = progress or NoProgress()
        prepared, wanted, done = self._prepared(launcher, jobs, progress)
        found = estimate(
            prepared, wanted, done, source_folder=self._source_folder, cache=cache_folder(), progress=progress
        )
        return found, prepared.warnings

    def gains(self) -> pd.DataFrame:
        """The table of gains, computed anew from the records and written as ``gains.csv``."""
        return gains.write_gains(self.folder)

    def singles(self) -> pd.DataFrame:
        """Scores of each task alone, beside chance, computed anew and written with the gains, as ``singles.csv``."""
        return gains.judged_folder(self.folder).singles_table

    def power(self) -> Power:
        """What the study could find, and what would decide the rest (:func:`cohear.api.power`)."""
        return conclusions.power(self.folder)

    def foresee(self, *, jobs: int | None = None, progress: Progress | None = None) -> Foreseen:
        """What the study can answer, before anything is trained (:func:`cohear.findings.foreseen.foreseen`).

        Raises:
            UserError: what ``run`` would not begin with.
        """
        from cohear.findings.foreseen import PlannedCells, foreseen
        from cohear.study.data_facts import data_facts

        prepared, _, _ = self._prepared("local", jobs, progress)
        combinations: dict[tuple[str, str, str], dict[tuple[str, ...], None]] = {}
        controls: dict[tuple[str, str, str], set[str]] = {}
        for run in prepared.plan:
            setting, tasks = (run.features, run.encoder, run.arm), tuple(run.combination.split("+"))
            if run.control:
                controls.setdefault(setting, set()).add(run.control)
            elif len(tasks) > 1 and not run.probe:
                combinations.setdefault(setting, {})[tasks] = None
        planned = [
            PlannedCells(setting, list(found), sorted(controls.get(setting, ())))
            for setting, found in combinations.items()
        ]
        return foreseen(data_facts(prepared), planned)

    def answers(self, related: Sequence[str] = ()) -> Answers:
        """The study's answers (:func:`cohear.api.answers`)."""
        return conclusions.answers(self.folder, related)

    @property
    def figures(self) -> Figures:
        """The figures of the study, by name: ``study.figures.matrix()`` (:func:`cohear.api.figures`)."""
        return report.figures(self.folder)

    def report(self, *, clips: bool = False) -> Path:
        """Write the page, with players and spectrograms of clips where they are asked for, and all figures.

        Returns:
            The path of the page.
        """
        return report.make_report(self.folder, clips=clips)

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
        from cohear.study.audit import check_data

        finished = self.folder if StudyFolder(self.folder).plan_file.exists() else None
        partners = gains.partners_measured(self.folder) if finished else None
        return check_data(
            self.settings, cache=cache_folder(), finished=finished, partners=partners, jobs=jobs, progress=progress
        )

    def status(self) -> Status:
        """How far the study has come."""
        from cohear.study.folder.status import read_status

        return read_status(StudyFolder(self.folder))
