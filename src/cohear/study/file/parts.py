"""Settings of the parts of a study file: datasets, tasks, repeats, combinations, controls, the grid, arms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from cohear.base.layout import Layout
from cohear.base.named import WithSettings, as_scalars
from cohear.baselines.baseline import BASELINES
from cohear.data.scan.joined import JoinedColumn, joined_name
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.label_cells import LabelCells
from cohear.data.tables.reader import read_clip_table
from cohear.features.build import build_front_end
from cohear.features.front_end import FRONT_ENDS, FrontEnd
from cohear.features.settings import with_paths
from cohear.models.choice import EncoderChoice
from cohear.runs.spec import Normalise
from cohear.study.file.label_budget import Budget, as_budget


def _as_list(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    return [value] if isinstance(value, str | Mapping) else value


def _as_item(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    return {"name": value} if isinstance(value, str) else value


OneOrMore = BeforeValidator(_as_list)
Text = Annotated[str, Field(min_length=1)]


class SpecModel(BaseModel):
    """A part of the study file: unknown keys are errors, and a number may stand where text is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, allow_inf_nan=False)


class PartModel(SpecModel):
    """A part by name: keys that the model does not name are the part's own settings."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @model_validator(mode="after")
    def _settings_can_be_written(self) -> PartModel:
        free_settings(self)
        return self


class DatasetSettings(SpecModel):
    """Where a dataset is, and how to read it."""

    path: Path
    reader: str | None = None
    separators: dict[str, Text] = Field({})
    one_hot: dict[str, Annotated[list[Text], Field(min_length=2)]] = Field({})
    numbers: dict[str, Annotated[list[Text], Field(min_length=2)]] = Field({})
    group_in_name: Text | None = None

    @property
    def cells(self) -> LabelCells:
        """How several labels or numbers a clip are written."""
        return LabelCells(self.separators, self.one_hot, self.numbers)

    def read(self, name: str) -> ClipTable:
        """The clip table, called so in the study: its clips by their ids, in whichever order its rows are.

        Raises:
            DataError: it cannot be read, or its cells and names are not as they are said to be.
        """
        return read_clip_table(self.path, name, self.reader, self.cells, self.group_in_name).by_clip()


class FeatureSettings(PartModel):
    """A front-end by name, with settings; ``called`` is its name in the tables."""

    name: Text
    called: Text | None = None

    def build(self) -> FrontEnd:
        """The front-end.

        Raises:
            UserError: an unknown name or setting, or a file that is not there.
        """
        return build_front_end({"name": self.name, **(self.model_extra or {})})

    def with_paths(self, change: Callable[[str], str]) -> FeatureSettings:
        """With other paths of the files among its settings."""
        if self.name not in FRONT_ENDS:
            return self
        return self.model_copy(update=with_paths(self.model_extra or {}, FRONT_ENDS[self.name], change))


class TaskSettings(SpecModel):
    """A dataset or several, a column of it, and how it is cut and scored."""

    dataset: Text | Annotated[list[Text], Field(min_length=2)]
    target: Text | dict[str, Text] | None = None
    kind: str | None = None
    metric: str | None = None
    metrics: Annotated[list[Text], OneOrMore] = []
    unit: Text | None = None
    hold_out: Text | dict[str, Text] | None = None
    folds: Text | None = None
    margin: float | None = Field(None, ge=0)
    only: Annotated[list[Text], OneOrMore] = []
    drop: Annotated[list[Text], OneOrMore] = []
    rename: dict[str, Text | dict[str, Text]] = {}
    limit: int | None = Field(None, ge=1)
    features: Annotated[FeatureSettings | None, BeforeValidator(_as_item)] = None
    window: float | None = Field(None, gt=0)
    normalise: Normalise | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> TaskSettings:
        if self.hold_out and self.folds:
            raise ValueError("give hold_out (groups held out) or folds (official ones), not both")
        return self

    @property
    def datasets(self) -> list[str]:
        """The datasets that its clips are of."""
        return [self.dataset] if isinstance(self.dataset, str) else self.dataset

    @property
    def dataset_name(self) -> str:
        """What they are called, together where they are several."""
        return joined_name(self.datasets)

    @property
    def column(self) -> str:
        """The column of its target, over several datasets that of their join; empty where it has none."""
        if not isinstance(self.target, dict) and not self.renames_by_dataset:
            return self.target or ""
        return " / ".join(dict.fromkeys(f"{self.target_of(name)}{self._mark(name)}" for name in self.datasets))

    def target_of(self, dataset: str) -> str:
        """Its column in one of its datasets."""
        return self.target.get(dataset, "") if isinstance(self.target, dict) else self.target or ""

    @property
    def renames_by_dataset(self) -> dict[str, dict[str, str]]:
        """New labels by old ones, of datasets that have their own."""
        return {name: new for name, new in self.rename.items() if isinstance(new, dict)}

    def joined_column(self) -> JoinedColumn | None:
        """Its target over several datasets, where it is no column that all of them have as it is."""
        if isinstance(self.dataset, str) or not self.target or self.column == self.target:
            return None
        return JoinedColumn(
            self.column, {name: self.target_of(name) for name in self.datasets}, self.renames_by_dataset
        )

    def _mark(self, dataset: str) -> str:
        """What tells a column with other labels from the one that the dataset has."""
        renamed = self.renames_by_dataset.get(dataset, {})
        return f" ({', '.join(f'{old} is {new}' for old, new in renamed.items())})" if renamed else ""


MOST_REPEATS = 1000
"""Of a cell; far beyond what decides a verdict, and well below what fills the memory with a plan."""


class RepeatSettings(SpecModel):
    """How often each cell is run: so many seeds a fold, or until its verdict is decided."""

    folds: int = Field(5, ge=1)
    seeds: int | None = Field(None, ge=1)
    until: Literal["decided"] | None = None
    at_most: int | None = Field(None, ge=5)  # fewer repeats give no verdict

    @model_validator(mode="before")
    @classmethod
    def _one_seed_unless_adaptive(cls, value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
        if isinstance(value, Mapping) and not {"seeds", "until", "at_most"} & set(value):
            return {**value, "seeds": 1}
        return value

    @model_validator(mode="after")
    def _one_rule(self) -> RepeatSettings:
        if (self.until is None) != (self.at_most is None):
            raise ValueError("until: decided and at_most go together, as in {until: decided, at_most: 20}")
        if (self.until is None) == (self.seeds is None):
            raise ValueError("give seeds (a fixed number), or until: decided with at_most, not both")
        many = self.at_most or self.folds * (self.seeds or 1)
        if max(many, self.folds) > MOST_REPEATS:
            asked = f"{self.folds:,} folds" if self.folds >= many else f"{many:,} repeats"
            raise ValueError(
                f"a cell has at most {MOST_REPEATS:,} repeats (folds times seeds, or at_most), not {asked}"
            )
        return self

    def order(self) -> list[tuple[int, int]]:
        """The repeats (seed, fold) in the order in which they are run: every fold before the next seed."""
        many = self.at_most or self.folds * (self.seeds or 1)
        return [divmod(number, self.folds) for number in range(many)]

    def looks(self) -> tuple[int, ...]:
        """Numbers of repeats after which verdicts are looked at: whole rounds over the folds; none where fixed."""
        if self.at_most is None:
            return ()
        first = -(-5 // self.folds) * self.folds
        return (*range(first, self.at_most, self.folds), self.at_most)


class CombinationSettings(SpecModel):
    """Which sets of tasks are trained together: by name (singles, pairs, all), by size, or listed."""

    named: list[Literal["singles", "pairs", "all"]] = []
    sizes: list[Annotated[int, Field(ge=1)]] = []
    lists: list[Annotated[list[Text], Field(min_length=1)]] = []


def as_combinations(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    """``[singles, pairs]``, ``{sizes: [1, 2]}``, ``[[digit, event]]`` or a mixture, as one mapping; None stays."""
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


def as_named_items(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    """A bare name, or a list in which bare names stand for ``{name: …}``; None stays."""
    if value is None:
        return None
    items = value if isinstance(value, list) else [value]
    return [_as_item(item) for item in items]


def _as_number_or_all(value: Any) -> Any:  # noqa: ANN401 - a validator sees anything
    if value is None or value == "all":
        return value
    if isinstance(value, int | str) and str(value).isdecimal() and int(value) >= 1:
        return int(value)
    raise ValueError("must be a whole number from 1, or all")


class ControlSettings(SpecModel):
    """A control by name, and which pairs it is run for: so many partners a task, or those listed."""

    name: Text
    partners: Annotated[int | Literal["all"] | None, BeforeValidator(_as_number_or_all)] = None
    pairs: list[Annotated[list[Text], Field(min_length=2, max_length=2)]] = Field([])

    @field_validator("pairs")
    @classmethod
    def _of_two(cls, value: list[list[str]]) -> list[list[str]]:
        if any(one == other for one, other in value):
            raise ValueError("a pair is of two different tasks")
        return value


class EncoderSettings(PartModel):
    """An encoder by name, with settings; ``module`` takes a user's own.

    ``combinations`` and ``controls`` take the place of the study's for this encoder; ``called`` is its name in the
    tables.
    """

    name: Text
    called: Text | None = None
    module: str | None = None
    features: Layout = "sequence"
    combinations: Annotated[CombinationSettings | None, BeforeValidator(as_combinations)] = None
    controls: Annotated[list[ControlSettings] | None, BeforeValidator(as_named_items)] = None

    def choice(self, folder: str | None) -> EncoderChoice:
        """The encoder as the models room knows it."""
        return EncoderChoice(self.name, self.module, self.features, free_settings(self), folder, self.called)


class BaselineSettings(PartModel):
    """A baseline by name, with settings; ``features`` and ``tasks`` are what it hears and which tasks it answers."""

    name: Text
    features: Annotated[FeatureSettings | None, BeforeValidator(_as_item)] = None
    tasks: Annotated[list[Text], OneOrMore] = []

    @property
    def layout(self) -> Layout:
        """What it takes of a clip; a vector, where its name says nothing."""
        return BASELINES[self.name].layout if self.name in BASELINES else "vector"

    def part(self) -> str | WithSettings:
        """As the baselines room knows it."""
        settings = free_settings(self)
        return WithSettings(name=self.name, **settings) if settings else self.name


class ArmSettings(SpecModel):
    """What an arm changes."""

    training: dict[str, Any] = {}
    window: float | None = Field(None, gt=0)
    labels: Annotated[Budget | None, BeforeValidator(as_budget)] = None
    normalise: Normalise | None = None


def free_settings(model: BaseModel) -> dict[str, Any]:
    """The keys that a model does not name itself; raises ValueError for a number that is none."""
    settings: dict[str, Any] = as_scalars(model.model_extra or {})
    return settings
