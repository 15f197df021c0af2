"""What an evaluation found, as typed rows; JSON and terminal show them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from cohear.base.files import without_nan
from cohear.evaluation.by_value import ByColumn
from cohear.evaluation.forms import Confusion
from cohear.evaluation.promise import Beside


@dataclass(frozen=True)
class MetricFound:
    """A metric over a task's clips.

    Attributes:
        metric: its name.
        unit: its values are shown in.
        value: NaN where nothing can be scored.
        low, high: 95 % interval over groups; NaN where there is none.
        promised: mean of the study's runs, by the card; None where it tells none.
    """

    metric: str
    unit: str
    value: float
    low: float
    high: float
    promised: float | None


@dataclass(frozen=True)
class CalibrationBeside:
    """How far answers can be believed.

    Attributes:
        what: is counted.
        value: of the clips; NaN where nothing tells it.
        promised: by the card; None where it tells none.
        log_loss: bits a clip; NaN of a kind that has none.
    """

    what: str
    value: float
    promised: float | None
    log_loss: float


@dataclass(frozen=True)
class OfGroup:
    """Clips of a group.

    Attributes:
        group: dataset and name.
        clips: how many.
        metrics: by name; NaN where one cannot be scored.
    """

    group: str
    clips: int
    metrics: dict[str, float]


@dataclass(frozen=True)
class TaskEvaluated:
    """A task of the bundle on the clips that it was not trained on.

    Attributes:
        column: that holds the truth.
        datasets: the clips are of.
        clips, groups: that are scored.
        grouped_by: columns that tell the groups; none where each clip is its own.
        set_aside: clips that the bundle was trained on.
        unknown_labels: that the bundle does not know, with the clips that have them.
        labels_without_clips: of the bundle, which are not scored.
        metric: the task's own.
        metrics: all that are reported.
        beside: its own metric beside the card's.
        confusion: what was answered in place of what.
        calibration: how far answers can be believed.
        by_group: of each group.
        by_column: of each column that was asked for.
    """

    column: str
    datasets: list[str]
    clips: int
    groups: int
    grouped_by: list[str]
    set_aside: int
    unknown_labels: dict[str, int]
    labels_without_clips: list[str]
    metric: str
    metrics: list[MetricFound]
    beside: Beside
    confusion: Confusion
    calibration: CalibrationBeside
    by_group: list[OfGroup]
    by_column: list[ByColumn]

    @property
    def own(self) -> MetricFound:
        """What is found of its own metric."""
        return next(each for each in self.metrics if each.metric == self.metric)


@dataclass(frozen=True)
class Evaluated:
    """A bundle on labelled clips.

    Attributes:
        bundle: its name.
        tasks: that were asked, by name.
        not_asked: of every other task, why.
        remarks: what else a reader should know, a sentence each.
    """

    bundle: str
    tasks: dict[str, TaskEvaluated]
    not_asked: dict[str, str]
    remarks: list[str] = field(default_factory=list)

    def to_json(self) -> Any:  # noqa: ANN401 - any JSON value
        """Everything, with null for what is not known."""
        return without_nan(asdict(self))
