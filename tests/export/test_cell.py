"""Which runs of a study an export stands on, where its encoders are trained on different combinations."""

from pathlib import Path

import pytest
import tiny
import yaml
from registries import entered

from cohear.base.errors import UserError
from cohear.base.yaml_text import read_yaml
from cohear.export.chosen_cell import choose_cell
from cohear.export.grid_cell import GridCell, NotTaken, tasks_asked
from cohear.export.runs import narrowed
from cohear.runs.record import Record, TaskRecord
from cohear.study.file import check_study
from cohear.study.file.task_sets import task_sets
from cohear.study.plan.row import PlanRow
from cohear.tasks.metrics import METRICS, Metric

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
TOGETHER = "+".join(BOTH)
UNKNOWN = "not compared: the study trains it neither on these tasks together nor on each of them alone"


class Folder:
    """A study folder.

    Args:
        cells: by encoder and combination, of each fold a score of each task on validation; None where the run is not
            done, and a task without one has none.
        metrics: of tasks, ``uar`` where nothing is said, and whether higher is better.
    """

    root = Path("out")

    def __init__(self, cells, metrics=()):
        self._metrics = dict(metrics)
        self._runs = {
            f"{encoder} {combination} {fold}": (encoder, combination, fold, scores)
            for encoder, combinations in cells.items()
            for combination, folds in combinations.items()
            for fold, scores in enumerate(folds)
        }

    def read_plan(self):
        return [
            PlanRow(run, "summary", encoder, "base", combination, control="", fold=fold, seed=0)
            for run, (encoder, combination, fold, _) in self._runs.items()
        ]

    def record(self, run):
        _, combination, _, scores = self._runs[run]
        if scores is None:
            return None
        tasks = {}
        for task, value in zip(combination.split("+"), scores, strict=True):
            metric, higher = self._metrics.get(task, ("uar", True))
            known = {} if value is None else {"validation": {"last": {metric: value}}}
            tasks[task] = TaskRecord(metric, higher, 9, "part", known)
        return Record(run, {}, tasks, seconds=1.0)


def alone(*scores):
    """Singles of both tasks, a pair of scores a fold."""
    return {task: [(fold[place],) for fold in scores] for place, task in enumerate(BOTH)}


SMALL, LARGE = "dnn(hidden=8)", "dnn(hidden=16)"


def chosen(cells, metrics=(), **wishes):
    return choose_cell(Folder(cells, metrics), SETTINGS, BOTH, **wishes)


def test_an_encoder_that_is_not_trained_on_the_tasks_is_judged_by_its_singles():
    """And by what sharing changes: -.10 and +.04 in the other; it may be far the better one, and is taken then."""
    trained = {TOGETHER: [(0.50, 0.64), (0.50, 0.64)], **alone((0.60, 0.60), (0.60, 0.60))}
    cell = chosen({SMALL: trained, LARGE: alone((0.90, 0.80), (0.92, 0.82))})
    assert cell.encoder == LARGE
    told = (
        "not trained on these tasks together: judged by each task alone, and by what sharing changes in others",
        "best mean on validation of 2, 83.0 on the 2 repeats that all have",  # .91 - .10 and .81 + .04
    )
    assert cell.why == f"{told[1]}; {told[0]}"
    assert cell.left_out == (NotTaken("summary", SMALL, "57.0, 26.0 points behind"),)
    worse = chosen({SMALL: trained, LARGE: alone((0.60, 0.53), (0.60, 0.53))})
    assert worse.encoder == SMALL  # .50 and .57 foretold
    assert worse.left_out == (NotTaken("summary", LARGE, f"53.5, 3.5 points behind; {told[0]}"),)


def test_where_nothing_shows_what_sharing_changes_that_is_said():
    cell = chosen({SMALL: {TOGETHER: [(0.5, 0.6)]}, LARGE: alone((0.9, 0.8))})
    assert cell.encoder == LARGE
    assert cell.why.endswith("judged by each task alone, for none shows what sharing changes")


def test_what_cannot_be_compared_is_named():
    cell = chosen({SMALL: {TOGETHER: [(0.5, 0.6)]}, LARGE: {BOTH[0]: [(0.9,)]}})
    assert (cell.encoder, cell.left_out) == (SMALL, (NotTaken("summary", LARGE, UNKNOWN),))
    assert cell.why == "the only one of 2 that the study trains on them"
    assert cell.told == [f"taken: summary with {SMALL}, {cell.why}", f"not taken: summary with {LARGE}, {UNKNOWN}"]
    with pytest.raises(UserError, match="none of them is trained on the tasks, together or alone; name one with"):
        chosen({SMALL: {BOTH[0]: [(0.9,)]}, LARGE: {BOTH[0]: [(0.9,)]}})


