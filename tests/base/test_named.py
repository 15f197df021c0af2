"""Parts by name, with and without settings."""

import json

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
