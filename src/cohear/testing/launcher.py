"""The contract of every launcher, as tests to inherit.

::

    class TestMine(LauncherContract):
        name = "mine"

        def given(self) -> tuple[list[Spec], Pack, Path]:
            return specifications_of_a_small_study, its_pack, folder_of_runs
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from cohear.base.errors import DataError, RunFailed
from cohear.base.registry import Registry
from cohear.runs.job import files_kept
from cohear.runs.pack import Pack
from cohear.runs.record import read_record
from cohear.runs.run_folder import KEPT, RunFolders, lacking
from cohear.study.launch.driver import Ensured, ensure
from cohear.study.launch.launcher import LAUNCHERS, Pool, RunEvent
from cohear.study.launch.needs import Wanted
from cohear.study.launch.progress import NoProgress
from cohear.testing.named import NamedPartContract
from cohear.training.spec import RunSpec


class KeptEvents(NoProgress):
    """Keeps the events of runs."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []

    def run_event(self, event: RunEvent) -> None:
        """Keep it."""
        self.events.append(event)


class LauncherContract(NamedPartContract):
    """What must hold for a launcher; pytest runs it for each subclass whose name begins with ``Test``.

    Attributes:
        together: how many runs the pool that is opened may do as one.
    """

    together: ClassVar[int] = 1

    def registry(self) -> Registry[type[Pool]]:
        """Launchers."""
        return LAUNCHERS

    @abstractmethod
    def given(self) -> tuple[list[RunSpec], Pack, Path]:
        """At least three runs that train in about a second each, their pack, and an empty folder for runs."""

    @contextmanager
    def opened(self, pack: Pack, runs: Path, jobs: int = 2) -> Iterator[Pool]:
        """A pool, closed behind the block."""
        with closing(self.made(pack, runs, jobs)) as pool:
            yield pool

    def ensure(
        self, specs: Sequence[RunSpec], pack: Pack, runs: Path, told: KeptEvents | None = None
    ) -> tuple[Ensured, list[RunEvent]]:
        """Through the driver: how it ended, and all events."""
        told = told or KeptEvents()
        with self.opened(pack, runs) as pool:
            wanted = [Wanted(spec, files_kept(spec, ["curves"])) for spec in specs]
            return ensure(wanted, pool, RunFolders(runs), progress=told), told.events

    def test_every_run_is_started_then_finished_and_leaves_its_record(self) -> None:
        """Specifications go out, records and the files that were wanted come back."""
        specs, pack, runs = self.given()
        ended, events = self.ensure(specs, pack, runs)
        keys = {spec.key for spec in specs}
        assert ended.done == ended.trained == keys
        assert not ended.failed
        for kind in ("started", "finished"):
            assert sorted(event.run for event in events if event.kind == kind) == sorted(keys)
        for spec in specs:
            assert [event.kind for event in events if event.run == spec.key] == ["started", "finished"]
            assert read_record(runs / spec.key) is not None
            assert not lacking(runs / spec.key, files_kept(spec, ["curves"]))
            assert not (runs / spec.key / KEPT["weights"]).exists()

    def test_nothing_to_do_is_no_error(self) -> None:
        """No run, no event."""
        _, pack, runs = self.given()
        with self.opened(pack, runs) as pool:
            assert pool.room() >= 1
            assert list(pool.events()) == []

    def test_room_is_taken_and_given_back_and_runs_are_started_between_events(self) -> None:
        """A pool of one does one run at a time."""
        specs, pack, runs = self.given()
        waiting, seen = list(specs[:2]), []
        with self.opened(pack, runs, 1) as pool:
            assert pool.room() == 1
            pool.start(waiting.pop(0), frozenset())
            for event in pool.events():
                seen.append((event.run, event.kind))
                assert pool.room() == (1 if event.kind == "finished" else 0)
                if event.kind == "finished" and waiting:
                    pool.start(waiting.pop(0), frozenset())
        assert seen == [(spec.key, kind) for spec in specs[:2] for kind in ("started", "finished")]

    def test_failed_run_does_not_end_the_others(self) -> None:
        """It is told with the reason and a traceback."""
        specs, pack, runs = self.given()
        absurd = specs[0].model_copy(update={"encoder": {**specs[0].encoder, "settings": {"hidden": -1}}})
        ended, events = self.ensure([absurd, *specs[1:]], pack, runs)
        [failed] = [event for event in events if event.kind == "failed"]
        assert failed.run == absurd.key
        assert failed.failure is not None
        assert failed.error
        assert "Traceback" in failed.failure.detail
        assert ended.done == {spec.key for spec in specs[1:]}
        assert read_record(runs / absurd.key) is None

    def test_mistake_of_one_run_does_not_end_the_others(self) -> None:
        """An objective that is not there is told for the runs that ask for it."""
        specs, pack, runs = self.given()
        training = specs[0].training.model_copy(update={"objective": "none such"})
        mistaken = specs[0].model_copy(update={"training": training})
        ended, _ = self.ensure([mistaken, *specs[1:]], pack, runs)
        [(run, error)] = ended.failed.items()
        assert (run, error.partition(" (")[0]) == (mistaken.key, "unknown objective 'none such'")
        assert ended.done == {spec.key for spec in specs[1:]}

    def test_failure_that_hits_every_run_alike_ends_the_launch(self) -> None:
        """Each is told with the reason until it is plain that the rest would fail too; nothing but those was begun."""
        specs, pack, runs = self.given()
        absurd = {"encoder": {**specs[0].encoder, "settings": {"hidden": -1}}}
        broken = [specs[0].model_copy(update={**absurd, "seed": seed}) for seed in range(12)]
        told = KeptEvents()
        with pytest.raises(RunFailed) as ended:
            self.ensure(broken, pack, runs, told)
        failed = [event for event in told.events if event.kind == "failed"]
        assert 3 <= len(failed) <= 2 + 2 * self.together  # the last of three fails beside those that were begun
        assert len({event.run for event in told.events}) == len(failed)
        assert failed[-1].error in str(ended.value)

    def test_what_concerns_every_run_is_raised(self) -> None:
        """Data that are gone are the user's to bring back."""
        specs, pack, runs = self.given()
        gone = [
            spec.model_copy(update={"tasks": tuple(task.model_copy(update={"split": "0" * 16}) for task in spec.tasks)})
            for spec in specs
        ]
        with pytest.raises(DataError, match="cannot read the split"):
            self.ensure(gone, pack, runs)

    def test_closing_ends_all_work(self) -> None:
        """What was not finished leaves no record, and nothing more is trained."""
        specs, pack, runs = self.given()
        with self.opened(pack, runs, 1) as pool:
            pool.start(specs[0], frozenset())
            assert next(iter(pool.events())).kind == "started"
        done = {spec.key for spec in specs if read_record(runs / spec.key)}
        assert len(done) < len(specs)
        ended, _ = self.ensure([spec for spec in specs if spec.key not in done], pack, runs)
        assert ended.trained == {spec.key for spec in specs} - done
