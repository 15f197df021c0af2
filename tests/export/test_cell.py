"""Which runs of a study an export stands on, where its encoders are trained on different combinations."""

from pathlib import Path

import pytest
import tiny
import yaml

from cohear.base.errors import UserError
from cohear.base.yaml_text import read_yaml
from cohear.export.grid_cell import GridCell, choose_cell, tasks_asked
from cohear.export.runs import narrowed
from cohear.runs.record import Record, TaskRecord
from cohear.study.file import check_study
from cohear.study.file.task_sets import task_sets
from cohear.study.plan.row import PlanRow

SETTINGS = check_study(
    read_yaml(
        yaml.safe_dump(
            tiny.settings(
                encoders=[
                    {"name": "dnn", "hidden": 8},
                    {"name": "dnn", "hidden": 16, "combinations": ["singles"], "controls": []},
                ],
                controls=["shuffled"],
            ),
            sort_keys=False,
        )
    )
)
BOTH = tuple(SETTINGS.tasks)


class Folder:
    """A study folder whose runs are all done but those of some encoder's."""

    root = Path("out")

    def __init__(self, missing=""):
        self._missing = missing

    def read_plan(self):
        cells = [("dnn(hidden=8)", "+".join(BOTH)), *((f"dnn(hidden={size})", BOTH[0]) for size in (8, 16))]
        return [
            PlanRow(f"{encoder} {tasks}", "summary", encoder, "base", tasks, control="", fold=0, seed=0)
            for encoder, tasks in cells
        ]

    def record(self, run):
        if self._missing and run.startswith(self._missing):
            return None
        scores = {"validation": {"last": {"uar": len(run) / 100}}}
        return Record(run, {}, {BOTH[0]: TaskRecord("uar", True, 9, "part", scores)}, seconds=1.0)


def test_an_encoder_that_is_not_trained_on_the_tasks_is_no_choice():
    chosen = choose_cell(Folder(), SETTINGS, BOTH)
    assert (chosen.encoder, chosen.why) == ("dnn(hidden=8)", "")
    assert choose_cell(Folder(), SETTINGS, BOTH[:1]).why.startswith("best mean on validation of 2")
    assert choose_cell(Folder(), SETTINGS, BOTH, encoder="dnn(hidden=16)").encoder == "dnn(hidden=16)"
    with pytest.raises(UserError, match="not all of them are done"):
        choose_cell(Folder("dnn(hidden=16)"), SETTINGS, BOTH[:1])


def test_the_tasks_of_an_export_are_planned_for_every_encoder():
    """Whatever combinations and controls an encoder has of its own."""
    cell = GridCell("summary", "dnn(hidden=16)", "base", tasks_asked(SETTINGS, None))
    for number in range(2):
        own = narrowed(SETTINGS, cell).of_encoder(number)
        assert BOTH in task_sets(own)
        assert own.controls == []
