"""A row of ``plan.json``: a run in its place in the grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from cohear.runs import NETWORK
from cohear.runs.cost import Cost


@dataclass(frozen=True)
class PlanRow:
    """What tables and everybody who looks at a study folder need of a planned run.

    Attributes:
        run: its key.
        features, encoder, arm, combination, control: the cell, as the tables name it.
        focal: the task that a control or a probe is for, or that alone has few labels in its arm; empty for other
            ordinary runs, and for a probe of several alike.
        fold, seed: the repeat.
        cost: what its time is about proportional to, in the unit of its job.
        job: what is done in it.
        probe: name of the measurement that it makes, of ``focal`` beside the rest of the combination, or of all of
            it; else empty.
        needs: keys of the runs that leave what it reads.
        pace: of which runs it is that take as long a unit; empty in plans that are older.
    """

    run: str
    features: str
    encoder: str
    arm: str
    combination: str
    control: str
    fold: int
    seed: int
    focal: str = ""
    cost: float = 0
    job: str = NETWORK
    probe: str = ""
    needs: tuple[str, ...] = ()
    pace: str = ""

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> PlanRow:
        """Of the file; what a later version wrote beside it is left out.

        Raises:
            KeyError, TypeError: it is no row.
        """
        known = {field.name: content[field.name] for field in fields(cls) if field.name in content}
        return cls(**{**known, "needs": tuple(known.get("needs", ()))})

    def to_json(self) -> dict[str, Any]:
        """For the file."""
        return asdict(self)

    @property
    def tasks(self) -> tuple[str, ...]:
        """Those of the combination."""
        return tuple(self.combination.split("+"))

    @property
    def is_network(self) -> bool:
        """Whether the run trains a network."""
        return self.job == NETWORK

    @property
    def time(self) -> Cost:
        """How long it takes; where its pace is not told, runs of its job and setting have one."""
        return Cost(self.pace or f"{self.job} {self.features} {self.encoder}", self.cost)
