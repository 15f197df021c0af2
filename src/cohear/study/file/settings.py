"""The whole study file as settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, field_validator

from cohear.base.layout import Layout
from cohear.base.named import Named
from cohear.data.folds.partition import TaskChoice
from cohear.data.folds.selection import LabelChoice
from cohear.data.folds.splits import MOST_VALIDATION, VALIDATION_SHARE, FoldRule
from cohear.features.build import build_front_end
from cohear.features.front_end import FrontEnd
from cohear.features.rounding import Rounding
from cohear.models.choice import EncoderChoice
from cohear.runs.spec import Normalise
from cohear.study.file.parts import (
    ArmSettings,
    BaselineSettings,
    CombinationSettings,
    ControlSettings,
    DatasetSettings,
    EncoderSettings,
    FeatureSettings,
    OneOrMore,
    RepeatSettings,
    SpecModel,
    TaskSettings,
    Text,
    as_combinations,
    as_named_items,
)
from cohear.tasks.label_free import is_label_free
from cohear.training.settings import TrainingSettings

PartWithFeatures = TypeVar("PartWithFeatures", TaskSettings, BaselineSettings)

USUAL_FRONT_END: Mapping[Layout, str] = {"vector": "summary", "sequence": "logmel"}
"""Of baselines, where the grid has none that gives what they take."""
BASE = "base"
"""The arm that baselines stand in: they see what stands at the top of the study, and nothing of training."""
USUAL_BASELINES = ("svm", "majority")
"""Of a study that says nothing of them."""


class StudySettings(SpecModel):
    """The whole study file."""

    study: Text
    plugins: Annotated[list[Path], OneOrMore] = Field([])
    datasets: dict[str, DatasetSettings] = Field(min_length=1)
    tasks: dict[str, TaskSettings] = Field(min_length=1)
    features: Annotated[list[FeatureSettings], BeforeValidator(as_named_items)] = Field(
        [FeatureSettings(name="logmel")], min_length=1
    )
    encoders: Annotated[list[EncoderSettings], BeforeValidator(as_named_items)] = Field(
        [EncoderSettings(name="small")], min_length=1
    )
    baselines: Annotated[list[BaselineSettings], BeforeValidator(as_named_items)] = Field(
        [BaselineSettings(name=name) for name in USUAL_BASELINES]
    )
    combinations: Annotated[CombinationSettings, BeforeValidator(as_combinations)] = CombinationSettings(
        named=["singles", "pairs", "all"]
    )
    controls: Annotated[list[ControlSettings], BeforeValidator(as_named_items)] = Field([])
    probes: Annotated[list[Named], OneOrMore] = Field([])
    related: list[list[Text]] = Field([])
    repeats: RepeatSettings = RepeatSettings()
    window: float = Field(1.0, gt=0)
    margin: float = Field(0.01, ge=0)
    margin_nll: float = Field(0.05, ge=0)
    normalise: Normalise = "none"
    stored: Rounding = "exact"
    validation: float = Field(VALIDATION_SHARE, ge=0, le=MOST_VALIDATION)
    seed: int = 0
    training: TrainingSettings = TrainingSettings()
    arms: dict[str, ArmSettings] = Field({"base": ArmSettings()}, min_length=1)
    keep: Annotated[list[Literal["curves", "predictions", "weights"]], OneOrMore] = Field(
        ["curves", "predictions", "weights"]
    )
    on_bad_file: Literal["stop", "skip"] = "stop"
    device: Literal["auto", "cpu", "cuda", "mps"] = "cpu"
    allow_input_overlap: bool = False

    @field_validator("arms", mode="before")
    @classmethod
    def _empty_arm_is_base(cls, value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
        if isinstance(value, Mapping):
            return {name: {} if arm is None else arm for name, arm in value.items()}
        return value

    def margin_of(self, task: str) -> float:
        """What ``harmless`` may cost a task."""
        own = self.tasks[task].margin
        return self.margin if own is None else own

    @property
    def label_free(self) -> frozenset[str]:
        """Tasks that need nothing but audio: partners, without a score."""
        return frozenset(name for name, task in self.tasks.items() if is_label_free(task.kind))

    def normalise_of(self, task: str, arm: str | None = None) -> Normalise:
        """Whose statistics a task's features are normalised by: its own word, else the arm's, else the study's."""
        of_arm = None if arm is None else self.arms[arm].normalise
        return self.tasks[task].normalise or of_arm or self.normalise

    def normalise_of_baselines(self, task: str) -> Normalise:
        """The same for baselines, which stand beside the networks of the first of all arms, where there is one."""
        return self.normalise_of(task, BASE if BASE in self.arms else None)

    def normalised_by_group(self) -> list[str]:
        """Tasks whose features are, in some arm or for baselines."""
        asked = {task: {self.normalise_of(task, arm) for arm in self.arms} for task in self.tasks}
        if self.baselines:
            asked = {task: found | {self.normalise_of_baselines(task)} for task, found in asked.items()}
        return [task for task, found in asked.items() if "group" in found]

    def task_choices(self) -> list[TaskChoice]:
        """The tasks as the data room knows them."""
        return [
            TaskChoice(
                name=name,
                dataset=task.dataset_name,
                target=task.column,
                kind=task.kind,
                metric=task.metric,
                further_metrics=task.metrics,
                unit=task.unit or "",
                rule=FoldRule(task.folds, None if isinstance(task.hold_out, dict) else task.hold_out, self.validation),
                labels=LabelChoice(task.only, task.drop, _of_all(task.rename) or None, task.limit),
                hold_out=task.hold_out if isinstance(task.hold_out, dict) else {},
            )
            for name, task in self.tasks.items()
        ]

    def with_paths_of_features(self, change: Callable[[str], str]) -> StudySettings:
        """With other paths of the files that front-ends read: those of the grid, of tasks and of baselines."""

        def changed(part: PartWithFeatures) -> PartWithFeatures:
            own = part.features
            return part if own is None else part.model_copy(update={"features": own.with_paths(change)})

        return self.model_copy(
            update={
                "features": [feature.with_paths(change) for feature in self.features],
                "tasks": {name: changed(task) for name, task in self.tasks.items()},
                "baselines": [changed(baseline) for baseline in self.baselines],
            }
        )

    def front_ends(self) -> list[FrontEnd]:
        """The front-ends of the grid."""
        return [feature.build() for feature in self.features]

    def written_front_ends(self) -> list[FeatureSettings]:
        """All that the file names: of the grid, of tasks and of baselines."""
        own = [*(task.features for task in self.tasks.values()), *(baseline.features for baseline in self.baselines)]
        return [*self.features, *(each for each in own if each is not None)]

    def inputs(self, front_end: FrontEnd, window: float) -> dict[str, tuple[FrontEnd, float]]:
        """Front-end and window (seconds) of each task in a cell of the grid: its own, or those of the cell."""
        return {
            name: (
                front_end if task.features is None else task.features.build(),
                window if task.window is None else task.window,
            )
            for name, task in self.tasks.items()
        }

    def heard_by(self, baseline: BaselineSettings) -> list[FrontEnd]:
        """The front-ends of a baseline: its own one, or those of the grid that give what it takes, or the usual."""
        if baseline.features is not None:
            return [baseline.features.build()]
        layout = baseline.layout
        return [each for each in self.front_ends() if each.layout == layout] or [
            build_front_end(USUAL_FRONT_END[layout])
        ]

    def inputs_of_baseline(self, baseline: BaselineSettings) -> Iterator[tuple[FrontEnd, str, FrontEnd, float]]:
        """Each front-end of a baseline with each task, and what it then hears: front-end and window (seconds).

        That is the task's own front-end, as in the task's networks, where that fits and the baseline has none.
        """
        for front_end in self.heard_by(baseline):
            inputs = self.inputs(front_end, self.window)
            for task in baseline.tasks or [name for name in self.tasks if name not in self.label_free]:
                own, window = inputs[task]
                follows = baseline.features is None and own.layout == baseline.layout
                yield front_end, task, own if follows else front_end, window

    def encoder_choices(self, folder: str | None) -> list[EncoderChoice]:
        """The encoders of the grid."""
        return [encoder.choice(folder) for encoder in self.encoders]

    def of_encoder(self, number: int) -> StudySettings:
        """The part of the study that is one encoder's: what it is trained on stands at the top level."""
        encoder = self.encoders[number]
        own = {"combinations": encoder.combinations, "controls": encoder.controls}
        return self.model_copy(
            update={"encoders": [encoder], **{key: value for key, value in own.items() if value is not None}}
        )

    def arm(self, name: str) -> tuple[TrainingSettings, float]:
        """Training settings and window (seconds) of an arm."""
        arm = self.arms[name]
        training = TrainingSettings.model_validate({**self.training.model_dump(), **arm.training})
        return training, self.window if arm.window is None else arm.window


def _of_all(rename: Mapping[str, str | dict[str, str]]) -> dict[str, str]:
    """New labels by old ones, of all datasets of a task."""
    return {old: new for old, new in rename.items() if isinstance(new, str)}