def test_one_encoder_or_a_named_one_is_no_choice():
    every = {SMALL: {TOGETHER: [(0.5, 0.6)]}, LARGE: alone((0.9, 0.8))}
    for cell in (chosen({SMALL: every[SMALL]}), chosen(every, encoder=SMALL)):
        assert (cell.encoder, cell.why, cell.left_out, cell.told) == (SMALL, "", (), [])


def test_scores_are_of_the_repeats_that_all_have():
    """The third fold is easy: who has it done first is not better for it."""
    folds = [(0.6, 0.6), (0.6, 0.6), (0.9, 0.9)]
    cell = chosen({SMALL: {TOGETHER: [*folds]}, LARGE: {TOGETHER: [(0.62, 0.62), (0.62, 0.62), None]}})
    assert cell.encoder == LARGE
    assert cell.why == "best mean on validation of 2, 62.0 on the 2 repeats that all have"
    assert cell.left_out[0].reason == "60.0, 2.0 points behind"
    one = chosen({SMALL: {TOGETHER: [*folds]}, LARGE: {TOGETHER: [(0.62, 0.62), None, None]}})
    assert one.why.endswith("62.0 on the one repeat that all have")


def test_a_task_without_a_repeat_in_common_is_named():
    cell = chosen({SMALL: {TOGETHER: [(0.6, 0.9)]}, LARGE: {TOGETHER: [(0.7, None)]}})
    assert cell.encoder == LARGE
    assert cell.why.endswith(f"on the one repeat that all have of {BOTH[0]}, of other tasks they share none")


def test_what_is_not_done_is_waited_for():
    half = {SMALL: {TOGETHER: [(0.5, 0.6)]}, LARGE: {TOGETHER: [None]}}
    with pytest.raises(UserError, match=r"not all of them are done \(not summary with dnn\(hidden=16\)\): run the"):
        chosen(half)
    with pytest.raises(UserError, match="not all of them are done"):  # of one that is judged by its singles
        chosen({**half, LARGE: {BOTH[0]: [(0.9,)], BOTH[1]: [None]}})
    with pytest.raises(UserError, match="no repeat in common: run the study to its end, or name one"):
        chosen({SMALL: {TOGETHER: [(0.5, 0.6), None]}, LARGE: {TOGETHER: [None, (0.5, 0.6)]}})


def test_all_done_without_validation_is_told_as_that():
    """It was called not done."""
    with pytest.raises(UserError, match=r"dnn\(hidden=16\) has no scores on validation clips to choose by, which test"):
        chosen({SMALL: {TOGETHER: [(0.5, 0.6)]}, LARGE: {TOGETHER: [(None, None)]}})


HOURS = {BOTH[1]: ("hours off", False)}
"""An error that is larger than any share, and better below."""


@pytest.fixture
def hours():
    metric = Metric("hours off", lambda *scored: 0.0, False, "h", 0.0, 24.0)
    with entered(METRICS, {metric.name: metric}):
        yield


def test_tasks_of_several_units_are_not_added_up(hours):
    """.05 of a share, five times how far its repeats lie apart, against .06 of an error, a tenth of its."""
    small = {TOGETHER: [(0.80, 3.0), (0.82, 4.2)]}
    large = {TOGETHER: [(0.75, 2.94), (0.77, 4.14)]}
    cell = chosen({SMALL: small, LARGE: large}, HOURS)
    assert cell.encoder == SMALL
    assert cell.why == (
        "best on validation of 2, each task's score counted in its spread, on the 2 repeats that all have"
    )
    assert cell.left_out[0].reason == "1.7 spreads behind"  # (.05 / .0141 - .06 / .849) / 2


def test_of_one_repeat_tasks_of_several_units_count_alike(hours):
    cell = chosen({SMALL: {TOGETHER: [(0.8, 3.0)]}, LARGE: {TOGETHER: [(0.8, 2.0)]}}, HOURS)
    assert (cell.encoder, cell.left_out[0].reason) == (LARGE, "best in 1 of 2 tasks")
    assert cell.why == "best on validation of 2 in 2 of 2 tasks, on the one repeat that all have"


def test_the_tasks_of_an_export_are_planned_for_every_encoder():
    """Whatever combinations and controls an encoder has of its own."""
    cell = GridCell("summary", LARGE, "base", tasks_asked(SETTINGS, None))
    for number in range(2):
        own = narrowed(SETTINGS, cell).of_encoder(number)
        assert BOTH in task_sets(own)
        assert own.controls == []
