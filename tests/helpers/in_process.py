"""A study trained in the process of the tests: nothing loads torch again, and no page is written."""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import registries
import torch

from cohear.api import Study
from cohear.api.gains import judge_cells
from cohear.runs.carry_out import carry_out
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.spec import Spec
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import HERE, LAUNCHERS, Pool, RunEvent
from cohear.study.run import run_study

NAME = "in-process"


class InProcess(Pool):
    """One run after another, with one thread as a worker has."""

    def __init__(self, pack: Pack, runs: Path, jobs: int | None = None, place: RunPlace = HERE) -> None:
        torch.set_num_threads(1)
        pack.open()
        self._pack, self._runs, self._place = pack, runs, place
        self._going: list[tuple[Spec, frozenset[str]]] = []

    def room(self) -> int:
        return 1 - len(self._going)

    def start(self, spec: Spec, files: frozenset[str]) -> None:
        self._going.append((spec, files))

    def events(self) -> Iterator[RunEvent]:
        while self._going:
            spec, files = self._going[0]
            yield RunEvent("started", spec.key)
            failure = None
            try:
                carry_out(spec, files, self._pack, self._runs, self._place)
            except Exception as error:
                failure = Failure.of(error)
            self._going.clear()
            yield RunEvent("failed", spec.key, failure) if failure else RunEvent("finished", spec.key)

    def close(self) -> None:
        self._going.clear()


def run_in_process(study: Path, out: Path, cache: Path) -> None:
    """Run a study to its end, up to its gains."""
    with mock.patch.dict(os.environ, {"COHEAR_CACHE": str(cache)}), entered():
        loaded = Study.load(study, out)
        outcome = run_study(loaded.settings, study.parent, out, launcher=NAME, jobs=1, judge=judge_cells)
        assert outcome.failed == {}
        loaded.gains()


def entered():
    """The launcher has its name as long as this lasts; no other test finds it."""
    return registries.entered(LAUNCHERS, {NAME: InProcess})
