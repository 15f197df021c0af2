"""Parts by name, with and without settings."""

import json
from typing import Literal

import pytest
from pydantic import ValidationError

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make, name_of, settings_of
from cohear.base.registry import Registry
from cohear.training.settings import TrainingSettings

PARTS: Registry[type] = Registry("part")


@PARTS.register("weighted")
class Weighted:
    def __init__(self, tasks, *, price=1.0, loud=False):
        if price < 0:
            raise ValueError("price must not be negative")
        self.given = (tasks, price, loud)


def dumped(**training):
    return json.loads(TrainingSettings.model_validate(training).model_dump_json())


def test_a_bare_name_stays_text_and_so_do_the_keys_of_runs():
    assert dumped()["objective"] == "sum"
    assert dumped(objective="x")["objective"] == dumped(objective={"name": "x"})["objective"] == "x"
    with_settings = dumped(objective={"name": "x", "price": "0.5", "loud": "true", "each": {"a": "1"}, "tasks": ["2"]})
    expected = {"name": "x", "price": 0.5, "loud": True, "each": {"a": 1}, "tasks": [2]}
    assert with_settings["objective"] == expected
    assert dumped(**with_settings) == with_settings


@pytest.mark.parametrize("wrong", [{}, {"price": 1}, {"name": ["a"]}, ["x"], 3, None, {"name": "", "price": 1}])
def test_what_names_nothing_is_refused(wrong):
    with pytest.raises(ValidationError):
        TrainingSettings.model_validate({"objective": wrong})


def test_made_with_its_settings():
    part = WithSettings(name="weighted", price=2)
    assert (name_of(part), settings_of(part)) == ("weighted", {"price": 2})
    assert make(PARTS, part, ["a"]).given == (["a"], 2, False)
    assert make(PARTS, "weighted", ["a"]).given == (["a"], 1.0, False)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("wieghted", r"unknown part 'wieghted' \(did you mean 'weighted'\?\)"),
        (
            WithSettings(name="weighted", prise=1, lout=2),
            r"part 'weighted' has no setting 'prise' \(did you mean 'price'\?\) and has no setting 'lout' \(did you",
        ),
        (WithSettings(name="weighted", tasks=[]), r"has no setting 'tasks'"),
        (WithSettings(name="weighted", price=-1), r"part 'weighted': price must not be negative"),
        (WithSettings(name="weighted", price="much"), r"part 'weighted': "),
    ],
)
def test_mistakes_are_sentences(part, sentence):
    with pytest.raises(UserError, match=sentence):
        make(PARTS, part, ["a"])


class WithOptional:
    def __init__(
        self,
        *,
        cost: float | None = None,
        leaves: int | None = None,
        size: int | Literal["auto"] = "auto",
        trees: int = 3,
        weight: float | bool = True,
    ):
        self.given = (cost, leaves, size, trees, weight)


PARTS.register("optional")(WithOptional)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("cost", "much", "cost must be a number, not much"),
        ("cost", True, "cost must be a number, not True"),
        ("cost", float("nan"), "cost must be a finite number, not nan"),
        ("cost", float("inf"), "cost must be a finite number, not inf"),
        ("cost", [1.0], r"cost must be a number, not \[1.0\]"),
        ("leaves", 1.5, "leaves must be a whole number, not 1.5"),
        ("leaves", "few", "leaves must be a number, not few"),
        ("size", 1.5, "size must be a whole number, not 1.5"),
        ("size", float("inf"), "size must be a finite number, not inf"),
        ("trees", None, "trees must be a number, not null"),
        ("trees", float("nan"), "trees must be a finite number, not nan"),
    ],
)
def test_numbers_that_may_be_left_out_are_numbers_all_the_same(setting, value, sentence):
    with pytest.raises(UserError, match=f"part 'optional': {sentence}"):
        make(PARTS, WithSettings(name="optional", **{setting: value}))


@pytest.mark.parametrize(
    ("setting", "value"), [("cost", None), ("cost", 2), ("leaves", 4), ("size", "auto"), ("size", 8), ("weight", False)]
)
def test_what_a_setting_may_be_besides_a_number_is_taken(setting, value):
    assert value in make(PARTS, WithSettings(name="optional", **{setting: value})).given
