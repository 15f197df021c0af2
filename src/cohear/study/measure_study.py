"""``cohear measure``: all that is known of tasks and ordered pairs beside their gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cohear.base.counting import counted
from cohear.base.errors import UserError
from cohear.base.files import cache_folder, make_folder
from cohear.base.named import name_of, part_label, settings_of
from cohear.base.registry import did_you_mean
from cohear.base.tables import MEASUREMENTS_CSV, Row
from cohear.probes.probe import PROBES
from cohear.runs.in_place import PackInPlace
from cohear.runs.place import RunPlace
from cohear.runs.run_folder import KEPT
from cohear.study.file import StudySettings
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.measurements import write_measurements
from cohear.study.folder.tables import write_tables
from cohear.study.folder.trained_again import why_lost, why_replaced
from cohear.study.launch.device import device_here
from cohear.study.launch.progress import NoProgress, Progress
from cohear.study.measure import MeasuredNow, measure_prepared
from cohear.study.prepare import make_stores, prepare
from cohear.study.run import write_inputs


@dataclass(frozen=True)
class StudyMeasured:
    """What is known of a study now.

    Attributes:
        now: what this call measured, and what waits for runs.
        rows: of ``measurements.csv``.
        file: the table.
    """

    now: MeasuredNow
    rows: Sequence[Row]
    file: Path


def measure_study(
    settings: StudySettings,
    source_folder: Path,
    out: Path,
    *,
    only: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
) -> StudyMeasured:
    """Measure what is not measured yet of a study, run or not; ends with the table written.

    What looks at networks waits for them: nothing is trained here. A call that is killed is taken up by the next.

    Args:
        settings: with absolute dataset paths.
        source_folder: the study file's.
        out: the study folder.
        only: names of the probes that are asked; all, where none is named.
        jobs: threads that read and listen.
        progress: told of everything.

    Raises:
        UserError: a mistake in the study, the data or the folder, or a probe that there is not.
    """
    progress = progress or NoProgress()
    probes = _asked(settings, only)
    device = device_here(settings.device, progress).called
    folder, cache = StudyFolder(out), make_folder(cache_folder())
    folder.claim(settings)
    with folder.locked():
        folder.sweep()
        prepared = prepare(
            settings, source_folder, cache=cache, jobs=jobs, progress=progress, precision=folder.precision()
        )
        for sentence in [*prepared.warnings, *why_replaced(folder, prepared.plan), *why_lost(folder, prepared.plan)]:
            progress.say(sentence)
        make_stores(prepared, cache=cache, jobs=jobs, progress=progress)
        write_inputs(folder, prepared, device)
        pack = PackInPlace.of(
            [run.spec for run in prepared.plan],
            splits=folder.splits,
            cache=cache,
            code=source_folder,
            runs=[folder.runs],
            plugins=settings.plugins,
        )
        try:
            place = RunPlace(settings.device)
            now = measure_prepared(prepared, folder, pack, place, probes, cache=cache, jobs=jobs, progress=progress)
        finally:
            write_tables(folder)
        rows = write_measurements(folder, folder.read_plan())
    for sentence in waits(now):
        progress.say(sentence)
    return StudyMeasured(now, rows, folder.root / MEASUREMENTS_CSV.file)


def _asked(settings: StudySettings, only: Sequence[str]) -> list[str]:
    """Those of the registry that the study's own runs do not ask.

    Raises:
        UserError: there is no probe of a name.
    """
    if unknown := [name for name in only if name not in PROBES]:
        raise UserError(f"unknown measurement {unknown[0]!r}{did_you_mean(unknown[0], PROBES)}")
    by_runs = {part_label(name_of(probe), settings_of(probe)) for probe in settings.probes}
    return [
        name
        for name in PROBES
        if name in (only or PROBES) and name not in by_runs and (settings.validation or not PROBES[name].on_validation)
    ]


def waits(now: MeasuredNow) -> list[str]:
    """What could not be measured, and why, a sentence each."""
    if not now.waiting:
        return []
    many = ", ".join(f"{probe} {number}" for probe, number in now.waiting.items())
    word = {file: word for word, file in KEPT.items()}
    kept = [word.get(file, file) for file in now.lacking]
    cure = f"add {' and '.join(kept)} to keep and run the study again" if kept else "run the study"
    total = sum(now.waiting.values())
    return [f"{counted(total, 'measurement')} of networks that have not left what is looked at ({many}): {cure}"]
