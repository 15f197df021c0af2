"""The study file: every setting of a study, checked at once, each mistake with its place."""

from cohear.study.file.load import check_study, load_study
from cohear.study.file.parts import (
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
from cohear.study.file.settings import BASE, StudySettings

__all__ = [
    "BASE",
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
