"""One run, carried out in this process."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from cohear.base.errors import RunFailed, StudyError
from cohear.base.files import folder_whole_or_not_at_all, write_bytes
from cohear.base.plugins import version_of_files
from cohear.runs.job import Result, job_of
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.spec import Spec


def carry_out(spec: Spec, files: frozenset[str], pack: Pack, runs: Path, place: RunPlace) -> None:
    """Do a run's job, and write the run's folder whole or not at all.

    Args:
        spec: of the run.
        files: that are wanted beside its record.
        pack: what it reads; it is open.
        runs: gets its folder.
        place: what it may use.

    Raises:
        StudyError: a plugin is another one than the run was planned with.
        RunFailed: the job made other files than were wanted of it.
        Exception: whatever the job raises.
    """
    plugins = pack.manifest.plugins
    if plugins and version_of_files(plugins) != spec.versions.get("plugins"):
        raise StudyError(["a plugin was changed while the study was at work; run the same command again"])
    began = time.perf_counter()
    result = job_of(spec).run(spec, pack, files, place)
    seconds = round(time.perf_counter() - began, 3)
    record = replace(result.record, wall_seconds=seconds, launcher=place.launcher, host=place.host)
    write_result(runs / spec.key, replace(result, record=record), files)


def write_result(folder: Path, result: Result, files: frozenset[str]) -> None:
    """Write a run's folder.

    Args:
        folder: ``runs/<key>``.
        result: of the job.
        files: the wanted ones.

    Raises:
        RunFailed: the job made other files than were wanted of it.
    """
    if missing := files - set(result.files):
        raise RunFailed(f"the job was asked for {', '.join(sorted(missing))} and left none")
    with folder_whole_or_not_at_all(folder) as temporary:
        for name in sorted(files):
            write_bytes(temporary / name, result.files[name])
        result.record.write(temporary)
