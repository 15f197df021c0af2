"""The contract of every launcher, as tests to inherit.

::

    class TestMine(LauncherContract):
        name = "mine"

        def given(self) -> tuple[list[RunSpec], Work]:
            return specifications_of_a_small_study, its_work
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing
from typing import ClassVar

import pytest

from cohear.base.errors import DataError, RunFailed
from cohear.runs.record import read_record
from cohear.study.launcher import LAUNCHERS, Event, Work
from cohear.training.spec import RunSpec


class LauncherContract(ABC):
    """What must hold for a launcher; pytest runs it for each subclass whose name begins with ``Test``."""

    name: ClassVar[str]
    """In the registry."""

    @abstractmethod
    def given(self) -> tuple[list[RunSpec], Work]:
        """At least three runs that train in about a second each, and where; splits and stores are there."""

    def launch(self, specs: Sequence[RunSpec], work: Work) -> list[Event]:
        """All events of a launch."""
        with closing(LAUNCHERS[self.name]().launch(specs, work, 2)) as events:
            return list(events)

    def test_every_run_is_started_then_finished_and_leaves_its_record(self) -> None:
        """Specifications go out and records come back."""
        specs, work = self.given()
        events = self.launch(specs, work)
        keys = {spec.key for spec in specs}
        for kind in ("started", "finished"):
            assert sorted(event.run for event in events if event.kind == kind) == sorted(keys)
        for key in keys:
            assert [event.kind for event in events if event.run == key] == ["started", "finished"]
            assert read_record(work.runs / key) is not None

    def test_nothing_to_do_is_no_error(self) -> None:
        """No run, no event."""
        assert self.launch([], self.given()[1]) == []

    def test_failed_run_does_not_end_the_others(self) -> None:
        """It is told with the reason and a traceback."""
        specs, work = self.given()
        absurd = specs[0].model_copy(update={"encoder": {**specs[0].encoder, "settings": {"hidden": -1}}})
        events = self.launch([absurd, *specs[1:]], work)
        [failed] = [event for event in events if event.kind == "failed"]
        assert failed.run == absurd.key
        assert failed.error
        assert "Traceback" in failed.detail
        assert {event.run for event in events if event.kind == "finished"} == {spec.key for spec in specs[1:]}
        assert read_record(work.runs / absurd.key) is None

    def test_mistake_of_one_run_does_not_end_the_others(self) -> None:
        """An objective that is not there is told for the runs that ask for it."""
        specs, work = self.given()
        training = specs[0].training.model_copy(update={"objective": "none such"})
        mistaken = specs[0].model_copy(update={"training": training})
        events = self.launch([mistaken, *specs[1:]], work)
        [failed] = [event for event in events if event.kind == "failed"]
        assert (failed.run, failed.error.partition(" (")[0]) == (mistaken.key, "unknown objective 'none such'")
        assert {event.run for event in events if event.kind == "finished"} == {spec.key for spec in specs[1:]}

    def test_failure_that_hits_every_run_alike_ends_the_launch(self) -> None:
        """Each is told with the reason until it is plain that the rest would fail too; nothing but those was begun."""
        specs, work = self.given()
        absurd = {"encoder": {**specs[0].encoder, "settings": {"hidden": -1}}}
        broken = [specs[0].model_copy(update={**absurd, "seed": seed}) for seed in range(12)]
        told: list[Event] = []
        with closing(LAUNCHERS[self.name]().launch(broken, work, 2)) as events, pytest.raises(RunFailed) as ended:
            told.extend(events)
        failed = [event for event in told if event.kind == "failed"]
        assert 3 <= len(failed) <= 4
        assert len({event.run for event in told}) == len(failed)
        assert failed[-1].error in str(ended.value)

    def test_what_concerns_every_run_is_raised(self) -> None:
        """Data that are gone are the user's to bring back."""
        specs, work = self.given()
        for split in work.splits.iterdir():
            split.unlink()
        with pytest.raises(DataError, match="cannot read the split"):
            self.launch(specs, work)

    def test_closing_ends_all_work(self) -> None:
        """What was not finished leaves no record, and nothing more is trained."""
        specs, work = self.given()
        events = LAUNCHERS[self.name]().launch(specs, work, 1)
        assert next(events).kind == "started"
        events.close()
        done = [spec.key for spec in specs if read_record(work.runs / spec.key)]
        assert len(done) < len(specs)
        assert len(self.launch([spec for spec in specs if spec.key not in done], work)) == 2 * (len(specs) - len(done))
