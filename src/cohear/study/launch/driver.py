"""The driver: sees to it that runs are there, in whatever order their needs allow, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cohear.base.errors import CohearError
from cohear.base.files import make_folder, write_json
from cohear.runs.job import job_of
from cohear.runs.record import read_record
from cohear.runs.run_folder import RunFolders
from cohear.runs.spec import Spec
from cohear.study.launch.alike_together import alike_together, told_alone
from cohear.study.launch.failure import Failure
from cohear.study.launch.failures_alike import FailuresAlike
from cohear.study.launch.launcher import Pool, RunEvent
from cohear.study.launch.needs import Wanted, with_needs
from cohear.study.launch.progress import NoProgress, Progress
from cohear.study.launch.time_left import TimeLeft

TRIES = 3
"""How often a run is begun whose worker keeps being killed."""
MORE_MEMORY = "it had the machine for itself: train it with a smaller batch or window, or where there is more memory"


@dataclass(frozen=True)
class Ensured:
    """How it ended.

    Attributes:
        done: runs that are there now with the files that were wanted, those from before included.
        trained: those of them that were not there before.
        failed: errors of the others, by run.
    """

    done: frozenset[str]
    trained: frozenset[str]
    failed: Mapping[str, str]


def ensure(
    wanted: Iterable[Wanted],
    pool: Pool,
    folders: RunFolders,
    *,
    progress: Progress | None = None,
    failed: Mapping[str, str] | None = None,
    at_most: int = 0,
) -> Ensured:
    """See to it that runs are finished and have left the files that are wanted of them.

    A run whose needs are not there yet waits for them; other than that, runs begin in the order given, or, where the
    pool does several as one, side by side. A run that
    fails does not end the others, but for those that need it, and for runs that fail alike one after another
    (:class:`cohear.study.launch.failures_alike.FailuresAlike`); its error is kept in its folder.

    Args:
        wanted: runs and files; files that runs need of each other are added.
        pool: carries runs out; it stays open.
        folders: where finished runs are; the pool writes to the same.
        progress: told of all runs.
        failed: runs that failed before and are not tried again, with their errors.
        at_most: how many runs there may be in the end, where more are wanted later.

    Raises:
        UserError: a need that nothing fills, or something that concerns every run (no space left, data gone).
        RunFailed: runs failed alike, and nothing that is left would fare better.
        CohearError: the pool cannot work.
    """
    runs = with_needs(wanted, folders)
    done = {key for key, run in runs.items() if folders.find(key, run.files)}
    progress = progress or NoProgress()
    pool.say = progress.say
    time_left = _time_left(runs, done, folders)
    progress.runs_planned(set(runs), set(done), max(at_most, len(runs)), time_left)
    if pool.together > 1:
        runs = alike_together(runs)
        if said := told_alone({key: run for key, run in runs.items() if key not in done}):
            progress.say(said)
    driver = _Driver(runs, done, dict(failed or {}), pool, folders, progress, time_left)
    driver.drive()
    return Ensured(frozenset(driver.done), frozenset(driver.done - done), driver.failed)


def _time_left(runs: Mapping[str, Wanted], done: Iterable[str], folders: RunFolders) -> TimeLeft:
    """What the finished runs tell of how long others will take."""
    time_left = TimeLeft({key: job_of(run.spec).cost(run.spec) for key, run in runs.items()})
    for key in done:
        folder = folders.find(key)
        record = read_record(folder) if folder else None
        if record is not None:
            time_left.trained(key, record.seconds, timed_by_clock=record.wall_seconds is None)
    return time_left


class _Driver:
    """The runs that are missing, on their way."""

    def __init__(
        self,
        runs: Mapping[str, Wanted],
        done: Iterable[str],
        failed: dict[str, str],
        pool: Pool,
        folders: RunFolders,
        progress: Progress,
        time_left: TimeLeft,
    ) -> None:
        self.done, self.failed = set(done), failed
        self._runs, self._pool, self._folders, self._progress = runs, pool, folders, progress
        self._time_left = time_left
        self._waiting = {key: run for key, run in runs.items() if key not in self.done and key not in failed}
        self._going: set[str] = set()
        self._tries: dict[str, int] = {}
        self._alone: set[str] = set()
        self._alike = FailuresAlike()
        for key in list(failed):
            self._give_up_needy(key)

    def drive(self) -> None:
        """Until nothing is missing, or nothing more can be had."""
        self._begin()
        for event in self._pool.events():
            self._take(event)
            self._begin()
        if self._waiting and self._next() is None:
            raise self._alike.as_error(len(self._waiting))
        if self._waiting:
            raise CohearError(f"the launcher begins none of the {len(self._waiting)} runs that are left")

    def _begin(self) -> None:
        """Start what there is room for."""
        while self._pool.room() > 0 and (spec := self._next()) is not None:
            if self._going and (spec.key in self._alone or self._going <= self._alone):
                return  # for it, or beside it, there is no memory
            run = self._waiting.pop(spec.key)
            self._going.add(spec.key)
            self._tries[spec.key] = self._tries.get(spec.key, 0) + 1
            self._pool.start(spec, run.files)

    def _next(self) -> Spec | None:
        ready: Iterable[Spec] = self._ready()
        if self._alone:
            ready = sorted(ready, key=lambda spec: spec.key in self._alone)
        return self._alike.next_of(ready)

    def _ready(self) -> Iterator[Spec]:
        """Waiting runs whose needs are there."""
        for run in self._waiting.values():
            needed = {need.run for need in run.spec.needs.values()}
            if not any(key in self._waiting or key in self._going for key in needed):
                yield run.spec

    def _take(self, event: RunEvent) -> None:
        """What an event means for its run, and for those that need it."""
        key = event.run
        if event.kind == "started":
            self._progress.run_event(event)
            return
        self._going.discard(key)
        lacked_memory = event.failure is not None and event.failure.out_of_memory
        if event.kind == "failed" and lacked_memory and key not in self._alone:
            self._try_again(key, event.failure)
            self._progress.run_event(replace(event, kind="killed"))
            return
        if event.kind == "killed" and self._tries[key] < TRIES:
            self._try_again(key, event.failure)
        elif event.kind == "finished" and self._folders.find(key, self._runs[key].files):
            self.done.add(key)
            self._alike.finished()
            self._learn(key)
        else:
            failure = event.failure or Failure("it is said to be finished, and its folder is not whole", "")
            failure.raise_where_it_concerns_all()
            if failure.out_of_memory:
                failure = replace(failure, error=f"{failure.error}; {MORE_MEMORY}")
            self._alike.failed(self._runs[key].spec, failure.error)
            self._give_up(key, failure)
            return
        self._progress.run_event(event)

    def _try_again(self, key: str, failure: Failure | None) -> None:
        """Behind the others; one that lacked memory when they have ended, which gives it the same result."""
        self._waiting[key] = self._runs[key]
        if failure is not None and failure.out_of_memory:
            self._alone.add(key)

    def _learn(self, key: str) -> None:
        """From a run that has just ended, how long others take."""
        folder = self._folders.find(key, self._runs[key].files)
        record = read_record(folder) if folder else None
        if record is not None:
            self._time_left.trained(key, record.seconds, record.wall_seconds)

    def _give_up(self, key: str, failure: Failure) -> None:
        """Keep a run's error, and fail the runs that need it."""
        self.failed[key] = failure.error
        folder = make_folder(self._folders.into / key)
        told = {"error": failure.error, "traceback": failure.detail, "tries": self._tries.get(key, 0)}
        write_json(folder / "error.json", told)
        self._progress.run_event(RunEvent("failed", key, failure))
        self._give_up_needy(key)

    def _give_up_needy(self, failed: str) -> None:
        """Fail the waiting runs that need a run that failed."""
        needy = {
            key: need.file
            for key, run in self._waiting.items()
            for need in run.spec.needs.values()
            if need.run == failed
        }
        for key, file in needy.items():
            if key in self._waiting:  # it may need another one that failed of the same
                del self._waiting[key]
                why = f"it needs {file} of run {failed}, which failed: {self.failed[failed]}"
                self._give_up(key, Failure(why, ""))
