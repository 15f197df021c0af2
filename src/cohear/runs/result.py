"""What a job gives, and how it gets into the run's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import RunFailed
from cohear.base.files import folder_whole_or_not_at_all, write_bytes
from cohear.runs.record import Record


@dataclass(frozen=True)
class Result:
    """A finished run.

    Attributes:
        record: for the tables.
        files: content of the wanted files beside it, by name.
    """

    record: Record
    files: Mapping[str, bytes]


def write_result(folder: Path, result: Result, files: frozenset[str]) -> None:
    """Write a run's folder whole or not at all.

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
