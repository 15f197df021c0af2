"""The study file: every setting of a study, checked at once, each mistake with its place."""

from cohear.study.spec.load import check_study, load_study
from cohear.study.spec.parts import (
    ArmSettings,
    BaselineSettings,
    CombinationSettings,
    ControlSettings,
    DatasetSettings,
    EncoderSettings,
    FeatureSettings,
    RepeatSettings,
    TaskSettings,
)
from cohear.study.spec.settings import StudySettings

__all__ = [
    "ArmSettings",
    "BaselineSettings",
    "CombinationSettings",
    "ControlSettings",
    "DatasetSettings",
    "EncoderSettings",
    "FeatureSettings",
    "RepeatSettings",
    "StudySettings",
    "TaskSettings",
    "check_study",
    "load_study",
]
