"""Versions of the code that a run's numbers come from: part of its key, and checked where it is trained."""

from __future__ import annotations

from collections.abc import Iterable

from cohear.base.named import name_of
from cohear.base.versions import demand_same, installed
from cohear.features.build import versions_here, versions_planned
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.sharing import SHARING
from cohear.training.objectives import OBJECTIVES
from cohear.training.optimiser import OPTIMISERS
from cohear.training.schedule import SCHEDULES
from cohear.training.settings import TrainingSettings
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec

TRAINING_VERSION = 3
"""Goes up when the same specification would train another network."""


WINDOWS_VERSION = 1
"""The same of runs that draw windows from a grid."""

TEACHERS_VERSION = 1
"""The same of runs that learn from teachers."""


def training_versions(training: TrainingSettings, heard: Iterable[TaskInput]) -> dict[str, str | int]:
    """What a run's key holds of the software: training itself, torch, and the parts that its settings name.

    Front-end and encoder have their versions in their own entries of the specification, target kind and metrics in
    the split, resampling in the key of the feature store.
    """
    return {
        "training": TRAINING_VERSION,
        "torch": installed("torch").split("+", maxsplit=1)[0],
        "objective": OBJECTIVES[name_of(training.objective)].version,
        "schedule": SCHEDULES[name_of(training.schedule)].version,
        "sharing": SHARING[name_of(training.sharing)].version,
        **OBJECTIVES[name_of(training.objective)].made_of(),
        **({} if training.teachers == "none" else {"teachers": TEACHERS_VERSION}),
        **({} if training.optimiser == "adamw" else {"optimiser": OPTIMISERS[name_of(training.optimiser)].version}),
        **_windows_version(heard),
    }


def _windows_version(heard: Iterable[TaskInput]) -> dict[str, str | int]:
    return {"windows": WINDOWS_VERSION} if any(given.draws_from_grid for given in heard) else {}


def check_training_versions(spec: RunSpec, encoder: EncoderChoice) -> None:
    """See that the code here is the code that a run was planned for; entries of others in ``versions`` are left alone.

    Args:
        spec: the run.
        encoder: its encoder, as found here.

    Raises:
        OtherVersions: naming all that differs.
    """
    here: dict[str, str | int] = training_versions(spec.training, ())
    planned: dict[str, str | int | None] = {name: spec.versions.get(name) for name in here}
    for front_end in (spec.front_end, *(task.front_end for task in spec.tasks)):
        if front_end is not None:
            here |= versions_here(front_end)
            planned |= versions_planned(front_end)
    for name in ("version", "source"):
        if name in (now := encoder.key()):
            here[f"encoder {encoder.name!r}"] = now[name]
            planned[f"encoder {encoder.name!r}"] = spec.encoder.get(name)
    demand_same(planned, here)
    drawn = _windows_version(inputs_of(spec).values())
    demand_same({name: spec.versions.get(name) for name in drawn}, drawn)
