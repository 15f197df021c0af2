"""Runs, carried out in this process: one, or several as one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
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
    _demand_plugins(spec, pack)
    began = time.perf_counter()
    result = job_of(spec).run(spec, pack, files, place)
    _write(spec, result, files, runs, place, time.perf_counter() - began)


def carry_out_together(
    asked: Sequence[tuple[Spec, frozenset[str]]], pack: Pack, runs: Path, place: RunPlace
) -> Iterator[tuple[Spec, Exception | None]]:
    """Do the job of runs that are alike as one, and write the folder of each as it ends.

    Args:
        asked: specifications, and the files that are wanted beside the record of each.
        pack: what they read; it is open.
        runs: gets their folders.
        place: what all of them together may use.

    Yields:
        Each run that has ended, and what it failed of, if it did.
    """
    for spec, _ in asked:
        _demand_plugins(spec, pack)
    wanted = {spec.key: files for spec, files in asked}
    began = time.perf_counter()
    for spec, ended in job_of(asked[0][0]).run_together(asked, pack, place):
        if isinstance(ended, Exception):
            yield spec, ended
            continue
        try:
            _write(spec, ended, wanted[spec.key], runs, place, (time.perf_counter() - began) / len(asked))
        except Exception as error:
            yield spec, error
        else:
            yield spec, None


def _demand_plugins(spec: Spec, pack: Pack) -> None:
    plugins = pack.manifest.plugins
    if plugins and version_of_files(plugins) != spec.versions.get("plugins"):
        raise StudyError(["a plugin was changed while the study was at work; run the same command again"])


def _write(spec: Spec, result: Result, files: frozenset[str], runs: Path, place: RunPlace, seconds: float) -> None:
    """A run's folder, after so many seconds by the clock."""
    record = replace(result.record, wall_seconds=round(seconds, 3), launcher=place.launcher, host=place.host)
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
