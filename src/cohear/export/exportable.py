"""Of which tasks a graph can be made at all."""

from __future__ import annotations

from collections.abc import Mapping

from cohear.base.errors import UserError
from cohear.export.all_front_ends import FRONT_END_GRAPHS
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.task_input import TaskInput
from cohear.runtime.session import WAVEFORM


def check_exportable(inputs: Mapping[str, TaskInput]) -> None:
    """Raise UserError where a graph of these tasks could not be made, however well its network is trained."""
    if WAVEFORM in inputs:
        raise UserError(f"a task cannot be exported under the name {WAVEFORM!r}, which is the input's: rename it")
    for task, given in inputs.items():
        if isinstance(given.front_end, ClipFrontEnd):
            raise UserError(
                f"task {task!r} hears {given.front_end.name!r}, features that were made elsewhere: no model can "
                "compute them of a sound; export a cell of other features (--features), or give the study the network "
                "that made them as a front-end"
            )
        FRONT_END_GRAPHS[given.front_end.name](given.front_end).check()  # tells which there are
    rates = {task: given.front_end.rate for task, given in inputs.items()}
    if len(set(rates.values())) > 1:
        by_task = ", ".join(f"{task}: {rate} Hz" for task, rate in rates.items())
        raise UserError(
            f"one model takes waveforms of one rate, and the front-ends of its tasks differ ({by_task}); give them one "
            "rate, or export the tasks apart with --tasks"
        )
