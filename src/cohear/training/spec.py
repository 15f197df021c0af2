"""The specification of a run: everything that its numbers depend on, and nothing of the machine that made it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from cohear.base.files import digest
from cohear.training.settings import TrainingSettings


class TaskReference(BaseModel):
    """One task of a run.

    Attributes:
        name: its name in the study, which names its random streams.
        split: digest of the file with its clips, parts and targets.
        store: key of the feature store that its rows are in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    split: str
    store: str


class RunSpec(BaseModel):
    """A run, complete: a worker needs this, the splits and the feature stores it names, and nothing else.

    Attributes:
        tasks: the combination, in the study's order.
        front_end: name and settings.
        encoder: ``EncoderChoice.key()``.
        window: seconds.
        training: all settings; ``precision`` is settled here, never ``auto``.
        study_seed, fold, seed: name the random streams.
        versions: of the code whose numbers these are; see ``versions.py``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tasks: tuple[TaskReference, ...]
    front_end: dict[str, Any]
    encoder: dict[str, Any]
    window: float
    training: TrainingSettings
    study_seed: int
    fold: int
    seed: int
    versions: dict[str, str | int]

    @property
    def key(self) -> str:
        """Name of the run: a hash of all the rest."""
        return digest(self.model_dump(mode="json"), size=8)
