"""The specification of a run: everything that its numbers depend on, and nothing of the machine that made it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer, model_validator

from cohear.base.files import digest
from cohear.training.settings import TrainingSettings


class TaskReference(BaseModel):
    """One task of a run.

    Attributes:
        name: its name in the study, which names its random streams.
        split: digest of the file with its clips, parts and targets.
        store: key of the feature store that its rows are in.
        labels: what is learnt from its training clips: their own labels, these labels shuffled among the clips, or
            nothing at all (``none``: the clips are in the batch alone, and there is no head for them).
        scored: whether its scores are results; the partners of controls have none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    split: str
    store: str
    labels: Literal["true", "shuffled", "none"] = "true"
    scored: bool = True

    @model_validator(mode="after")
    def _scored_on_what_it_learns(self) -> TaskReference:
        if self.scored and self.labels != "true":
            raise ValueError(f"a task with labels {self.labels!r} cannot be scored")
        return self

    @model_serializer(mode="wrap")
    def _without_defaults(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What only controls change is left out elsewhere, so that the keys of ordinary runs stay what they were."""
        content: dict[str, Any] = write(self)
        for name in ("labels", "scored"):
            if content[name] == type(self).model_fields[name].default:
                del content[name]
        return content


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
