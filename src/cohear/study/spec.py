"""The study file: every setting of a study, checked at once, each mistake with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from cohear.base.errors import StudyError, UserError
from cohear.base.plugins import load_installed_parts, load_plugin
from cohear.base.registry import Registry, did_you_mean
from cohear.base.yaml_text import Place, YamlMistake, YamlText, read_yaml
from cohear.data.partition import TaskChoice
from cohear.data.reader import READERS
from cohear.data.selection import LabelChoice
from cohear.data.splits import FoldRule
from cohear.features.front_end import FRONT_ENDS, FrontEnd, build_front_end
from cohear.models.encoder import ENCODERS, EncoderChoice
from cohear.models.sharing import SHARING
from cohear.study.encoders import mistakes_in_encoders
from cohear.tasks import METRICS, TARGET_KINDS
from cohear.training.objective import OBJECTIVES
from cohear.training.schedule import SCHEDULES
from cohear.training.settings import TrainingSettings


def _as_list(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    return [value] if isinstance(value, str | Mapping) else value


OneOrMore = BeforeValidator(_as_list)
Text = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class DatasetSettings(_Model):
    """Where a dataset is, and how to read it."""

    path: Path
    reader: str | None = None


class TaskSettings(_Model):
    """A dataset, a column of it, and how it is cut and scored."""

    dataset: Text
    target: Text
    kind: str | None = None
    metric: str | None = None
    hold_out: Text | None = None
    folds: Text | None = None
    margin: float | None = Field(None, ge=0)
    only: Annotated[list[Text], OneOrMore] = []
    drop: Annotated[list[Text], OneOrMore] = []
    rename: dict[str, Text] = {}
    limit: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _one_rule(self) -> TaskSettings:
        if self.hold_out and self.folds:
            raise ValueError("give hold_out (groups held out) or folds (official ones), not both")
        return self


class RepeatSettings(_Model):
    """How often each cell is run."""

    folds: int = Field(5, ge=1)
    seeds: int = Field(1, ge=1)


class CombinationSettings(_Model):
    """Which sets of tasks are trained together: by name (singles, pairs, all), by size, or listed."""

    named: list[Literal["singles", "pairs", "all"]] = []
    sizes: list[Annotated[int, Field(ge=1)]] = []
    lists: list[Annotated[list[Text], Field(min_length=1)]] = []


def _as_combinations(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    """``[singles, pairs]``, ``{sizes: [1, 2]}``, ``[[digit, event]]`` or a mixture, as one mapping."""
    if isinstance(value, str | Mapping):
        value = [value]
    if not isinstance(value, list):
        return value
    parts: dict[str, list[Any]] = {}
    for item in value:
        if isinstance(item, Mapping):
            for key, given in item.items():
                parts.setdefault(key, []).extend(given if isinstance(given, list) else [given])
        else:
            parts.setdefault("lists" if isinstance(item, list) else "named", []).append(item)
    return parts


def _as_named(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    """A bare name, or a list in which bare names stand for ``{name: …}``."""
    items = value if isinstance(value, list) else [value]
    return [{"name": item} if isinstance(item, str) else item for item in items]


class FeatureSettings(_Model):
    """A front-end by name, with settings."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: Text

    def build(self) -> FrontEnd:
        """The front-end; raises UserError for an unknown name or setting."""
        return build_front_end({"name": self.name, **_free_settings(self)})


