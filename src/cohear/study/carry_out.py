"""One run, carried out in this process."""

from __future__ import annotations

from pathlib import Path

from cohear.base.errors import StudyError
from cohear.base.plugins import plugins_version
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import job_of
from cohear.runs.result import write_result
from cohear.runs.spec import Spec


def carry_out(spec: Spec, files: frozenset[str], pack: PackInPlace, runs: Path) -> None:
    """Do a run's job, and write the run's folder whole or not at all.

    Args:
        spec: of the run.
        files: that are wanted beside its record.
        pack: what it reads; it is open.
        runs: gets its folder.

    Raises:
        StudyError: a plugin is another one than the run was planned with.
        Exception: whatever the job raises.
    """
    if pack.plugins and plugins_version(pack.plugins) != spec.versions.get("plugins"):
        raise StudyError(["a plugin was changed while the study was at work; run the same command again"])
    write_result(runs / spec.key, job_of(spec).run(spec, pack, files), files)
