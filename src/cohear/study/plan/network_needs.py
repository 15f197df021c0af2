"""Which weights of other runs a network of several tasks learns from or begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import JsonValue

from cohear.base.errors import StudyError
from cohear.base.named import make, name_of
from cohear.base.registry import did_you_mean
from cohear.features.front_end import FrontEnd
from cohear.models.choice import EncoderChoice
from cohear.models.sharing import SHARING
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Need
from cohear.study.file import StudySettings
from cohear.study.plan.labels import FrontEndLabels
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec, beginning_of, teacher_of, who_begins
from cohear.training.teacher_choice import TEACHERS


class PlannedCell(NamedTuple):
    """A setting and a repeat."""

    front_end: FrontEnd
    encoder: EncoderChoice
    arm: str
    fold: int
    seed: int


class NetworkNeeds:
    """Finds them; each network that others need is planned for that once.

    Args:
        settings: the study.
        front_end_label: names of front-ends.
        encoders: of the grid.
        plain: the specification of the plain network of some tasks in a cell, whatever sharing its arm has.
    """

    def __init__(
        self,
        settings: StudySettings,
        front_end_label: FrontEndLabels,
        encoders: Sequence[EncoderChoice],
        plain: Callable[[PlannedCell, tuple[str, ...]], RunSpec],
    ) -> None:
        self._settings, self._front_end_label, self._encoders, self._plain = settings, front_end_label, encoders, plain
        self._found: dict[tuple[str | int | tuple[str, ...], ...], Need] = {}

    def teacher_encoder(self, cell: PlannedCell, training: TrainingSettings) -> dict[str, JsonValue] | None:
        """That of teachers, where it is not the cell's."""
        encoder = self._teaching(cell, training)[0].encoder if training.teachers != "none" else cell.encoder
        return None if encoder == cell.encoder else encoder.key()

    def of(self, cell: PlannedCell, tasks: Sequence[str], training: TrainingSettings) -> dict[str, Need]:
        """The weights that a network of several tasks learns from or begins with, of runs in the same cell."""
        needs: dict[str, Need] = {}
        labelled = [task for task in tasks if task not in self._settings.label_free]  # of others targets cost nothing
        if training.teachers != "none":
            for number, teaching in enumerate(self._teaching(cell, training)):
                needs |= {teacher_of(task, number): self._weights(teaching, (task,)) for task in labelled}
        source = SHARING[name_of(training.sharing)].begins_with
        if source is not None:
            needs |= {beginning_of(task): self._weights(cell, who_begins(task, tasks, source)) for task in tasks}
        return needs

    def _teaching(self, cell: PlannedCell, training: TrainingSettings) -> list[PlannedCell]:
        """The cells whose singles teach, that of the same seed first.

        Raises:
            StudyError: the encoder that they should have is none of the study, or does not take the features.
        """
        choice = make(TEACHERS, training.teachers)
        if choice.encoder is not None:
            fitting = {each.label: each for each in self._encoders if each.fits(cell.front_end.layout)}
            if choice.encoder not in fitting:
                named = f"{choice.encoder!r}{did_you_mean(choice.encoder, fitting)}"
                told = f"no encoder of the study that takes these features is called {named}"
                raise StudyError([f"arms.{cell.arm}.training.teachers: {told}"])
            cell = cell._replace(encoder=fitting[choice.encoder])
        if not choice.all_seeds:
            return [cell]
        seeds = {seed for seed, fold in self._settings.repeats.order() if fold == cell.fold}
        return [cell._replace(seed=seed) for seed in (cell.seed, *sorted(seeds - {cell.seed}))]

    def _weights(self, cell: PlannedCell, tasks: tuple[str, ...]) -> Need:
        """Of the single of a task, or of the plain network of several, which is of the same arm but for its sharing."""
        place = (self._front_end_label(cell.front_end), cell.encoder.label, cell.arm, cell.fold, cell.seed, tasks)
        if place not in self._found:
            self._found[place] = Need(run=self._plain(cell, tasks).key, file=KEPT["weights"])
        return self._found[place]
