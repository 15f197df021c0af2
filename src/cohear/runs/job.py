"""Jobs: what there is to do in a run. A job is entered in ``JOBS`` under the name that its specifications give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from cohear.base.registry import Registry
from cohear.runs import BASELINE, NETWORK, PROBE
from cohear.runs.cost import Cost
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.record import Record
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Spec

S = TypeVar("S", bound=Spec)


@dataclass(frozen=True)
class Result:
    """What a job gives.

    Attributes:
        record: for the tables.
        files: content of the wanted files beside it, by name.
    """

    record: Record
    files: Mapping[str, bytes]


class Job(ABC, Generic[S]):
    """One kind of work. Stateless: everything that a method needs is passed to it.

    The module of a job imports what it works with (torch) inside of ``warm_up`` and ``run``, so that a study can be
    planned and looked at without it. Inherit `cohear.testing.job.JobContract` to test one of your own.
    """

    specification: ClassVar[type[Spec]]
    """The class of its specifications."""
    leaves: ClassVar[frozenset[str]]
    """Files that a finished run can leave beside its record; which of them it does leave is asked for each time."""
    always: ClassVar[frozenset[str]] = frozenset()
    """Those of them that hold what the run was made for, so that every study keeps them; here the record says all."""

    @abstractmethod
    def cost(self, spec: S) -> Cost:
        """How long a run takes."""

    def modules(self, spec: S) -> frozenset[str]:
        """A user's own modules that it imports by name from the pack's folder of code; here none."""
        return frozenset()

    def warm_up(self) -> None:
        """Import and prepare what every run needs; a worker does so once and forks its runs from there."""
        return None

    def share(self, spec: S, pack: Pack) -> None:
        """Make in memory what further runs read alike; a worker does so before it forks the run. Here nothing.

        Args:
            spec: of the run.
            pack: what it reads from; it is open.
        """
        return None

    @abstractmethod
    def run(self, spec: S, pack: Pack, files: frozenset[str], place: RunPlace) -> Result:
        """Do the work.

        Args:
            spec: of the run.
            pack: what it reads from.
            files: which of those that it ``leaves`` are wanted; it may spare itself the others.
            place: what it may use.

        Raises:
            OtherVersions: the specification was planned for other code than there is here.
            DataError: a split or a feature store is not there.
            UserError: the place has no such device.
        """

    def alike(self, spec: S) -> str | None:
        """What a run has in common with those that it can be done with as one; None where it is done alone, as here."""
        return None

    def run_together(
        self, asked: Sequence[tuple[S, frozenset[str]]], pack: Pack, place: RunPlace
    ) -> Iterator[tuple[S, Result | Exception]]:
        """Do the work of runs that are alike, so that each is what it is alone; here one after another.

        Args:
            asked: specifications, and the files that are wanted of each.
            pack: what they read from.
            place: what all of them together may use.

        Yields:
            Each run as it ends: its result, or the error that ended it alone.
        """
        for spec, files in asked:
            try:
                ended: Result | Exception = self.run(spec, pack, files, place)
            except Exception as error:
                ended = error
            yield spec, ended


JOBS: Registry[type[Job[Any]]] = Registry(
    "job", {NETWORK: "cohear.training.job", BASELINE: "cohear.baselines.job", PROBE: "cohear.probes.job"}
)


def job_of(spec: Spec) -> Job[Any]:
    """The job that a specification is of."""
    return JOBS[spec.job]()


def files_kept(spec: Spec, keep: Collection[str]) -> frozenset[str]:
    """The files that a study keeps of a run, by the words of its ``keep``.

    What no word names is left where another run needs it, and nowhere else: a file that a job learns to leave makes no
    finished run one that lacks it.
    """
    job = job_of(spec)
    return job.always | job.leaves & {KEPT[word] for word in keep}


def read_spec(content: Mapping[str, Any]) -> Spec:
    """A specification from its JSON, of the class that its job has."""
    return JOBS[content.get("job", NETWORK)].specification.model_validate(content)