class EncoderSettings(_Model):
    """An encoder by name, with settings; ``module`` takes a user's own."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: Text
    module: str | None = None
    features: Literal["sequence", "vector"] = "sequence"

    def choice(self, folder: str | None) -> EncoderChoice:
        """The encoder as the models room knows it."""
        return EncoderChoice(self.name, self.module, self.features, _free_settings(self), folder)


class ArmSettings(_Model):
    """What an arm changes."""

    training: dict[str, Any] = {}
    window: float | None = Field(None, gt=0)


class StudySettings(_Model):
    """The whole study file."""

    study: Text
    plugins: Annotated[list[Path], OneOrMore] = []
    datasets: dict[str, DatasetSettings] = Field(min_length=1)
    tasks: dict[str, TaskSettings] = Field(min_length=1)
    features: Annotated[list[FeatureSettings], BeforeValidator(_as_named)] = Field(
        [FeatureSettings(name="logmel")], min_length=1
    )
    encoders: Annotated[list[EncoderSettings], BeforeValidator(_as_named)] = Field(
        [EncoderSettings(name="small")], min_length=1
    )
    combinations: Annotated[CombinationSettings, BeforeValidator(_as_combinations)] = CombinationSettings(
        named=["singles", "pairs", "all"]
    )
    controls: Annotated[list[str], OneOrMore] = []
    repeats: RepeatSettings = RepeatSettings()
    window: float = Field(1.0, gt=0)
    margin: float = Field(0.01, ge=0)
    seed: int = 0
    training: TrainingSettings = TrainingSettings()
    arms: dict[str, ArmSettings] = Field({"base": ArmSettings()}, min_length=1)
    keep: Annotated[list[Literal["curves", "predictions", "weights"]], OneOrMore] = [
        "curves",
        "predictions",
        "weights",
    ]
    on_bad_file: Literal["stop", "skip"] = "stop"
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

    def task_choices(self) -> list[TaskChoice]:
        """The tasks as the data room knows them."""
        return [
            TaskChoice(
                name=name,
                dataset=task.dataset,
                target=task.target,
                kind=task.kind,
                metric=task.metric,
                rule=FoldRule(task.folds, task.hold_out),
                labels=LabelChoice(task.only, task.drop, task.rename or None, task.limit),
            )
            for name, task in self.tasks.items()
        ]

    def front_ends(self) -> list[FrontEnd]:
        """The front-ends of the grid."""
        return [feature.build() for feature in self.features]

    def encoder_choices(self, folder: str | None) -> list[EncoderChoice]:
        """The encoders of the grid."""
        return [encoder.choice(folder) for encoder in self.encoders]

    def arm(self, name: str) -> tuple[TrainingSettings, float]:
        """Training settings and window (seconds) of an arm."""
        arm = self.arms[name]
        training = TrainingSettings.model_validate({**self.training.model_dump(), **arm.training})
        return training, self.window if arm.window is None else arm.window


def load_study(path: Path) -> StudySettings:
    """Read and check a study file.

    Raises:
        StudyError: with every mistake at once.
    """
    try:
        text = read_yaml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise StudyError(
            ["there is no such file; `cohear init FOLDER` writes one for folders of audio"], str(path)
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError([f"cannot be read: {error}"], str(path)) from error
    except YamlMistake as error:
        raise StudyError([str(error)], str(path)) from error
    return check_study(text, str(path), path.parent)


def check_study(text: YamlText, source: str = "", folder: Path | None = None) -> StudySettings:
    """Check a study's settings; its plugins are imported first, for they bring names that it uses.

    Args:
        text: of the study file.
        source: what the file is called in errors.
        folder: where relative paths begin. Without one, plugins are looked for in the working folder, and encoders'
            modules are not looked for.

    Raises:
        StudyError: with every mistake at once.
    """
    if not isinstance(text.value, dict):
        raise StudyError(["expected keys study, datasets and tasks"], source)
    load_installed_parts()
    try:
        settings = StudySettings.model_validate(text.value)
    except ValidationError as error:
        raise StudyError([*_told(error, text), *_beside(error, text, folder)], source) from error
    mistakes = _plugins(settings, folder or Path()) or [
        *_names(settings, text),
        *_grid(settings, folder),
    ]
    if mistakes:
        raise StudyError(mistakes, source)
    return settings


def _beside(error: ValidationError, text: YamlText, folder: Path | None) -> list[str]:
    """Mistakes in what is valid beside what is not, so that they need not be mended in rounds."""
    content, spoilt = dict(text.value), set()
    for finding in error.errors():
        spoilt.add(str(finding["loc"][0]))
    for key in spoilt:
        content.pop(key, None)
    stand_ins = {"study": "study", "datasets": {"x": {"path": "x"}}, "tasks": {"x": {"dataset": "x", "target": "x"}}}
    for key, stand_in in stand_ins.items():
        if key in spoilt or key not in content:
            spoilt.add(key)
            content[key] = stand_in
    try:
        settings = StudySettings.model_validate(content)
    except ValidationError:  # one key's validity hangs on another's
        return []
    found = _plugins(settings, folder or Path()) or [
        *_names(settings, text),
        *_grid(settings, folder, spoilt),
    ]
    # what refers to a spoilt part cannot be judged
    about = {*spoilt, *(("tasks", "combinations") if spoilt & {"datasets", "tasks"} else ())}
    return [mistake for mistake in found if mistake.partition(":")[0].partition(".")[0] not in about]


def _plugins(settings: StudySettings, folder: Path) -> list[str]:
    """Import the plugins; mistakes in them."""
    mistakes = []
    for number, path in enumerate(settings.plugins):
        try:
            load_plugin(folder / path)
        except StudyError as error:
            mistakes += [f"plugins.{number}: {mistake}" for mistake in error.mistakes]
    return mistakes


def _names(settings: StudySettings, text: YamlText) -> list[str]:
    """Mistakes in names that refer to something."""
    mistakes = []
    if not Path(settings.study).name or Path(settings.study).name != settings.study or "\\" in settings.study:
        mistakes.append(f"study: the name is that of a folder too and has no slash in it, found {settings.study!r}")
    registries: list[tuple[str, str | None, Registry[Any]]] = []
    for name, dataset in settings.datasets.items():
        registries.append((f"datasets.{name}.reader", dataset.reader, READERS))
    for name, task in settings.tasks.items():
        if not name or "+" in name or name != name.strip():
            mistakes.append(f"tasks.{name}: a task's name has no '+' (it joins names) and no space around it")
        if task.dataset not in settings.datasets:
            mistakes.append(
                f"tasks.{name}.dataset: there is no dataset {task.dataset!r}"
                f"{did_you_mean(task.dataset, settings.datasets)}"
            )
        registries += [
            (f"tasks.{name}.kind", task.kind, TARGET_KINDS),
            (f"tasks.{name}.metric", task.metric, METRICS),
        ]
    for arm in settings.arms:
        try:
            training, _ = settings.arm(arm)
        except ValidationError as error:
            mistakes += _told(error, text, ("arms", arm, "training"))
            continue
        place = "training" if arm == "base" else f"arms.{arm}.training"
        registries += [
            (f"{place}.objective", training.objective, OBJECTIVES),
            (f"{place}.schedule", training.schedule, SCHEDULES),
            (f"{place}.sharing", training.sharing, SHARING),
        ]
    for place, value, registry in registries:
        if value is not None and value not in registry:
            mistakes.append(f"{place}: unknown {registry.what} {value!r}{did_you_mean(value, registry)}")
    if settings.controls:
        mistakes.append("controls: this version has none yet; leave it empty")
    return list(dict.fromkeys(mistakes))


def _grid(settings: StudySettings, folder: Path | None, spoilt: Collection[str] = ()) -> list[str]:
    """Mistakes in the grid of front-ends and encoders, and in combinations.

    Args:
        settings: the study.
        folder: where an encoder's module is looked for; None where that is not known.
        spoilt: keys that hold a stand-in or a default for what is not valid.
    """
    mistakes = []
    front_ends = []
    for number, feature in enumerate(settings.features):
        try:
            front_ends.append(feature.build())
        except UserError as error:
            mistakes.append(f"features.{number}: {error}")
    mistakes += _twice("features", front_ends)
    mistakes += _twice("encoders", [(encoder.name, _free_settings(encoder)) for encoder in settings.encoders])
    can_be_made = not {"features", "encoders"} & set(spoilt)
    for number, encoder in enumerate(settings.encoders if can_be_made else []):
        choice = encoder.choice(None)
        if choice.module is None and choice.name not in ENCODERS:
            mistakes.append(f"encoders.{number}: unknown encoder {choice.name!r}{did_you_mean(choice.name, ENCODERS)}")
        elif len(front_ends) == len(settings.features) and not any(choice.fits(f.layout) for f in front_ends):
            named = ", ".join(f.name for f in front_ends)
            fitting = ", ".join(name for name in FRONT_ENDS if choice.fits(FRONT_ENDS[name].layout))
            mistakes.append(
                f"encoders.{number}: encoder {choice.name!r} fits none of the features ({named}); "
                f"add one that it takes ({fitting}) to features"
            )
    if can_be_made:
        choices = settings.encoder_choices(None if folder is None else str(folder))
        mistakes += mistakes_in_encoders(choices, front_ends)
    for listed in settings.combinations.lists:
        for task in listed:
            if task not in settings.tasks:
                mistakes.append(f"combinations: there is no task {task!r}{did_you_mean(task, settings.tasks)}")
    too_large = [size for size in settings.combinations.sizes if size > len(settings.tasks)]
    if too_large:
        mistakes.append(f"combinations.sizes: {too_large[0]} tasks asked for, the study has {len(settings.tasks)}")
    if not any((settings.combinations.named, settings.combinations.sizes, settings.combinations.lists)):
        mistakes.append("combinations: is empty; name singles, pairs, all, sizes or lists of tasks")
    return mistakes


def _twice(place: str, items: Sequence[object]) -> list[str]:
    """Mistakes in a list whose items name cells of the grid: two cells of one name would be one in the tables."""
    return [
        f"{place}.{number}: the same as {place}.{items.index(item)}; leave one out, or give it another name or setting"
        for number, item in enumerate(items)
        if items.index(item) < number
    ]


def _told(error: ValidationError, text: YamlText, above: Place = ()) -> list[str]:
    """Pydantic's findings as sentences with their place and line; ``above`` is where what was checked stands."""
    told = []
    for finding in error.errors():
        place: Place = (*above, *finding["loc"])
        where = ".".join(map(str, place))
        line = next((text.lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in text.lines), None)
        at = f" (line {line})" if line else ""
        if finding["type"] == "extra_forbidden":
            known = _known_keys(place[:-1])
            told.append(f"{where}{at}: unknown key{did_you_mean(str(place[-1]), known)}")
        elif finding["type"] == "missing":
            told.append(f"{where}{at}: is missing")
        else:
            found = finding["input"]
            shown = f", found {found!r}" if isinstance(found, str | int | float) else ""
            told.append(f"{where}{at}: {_in_our_words(finding['type'], finding['msg'])}{shown}")
    return list(dict.fromkeys(told))


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


def _known_keys(place: Place) -> list[str]:
    """Keys that the model at a place has."""
    model: type[BaseModel] = StudySettings
    by_place: dict[str, type[BaseModel]] = {"datasets": DatasetSettings, "tasks": TaskSettings, "arms": ArmSettings}
    if place and place[0] in by_place:
        model = TrainingSettings if place[0] == "arms" and place[-1] == "training" else by_place[str(place[0])]
    elif place and place[0] == "training":
        model = TrainingSettings
    elif place and place[0] == "repeats":
        model = RepeatSettings
    elif place and place[0] == "combinations":
        model = CombinationSettings
    return list(model.model_fields)


def _free_settings(model: BaseModel) -> dict[str, Any]:
    """The keys that a model does not name itself."""
    return {key: _number(value) for key, value in (model.model_extra or {}).items()}


def _number(value: Any) -> Any:  # noqa: ANN401 - a setting of any extension
    """A number where free settings hold the text of one; the study file keeps every scalar as text."""
    if not isinstance(value, str):
        return value
    for convert in (int, float):
        try:
            return convert(value)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(value.lower(), value)
