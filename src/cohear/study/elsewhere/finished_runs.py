"""Folders of finished runs, to a URL and back; the record goes last, so that what is half there is no run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cohear.base.files import folder_whole_or_not_at_all, write_bytes
from cohear.base.url_folder import UrlFolder
from cohear.runs.record import RECORD, read_record
from cohear.runs.run_folder import lacking
from cohear.study.launch.needs import Wanted

RUNS = "runs"


def take_finished(folder: UrlFolder, wanted: Mapping[str, Wanted], runs: Path) -> set[str]:
    """Bring runs here that are finished there and not here, where they have left all that is wanted of them.

    Args:
        folder: with folders of runs below ``runs``.
        wanted: runs by key, with the files that are wanted of each.
        runs: folder of this machine that gets theirs.

    Returns:
        Runs that were brought.
    """
    missing = {key: run for key, run in wanted.items() if not _is_finished(runs / key, run)}
    if folder.path is not None and (folder.path / RUNS).resolve() == runs.resolve():
        return set()
    there = folder.sizes(RUNS) if folder.can_be_listed and missing else None
    return {key for key, run in missing.items() if _take(folder, key, run, runs / key, there)}


def leave_finished(folder: UrlFolder, wanted: Mapping[str, Wanted], runs: Path) -> None:
    """Send runs there that are finished here and not there.

    Args:
        folder: see `take_finished`.
        wanted: runs by key, with the files that are wanted of each.
        runs: folder of this machine with theirs.
    """
    there = folder.sizes(RUNS)
    for key, run in wanted.items():
        if _is_finished(runs / key, run) and not _names(key, run) <= there.keys():
            leave_run(folder, run, runs)


def leave_run(folder: UrlFolder, run: Wanted, runs: Path) -> None:
    """Send one."""
    key = run.spec.key
    for name in (*sorted(run.files), RECORD):
        folder.write(f"{RUNS}/{key}/{name}", (runs / key / name).read_bytes())


def _take(folder: UrlFolder, key: str, run: Wanted, place: Path, there: Mapping[str, int] | None) -> bool:
    """Bring one, where it is whole."""
    if there is not None and not _names(key, run) <= there.keys():
        return False
    found = {}
    for name in (RECORD, *sorted(run.files)):
        content = folder.read(f"{RUNS}/{key}/{name}")
        if content is None:
            return False
        found[name] = content
    with folder_whole_or_not_at_all(place) as temporary:
        for name, content in found.items():
            write_bytes(temporary / name, content)
    return _is_finished(place, run)


def _names(key: str, run: Wanted) -> set[str]:
    return {f"{RUNS}/{key}/{name}" for name in (RECORD, *run.files)}


def _is_finished(place: Path, run: Wanted) -> bool:
    return read_record(place) is not None and not lacking(place, run.files)
