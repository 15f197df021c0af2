"""The specification of a run: everything that its numbers depend on, and nothing of the machine that made it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from cohear.base.files import digest
from cohear.runs import NETWORK

if TYPE_CHECKING:
    from typing_extensions import Self

Normalise = Literal["none", "dataset", "group"]
"""Whose mean and deviation are taken out of features, so that an encoder sees them at one scale: ``dataset``: those of
the task's training clips; ``group``: those of all clips of a group (a speaker, a device), labels unseen, wherever they
lie: of a group that is tested, of its test clips."""


class Frozen(BaseModel):
    """A part of a specification. A field that holds its default is left out of the JSON, and so of the key.

    A field that is added later, with a default, thus leaves the keys of all runs before it what they were.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_serializer(mode="wrap")
    def _without_defaults(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = write(self)
        for name, field in type(self).model_fields.items():
            if not field.is_required() and getattr(self, name) == self._left_out(name):
                content.pop(name, None)
        return content

    @classmethod
    def _left_out(cls, name: str) -> object:
        """The value of a field that is not written."""
        return cls.model_fields[name].default


class Need(Frozen):
    """A file that another run leaves.

    Attributes:
        run: key of that run.
        file: name of the file in its folder.
    """

    run: str
    file: str


class TaskReference(Frozen):
    """One task of a run.

    Attributes:
        name: its name in the study, which names its random streams.
        split: digest of the file with its clips, parts and targets.
        store: key of the feature store that its rows are in.
        labels: what is learnt from its training clips: their own labels, these labels shuffled among the clips, or
            nothing at all (``none``: the clips are in the batch alone, and there is no head for them).
        scored: whether its scores are results; the partners of controls have none.
        front_end: name and settings, where they are not the run's.
        window: seconds, where they are not the run's.
        normalise: whose mean and deviation are taken out of its features (`cohear.runs.scaled_task`).
    """

    name: str
    split: str
    store: str
    labels: Literal["true", "shuffled", "none"] = "true"
    scored: bool = True
    front_end: dict[str, Any] | None = None
    window: float | None = None
    normalise: Normalise = "none"

    @model_validator(mode="after")
    def _scored_on_what_it_learns(self) -> TaskReference:
        if self.scored and self.labels != "true":
            raise ValueError(f"a task with labels {self.labels!r} cannot be scored")
        return self


class Spec(Frozen):
    """A run of some job, complete: a worker needs this and a pack that holds what it names, and nothing else.

    Each job has a class of its own, with the fields that the job is about and a default for ``job``.

    Attributes:
        job: how it is done; a name in ``cohear.runs.job.JOBS``.
        needs: files of other runs, by what they are to this one.
        tasks: the combination, in the study's order.
        study_seed, fold, seed: name the random streams.
        versions: of the code whose numbers these are.
    """

    job: str = NETWORK
    needs: dict[str, Need] = {}
    tasks: tuple[TaskReference, ...]
    study_seed: int
    fold: int
    seed: int
    versions: dict[str, str | int]

    @field_validator("job")
    @classmethod
    def _of_this_class(cls, job: str) -> str:
        own = cls.model_fields["job"].default
        if job != own:
            raise ValueError(f"a specification of the job {job!r} is none of {own!r}")
        return job

    @cached_property
    def key(self) -> str:
        """Name of the run: a hash of all the rest, made once for each specification."""
        return digest(self.model_dump(mode="json"), size=8)

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy without the key: what it is given anew makes it another run."""
        copied = super().model_copy(update=dict(update or {}), deep=deep)
        copied.__dict__.pop("key", None)
        return copied

    @classmethod
    def _left_out(cls, name: str) -> object:
        return NETWORK if name == "job" else super()._left_out(name)
