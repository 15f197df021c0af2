"""What pydantic finds in a study file, in the words of the study file."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from cohear.base.registry import did_you_mean
from cohear.base.yaml_text import YamlPath, YamlText
from cohear.study.file.parts import (
    ArmSettings,
    CombinationSettings,
    ControlSettings,
    DatasetSettings,
    RepeatSettings,
    TaskSettings,
)
from cohear.study.file.settings import StudySettings
from cohear.training.settings import TrainingSettings


def told_by_pydantic(error: ValidationError, text: YamlText, above: YamlPath = ()) -> list[str]:
    """Pydantic's findings as sentences with their place and line; ``above`` is where what was checked stands."""
    mistakes = []
    for finding in error.errors():
        place: YamlPath = (*above, *finding["loc"])
        where = ".".join(map(str, place))
        line = next((text.lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in text.lines), None)
        at = f" (line {line})" if line else ""
        if finding["type"] == "extra_forbidden":
            known = _known_keys(place[:-1])
            mistakes.append(f"{where}{at}: unknown key{did_you_mean(str(place[-1]), known)}")
        elif finding["type"] == "missing":
            mistakes.append(f"{where}{at}: is missing")
        else:
            found = finding["input"]
            shown = f", found {found!r}" if isinstance(found, str | int | float) else ""
            mistakes.append(f"{where}{at}: {_in_our_words(finding['type'], finding['msg'])}{shown}")
    return list(dict.fromkeys(mistakes))


def _in_our_words(kind: str, message: str) -> str:
    """Pydantic's message without Python's words for what is in a file."""
    plain = {
        "dict_type": "must hold keys and values",
        "model_type": "must hold keys and values",
        "list_type": "must be a list",
        "string_type": "must be a word",
        "string_too_short": "must not be empty",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_parsing": "must be a number",
        "bool_parsing": "must be true or false",
        "too_short": "must hold at least one",
    }
    return plain.get(kind, message.removeprefix("Value error, ").replace("Input should", "must", 1))


def _known_keys(place: YamlPath) -> list[str]:
    """Keys that the model at a place has."""
    if len(place) > 2 and place[0] == "encoders":
        place = place[2:]  # what an encoder has of its own is written as at the top level
    model: type[BaseModel] = StudySettings
    by_place: dict[str, type[BaseModel]] = {"datasets": DatasetSettings, "tasks": TaskSettings, "arms": ArmSettings}
    if place and place[0] in by_place:
        model = TrainingSettings if place[0] == "arms" and place[-1] == "training" else by_place[str(place[0])]
    elif place and place[0] == "training":
        model = TrainingSettings
    elif place and place[0] == "repeats":
        model = RepeatSettings
    elif place and place[0] == "controls":
        model = ControlSettings
    elif place and place[0] == "combinations":
        model = CombinationSettings
    return list(model.model_fields)
